//! Group commit: changes that arrive while one commit is under way share the next one, so that
//! many who wait for the disk wait together and not one after the other.

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Sqlite, SqliteTransaction};
use tokio::sync::{mpsc, oneshot};

/// At most so many changes share a commit.
const BATCH_MAX: usize = 64;
/// So many more may wait before those who bring them have to wait as well.
const QUEUE_MAX: usize = 1_024;

/// A statement that changes something, with all that it needs.
pub type Statement = Query<'static, Sqlite, SqliteArguments>;

/// The change was not made, or nobody can say whether it was. The text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WriteFailed(pub String);

impl From<sqlx::Error> for WriteFailed {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

/// Hands changes to the task that makes them. The task ends when the last writer is gone and all
/// that was handed over is done.
pub struct Writer(mpsc::Sender<Change>);

struct Change {
    statement: Statement,
    answer: oneshot::Sender<Result<Vec<SqliteRow>, WriteFailed>>,
}

impl Writer {
    /// Starts the task, which writes by way of `pool`.
    pub fn start(pool: SqlitePool) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(write(pool, queue));
        Self(sender)
    }

    /// Makes a change; the rows that it returned, once it is committed. It is made even if the
    /// caller does not wait for it.
    pub async fn change(&self, statement: Statement) -> Result<Vec<SqliteRow>, WriteFailed> {
        let gone = || WriteFailed("the writer has ended".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send(Change { statement, answer }).await.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

async fn write(pool: SqlitePool, mut queue: mpsc::Receiver<Change>) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let (statements, answers): (Vec<_>, Vec<_>) =
            batch.drain(..).map(|change| (change.statement, change.answer)).unzip();
        let mut committed = commit(&pool, statements).await.map(Vec::into_iter).map_err(WriteFailed::from);
        for answer in answers {
            let rows = committed.as_mut().map(|returned| returned.next().unwrap_or_default());
            // Whoever went away does not want it.
            let _ = answer.send(rows.map_err(|failed| failed.clone()));
        }
    }
}

/// Makes all changes or none.
async fn commit(pool: &SqlitePool, statements: Vec<Statement>) -> Result<Vec<Vec<SqliteRow>>, sqlx::Error> {
    let mut transaction: SqliteTransaction<'_> = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut returned = Vec::with_capacity(statements.len());
    for statement in statements {
        returned.push(statement.fetch_all(&mut *transaction).await?);
    }
    transaction.commit().await?;
    Ok(returned)
}
