//! A large language model behind any endpoint that speaks `OpenAI`'s chat completions: what is sent,
//! what an answer means, and when to ask again. No I/O.

pub mod exchange;
mod policy;
mod wire;

pub use policy::{Failure, Patience, retry_after};
pub use wire::{Complaint, SchemaMode, completion, question};

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
    /// What is said.
    pub text: String,
}

/// A question whose answer is a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// The JSON Schema (draft 2020-12) that the answer is to follow; whoever asks checks the answer.
    pub schema: String,
    /// A short name for the schema: `[a-z0-9_]+`.
    pub schema_name: String,
    /// At most this many tokens of answer.
    pub tokens_max: u32,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text, exactly as the model gave it.
    pub text: String,
    /// The model that answered, as it names itself.
    pub model: String,
    /// Tokens of the question; 0 where the endpoint does not say.
    pub tokens_in: u32,
    /// Tokens of the answer; 0 where the endpoint does not say.
    pub tokens_out: u32,
    /// False where the answer was cut off at `tokens_max`.
    pub complete: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The deployment has no model.
    #[error("no model is configured")]
    NotConfigured,
    /// Asked too often: ask again after so many milliseconds.
    #[error("the model's endpoint asks to wait {0} ms")]
    RateLimited(u64),
    /// Down, or known to be down: ask again after so many milliseconds.
    #[error("the model's endpoint is unavailable; try again in {0} ms")]
    Unavailable(u64),
    /// No whole answer within the deployment's limit: ask again later.
    #[error("the model did not answer in time")]
    Timeout,
    /// The deployment's spending limit is reached, here or at the provider.
    #[error("the model's budget is spent")]
    OverBudget,
    /// The endpoint refuses this request or this key for good. The text holds no secret.
    #[error("the model's endpoint refuses: {0}")]
    Rejected(String),
}
