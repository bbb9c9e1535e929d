//! Group commit: changes that arrive during a commit share the next one, so that
//! many callers wait for the disk together instead of one after the other.
//!
//! A connection on which a transaction failed is never used again. `SQLite` rolls some failed transactions back by
//! itself (<https://www.sqlite.org/lang_transaction.html>, section 3), and the connection's own transaction
//! state is wrong from then on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::change::{Answer, Asks, Change, Changed, Delivery, Statement, Undo, WriteFailed};
use super::file::{File, OnDamage};
use super::open_error::{is_busy, is_damage};
use super::wal::Wal;

/// The maximum number of changes in a commit.
const BATCH_MAX: usize = 64;
/// The maximum number of queued changes; further callers wait.
const QUEUE_MAX: usize = 1_024;
/// How long a failure is remembered: longer than the interval between two probes.
const REMEMBERED: Duration = Duration::from_secs(3);

/// Sends changes to the task that makes them. The task ends when the last writer is gone and all
/// queued changes are done.
pub struct Writer {
    queue: mpsc::Sender<Request>,
    failure: Arc<LastFailure>,
}

enum Request {
    Change(Change),
    /// A reader has found damage, or another file.
    Look,
    /// The last request.
    Close(oneshot::Sender<()>),
}

/// The last failure, and its time.
#[derive(Default)]
struct LastFailure(Mutex<Option<(Instant, WriteFailed)>>);

impl LastFailure {
    fn note(&self, failed: &WriteFailed) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), failed.clone()));
    }

    fn recent(&self) -> Option<WriteFailed> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| at.elapsed() < REMEMBERED).map(|(_, failed)| failed.clone())
    }
}

impl Writer {
    /// Starts the task, which writes to `file` through `connection`.
    pub fn start(file: Arc<File>, connection: SqliteConnection) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let failure = Arc::<LastFailure>::default();
        let wal = Wal::new(file.wal());
        let writing = Writing { file, connection: Some(connection), wal, failure: failure.clone() };
        tokio::spawn(writing.run(queue));
        Self { queue: sender, failure }
    }

    /// Makes a change, and returns its result once it is committed. The change is made even if the caller stops
    /// waiting.
    pub async fn change(&self, statement: Statement, asks: Asks) -> Result<Changed, WriteFailed> {
        self.make(statement, asks, None).await
    }

    /// Makes a change that is useless without its caller. If the caller is gone before the change is made, it is
    /// skipped. If the caller goes away before the answer arrives, the statement that `undo` returns runs.
    pub async fn change_for_caller(
        &self,
        statement: Statement,
        undo: impl FnOnce(&Changed) -> Option<Statement> + Send + 'static,
    ) -> Result<Changed, WriteFailed> {
        let queue = self.queue.downgrade();
        let undo = move |changed: &Changed| {
            if let (Some(statement), Some(queue)) = (undo(changed), queue.upgrade()) {
                change_later(&queue, statement);
            }
        };
        self.make(statement, Asks::Rows, Some(Box::new(undo))).await
    }

    async fn make(
        &self,
        statement: Statement,
        asks: Asks,
        undo: Option<Undo>,
    ) -> Result<Changed, WriteFailed> {
        let (change, answered) = Change::new(statement, asks, undo);
        self.queue.send(Request::Change(change)).await.map_err(|_| ended())?;
        answered.await.unwrap_or_else(|_| Err(ended())).map(Delivery::accept)
    }

    /// Queues a change without waiting. If the queue is full, the change is dropped and logged.
    pub fn change_later(&self, statement: Statement) {
        change_later(&self.queue, statement);
    }

    /// Reports that a reader failed.
    pub fn reading_failed(&self, error: &sqlx::Error) {
        self.failure.note(&WriteFailed(error.to_string()));
        if is_damage(error) {
            self.look();
        }
    }

    /// Reports that the file is damaged, or was replaced by another.
    pub fn look(&self) {
        // If the queue is full, one of the waiting changes finds that out.
        let _ = self.queue.try_send(Request::Look);
    }

    /// Returns the failure of the last few seconds, if there was one.
    pub fn recent_failure(&self) -> Option<WriteFailed> {
        self.failure.recent()
    }

    /// Waits until all queued changes are done and the connection is closed.
    pub async fn close(&self) {
        let (closed, close) = oneshot::channel();
        if self.queue.send(Request::Close(closed)).await.is_ok() {
            let _ = close.await;
        }
    }
}

fn change_later(queue: &mpsc::Sender<Request>, statement: Statement) {
    let (change, _) = Change::new(statement, Asks::Count, None);
    if queue.try_send(Request::Change(change)).is_err() {
        tracing::warn!("dropped a deferrable write: too many writes are waiting");
    }
}

fn ended() -> WriteFailed {
    WriteFailed("the writer has stopped".to_owned())
}

/// The task that writes.
struct Writing {
    file: Arc<File>,
    /// The connection that writes; `None` after a failure, until the next change.
    connection: Option<SqliteConnection>,
    wal: Wal,
    failure: Arc<LastFailure>,
}

impl Writing {
    async fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let (mut received, mut batch) = (Vec::new(), VecDeque::new());
        while queue.recv_many(&mut received, BATCH_MAX).await > 0 {
            let mut closed = None;
            for request in std::mem::take(&mut received) {
                match request {
                    Request::Change(change) => batch.push_back(change),
                    Request::Look => self.look().await,
                    Request::Close(answer) => closed = Some(answer),
                }
            }
            while !batch.is_empty() {
                self.commit(&mut batch).await;
            }
            if let Some(closed) = closed {
                if let Some(connection) = self.connection.take() {
                    let _ = connection.close().await;
                }
                let _ = closed.send(());
                return;
            }
        }
    }

    /// Makes changes from the front of the batch, and answers their callers.
    async fn commit(&mut self, batch: &mut VecDeque<Change>) {
        let mut answers = Vec::new();
        match self.transaction(batch, &mut answers).await {
            Ok(changed) => {
                for (answer, changed) in answers.into_iter().zip(changed) {
                    answer.committed(changed);
                }
            }
            Err(failed) => {
                self.failure.note(&failed);
                // No statement was started, so the others would fail in the same way.
                if answers.is_empty() {
                    answers.extend(batch.drain(..).map(|change| change.answer));
                }
                for answer in answers {
                    answer.failed(failed.clone());
                }
            }
        }
    }

    /// Makes changes from the front of the batch, all or none of them, until the transaction is large enough.
    async fn transaction(
        &mut self,
        batch: &mut VecDeque<Change>,
        answers: &mut Vec<Answer>,
    ) -> Result<Vec<Changed>, WriteFailed> {
        let mut connection = self.connection().await?;
        let outcome = self.wal.make_room(&mut connection).await;
        let outcome = match outcome {
            Ok(()) => run(&mut connection, &self.wal, batch, answers).await,
            Err(failed) => {
                self.connection = Some(connection);
                return Err(failed);
            }
        };
        match outcome {
            Ok(changed) => {
                self.connection = Some(connection);
                Ok(changed)
            }
            Err(error) => {
                // If the lock was not acquired, there is no open transaction.
                if is_busy(&error) && answers.is_empty() {
                    self.connection = Some(connection);
                } else {
                    self.replace(connection, &error).await;
                }
                Err(error.into())
            }
        }
    }

    /// Returns a connection to the file that is at the path now.
    async fn connection(&mut self) -> Result<SqliteConnection, WriteFailed> {
        match self.connection.take() {
            Some(connection) if self.file.is_in_place() => Ok(connection),
            former => {
                // Closing a file's last connection removes its log, so the new connection is opened first.
                let opened = self.file.open().await;
                drop(former);
                Ok(opened?)
            }
        }
    }

    /// Opens another connection in place of one on which a transaction failed.
    async fn replace(&mut self, failed: SqliteConnection, error: &sqlx::Error) {
        if is_damage(error) {
            drop(failed);
            return self.replace_if_damaged().await;
        }
        // If that fails too, the next change tries again.
        self.connection = self.file.open().await.ok();
        drop(failed);
    }

    async fn look(&mut self) {
        if self.file.is_in_place() {
            self.replace_if_damaged().await;
        } else {
            self.connection = self.connection().await.ok();
        }
    }

    /// Sets the file aside if it is damaged and can be made anew.
    async fn replace_if_damaged(&mut self) {
        if self.file.on_damage() == OnDamage::Refuse || !matches!(self.file.is_damaged().await, Ok(true)) {
            return;
        }
        self.connection = None;
        if let Err(error) = self.file.set_aside() {
            tracing::error!(%error, "cannot set a damaged database aside");
        }
        self.connection = self.file.open().await.ok();
    }
}

/// Makes changes from the front of the batch in one transaction.
async fn run(
    connection: &mut SqliteConnection,
    wal: &Wal,
    batch: &mut VecDeque<Change>,
    answers: &mut Vec<Answer>,
) -> Result<Vec<Changed>, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut made = Vec::with_capacity(batch.len());
    while let Some(change) = batch.pop_front() {
        if change.is_unwanted() {
            continue;
        }
        let Change { statement, asks, answer } = change;
        answers.push(answer);
        made.push(match asks {
            Asks::Rows => Changed { rows: statement.fetch_all(&mut *transaction).await?, count: 0 },
            Asks::Count => Changed {
                count: statement.execute(&mut *transaction).await?.rows_affected(),
                ..Changed::default()
            },
        });
        if wal.is_full() {
            break;
        }
    }
    transaction.commit().await?;
    Ok(made)
}
