//! Writes messages as Rust: one structure with a field for each message, and a table of it for each language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fluent_messages::{CATEGORIES, Language, Messages, OTHER, PSEUDO, Piece, pseudo};

/// The sign for the variable in a text.
const PLACE: char = '#';

/// A message, as the structure holds it.
enum Message {
    /// A text without variables.
    Text(String),
    /// A text around a variable.
    Filled { before: String, after: String },
    /// A text for each plural category or exact number, with [`PLACE`] for the number.
    Counted(BTreeMap<String, String>),
}

impl Message {
    fn of(id: &str, message: &fluent_messages::Message) -> Self {
        let flat = |pieces: &[Piece]| flat(pieces).unwrap_or_else(|error| panic!("{id} {error}"));
        let variables = message.variables().len() + usize::from(message.count.is_some());
        assert!(variables <= 1, "{id} has more than one variable");
        if message.count.is_some() {
            let forms = message.forms.iter().map(|(key, pieces)| (key.clone(), flat(pieces)));
            return Self::Counted(forms.collect());
        }
        let text = flat(&message.forms[OTHER]);
        match text.split_once(PLACE) {
            Some((before, after)) => Self::Filled { before: before.to_owned(), after: after.to_owned() },
            None => Self::Text(text),
        }
    }
}

/// Returns a text with [`PLACE`] for its variable.
fn flat(pieces: &[Piece]) -> Result<String, &'static str> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) if part.contains([PLACE, '\n']) => return Err("has a line break or a #"),
            Piece::Text(part) => text.push_str(part),
            Piece::Variable(_) if text.contains(PLACE) => return Err("has its variable twice"),
            Piece::Variable(_) => text.push(PLACE),
        }
    }
    Ok(text)
}

/// A field of the structure: one message, or a list of phrases whose ids differ by a number at their end.
struct Field {
    name: String,
    is_list: bool,
    messages: Vec<Message>,
}

/// Returns the source of the structure and the tables. English is the first language.
pub fn tables(languages: &[Language]) -> String {
    let english = &languages[0].messages;
    let mut out = structure(&fields(english)) + &all_counted(&fields(english));
    let tags: Vec<_> = languages.iter().map(|language| format!("{:?}", language.tag)).collect();
    let _ = writeln!(out, "const FILES: [&str; {}] = [{}];", tags.len(), tags.join(", "));
    let _ = writeln!(out, "static TABLES: &[Words] = &[");
    for Language { tag, messages } in languages {
        table(&mut out, tag, &fields(messages), "");
    }
    table(&mut out, PSEUDO, &fields(&pseudo(english)), "#[cfg(feature = \"pseudo\")]");
    out + "];\n"
}

/// Returns the method by which a test finds all texts that depend on a count.
fn all_counted(fields: &[Field]) -> String {
    let is_counted = |field: &&Field| matches!(field.messages[0], Message::Counted(_));
    let names: Vec<_> =
        fields.iter().filter(is_counted).map(|field| format!("&self.{}", field.name)).collect();
    let names = names.join(", ");
    format!("#[cfg(test)]\nimpl Words {{\n    fn counted(&self) -> Vec<&Counted> {{ vec![{names}] }}\n}}\n")
}

fn fields(messages: &Messages) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for (id, message) in messages {
        let message = Message::of(id, message);
        let (list, number) = id.rsplit_once('-').unwrap_or((id, ""));
        let number: Option<usize> = number.parse().ok();
        let name = if number.is_some() { list } else { id }.replace('-', "_");
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.messages.push(message),
            None => {
                fields.push(Field { name: name.clone(), is_list: number.is_some(), messages: vec![message] });
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
            Message::Counted(_) => "Counted",
        };
        let _ = writeln!(out, "    /// In English: {}.\n    pub {name}: {kind},", in_english(&messages[0]));
    }
    out + "}\n"
}

fn in_english(message: &Message) -> String {
    match message {
        Message::Text(text) => format!("{text:?}"),
        Message::Filled { before, after } => format!("{:?}", format!("{before}…{after}")),
        Message::Counted(forms) => format!("{:?}", forms[OTHER]),
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
        Message::Filled { before, after } => format!("Filled {{ before: {before:?}, after: {after:?} }}"),
        Message::Counted(forms) => {
            let exact = forms.get("0").map_or_else(|| "None".to_owned(), |form| format!("Some({form:?})"));
            let of = |category: &str| forms.get(category).unwrap_or(&forms[OTHER]);
            let has: Vec<_> =
                CATEGORIES.iter().map(|category| forms.contains_key(*category).to_string()).collect();
            let all: Vec<_> = CATEGORIES.iter().map(|category| format!("{:?}", of(category))).collect();
            let (all, has) = (all.join(", "), has.join(", "));
            format!("Counted {{ language: Language({tag:?}), none: {exact}, forms: [{all}], has: [{has}] }}")
        }
    }
}
