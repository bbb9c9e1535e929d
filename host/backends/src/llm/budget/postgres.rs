//! A budget in a database of PostgreSQL, which several hosts share.

use std::future::{Ready, ready};
use std::sync::Arc;

use ::sql::postgres::budget as sql;
use ::sql::{from_sql, to_sql};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::{Budget, Unavailable};
use crate::kind::{Opened, Site};
use crate::postgres::{self, Database};

pub(super) use crate::kind::NoOptions as Options;

/// Returns the budget in the site's database.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Budget>> {
    let opened = site.database().map(|database| -> Arc<dyn Budget> { Arc::new(Postgres(database)) });
    ready(opened.map_err(Into::into))
}

/// A budget in PostgreSQL. A reservation is as durable as the server's commits.
pub struct Postgres(Arc<Database>);

impl From<postgres::Error> for Unavailable {
    fn from(error: postgres::Error) -> Self {
        Self(error.to_string())
    }
}

#[async_trait]
impl Budget for Postgres {
    async fn reserve(
        &self,
        owner: &str,
        day: u64,
        tokens: u64,
        tokens_max: u64,
    ) -> Result<Option<u64>, Unavailable> {
        let statement = sqlx::query(sql::RESERVE)
            .bind(owner.to_owned())
            .bind(to_sql(day))
            .bind(to_sql(tokens))
            .bind(to_sql(tokens_max));
        let sum = self.0.first_as(statement, |row| row.try_get("tokens").map(from_sql)).await?;
        sum.transpose().map_err(|error| Unavailable(error.to_string()))
    }

    async fn settle(&self, owner: &str, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable> {
        let statement = sqlx::query(sql::SETTLE)
            .bind(owner.to_owned())
            .bind(to_sql(day))
            .bind(to_sql(reserved))
            .bind(to_sql(spent));
        self.0.count(statement).await?;
        Ok(())
    }

    async fn of_day(&self, day: u64) -> Result<Vec<(String, u64)>, Unavailable> {
        let rows = self.0.all(sqlx::query(sql::OF_DAY).bind(to_sql(day))).await?;
        let read = |row: &PgRow| Ok((row.try_get("owner")?, row.try_get("tokens").map(from_sql)?));
        let of_day: Result<_, sqlx::Error> = rows.iter().map(read).collect();
        of_day.map_err(|error| Unavailable(error.to_string()))
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.0.probe("budget").await?)
    }
}
