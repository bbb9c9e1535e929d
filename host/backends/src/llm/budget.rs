//! The daily (UTC) token budgets of the language model, of the deployment and of each shop, and how much of them is used.
//!
//! A call reserves the most that it may cost before it is made, and settles at its actual cost. So spent and reserved
//! tokens together never exceed the day's budget, even if other processes or hosts share the budget or a process crashes:
//! a reservation that is never settled stays counted.
//!
//! The provider may count more tokens than this budget, and exceed the day's limit, only if:
//!
//! - the endpoint ignores the limit on the answer's length, or rejects it under all of its names, and answers with
//!   more;
//! - the question has more tokens than one per two ASCII bytes plus one per other byte of the request;
//! - the endpoint does not report a call's cost, and the cost exceeds the estimate of one token per four ASCII bytes
//!   plus one per other character;
//! - the endpoint charges for a request that it refused.

#[cfg(test)]
mod battery;
mod memory;
mod postgres;
mod sqlite;
mod tables;

pub use ::llm::spending::{DEPLOYMENT, day};
use async_trait::async_trait;

use crate::kind::kinds;

kinds!("budget", dyn Budget: [sqlite, postgres, memory]);

pub use memory::Memory;
#[cfg(test)]
pub(in crate::llm) use sqlite::open_file;

/// The budget could not be read or written. The text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the language model's budget is unavailable: {0}")]
pub struct Unavailable(pub String);

/// A token budget for each owner and day.
#[async_trait]
pub trait Budget: Send + Sync {
    /// Reserves tokens of a day. Returns the tokens spent and reserved by then; `None`, and reserves nothing, if they
    /// would exceed `tokens_max`.
    async fn reserve(
        &self,
        owner: &str,
        day: u64,
        tokens: u64,
        tokens_max: u64,
    ) -> Result<Option<u64>, Unavailable>;

    /// Replaces a reservation by the tokens spent. `reserved` is 0 for a call made without a reservation.
    async fn settle(&self, owner: &str, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable>;

    /// Returns the tokens spent and reserved on a day, by owner.
    async fn of_day(&self, day: u64) -> Result<Vec<(String, u64)>, Unavailable>;

    /// Writes something small, to check that tokens can be counted.
    async fn probe(&self) -> Result<(), Unavailable>;
}
