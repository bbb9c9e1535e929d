//! The budgets of the language model, of the deployment and of each shop, by day (UTC), and how much of them is used.
//!
//! A call reserves the most that it may cost before it is made, and settles at its actual cost. So what is spent and
//! reserved never exceeds a limit, even if other processes or hosts share the budget or a process crashes: a reservation
//! that is never settled stays counted. Only the limit of a month may be exceeded, by a call of each host, if hosts whose
//! clocks differ reserve on both sides of midnight at the same moment.
//!
//! The provider may count more tokens than this budget, and exceed a limit, only if:
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

pub use ::llm::spending::{Amount, DEPLOYMENT, Day, Limits, Used};
use async_trait::async_trait;
use sqlx::migrate::Migrator;

use crate::kind::kinds;

kinds!("budget", dyn Budget: [sqlite, postgres, memory]);

pub use memory::Memory;
#[cfg(test)]
pub(in crate::llm) use sqlite::open_file;

/// Returns the migrations of the file of the kind `sqlite`.
pub(crate) fn sqlite_migrations() -> &'static Migrator {
    &sqlite::MIGRATIONS
}

/// The budget could not be read or written. The text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the language model's budget is unavailable: {0}")]
pub struct Unavailable(pub String);

/// What an owner used on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose budget it is of.
    pub owner: String,
    /// The day, counted from the epoch.
    pub day: u64,
    /// The amounts that are spent and reserved.
    pub amount: Amount,
}

/// What each owner used on each day. Days are forgotten after two months.
#[async_trait]
pub trait Budget: Send + Sync {
    /// Reserves an amount on a day. Returns false, and reserves nothing, if the owner would then have used more than
    /// `limits`.
    async fn reserve(
        &self,
        owner: &str,
        day: Day,
        amount: Amount,
        limits: Limits,
    ) -> Result<bool, Unavailable>;

    /// Replaces a reservation by the actual cost. `reserved` is nothing for a call made without a reservation.
    async fn settle(&self, owner: &str, day: u64, reserved: Amount, spent: Amount)
    -> Result<(), Unavailable>;

    /// Returns what an owner spent and reserved on a day and in its month.
    async fn used(&self, owner: &str, day: Day) -> Result<Used, Unavailable>;

    /// Returns what was spent and reserved from a day on, by owner and day.
    async fn since(&self, day: u64) -> Result<Vec<Entry>, Unavailable>;

    /// Writes something small, to check that what calls cost can be counted.
    async fn probe(&self) -> Result<(), Unavailable>;
}
