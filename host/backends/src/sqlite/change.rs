//! A change on its way to the writer, and its result on the way back.

use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use tokio::sync::oneshot;

use super::open_error::OpenError;

/// A statement with its bound values.
pub type Statement = Query<'static, Sqlite, SqliteArguments>;

/// The change was not made, or it is unknown whether it was. The text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WriteFailed(pub String);

impl From<sqlx::Error> for WriteFailed {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<OpenError> for WriteFailed {
    fn from(error: OpenError) -> Self {
        Self(error.to_string())
    }
}

/// The result of a statement.
#[derive(Default)]
pub struct Changed {
    /// The rows that it returned, if the caller asked for them.
    pub rows: Vec<SqliteRow>,
    /// The number of rows that it changed, if the caller asked for it.
    pub count: u64,
}

#[derive(Debug, Clone, Copy)]
pub enum Asks {
    Rows,
    Count,
}

/// Undoes a change that is useless without its caller.
pub type Undo = Box<dyn FnOnce(&Changed) + Send>;

/// A statement, and where to send its result.
pub struct Change {
    pub statement: Statement,
    pub asks: Asks,
    pub answer: Answer,
}

impl Change {
    /// Returns a change, and the receiver on which its caller waits for the answer.
    pub fn new(
        statement: Statement,
        asks: Asks,
        undo: Option<Undo>,
    ) -> (Self, oneshot::Receiver<Result<Delivery, WriteFailed>>) {
        let (to, answered) = oneshot::channel();
        (Self { statement, asks, answer: Answer { to, undo } }, answered)
    }

    /// Returns whether the change is useless without its caller, and the caller has gone away.
    pub fn is_unwanted(&self) -> bool {
        self.answer.undo.is_some() && self.answer.to.is_closed()
    }
}

/// Where to send the result of a change.
pub struct Answer {
    to: oneshot::Sender<Result<Delivery, WriteFailed>>,
    undo: Option<Undo>,
}

impl Answer {
    pub fn committed(self, changed: Changed) {
        // If the caller has gone, the delivery is dropped here.
        let _ = self.to.send(Ok(Delivery { changed, undo: self.undo }));
    }

    pub fn failed(self, failed: WriteFailed) {
        let _ = self.to.send(Err(failed));
    }
}

/// The result of a change, on its way to the caller. A change that is useless without its caller is undone if its
/// result is dropped before the caller accepts it.
pub struct Delivery {
    changed: Changed,
    undo: Option<Undo>,
}

impl Delivery {
    pub fn accept(mut self) -> Changed {
        self.undo = None;
        std::mem::take(&mut self.changed)
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if let Some(undo) = self.undo.take() {
            undo(&self.changed);
        }
    }
}
