//! A large language model, behind whatever endpoint the deployment names.
//!
//! The backend holds the key and the address, bounds concurrency, retries what is worth retrying,
//! and counts tokens and cost.

mod breaker;
mod budget;
mod openai;
mod scripted;
#[cfg(test)]
mod tests;

use async_trait::async_trait;

pub use openai::{BadConfig, Config, OpenAi};
pub use portable::llm::{Completion, Error, Message, Request, Role, SchemaMode};
pub use scripted::Scripted;

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
