//! Tables in an `SQLite` file.

use async_trait::async_trait;

use super::{Row, Statement, Tables, Unavailable, Value};
use crate::sqlite::{self, Database, WriteFailed};

/// Tables in an `SQLite` file, which several processes may share. A change survives a loss of power.
pub struct InSqlite(Database);

impl From<Database> for InSqlite {
    fn from(database: Database) -> Self {
        Self(database)
    }
}

impl From<WriteFailed> for Unavailable {
    fn from(failed: WriteFailed) -> Self {
        Self(failed.0)
    }
}

impl From<Statement> for sqlite::Statement {
    fn from(statement: Statement) -> Self {
        statement.values.into_iter().fold(sqlx::query(statement.sql), |query, value| match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
        })
    }
}

#[async_trait]
impl Tables for InSqlite {
    async fn all(&self, statement: Statement) -> Result<Vec<Row>, Unavailable> {
        Ok(self.0.all(statement.into()).await?.into_iter().map(Row::Sqlite).collect())
    }

    async fn first(&self, statement: Statement) -> Result<Option<Row>, Unavailable> {
        Ok(self.0.first(statement.into()).await?.map(Row::Sqlite))
    }

    async fn change(&self, statement: Statement) -> Result<Option<Row>, Unavailable> {
        Ok(self.0.change(statement.into()).await?.map(Row::Sqlite))
    }

    async fn change_many(&self, statement: Statement) -> Result<u64, Unavailable> {
        Ok(self.0.change_many(statement.into()).await?)
    }

    fn change_later(&self, statement: Statement) {
        self.0.change_later(statement.into());
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.0.probe().await?)
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
