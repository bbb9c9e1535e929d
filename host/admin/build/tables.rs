//! Writes messages as Rust: a method of `Words` for each message, and a table of texts for each language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::message::{Message, Messages, OTHER, Piece};

/// The tag of the pseudo-language, which has the English texts in brackets.
const PSEUDO: &str = "en-XA";
/// The categories of CLDR, in the order of the forms of a message.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Returns the source of the methods and the tables. English is the first language.
pub fn tables(languages: &[(String, Messages)]) -> String {
    let (_, english) = &languages[0];
    let mut out = String::from("impl Words {\n");
    for (index, (id, message)) in english.iter().enumerate() {
        method(&mut out, index, id, message);
    }
    out.push_str("}\n\nstatic TABLES: &[Words] = &[\n");
    for (tag, messages) in languages {
        table(&mut out, tag, english, messages);
    }
    table(&mut out, PSEUDO, english, &pseudo(english));
    out + "];\n"
}

fn method(out: &mut String, index: usize, id: &str, message: &Message) {
    let (name, variables) = (id.replace('-', "_"), message.variables());
    let english: String = message.forms[OTHER].iter().map(in_english).collect();
    let variables: Vec<_> = variables.iter().map(|name| name.replace('-', "_")).collect();
    let parameters = variables.iter().fold(String::new(), |out, name| out + ", " + name + ": &str");
    let values = variables.join(", ");
    let _ = writeln!(out, "    /// In English: `{}`", english.replace('`', "'"));
    let _ = match (&message.count, variables.is_empty()) {
        (Some(_), _) => writeln!(
            out,
            "    pub fn {name}(&self, count: u64{parameters}) -> String {{ self.counted({index}, count, &[{values}]) }}"
        ),
        (None, true) => writeln!(out, "    pub fn {name}(&self) -> &'static str {{ self.text({index}) }}"),
        (None, false) => writeln!(
            out,
            "    pub fn {name}(&self{parameters}) -> String {{ self.filled({index}, &[{values}]) }}"
        ),
    };
}

fn in_english(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Place(name) => format!("{{{name}}}"),
    }
}

fn table(out: &mut String, tag: &str, english: &Messages, messages: &Messages) {
    let _ = writeln!(out, "    Words {{ tag: {tag:?}, messages: &[");
    let by_id: BTreeMap<_, _> = messages.iter().map(|(id, message)| (id, message)).collect();
    for (id, model) in english {
        let message = by_id[id];
        let variables = model.variables();
        let text = |form: &str| match message.forms.get(form) {
            Some(pieces) => format!("Some(&[{}])", texts(pieces, message, &variables)),
            None => "None".to_owned(),
        };
        let forms: Vec<_> = CATEGORIES.iter().map(|category| text(category)).collect();
        let _ = writeln!(out, "        Message {{ none: {}, forms: [{}] }},", text("0"), forms.join(", "));
    }
    out.push_str("    ] },\n");
}

fn texts(pieces: &[Piece], message: &Message, variables: &[String]) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => format!("Piece::Text({text:?})"),
        Piece::Place(name) if Some(name) == message.count.as_ref() => "Piece::Count".to_owned(),
        Piece::Place(name) => {
            let index = variables.iter().position(|known| known == name).expect("the shapes are compared");
            format!("Piece::Value({index})")
        }
    };
    pieces.iter().map(piece).collect::<Vec<_>>().join(", ")
}

/// Returns English in brackets, by which tests tell words of the files from others.
fn pseudo(english: &Messages) -> Messages {
    let marked = |pieces: &Vec<Piece>| match pieces.as_slice() {
        [Piece::Text(text)] => vec![Piece::Text(format!("⟦{text}⟧"))],
        pieces => [&[Piece::Text("⟦".to_owned())], pieces, &[Piece::Text("⟧".to_owned())]].concat(),
    };
    let message = |message: &Message| {
        let forms = message.forms.iter().map(|(key, pieces)| (key.clone(), marked(pieces)));
        Message { forms: forms.collect(), ..message.clone() }
    };
    english.iter().map(|(id, of)| (id.clone(), message(of))).collect()
}
