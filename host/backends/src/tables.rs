//! Tables in `SQLite` or in PostgreSQL, for statements that both understand: `$1` stands for the first value, columns
//! of a row that is there already are written with the name of the table, and sums are cast to `bigint`.
//!
//! Such statements are short and seldom, and no shopper waits for them. The budget brings a text of its statements for
//! each kind of database. Storage that shoppers wait for uses the databases directly.

mod postgres;
mod sqlite;

use async_trait::async_trait;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type};

pub use postgres::InPostgres;
pub use sqlite::InSqlite;

/// The statement was not carried out, or it is unknown whether it was. The text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

impl From<sqlx::Error> for Unavailable {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

/// A value in a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An integer.
    Integer(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

macro_rules! values {
    ($($native:ty => $kind:ident),+ $(,)?) => {$(
        impl From<$native> for Value {
            fn from(value: $native) -> Self {
                Self::$kind(Some(value))
            }
        }

        impl From<Option<$native>> for Value {
            fn from(value: Option<$native>) -> Self {
                Self::$kind(value)
            }
        }
    )+};
}

values! { i64 => Integer, String => Text, Vec<u8> => Bytes }

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A statement with its values.
#[derive(Debug, Clone)]
pub struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

impl Statement {
    /// Returns a statement without values.
    pub fn new(sql: &'static str) -> Self {
        Self { sql, values: Vec::new() }
    }

    /// Adds the next value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
}

/// A type that a column can have in both kinds of databases.
pub trait Native:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Native for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

/// A row that a statement returned.
pub enum Row {
    /// A row of `SQLite`.
    Sqlite(SqliteRow),
    /// A row of PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// Returns what is in a column.
    pub fn get<T: Native>(&self, column: &str) -> Result<T, Unavailable> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

/// Tables.
#[async_trait]
pub trait Tables: Send + Sync {
    /// Runs a statement that changes nothing, and returns its rows.
    async fn all(&self, statement: Statement) -> Result<Vec<Row>, Unavailable>;

    /// Runs a statement that changes nothing, and returns its first row.
    async fn first(&self, statement: Statement) -> Result<Option<Row>, Unavailable>;

    /// Runs a statement that changes at most one row, and returns that row once the change is committed. The change is
    /// made even if the caller stops waiting.
    async fn change(&self, statement: Statement) -> Result<Option<Row>, Unavailable>;

    /// Runs a statement that changes any number of rows, and returns how many.
    async fn change_many(&self, statement: Statement) -> Result<u64, Unavailable>;

    /// Runs a statement later, without an outcome.
    fn change_later(&self, statement: Statement);

    /// Fails if the tables cannot be written. Called about once a second.
    async fn probe(&self) -> Result<(), Unavailable>;

    /// Finishes pending work. Files are closed.
    async fn close(&self);
}
