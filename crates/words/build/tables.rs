//! Writes messages as Rust: one structure with a field for each message, and a table of it for each language.

use std::fmt::Write as _;

use crate::message::{Message, Messages};

/// The tag of the pseudo-language, which tests have.
const PSEUDO: &str = "en-XA";
/// The categories of CLDR, in the order of the fields of `Counted`.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// A field of the structure: one message, or a list of phrases whose ids differ by a number at their end.
struct Field {
    name: String,
    is_list: bool,
    messages: Vec<Message>,
}

/// Returns the source of the structure and the tables. English is the first language.
pub fn tables(languages: &[(String, Messages)]) -> String {
    let mut out = structure(&fields(&languages[0].1)) + &all_counted(&fields(&languages[0].1));
    let tags: Vec<_> = languages.iter().map(|(tag, _)| format!("{tag:?}")).collect();
    let _ = writeln!(out, "const FILES: [&str; {}] = [{}];", tags.len(), tags.join(", "));
    let _ = writeln!(out, "static TABLES: &[Words] = &[");
    for (tag, messages) in languages {
        table(&mut out, tag, &fields(messages), "");
    }
    table(&mut out, PSEUDO, &fields(&pseudo(&languages[0].1)), "#[cfg(feature = \"pseudo\")]");
    out + "];\n"
}

/// Returns the method by which a test finds all texts that depend on a count.
fn all_counted(fields: &[Field]) -> String {
    let is_counted = |field: &&Field| matches!(field.messages[0], Message::Counted { .. });
    let names: Vec<_> =
        fields.iter().filter(is_counted).map(|field| format!("&self.{}", field.name)).collect();
    let names = names.join(", ");
    format!("#[cfg(test)]\nimpl Words {{\n    fn counted(&self) -> Vec<&Counted> {{ vec![{names}] }}\n}}\n")
}

fn fields(messages: &Messages) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for (id, message) in messages {
        let (list, number) = id.rsplit_once('-').unwrap_or((id, ""));
        let number: Option<usize> = number.parse().ok();
        let name = if number.is_some() { list } else { id }.replace('-', "_");
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.messages.push(message.clone()),
            None => {
                fields.push(Field {
                    name: name.clone(),
                    is_list: number.is_some(),
                    messages: vec![message.clone()],
                });
            }
        }
        let field = fields.iter().find(|field| field.name == name).expect("it was added");
        assert!(
            number.is_none_or(|number| number == field.messages.len()),
            "{id}: the phrases are numbered from 1"
        );
    }
    fields
}

fn structure(fields: &[Field]) -> String {
    let mut out = String::from("/// The words of a language.\n#[derive(Debug)]\npub struct Words {\n");
    out += "    /// The language.\n    pub language: Language,\n";
    for Field { name, is_list, messages } in fields {
        let kind = match &messages[0] {
            _ if *is_list => "&'static [&'static str]",
            Message::Text(_) => "&'static str",
            Message::Filled { .. } => "Filled",
            Message::Counted { .. } => "Counted",
        };
        let _ = writeln!(out, "    /// In English: {}.\n    pub {name}: {kind},", in_english(&messages[0]));
    }
    out + "}\n"
}

fn in_english(message: &Message) -> String {
    match message {
        Message::Text(text) => format!("{text:?}"),
        Message::Filled { before, after, .. } => format!("{:?}", format!("{before}…{after}")),
        Message::Counted { forms, .. } => format!("{:?}", forms["other"]),
    }
}

fn table(out: &mut String, tag: &str, fields: &[Field], condition: &str) {
    let _ = writeln!(out, "    {condition}\n    Words {{ language: Language({tag:?}),");
    for Field { name, is_list, messages } in fields {
        let values: Vec<_> = messages.iter().map(|message| value(tag, message)).collect();
        let value = if *is_list { format!("&[{}]", values.join(", ")) } else { values.concat() };
        let _ = writeln!(out, "        {name}: {value},");
    }
    out.push_str("    },\n");
}

fn value(tag: &str, message: &Message) -> String {
    match message {
        Message::Text(text) => format!("{text:?}"),
        Message::Filled { before, after, .. } => format!("Filled {{ before: {before:?}, after: {after:?} }}"),
        Message::Counted { forms, .. } => {
            let exact = forms.get("0").map_or_else(|| "None".to_owned(), |form| format!("Some({form:?})"));
            let of = |category: &str| forms.get(category).unwrap_or(&forms["other"]);
            let has: Vec<_> =
                CATEGORIES.iter().map(|category| forms.contains_key(*category).to_string()).collect();
            let all: Vec<_> = CATEGORIES.iter().map(|category| format!("{:?}", of(category))).collect();
            let (all, has) = (all.join(", "), has.join(", "));
            format!("Counted {{ language: Language({tag:?}), none: {exact}, forms: [{all}], has: [{has}] }}")
        }
    }
}

/// Returns English in brackets, by which tests tell words of the files from others.
fn pseudo(english: &Messages) -> Messages {
    let marked = |text: &String| format!("⟦{text}⟧");
    let message = |message: &Message| match message {
        Message::Text(text) => Message::Text(marked(text)),
        Message::Filled { variable, before, after } => Message::Filled {
            variable: variable.clone(),
            before: format!("⟦{before}"),
            after: format!("{after}⟧"),
        },
        Message::Counted { variable, forms } => Message::Counted {
            variable: variable.clone(),
            forms: forms.iter().map(|(key, form)| (key.clone(), marked(form))).collect(),
        },
    };
    english.iter().map(|(id, of)| (id.clone(), message(of))).collect()
}
