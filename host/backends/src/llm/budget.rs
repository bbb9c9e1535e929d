//! The daily (UTC) token budget of the language model, and how much of it is used.
//!
//! A call reserves the most that it may cost before it is made, and settles at its actual cost. So spent and reserved
//! tokens together never exceed the day's budget, even if other processes work on the same data folder or a process
//! crashes: a reservation that is never settled stays counted.
//!
//! The provider may count more tokens than this budget, and exceed the day's limit, only if:
//!
//! - the endpoint ignores the limit on the answer's length, or rejects it under all of its names, and answers with
//!   more;
//! - the question has more tokens than one per two ASCII bytes plus one per other byte of the request;
//! - the endpoint does not report a call's cost, and the cost exceeds the estimate of one token per four ASCII bytes
//!   plus one per other character;
//! - the endpoint charges for a request that it refused.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ::sql::{budget as sql, to_sql};
use async_trait::async_trait;
use sqlx::migrate::Migrator;

use crate::sqlite::{Database, Durability, OpenError, WriteFailed};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/budget");

/// The milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// Returns the day of a time, counted from the epoch.
pub(super) fn day(now_ms: u64) -> u64 {
    now_ms / DAY_MS
}

/// The budget could not be read or written. The text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the language model's budget is unavailable: {0}")]
pub struct Unavailable(pub String);

/// A token budget for each day.
#[async_trait]
pub trait Budget: Send + Sync {
    /// Reserves tokens of a day; returns false if spent and reserved tokens would exceed `tokens_max`.
    async fn reserve(&self, day: u64, tokens: u64, tokens_max: u64) -> Result<bool, Unavailable>;

    /// Replaces a reservation by the tokens spent. `reserved` is 0 for a call made without a reservation.
    async fn settle(&self, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable>;

    /// Writes something small, to check that tokens can be counted.
    async fn probe(&self) -> Result<(), Unavailable>;
}

/// A budget in memory, which lasts as long as the process; also for tests.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<HashMap<u64, u64>>);

#[async_trait]
impl Budget for InMemory {
    async fn reserve(&self, day: u64, tokens: u64, tokens_max: u64) -> Result<bool, Unavailable> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = days.entry(day).or_default();
        let has_room = spent.checked_add(tokens).is_some_and(|sum| sum <= tokens_max);
        if has_room {
            *spent += tokens;
        }
        Ok(has_room)
    }

    async fn settle(&self, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = days.entry(day).or_default();
        *tokens = tokens.saturating_sub(reserved).saturating_add(spent);
        Ok(())
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// A budget in an `SQLite` file that several processes may share.
pub struct Sqlite(Database);

impl Sqlite {
    /// Opens the file at `path`, which is created if it is missing.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self(Database::open(path, &MIGRATIONS, Durability::Power).await?))
    }
}

impl From<WriteFailed> for Unavailable {
    fn from(failed: WriteFailed) -> Self {
        Self(failed.0)
    }
}

#[async_trait]
impl Budget for Sqlite {
    async fn reserve(&self, day: u64, tokens: u64, tokens_max: u64) -> Result<bool, Unavailable> {
        let statement =
            sqlx::query(sql::RESERVE).bind(to_sql(day)).bind(to_sql(tokens)).bind(to_sql(tokens_max));
        Ok(self.0.change(statement).await?.is_some())
    }

    async fn settle(&self, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable> {
        let statement = sqlx::query(sql::SETTLE).bind(to_sql(day)).bind(to_sql(reserved)).bind(to_sql(spent));
        self.0.change(statement).await?;
        Ok(())
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.0.probe().await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    async fn in_file(folder: &Path) -> Arc<dyn Budget> {
        Arc::new(Sqlite::open(&folder.join("budget.db")).await.unwrap())
    }

    #[tokio::test]
    async fn spent_and_reserved_tokens_never_exceed_the_days_limit() {
        let folder = tempfile::tempdir().unwrap();
        for budget in [in_file(folder.path()).await, Arc::new(InMemory::default()) as Arc<dyn Budget>] {
            assert_eq!(budget.reserve(1, 60, 100).await, Ok(true));
            assert_eq!(budget.reserve(1, 41, 100).await, Ok(false));
            assert_eq!(budget.reserve(1, 40, 100).await, Ok(true));
            assert_eq!(budget.settle(1, 60, 5).await, Ok(()));
            assert_eq!(budget.reserve(1, 56, 100).await, Ok(false));
            assert_eq!(budget.reserve(1, 55, 100).await, Ok(true));
            assert_eq!(budget.reserve(2, 101, 100).await, Ok(false), "more than a whole day");
            assert_eq!(budget.reserve(2, 100, 100).await, Ok(true), "another day");
            assert_eq!(budget.reserve(3, u64::MAX >> 1, u64::MAX >> 1).await, Ok(true));
            assert_eq!(budget.reserve(3, 1, u64::MAX >> 1).await, Ok(false));
        }
    }

    #[tokio::test]
    async fn processes_on_one_file_share_a_budget_and_a_reservation_outlives_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (in_file(folder.path()).await, in_file(folder.path()).await);
        let tries = (0..20).map(|number| {
            let budget = if number % 2 == 0 { one.clone() } else { two.clone() };
            tokio::spawn(async move { budget.reserve(1, 10, 55).await })
        });
        let mut reserved = 0;
        for attempt in tries.collect::<Vec<_>>() {
            reserved += u32::from(attempt.await.unwrap().unwrap());
        }
        assert_eq!(reserved, 5);
        drop((one, two));
        let restarted = in_file(folder.path()).await;
        assert_eq!(restarted.reserve(1, 10, 55).await, Ok(false), "the call was not settled");
        assert_eq!(restarted.reserve(1, 5, 55).await, Ok(true));
    }
}
