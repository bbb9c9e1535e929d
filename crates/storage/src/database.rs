//! The platform's database: statements, values and tables.

use std::cell::Cell;

use sql::{from_sql, to_sql};

use crate::Failure;

/// A database in `SQLite`. Every statement is a transaction of its own.
pub trait Sql {
    /// Executes one statement and returns its rows.
    fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, StatementFailed>;
}

/// The platform did not execute a statement. The text is the database's reason, for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StatementFailed(pub String);

impl From<StatementFailed> for Failure {
    fn from(failed: StatementFailed) -> Self {
        Self::Unavailable(failed.0)
    }
}

/// A value of a row or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL
    Null,
    /// INTEGER
    Integer(i64),
    /// TEXT
    Text(String),
    /// BLOB
    Blob(Vec<u8>),
}

/// The columns of a row that a statement returned. Each read takes the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(std::collections::VecDeque<Value>);

/// The migrations, in order. The native host uses the same files.
const MIGRATIONS: [(&str, &str); 7] = [
    ("kv/0001", include_str!("../../../migrations/sqlite/kv/0001_entries.sql")),
    ("blob/0001", include_str!("../../../migrations/sqlite/blob/0001_objects.sql")),
    ("jobs/0001", include_str!("../../../migrations/sqlite/jobs/0001_jobs.sql")),
    ("jobs/0002", include_str!("../../../migrations/sqlite/jobs/0002_leases.sql")),
    ("jobs/0003", include_str!("../../../migrations/sqlite/jobs/0003_terms.sql")),
    ("jobs/0004", include_str!("../../../migrations/sqlite/jobs/0004_turns.sql")),
    ("limits/0001", include_str!("../../../migrations/sqlite/limits/0001_counters.sql")),
];

/// A database whose tables exist.
pub struct Database<S> {
    sql: S,
    ready: Cell<bool>,
}

impl<S: Sql> Database<S> {
    /// Wraps a database. Nothing is executed until the first statement.
    pub const fn new(sql: S) -> Self {
        Self { sql, ready: Cell::new(false) }
    }

    /// Executes one statement. Before the first one, creates the tables if necessary.
    pub fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        if !self.ready.get() {
            self.migrate()?;
            self.ready.set(true);
        }
        self.run(statement, parameters)
    }

    /// Executes a statement that returns at most one row.
    pub fn first(&self, statement: &str, parameters: &[Value]) -> Result<Option<Row>, Failure> {
        Ok(self.execute(statement, parameters)?.into_iter().next())
    }

    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        Ok(self.sql.execute(statement, parameters)?)
    }

    /// Executes a statement of a migration. `ALTER TABLE` has no `IF NOT EXISTS`, so an error that says that a column was
    /// added or renamed before counts as success.
    fn alter(&self, statement: &str) -> Result<(), Failure> {
        let was_altered = |reason: &str| {
            reason.contains("duplicate column name")
                || statement.contains(" RENAME COLUMN ") && reason.contains("no such column")
        };
        match self.sql.execute(statement, &[]) {
            Err(failed) if !was_altered(&failed.0) => Err(failed.into()),
            _ => Ok(()),
        }
    }

    /// Creates the missing tables. Two instances may do this at once, because existing tables are not created again.
    fn migrate(&self) -> Result<(), Failure> {
        const NAMES: &str = "SELECT name FROM wandstore_migrations";
        let mut done = Vec::new();
        match self.sql.execute(NAMES, &[]) {
            Ok(rows) => {
                for mut row in rows {
                    done.push(row.text()?);
                }
            }
            Err(_not_there) => {
                let table = "CREATE TABLE IF NOT EXISTS wandstore_migrations (name TEXT PRIMARY KEY) STRICT";
                self.run(table, &[])?;
            }
        }
        for (name, script) in MIGRATIONS {
            if !done.iter().any(|each| each == name) {
                statements(script).try_for_each(|statement| self.alter(&statement))?;
                let note = "INSERT OR IGNORE INTO wandstore_migrations (name) VALUES (?1)";
                self.run(note, &[name.into()])?;
            }
        }
        Ok(())
    }
}

/// Returns the statements of a migration, each made safe to execute twice. In a statement, only the final semicolon may
/// end a line.
fn statements(script: &str) -> impl Iterator<Item = String> {
    let whole = script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty());
    whole.map(|statement| {
        statement
            .replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ")
            .replace("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ")
            .replace("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX IF NOT EXISTS ")
    })
}

impl Row {
    /// Creates a row of these columns.
    pub fn new(columns: Vec<Value>) -> Self {
        Self(columns.into())
    }

    fn next(&mut self) -> Result<Value, Failure> {
        self.0.pop_front().ok_or_else(|| Failure::Unavailable("a row has too few columns".into()))
    }

    /// Takes the next column, which must be text.
    pub fn text(&mut self) -> Result<String, Failure> {
        match self.next()? {
            Value::Text(text) => Ok(text),
            other => Err(unexpected("text", &other)),
        }
    }

    /// Takes the next column, which must be bytes.
    pub fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        match self.next()? {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(unexpected("bytes", &other)),
        }
    }

    /// Takes the next column, which must be a number that is not negative.
    pub fn number(&mut self) -> Result<u64, Failure> {
        self.number_if_any()?.ok_or_else(|| unexpected("a number", &Value::Null))
    }

    /// Takes the next column, which must be such a number or null.
    pub fn number_if_any(&mut self) -> Result<Option<u64>, Failure> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Integer(number) => Ok(Some(from_sql(number))),
            other => Err(unexpected("a number", &other)),
        }
    }

    /// Takes the next column, which must be a small number.
    pub fn count(&mut self) -> Result<u32, Failure> {
        Ok(u32::try_from(self.number()?).unwrap_or(u32::MAX))
    }
}

fn unexpected(expected: &str, found: &Value) -> Failure {
    let kind = match found {
        Value::Null => "null",
        Value::Integer(_) => "a number",
        Value::Text(_) => "text",
        Value::Blob(_) => "bytes",
    };
    Failure::Unavailable(format!("expected {expected} in the database, found {kind}"))
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(to_sql(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
