//! A large language model, at the endpoint that the deployment names.
//!
//! The backend holds the key and the address, limits concurrency, retries calls that are worth retrying,
//! and counts tokens and cost.

mod account;
pub mod budget;
mod client;
mod received;
mod scripted;
#[cfg(test)]
mod tests;
mod usefulness;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use ::llm::spending::Limits;
use async_trait::async_trait;

pub use ::llm::{
    Cause, Completion, Ending, Error, Failed, KEY_VARIABLES, Key, Message, Prices, Request, Role, Settings,
};
pub use budget::Budget;
pub use client::{Client, NoClient};
pub use scripted::Scripted;
pub use usefulness::Usefulness;

/// A language model.
#[async_trait]
pub trait Llm: Send + Sync {
    /// Asks, and waits for the whole answer. Adds the cost to `spent`, even if the call fails or the caller
    /// stops waiting.
    async fn complete(&self, request: Request, spent: &Spent) -> Result<Completion, Error>;

    /// Returns whether there is a model.
    fn is_configured(&self) -> bool {
        true
    }

    /// Returns the budget that counts its tokens; `None` for a model that costs nothing.
    fn budget(&self) -> Option<&dyn Budget> {
        None
    }

    /// Returns how useful its answers have been for each shop; `None` for a model that costs nothing.
    fn usefulness(&self) -> Option<&Usefulness> {
        None
    }
}

/// Lets the metrics start at 0.
pub(crate) fn register_metrics() {
    account::register_metrics();
    client::register_metrics();
}

/// The tokens spent on a language model.
#[derive(Debug, Default)]
pub struct Spent {
    calls: AtomicU64,
    tokens_in: AtomicU64,
    tokens_out: AtomicU64,
    shop: String,
    limits: Limits,
    is_excluded: bool,
    held: OnceLock<Failed>,
}

impl Spent {
    /// Creates the account of a shop, from its budget.
    pub fn of_shop(shop: &str) -> Self {
        Self { shop: shop.to_owned(), ..Self::default() }
    }

    /// Sets the limits that the shop's settings have.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Excludes the model, because the shop's plan does.
    #[must_use]
    pub fn without_model(self) -> Self {
        Self { is_excluded: true, ..self }
    }

    /// Returns whether the shop's plan excludes the model.
    pub fn is_excluded(&self) -> bool {
        self.is_excluded
    }

    /// Returns the shop's id; empty if the calls are for no shop.
    pub fn shop(&self) -> &str {
        &self.shop
    }

    /// Adds a call's tokens.
    pub fn add(&self, tokens_in: u32, tokens_out: u32) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.tokens_in.fetch_add(tokens_in.into(), Ordering::Relaxed);
        self.tokens_out.fetch_add(tokens_out.into(), Ordering::Relaxed);
    }

    /// Allows no call: each fails like this and is not made.
    pub fn hold(&self, failed: Failed) {
        let _ = self.held.set(failed);
    }

    /// Returns why no call is allowed, if none is.
    pub fn held(&self) -> Option<&Failed> {
        self.held.get()
    }

    /// Returns how many calls had tokens.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Returns the input and output tokens.
    pub fn tokens(&self) -> (u64, u64) {
        (self.tokens_in.load(Ordering::Relaxed), self.tokens_out.load(Ordering::Relaxed))
    }
}

/// A model that is not configured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unconfigured;

#[async_trait]
impl Llm for Unconfigured {
    async fn complete(&self, _request: Request, _spent: &Spent) -> Result<Completion, Error> {
        Err(Error::NotConfigured)
    }

    fn is_configured(&self) -> bool {
        false
    }
}
