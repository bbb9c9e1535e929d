//! Forms of the admin. Each changes its own part of a merchant's choices.

pub(crate) mod campaigns;
pub(crate) mod fields;
pub(crate) mod selectors;

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hasher as _};

use model::Persona;
use model::shop::Choices;

use crate::place::Place;
use crate::wording::Words;

/// The field with the [`Form::mark`] of the form as it was shown.
const MARK: &str = "mark";

/// A field of a form: its text and its error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Field {
    /// The text that was typed.
    pub typed: String,
    /// The error; empty if there is none.
    pub error: String,
}

/// The form of a page, as displayed.
pub(crate) trait Form: Debug + Send + Sized + 'static {
    /// The page that it is on.
    const PLACE: Place;
    /// The values of the form, if it has no errors.
    type Sent: Send + Sync;

    /// Returns the form for the current choices.
    fn of(choices: &Choices, words: &Words) -> Self;

    /// Returns the form as it was typed, without errors.
    fn typed(posted: &Posted) -> Self;

    /// Returns what the merchant wants, and gives errors to the fields that cannot be used.
    fn judge(&mut self, words: &Words) -> Self::Sent;

    /// Returns whether a field has an error.
    fn has_errors(&self) -> bool;

    /// Changes the form's own part of the choices, and nothing else.
    fn apply(sent: &Self::Sent, choices: &mut Choices);

    /// Parses a submitted form. Returns it with what the merchant wants, or with its errors.
    fn read(posted: &Posted, words: &Words) -> Result<(Self, Self::Sent), Box<Self>> {
        let mut form = Self::typed(posted);
        let sent = form.judge(words);
        if form.has_errors() { Err(Box::new(form)) } else { Ok((form, sent)) }
    }

    /// Returns a text that differs if the form differs, by which a later change by somebody else is noticed.
    fn mark(&self) -> String {
        let mut hasher = DefaultHasher::new();
        hasher.write(format!("{self:?}").as_bytes());
        format!("{:016x}", hasher.finish())
    }
}

/// A submitted form (`application/x-www-form-urlencoded`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Posted(Vec<(String, String)>);

impl Posted {
    /// Reads a request's body. A body that is not a form has no fields.
    pub fn of(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// Returns a field as it was typed; empty if it was not sent.
    pub fn field(&self, name: &str) -> Field {
        Field { typed: self.value(name).unwrap_or_default().to_owned(), error: String::new() }
    }

    /// Returns the first value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns whether a field has a value among others, as ticked boxes of one name have.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(key, other)| key == name && other == value)
    }

    /// Returns the personas whose boxes of a name are ticked.
    pub fn personas(&self, name: &str) -> Vec<Persona> {
        Persona::ALL.into_iter().filter(|persona| self.has(name, persona.name())).collect()
    }

    /// Returns the [`Form::mark`] of the form as it was shown, if it was sent.
    pub fn mark(&self) -> Option<&str> {
        self.value(MARK).filter(|mark| !mark.is_empty())
    }
}

impl From<String> for Field {
    fn from(typed: String) -> Self {
        Self { typed, error: String::new() }
    }
}

impl Field {
    /// Returns whether the field has an error.
    pub fn is_wrong(&self) -> bool {
        !self.error.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_form_have_no_fields() {
        for body in [&b""[..], b"\xff\xfe=%zz&&==", b"{\"tone\":1}"] {
            assert_eq!(Posted::of(body).value("tone"), None);
        }
    }
}
