//! Group commit: changes that arrive while one commit is under way share the next one, so that
//! many who wait for the disk wait together and not one after the other.
//!
//! A connection on which a transaction failed is never used again. `SQLite` rolls some failures back by
//! itself (<https://www.sqlite.org/lang_transaction.html>, section 3), and the connection's own account of its
//! transactions is wrong from then on.

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

/// At most so many changes share a commit.
const BATCH_MAX: usize = 64;
/// So many more may wait before those who bring them have to wait as well.
const QUEUE_MAX: usize = 1_024;
/// For how long a failure is remembered: longer than whoever looks for it waits between looks.
const REMEMBERED: Duration = Duration::from_secs(3);

/// Hands changes to the task that makes them. The task ends when the last writer is gone and all
/// that was handed over is done.
pub struct Writer {
    queue: mpsc::Sender<Request>,
    failure: Arc<LastFailure>,
}

enum Request {
    Change(Change),
    /// Somebody met damage, or another file.
    Look,
    /// Nothing follows.
    Close(oneshot::Sender<()>),
}

/// The last thing that went wrong, and when.
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
    /// Starts the task, which writes to `file` by way of `connection`.
    pub fn start(file: Arc<File>, connection: SqliteConnection) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let failure = Arc::<LastFailure>::default();
        let wal = Wal::new(file.wal());
        let writing = Writing { file, connection: Some(connection), wal, failure: failure.clone() };
        tokio::spawn(writing.run(queue));
        Self { queue: sender, failure }
    }

    /// Makes a change; what came of it, once it is committed. It is made even if the caller does not wait
    /// for it.
    pub async fn change(&self, statement: Statement, asks: Asks) -> Result<Changed, WriteFailed> {
        self.make(statement, asks, None).await
    }

    /// Makes a change that means nothing without its caller. If the caller has gone before the change is made, it is
    /// not made; if the caller goes before the answer arrives, the statement that `undo` returns is run.
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

    /// Tells that a reader failed.
    pub fn reading_failed(&self, error: &sqlx::Error) {
        self.failure.note(&WriteFailed(error.to_string()));
        if is_damage(error) {
            self.look();
        }
    }

    /// Tells that the file is damaged, or is another one.
    pub fn look(&self) {
        // Where the queue is full, one of those who wait finds that out.
        let _ = self.queue.try_send(Request::Look);
    }

    /// What went wrong in the last few seconds.
    pub fn recent_failure(&self) -> Option<WriteFailed> {
        self.failure.recent()
    }

    /// Waits until what was handed over is done and the connection is closed.
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
        tracing::warn!("a change that can wait was not written: too many others wait");
    }
}

fn ended() -> WriteFailed {
    WriteFailed("the writer has ended".to_owned())
}

/// The task that writes.
struct Writing {
    file: Arc<File>,
    /// None after a failure, until the next change.
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

    /// Makes changes from the front of the batch, and tells those who wait for them.
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
                // A lock that was not had leaves no transaction behind.
                if is_busy(&error) && answers.is_empty() {
                    self.connection = Some(connection);
                } else {
                    self.replace(connection, &error).await;
                }
                Err(error.into())
            }
        }
    }

    /// The connection to the file that is at the path now.
    async fn connection(&mut self) -> Result<SqliteConnection, WriteFailed> {
        match self.connection.take() {
            Some(connection) if self.file.is_in_place() => Ok(connection),
            former => {
                // The file's log is removed as its last connection is closed: the next one is opened before that.
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
            return self.look_at_damage().await;
        }
        // Where that fails too, the next change tries it again.
        self.connection = self.file.open().await.ok();
        drop(failed);
    }

    async fn look(&mut self) {
        if self.file.is_in_place() {
            self.look_at_damage().await;
        } else {
            self.connection = self.connection().await.ok();
        }
    }

    /// Sets the file aside if it is damaged and can be made anew.
    async fn look_at_damage(&mut self) {
        if self.file.on_damage() == OnDamage::Refuse || !matches!(self.file.is_damaged().await, Ok(true)) {
            return;
        }
        self.connection = None;
        if let Err(error) = self.file.set_aside() {
            tracing::error!(%error, "a damaged database could not be set aside");
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
