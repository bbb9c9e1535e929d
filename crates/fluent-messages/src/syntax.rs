//! The part of Fluent that is supported: texts with variables, and such texts that depend on a count.

use std::collections::BTreeMap;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};

/// The messages of a file with their ids, in its order.
pub type Messages = Vec<(String, Message)>;

/// The categories of plurals (CLDR), in the order of tables.
pub const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", OTHER];
/// The category that every count has, and the only form of a text that depends on no count.
pub const OTHER: &str = "other";

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The variable on whose plural category the text depends, if it depends on one.
    pub count: Option<String>,
    /// The text for each plural category or exact number.
    pub forms: BTreeMap<String, Vec<Piece>>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// It is written as it is. It has the line breaks of the file.
    Text(String),
    /// The value of the variable with this name.
    Variable(String),
}

impl Message {
    /// Returns the variables in the order in which they are first used, without the count.
    pub fn variables(&self) -> Vec<String> {
        let mut variables = Vec::new();
        for piece in self.forms.values().flatten() {
            let Piece::Variable(name) = piece else { continue };
            if Some(name) != self.count.as_ref() && !variables.contains(name) {
                variables.push(name.clone());
            }
        }
        variables
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// It is not Fluent.
    #[error("not Fluent: {0}")]
    Invalid(String),
    /// A term, of this name.
    #[error("-{0}: terms are not supported")]
    Term(String),
    /// Two messages have this id.
    #[error("{0} is there twice")]
    Twice(String),
    /// A message is written in a way that is not supported.
    #[error("{id} {problem}")]
    Message {
        /// The message.
        id: String,
        /// What is wrong.
        problem: Problem,
    },
}

/// What is not supported in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It has attributes, or no text of its own.
    #[error("has to have a text and no attributes")]
    NoTextAlone,
    /// A choice has no variant `other`, or another variant is its default.
    #[error("has to have the default *[other]")]
    NoDefault,
    /// A choice is a part of the text.
    #[error("has text beside its choice")]
    TextBesideChoice,
    /// It uses functions, terms or literals.
    #[error("uses more than variables")]
    MoreThanVariables,
}

/// Reads a file.
pub(crate) fn read(text: &str) -> Result<Messages, SyntaxError> {
    let resource = fluent_syntax::parser::parse(text)
        .map_err(|(_, errors)| SyntaxError::Invalid(format!("{errors:?}")))?;
    let mut messages = Messages::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let id = message.id.name.to_owned();
                if messages.iter().any(|(known, _)| *known == id) {
                    return Err(SyntaxError::Twice(id));
                }
                let pattern = message.value.filter(|_| message.attributes.is_empty());
                match pattern.ok_or(Problem::NoTextAlone).and_then(|pattern| of(&pattern)) {
                    Ok(message) => messages.push((id, message)),
                    Err(problem) => return Err(SyntaxError::Message { id, problem }),
                }
            }
            Entry::Term(term) => return Err(SyntaxError::Term(term.id.name.to_owned())),
            Entry::Junk { content } => return Err(SyntaxError::Invalid(content.to_owned())),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
        }
    }
    Ok(messages)
}

fn of(pattern: &Pattern<&str>) -> Result<Message, Problem> {
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

fn form(variant: &Variant<&str>) -> Result<(String, Vec<Piece>), Problem> {
    let key = match variant.key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    };
    if (key == OTHER) != variant.default {
        return Err(Problem::NoDefault);
    }
    Ok((key.to_owned(), pieces(&variant.value)?))
}

fn pieces(pattern: &Pattern<&str>) -> Result<Vec<Piece>, Problem> {
    let mut pieces = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => match pieces.last_mut() {
                Some(Piece::Text(text)) => text.push_str(value),
                _ => pieces.push(Piece::Text((*value).to_owned())),
            },
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                pieces.push(Piece::Variable(name_of(inline)?));
            }
            PatternElement::Placeable { expression: Expression::Select { .. } } => {
                return Err(Problem::TextBesideChoice);
            }
        }
    }
    Ok(pieces)
}

fn name_of(expression: &InlineExpression<&str>) -> Result<String, Problem> {
    match expression {
        InlineExpression::VariableReference { id } => Ok(id.name.to_owned()),
        _ => Err(Problem::MoreThanVariables),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_pieces_and_a_choice_has_a_text_for_each_category() {
        let file = "of = { $part } of\n    { $whole }\nleft = { $n ->\n    [one] One left\n   *[other] { $n } left\n}\n";
        let messages = read(file).unwrap();
        let (text, variable) =
            (|text: &str| Piece::Text(text.into()), |name: &str| Piece::Variable(name.into()));
        let of = vec![variable("part"), text(" of\n"), variable("whole")];
        assert_eq!(messages[0].1, Message { count: None, forms: [(OTHER.into(), of)].into() });
        assert_eq!(messages[0].1.variables(), ["part", "whole"]);
        let forms =
            [("one".into(), vec![text("One left")]), (OTHER.into(), vec![variable("n"), text(" left")])];
        assert_eq!(messages[1].1, Message { count: Some("n".into()), forms: forms.into() });
        assert!(messages[1].1.variables().is_empty());
    }

    #[test]
    fn what_is_not_supported_is_refused() {
        for (file, expected) in [
            ("a = { NUMBER($n) }", "a uses more than variables"),
            ("a = A\n    .title = B", "a has to have a text and no attributes"),
            ("a = { $n ->\n   *[one] A\n    [other] B\n}\n", "a has to have the default *[other]"),
            ("a = All { $n ->\n   *[other] B\n}\n", "a has text beside its choice"),
            ("a = A\na = B", "a is there twice"),
        ] {
            assert_eq!(read(file).unwrap_err().to_string(), expected);
        }
    }
}
