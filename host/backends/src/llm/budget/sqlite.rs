//! A budget in an `SQLite` file in the data folder, which several processes may share.

use std::path::Path;
use std::sync::Arc;

use ::sql::{budget as sql, from_sql, to_sql};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteRow;

use super::{Budget, Unavailable};
use crate::kind::{Opened, Site};
use crate::sqlite::{Database, Durability, OpenError, WriteFailed};

pub(super) use crate::kind::NoOptions as Options;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/budget");

/// The file in the data folder.
const FILE: &str = "budget.db";

/// Opens the file in the data folder.
pub(super) async fn open(_: Options, site: &Site) -> Opened<dyn Budget> {
    Ok(Arc::new(Sqlite::open(&site.folder.join(FILE)).await?))
}

/// A budget in `SQLite`. A reservation survives a loss of power.
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

    async fn of_day(&self, day: u64) -> Result<Vec<(String, u64)>, Unavailable> {
        let rows = self.0.all(sqlx::query(sql::OF_DAY).bind(to_sql(day))).await;
        let read = |row: &SqliteRow| Ok((row.try_get("owner")?, row.try_get("tokens").map(from_sql)?));
        let of_day: Result<_, sqlx::Error> = rows.and_then(|rows| rows.iter().map(read).collect());
        of_day.map_err(|error| Unavailable(error.to_string()))
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.0.probe().await?)
    }
}
