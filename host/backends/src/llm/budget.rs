//! The daily (UTC) token budgets of the language model, of the deployment and of each shop, and how much of them is used.
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

pub use ::llm::spending::DEPLOYMENT;
use ::sql::{budget as sql, from_sql, to_sql};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::migrate::Migrator;

use crate::sqlite::{Database, Durability, OpenError, WriteFailed};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/budget");

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

    /// Writes something small, to check that tokens can be counted.
    async fn probe(&self) -> Result<(), Unavailable>;
}

/// A budget in memory, which lasts as long as the process; also for tests.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<HashMap<(String, u64), u64>>);

#[async_trait]
impl Budget for InMemory {
    async fn reserve(
        &self,
        owner: &str,
        day: u64,
        tokens: u64,
        tokens_max: u64,
    ) -> Result<Option<u64>, Unavailable> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = days.entry((owner.to_owned(), day)).or_default();
        let sum = spent.checked_add(tokens).filter(|sum| *sum <= tokens_max);
        *spent = sum.unwrap_or(*spent);
        Ok(sum)
    }

    async fn settle(&self, owner: &str, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = days.entry((owner.to_owned(), day)).or_default();
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
    async fn reserve(
        &self,
        owner: &str,
        day: u64,
        tokens: u64,
        tokens_max: u64,
    ) -> Result<Option<u64>, Unavailable> {
        let statement = sqlx::query(sql::RESERVE)
            .bind(owner)
            .bind(to_sql(day))
            .bind(to_sql(tokens))
            .bind(to_sql(tokens_max));
        let Some(row) = self.0.change(statement).await? else { return Ok(None) };
        let sum = row.try_get("tokens").map(from_sql).map_err(|error| Unavailable(error.to_string()))?;
        Ok(Some(sum))
    }

    async fn settle(&self, owner: &str, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable> {
        let statement =
            sqlx::query(sql::SETTLE).bind(owner).bind(to_sql(day)).bind(to_sql(reserved)).bind(to_sql(spent));
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

    /// Returns whether so many tokens of the deployment's day can be reserved.
    async fn reserves(
        budget: &dyn Budget,
        day: u64,
        tokens: u64,
        tokens_max: u64,
    ) -> Result<bool, Unavailable> {
        Ok(budget.reserve(DEPLOYMENT, day, tokens, tokens_max).await?.is_some())
    }

    #[tokio::test]
    async fn spent_and_reserved_tokens_never_exceed_the_days_limit() {
        let folder = tempfile::tempdir().unwrap();
        for budget in [in_file(folder.path()).await, Arc::new(InMemory::default()) as Arc<dyn Budget>] {
            assert_eq!(reserves(&*budget, 1, 60, 100).await, Ok(true));
            assert_eq!(reserves(&*budget, 1, 41, 100).await, Ok(false));
            assert_eq!(reserves(&*budget, 1, 40, 100).await, Ok(true));
            assert_eq!(budget.settle(DEPLOYMENT, 1, 60, 5).await, Ok(()));
            assert_eq!(reserves(&*budget, 1, 56, 100).await, Ok(false));
            assert_eq!(reserves(&*budget, 1, 55, 100).await, Ok(true));
            assert_eq!(reserves(&*budget, 2, 101, 100).await, Ok(false), "more than a whole day");
            assert_eq!(reserves(&*budget, 2, 100, 100).await, Ok(true), "another day");
            assert_eq!(reserves(&*budget, 3, u64::MAX >> 1, u64::MAX >> 1).await, Ok(true));
            assert_eq!(reserves(&*budget, 3, 1, u64::MAX >> 1).await, Ok(false));
        }
    }

    #[tokio::test]
    async fn earlier_weeks_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let budget = in_file(folder.path()).await;
        for day in [1, 2, 9] {
            assert_eq!(reserves(&*budget, day, 60, 100).await, Ok(true));
        }
        assert_eq!(reserves(&*budget, 2, 60, 100).await, Ok(false), "a week ago");
        assert_eq!(reserves(&*budget, 1, 60, 100).await, Ok(true));
    }

    #[tokio::test]
    async fn each_owner_has_a_budget_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        for budget in [in_file(folder.path()).await, Arc::new(InMemory::default()) as Arc<dyn Budget>] {
            assert_eq!(budget.reserve("magic-wands", 1, 60, 100).await, Ok(Some(60)));
            assert_eq!(budget.reserve("magic-wands", 1, 41, 100).await, Ok(None));
            assert_eq!(budget.reserve("tea-house", 1, 41, 100).await, Ok(Some(41)));
            assert_eq!(budget.reserve(DEPLOYMENT, 1, 100, 100).await, Ok(Some(100)));
        }
    }

    #[tokio::test]
    async fn processes_on_one_file_share_a_budget_and_a_reservation_outlives_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (in_file(folder.path()).await, in_file(folder.path()).await);
        let tries = (0..20).map(|number| {
            let budget = if number % 2 == 0 { one.clone() } else { two.clone() };
            tokio::spawn(async move { budget.reserve(DEPLOYMENT, 1, 10, 55).await })
        });
        let mut reserved = 0;
        for attempt in tries.collect::<Vec<_>>() {
            reserved += u32::from(attempt.await.unwrap().unwrap().is_some());
        }
        assert_eq!(reserved, 5);
        drop((one, two));
        let restarted = in_file(folder.path()).await;
        assert_eq!(reserves(&*restarted, 1, 10, 55).await, Ok(false), "the call was not settled");
        assert_eq!(reserves(&*restarted, 1, 5, 55).await, Ok(true));
    }
}
