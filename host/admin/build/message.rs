//! The messages of a language's file, as far as the admin uses Fluent: texts with variables, and such texts that depend on
//! a count.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};

/// The messages of a file, in its order.
pub type Messages = Vec<(String, Message)>;

/// The name of the only form of a text that depends on no count.
pub const OTHER: &str = "other";

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The variable on whose plural category the text depends, if it depends on one.
    pub count: Option<String>,
    /// The text for each plural category (CLDR) or exact number.
    pub forms: BTreeMap<String, Vec<Piece>>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// It is written as it is.
    Text(String),
    /// The value of a variable.
    Place(String),
}

impl Message {
    /// Returns the variables in the order in which they are first used, without the count.
    pub fn variables(&self) -> Vec<String> {
        let mut variables = Vec::new();
        for piece in self.forms.values().flatten() {
            let Piece::Place(name) = piece else { continue };
            if Some(name) != self.count.as_ref() && !variables.contains(name) {
                variables.push(name.clone());
            }
        }
        variables
    }

    fn shape(&self) -> String {
        let variables: BTreeSet<_> = self.variables().into_iter().collect();
        format!("count {:?}, variables {variables:?}", self.count)
    }
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
        let count = Some(name_of(selector)?);
        let forms = variants.iter().map(form).collect::<Result<_, _>>()?;
        return Ok(Message { count, forms });
    }
    let forms = BTreeMap::from([(OTHER.to_owned(), pieces(pattern)?)]);
    Ok(Message { count: None, forms })
}

fn form(variant: &Variant<&str>) -> Result<(String, Vec<Piece>), String> {
    let key = match variant.key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    };
    if (key == OTHER) != variant.default {
        return Err("has to have the default *[other]".to_owned());
    }
    Ok((key.to_owned(), pieces(&variant.value)?))
}

/// Returns the pieces of a pattern. A line break in the file is a space.
fn pieces(pattern: &Pattern<&str>) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => match pieces.last_mut() {
                Some(Piece::Text(text)) => text.push_str(&value.replace('\n', " ")),
                _ => pieces.push(Piece::Text(value.replace('\n', " "))),
            },
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                pieces.push(Piece::Place(name_of(inline)?));
            }
            PatternElement::Placeable { expression: Expression::Select { .. } } => {
                return Err("has text beside its choice".to_owned());
            }
        }
    }
    Ok(pieces)
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
        Some(translated) => (message.shape() != translated.shape()).then(|| {
            format!("{id} differs from English: {}, and not {}", translated.shape(), message.shape())
        }),
    });
    let unknown = other.iter().filter(|(id, _)| find(english, id).is_none());
    missing.chain(unknown.map(|(id, _)| format!("{id} is not in en.ftl"))).collect()
}
