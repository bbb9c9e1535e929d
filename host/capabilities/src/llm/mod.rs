//! A large language model, behind whatever endpoint the deployment names.
//!
//! The backend holds the key and the address, bounds concurrency, retries what is worth retrying,
//! and counts tokens and cost.

mod breaker;
mod budget;
mod openai;
mod policy;
mod scripted;
#[cfg(test)]
mod tests;
mod wire;

use async_trait::async_trait;

pub use openai::{BadConfig, Config, OpenAi};
pub use scripted::Scripted;
pub use wire::SchemaMode;

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

/// A model.
#[async_trait]
pub trait Llm: Send + Sync {
    /// Asks, and waits for the whole answer.
    async fn complete(&self, request: Request) -> Result<Completion, Error>;
}

/// No model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unconfigured;

#[async_trait]
impl Llm for Unconfigured {
    async fn complete(&self, _request: Request) -> Result<Completion, Error> {
        Err(Error::NotConfigured)
    }
}
