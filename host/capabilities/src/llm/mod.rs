//! A large language model, behind whatever endpoint the deployment names.
//!
//! The backend holds the key and the address, bounds concurrency, retries what is worth retrying,
//! and counts tokens and cost.

mod account;
pub mod budget;
mod openai;
mod scripted;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

pub use budget::Budget;
pub use openai::{BadConfig, Config, OpenAi};
pub use portable::llm::{Cause, Completion, Ending, Error, Failed, Message, Request, Role, SchemaMode};
pub use scripted::Scripted;

/// A model.
#[async_trait]
pub trait Llm: Send + Sync {
    /// Asks, and waits for the whole answer. What that costs is added to `spent`, also where nothing comes of
    /// it or nobody waits for it to the end.
    async fn complete(&self, request: Request, spent: &Spent) -> Result<Completion, Error>;

    /// Where its tokens are counted; `None` for a model that costs nothing.
    fn budget(&self) -> Option<&dyn Budget> {
        None
    }
}

/// What was spent on a language model.
#[derive(Debug, Default)]
pub struct Spent {
    tokens_in: AtomicU64,
    tokens_out: AtomicU64,
}

impl Spent {
    /// Adds a call's tokens.
    pub fn add(&self, tokens_in: u32, tokens_out: u32) {
        self.tokens_in.fetch_add(tokens_in.into(), Ordering::Relaxed);
        self.tokens_out.fetch_add(tokens_out.into(), Ordering::Relaxed);
    }

    /// Tokens of questions, and of answers.
    pub fn tokens(&self) -> (u64, u64) {
        (self.tokens_in.load(Ordering::Relaxed), self.tokens_out.load(Ordering::Relaxed))
    }
}

/// No model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unconfigured;

#[async_trait]
impl Llm for Unconfigured {
    async fn complete(&self, _request: Request, _spent: &Spent) -> Result<Completion, Error> {
        Err(Error::NotConfigured)
    }
}
