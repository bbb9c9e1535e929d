//! A budget in tables, of a file or of a database that several hosts share.

use std::sync::Arc;

use ::sql::{from_sql, to_sql};
use async_trait::async_trait;

use super::{Budget, Unavailable};
use crate::tables::{self, Row, Statement, Tables};

/// The statements of a kind of database.
pub struct Statements {
    /// Reserves tokens.
    pub reserve: &'static str,
    /// Replaces a reservation by the tokens spent.
    pub settle: &'static str,
    /// Lists what was used on a day.
    pub of_day: &'static str,
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
        day: u64,
        tokens: u64,
        tokens_max: u64,
    ) -> Result<Option<u64>, Unavailable> {
        let statement = Statement::new(self.statements.reserve)
            .bind(owner)
            .bind(to_sql(day))
            .bind(to_sql(tokens))
            .bind(to_sql(tokens_max));
        let row = self.tables.change(statement).await?;
        Ok(row.as_ref().map(sum).transpose()?)
    }

    async fn settle(&self, owner: &str, day: u64, reserved: u64, spent: u64) -> Result<(), Unavailable> {
        let statement = Statement::new(self.statements.settle)
            .bind(owner)
            .bind(to_sql(day))
            .bind(to_sql(reserved))
            .bind(to_sql(spent));
        self.tables.change(statement).await?;
        Ok(())
    }

    async fn of_day(&self, day: u64) -> Result<Vec<(String, u64)>, Unavailable> {
        let rows = self.tables.all(Statement::new(self.statements.of_day).bind(to_sql(day))).await?;
        let of_owner = |row: &Row| Ok((row.get("owner")?, sum(row)?));
        rows.iter().map(of_owner).collect()
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.tables.probe().await?)
    }
}

/// Returns the tokens in a row.
fn sum(row: &Row) -> Result<u64, tables::Unavailable> {
    row.get("tokens").map(from_sql)
}
