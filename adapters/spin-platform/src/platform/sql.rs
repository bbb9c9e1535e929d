//! Spin's SQLite, the database named `default`. Instances of many requests use its file at once.

use std::cell::RefCell;

use super::pause::pause;
use crate::bindings::spin::sqlite::sqlite::{Connection, Error, QueryResult, Value as SpinValue};

/// The label in the manifest.
const DATABASE: &str = "default";
/// With this, readers and a writer do not wait for each other. The setting persists in the file. A database of another
/// kind, such as libSQL over HTTP, may refuse it and does not need it.
const WRITE_AHEAD_LOG: &str = "PRAGMA journal_mode = WAL";
/// Spin itself waits five seconds for a lock, but not if `SQLite` detects a deadlock.
const BUSY_PAUSES_MS: [u64; 4] = [5, 20, 80, 200];

/// A value of a row or a parameter.
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

thread_local! {
    /// One connection for the life of the instance.
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Executes one statement, in a transaction of its own.
pub(crate) fn execute(statement: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>, String> {
    let parameters: Vec<_> = parameters.iter().map(to_spin).collect();
    CONNECTION.with_borrow_mut(|held| {
        let connection = match held {
            Some(connection) => connection,
            None => held.insert(open()?),
        };
        let result = retried(|| connection.execute(statement, &parameters)).map_err(describe)?;
        result.rows.into_iter().map(|row| row.values.into_iter().map(from_spin).collect()).collect()
    })
}

fn open() -> Result<Connection, String> {
    let connection = Connection::open(DATABASE).map_err(describe)?;
    let _ = retried(|| connection.execute(WRITE_AHEAD_LOG, &[]));
    Ok(connection)
}

fn retried(mut execute: impl FnMut() -> Result<QueryResult, Error>) -> Result<QueryResult, Error> {
    for pause_ms in BUSY_PAUSES_MS {
        match execute() {
            Err(Error::Io(text)) if text.contains("is locked") => {
                pause(pause_ms).block();
            }
            ended => return ended,
        }
    }
    execute()
}

/// Describes an error. SQLite's messages name tables and columns, but no values.
fn describe(error: Error) -> String {
    match error {
        Error::NoSuchDatabase => "the runtime has no database `default`".into(),
        Error::AccessDenied => {
            "the manifest does not grant the database `default`: add it to `sqlite_databases`".into()
        }
        Error::InvalidConnection => "the database connection is invalid".into(),
        Error::DatabaseFull => "the database is full".into(),
        Error::Io(text) => text,
    }
}

fn to_spin(value: &Value) -> SpinValue {
    match value {
        Value::Null => SpinValue::Null,
        Value::Integer(integer) => SpinValue::Integer(*integer),
        Value::Text(text) => SpinValue::Text(text.clone()),
        Value::Blob(blob) => SpinValue::Blob(blob.clone()),
    }
}

fn from_spin(value: SpinValue) -> Result<Value, String> {
    match value {
        SpinValue::Null => Ok(Value::Null),
        SpinValue::Integer(integer) => Ok(Value::Integer(integer)),
        SpinValue::Text(text) => Ok(Value::Text(text)),
        SpinValue::Blob(blob) => Ok(Value::Blob(blob)),
        SpinValue::Real(_) => Err("unexpected REAL column".into()),
    }
}
