//! A real SQLite database in memory, with the product's tables. The statements on it are the product's too
//! (`crates/sql`), as is the code that runs them (`crates/storage`).

use std::cell::RefCell;
use std::rc::Rc;

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};
use storage::database::{Row, Sql, StatementFailed, Value};

/// More statements than there are.
const STATEMENTS: usize = 64;

/// The tables of the budgets, which no platform but the native host has.
const BUDGETS: [&str; 4] = [
    include_str!("../../../migrations/sqlite/budget/0001_spent.sql"),
    include_str!("../../../migrations/sqlite/budget/0002_of_shops.sql"),
    include_str!("../../../migrations/sqlite/budget/0003_retention.sql"),
    include_str!("../../../migrations/sqlite/budget/0004_money.sql"),
];

/// A database in memory.
pub(crate) struct Sqlite {
    connection: Connection,
    /// The process that claims. The code of `crates/storage` names none, because platforms do not distinguish processes;
    /// the native host's claims do.
    process: Rc<RefCell<Option<String>>>,
}

impl Sqlite {
    pub(crate) fn open(process: Rc<RefCell<Option<String>>>) -> Self {
        let connection = Connection::open_in_memory().expect("memory has room for a database");
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        for script in BUDGETS {
            connection.execute_batch(script).expect("the migration is valid");
        }
        Self { connection, process }
    }
}

impl Sql for Sqlite {
    fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, StatementFailed> {
        if statement == sql::jobs::CLAIM {
            let mut parameters = parameters.to_vec();
            parameters[2] = self.process.borrow().as_deref().into();
            return self.run(statement, &parameters).map_err(|error| StatementFailed(error.to_string()));
        }
        self.run(statement, parameters).map_err(|error| StatementFailed(error.to_string()))
    }
}

impl Sqlite {
    fn run(&self, statement: &str, parameters: &[Value]) -> rusqlite::Result<Vec<Row>> {
        let mut prepared = self.connection.prepare_cached(statement)?;
        for (at, parameter) in parameters.iter().enumerate() {
            prepared.raw_bind_parameter(at + 1, bound(parameter))?;
        }
        let columns = prepared.column_count();
        let (mut rows, mut found) = (prepared.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            let values: rusqlite::Result<Vec<Value>> =
                (0..columns).map(|at| Ok(value(row.get_ref(at)?))).collect();
            found.push(Row::new(values?));
        }
        Ok(found)
    }
}

fn bound(value: &Value) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match value {
        Value::Null => ValueRef::Null,
        Value::Integer(number) => ValueRef::Integer(*number),
        Value::Text(text) => ValueRef::Text(text.as_bytes()),
        Value::Blob(bytes) => ValueRef::Blob(bytes),
    })
}

fn value(raw: ValueRef<'_>) -> Value {
    match raw {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(_) => unreachable!("no statement returns fractions"),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
