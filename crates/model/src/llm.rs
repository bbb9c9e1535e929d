//! A question to a language model and its answer, as components and hosts exchange them (`llm` in
//! `wit/capabilities`).

mod conversions;

use std::fmt;

use crate::Cause;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The instructions.
    System,
    /// The question.
    User,
    /// An earlier answer of the model.
    Assistant,
}

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The text of the turn.
    pub text: String,
}

/// A question whose answer is a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// The JSON Schema (draft 2020-12) that the answer should follow; the caller checks the answer. Properties are sent
    /// in the order of `required`.
    pub schema: String,
    /// A short name for the schema: `[a-z0-9_]+`.
    pub schema_name: String,
    /// The most tokens of the answer.
    pub tokens_max: u32,
    /// The most calls that may cost something.
    pub calls_max: u32,
    /// Whether a good page can be made without the answer: it is refused once a budget is used up to its soft limit.
    pub is_optional: bool,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Complete,
    /// It was cut off at the limit of tokens.
    Length,
    /// A content filter cut it off.
    Filter,
}

impl Ending {
    /// Returns the name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Length => "length",
            Self::Filter => "filter",
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text, exactly as the model gave it.
    pub text: String,
    /// The model that answered, as it names itself.
    pub model: String,
    /// The model that the deployment asks for.
    pub configured_model: String,
    /// Tokens of the question, at the endpoint's figure or an estimate.
    pub tokens_in: u32,
    /// Tokens of the answer, likewise.
    pub tokens_out: u32,
    /// How it ended.
    pub ending: Ending,
    /// The number of calls that may have cost something.
    pub calls: u32,
    /// What these calls cost at the configured prices, in millionths of a dollar.
    pub cost_microdollars: u64,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The deployment has no model.
    #[error("no model is configured")]
    NotConfigured,
    /// There is a model, but no answer.
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// Why a model gave no answer. The text holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The cause.
    pub cause: Cause,
    /// The beginning of the endpoint's message: short, on one line; empty if there is none.
    pub said: String,
    /// The number of milliseconds after which it is worth asking again; `None` means that somebody has to act first.
    pub retry_after_ms: Option<u64>,
}

impl std::error::Error for Failed {}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.said.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", self.cause.meaning(), self.said)
    }
}
