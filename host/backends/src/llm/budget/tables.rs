//! A budget in tables, of a file or of a database that several hosts share.

use std::sync::Arc;

use ::sql::{from_sql, to_sql};
use async_trait::async_trait;

use super::{Amount, Budget, Day, Entry, Limits, Unavailable, Used};
use crate::tables::{self, Row, Statement, Tables};

/// The statements of a kind of database.
pub struct Statements {
    /// Reserves an amount.
    pub reserve: &'static str,
    /// Replaces a reservation by the actual cost.
    pub settle: &'static str,
    /// Reads what an owner used.
    pub used: &'static str,
    /// Lists what was used from a day on.
    pub since: &'static str,
}

/// A budget in tables. A reservation is as durable as their changes.
pub struct InTables {
    tables: Arc<dyn Tables>,
    statements: Statements,
}

impl InTables {
    /// Returns the budget in `tables`, whose kind of database has these statements.
    pub fn new(tables: Arc<dyn Tables>, statements: Statements) -> Self {
        Self { tables, statements }
    }
}

impl From<tables::Unavailable> for Unavailable {
    fn from(unavailable: tables::Unavailable) -> Self {
        Self(unavailable.0)
    }
}

#[async_trait]
impl Budget for InTables {
    async fn reserve(
        &self,
        owner: &str,
        day: Day,
        amount: Amount,
        limits: Limits,
    ) -> Result<bool, Unavailable> {
        let most = |limit: Option<u64>| to_sql(limit.unwrap_or(u64::MAX));
        let statement = Statement::new(self.statements.reserve)
            .bind(owner)
            .bind(to_sql(day.number))
            .bind(to_sql(amount.tokens))
            .bind(to_sql(amount.microdollars))
            .bind(most(limits.tokens_per_day))
            .bind(most(limits.microdollars_per_day))
            .bind(most(limits.microdollars_per_month))
            .bind(to_sql(day.first_of_month));
        Ok(self.tables.change(statement).await?.is_some())
    }

    async fn settle(
        &self,
        owner: &str,
        day: u64,
        reserved: Amount,
        spent: Amount,
    ) -> Result<(), Unavailable> {
        let statement = Statement::new(self.statements.settle)
            .bind(owner)
            .bind(to_sql(day))
            .bind(to_sql(reserved.tokens))
            .bind(to_sql(reserved.microdollars))
            .bind(to_sql(spent.tokens))
            .bind(to_sql(spent.microdollars));
        self.tables.change(statement).await?;
        Ok(())
    }

    async fn used(&self, owner: &str, day: Day) -> Result<Used, Unavailable> {
        let statement = Statement::new(self.statements.used)
            .bind(owner)
            .bind(to_sql(day.number))
            .bind(to_sql(day.first_of_month));
        let Some(row) = self.tables.first(statement).await? else { return Ok(Used::default()) };
        let month_microdollars = row.get("month_microdollars").map(from_sql)?;
        Ok(Used { of_day: amount(&row)?, month_microdollars })
    }

    async fn since(&self, day: u64) -> Result<Vec<Entry>, Unavailable> {
        let rows = self.tables.all(Statement::new(self.statements.since).bind(to_sql(day))).await?;
        let entry = |row: &Row| {
            let day = row.get("day").map(from_sql)?;
            Ok(Entry { owner: row.get("owner")?, day, amount: amount(row)? })
        };
        rows.iter().map(entry).collect()
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.tables.probe().await?)
    }
}

/// Returns the amount in a row.
fn amount(row: &Row) -> Result<Amount, tables::Unavailable> {
    let number = |column| row.get(column).map(from_sql);
    Ok(Amount { tokens: number("tokens")?, microdollars: number("microdollars")? })
}
