//! Writes messages as Rust: a method of `Words` for each message, and a table of texts for each language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fluent_messages::{CATEGORIES, Language, Message, Messages, OTHER, PSEUDO, Piece, pseudo};

/// Messages about kinds of block are found by the kind: `block-price-guide` is that of `price_guide`.
const OF_A_BLOCK: &str = "block-";

/// Returns the source of the methods and the tables. English is the first language.
pub fn tables(languages: &[Language]) -> String {
    let english = &languages[0].messages;
    let mut out = String::from("impl Words {\n");
    let mut blocks = String::new();
    for (index, (id, message)) in english.iter().enumerate() {
        match id.strip_prefix(OF_A_BLOCK).map(|kind| kind.replace('-', "_")) {
            Some(kind) => {
                let _ = writeln!(blocks, "            {kind:?} => self.text({index}),");
            }
            None => method(&mut out, index, id, message),
        }
    }
    let _ = writeln!(
        out,
        "    /// Returns the name of a kind of block; `None` if it has none.\n    \
         pub fn block_named(&self, kind: &str) -> Option<&'static str> {{\n        \
         Some(match kind {{\n{blocks}            _ => return None,\n        }})\n    }}"
    );
    out.push_str("}\n\nstatic TABLES: &[Words] = &[\n");
    for Language { tag, messages } in languages {
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
        Piece::Text(text) => in_one_line(text),
        Piece::Variable(name) => format!("{{{name}}}"),
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
        Piece::Text(text) => format!("Piece::Text({:?})", in_one_line(text)),
        Piece::Variable(name) if Some(name) == message.count.as_ref() => "Piece::Count".to_owned(),
        Piece::Variable(name) => {
            let index = variables.iter().position(|known| known == name).expect("the shapes are compared");
            format!("Piece::Value({index})")
        }
    };
    pieces.iter().map(piece).collect::<Vec<_>>().join(", ")
}

/// Returns a text with spaces for the line breaks of the file.
fn in_one_line(text: &str) -> String {
    text.replace('\n', " ")
}
