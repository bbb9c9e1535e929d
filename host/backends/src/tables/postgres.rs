//! Tables in a database of PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Row, Statement, Tables, Unavailable, Value};
use crate::postgres::{self, Database};

/// Tables in PostgreSQL, which several hosts share. A change is as durable as the server's commits.
pub struct InPostgres {
    database: Arc<Database>,
    /// The name of the backend whose tables these are.
    name: &'static str,
}

impl InPostgres {
    /// Returns the tables of a backend in a database.
    pub fn new(database: Arc<Database>, name: &'static str) -> Self {
        Self { database, name }
    }
}

impl From<postgres::Error> for Unavailable {
    fn from(error: postgres::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Statement> for postgres::Statement {
    fn from(statement: Statement) -> Self {
        statement.values.into_iter().fold(sqlx::query(statement.sql), |query, value| match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
        })
    }
}

#[async_trait]
impl Tables for InPostgres {
    async fn all(&self, statement: Statement) -> Result<Vec<Row>, Unavailable> {
        Ok(self.database.all(statement.into()).await?.into_iter().map(Row::Postgres).collect())
    }

    async fn first(&self, statement: Statement) -> Result<Option<Row>, Unavailable> {
        Ok(self.database.first(statement.into()).await?.map(Row::Postgres))
    }

    async fn change(&self, statement: Statement) -> Result<Option<Row>, Unavailable> {
        self.first(statement).await
    }

    async fn change_many(&self, statement: Statement) -> Result<u64, Unavailable> {
        Ok(self.database.count(statement.into()).await?)
    }

    fn change_later(&self, statement: Statement) {
        let database = self.database.clone();
        tokio::spawn(async move {
            if let Err(error) = database.count(statement.into()).await {
                tracing::debug!(%error, "a change in the background failed");
            }
        });
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        Ok(self.database.probe(self.name).await?)
    }

    async fn close(&self) {}
}
