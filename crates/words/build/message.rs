//! The messages of a language's file, as far as Wandstore uses Fluent: texts, texts with one variable, and texts that
//! depend on a count.

use std::collections::BTreeMap;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};

/// The messages of a file, in its order.
pub type Messages = Vec<(String, Message)>;

/// The sign for the variable in a text.
pub const PLACE: char = '#';

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A text without variables.
    Text(String),
    /// A text around a variable.
    Filled { variable: String, before: String, after: String },
    /// A text for each plural category (CLDR) or exact number of a variable, with [`PLACE`] for the number.
    Counted { variable: String, forms: BTreeMap<String, String> },
}

/// Reads a file.
pub fn read(text: &str) -> Result<Messages, String> {
    let resource = fluent_syntax::parser::parse(text).map_err(|(_, errors)| format!("{errors:?}"))?;
    let mut messages = Messages::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let id = message.id.name.to_owned();
                let pattern = message
                    .value
                    .filter(|_| message.attributes.is_empty())
                    .ok_or_else(|| format!("{id} has to have a text and no attributes"))?;
                if messages.iter().any(|(known, _)| *known == id) {
                    return Err(format!("{id} is there twice"));
                }
                messages.push((id.clone(), of(&pattern).map_err(|problem| format!("{id} {problem}"))?));
            }
            Entry::Term(term) => return Err(format!("-{}: terms are not used here", term.id.name)),
            Entry::Junk { content } => return Err(format!("cannot be read: {content}")),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
        }
    }
    Ok(messages)
}

fn of(pattern: &Pattern<&str>) -> Result<Message, String> {
    if let [PatternElement::Placeable { expression: Expression::Select { selector, variants } }] =
        pattern.elements.as_slice()
    {
        let variable = name_of(selector)?;
        let forms = variants.iter().map(|variant| form(variant, &variable)).collect::<Result<_, _>>()?;
        return Ok(Message::Counted { variable, forms });
    }
    let (variable, text) = flat(pattern)?;
    match (variable, text.split_once(PLACE)) {
        (Some(variable), Some((before, after))) => {
            Ok(Message::Filled { variable, before: before.to_owned(), after: after.to_owned() })
        }
        _ => Ok(Message::Text(text)),
    }
}

fn form(variant: &Variant<&str>, variable: &str) -> Result<(String, String), String> {
    let key = match variant.key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    };
    let (used, text) = flat(&variant.value)?;
    if used.is_some_and(|used| used != variable) {
        return Err(format!("[{key}] uses another variable than ${variable}"));
    }
    if (key == "other") != variant.default {
        return Err("has to have the default *[other]".to_owned());
    }
    Ok((key.to_owned(), text))
}

/// Returns the variable of a pattern and its text, with [`PLACE`] for the variable.
fn flat(pattern: &Pattern<&str>) -> Result<(Option<String>, String), String> {
    let (mut variable, mut text) = (None, String::new());
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } if value.contains([PLACE, '\n']) => {
                return Err(format!("has a line break or a {PLACE}"));
            }
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                if variable.replace(name_of(inline)?).is_some() {
                    return Err("has more than one variable".to_owned());
                }
                text.push(PLACE);
            }
            PatternElement::Placeable { expression: Expression::Select { .. } } => {
                return Err("has text beside its choice".to_owned());
            }
        }
    }
    Ok((variable, text))
}

fn name_of(expression: &InlineExpression<&str>) -> Result<String, String> {
    match expression {
        InlineExpression::VariableReference { id } => Ok(id.name.to_owned()),
        _ => Err("uses more than variables".to_owned()),
    }
}

/// Returns how the messages of a language differ from those of English.
pub fn problems(english: &Messages, other: &Messages) -> Vec<String> {
    let find = |messages: &Messages, id: &str| {
        messages.iter().find(|(known, _)| known == id).map(|(_, message)| message.clone())
    };
    let missing = english.iter().filter_map(|(id, message)| match find(other, id) {
        None => Some(format!("{id} is missing")),
        Some(translated) => (shape(message) != shape(&translated)).then(|| {
            format!("{id} has other variables than in English: {} and {}", shape(&translated), shape(message))
        }),
    });
    let unknown = other.iter().filter(|(id, _)| find(english, id).is_none());
    missing.chain(unknown.map(|(id, _)| format!("{id} is not in en.ftl"))).collect()
}

fn shape(message: &Message) -> String {
    match message {
        Message::Text(_) => "no variable".to_owned(),
        Message::Filled { variable, .. } => format!("${variable}"),
        Message::Counted { variable, .. } => format!("a choice by ${variable}"),
    }
}
