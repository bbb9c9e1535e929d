//! How the messages of a language differ from those of English.

use std::collections::BTreeSet;

use crate::syntax::{Message, Messages};

/// A message that is not as in English.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// English has the message with this id, and the language does not.
    #[error("{0} is missing")]
    Missing(String),
    /// The language has the message with this id, and English does not.
    #[error("{0} is not in English")]
    Unknown(String),
    /// The message with this id uses other variables, or depends on another count.
    #[error("{0} has other variables than in English")]
    Variables(String),
}

/// Returns every difference, those of English's messages first.
pub(crate) fn between(english: &Messages, other: &Messages) -> Vec<Difference> {
    let find = |messages: &Messages, id: &str| {
        messages.iter().find(|(known, _)| known == id).map(|(_, message)| variables(message))
    };
    let of_english = english.iter().filter_map(|(id, message)| match find(other, id) {
        None => Some(Difference::Missing(id.clone())),
        Some(used) => (used != variables(message)).then(|| Difference::Variables(id.clone())),
    });
    let unknown = other.iter().filter(|(id, _)| find(english, id).is_none());
    of_english.chain(unknown.map(|(id, _)| Difference::Unknown(id.clone()))).collect()
}

fn variables(message: &Message) -> (Option<String>, BTreeSet<String>) {
    (message.count.clone(), message.variables().into_iter().collect())
}
