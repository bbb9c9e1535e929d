//! Limits the size of a file's write-ahead log.
//!
//! `SQLite` checkpoints the log into the file by itself and then starts it over, but only once no reader
//! needs its contents. Overlapping readers, or a reader of another process that never ends, prevent
//! that (<https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files>). So a large log is
//! checkpointed while new readers wait; if even that does not help, writes fail.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnection;

use super::change::WriteFailed;

/// A log that starts over is truncated to this size; a larger one is checkpointed.
pub const KEPT_BYTES: u64 = 16 << 20;
/// Nothing is written to a larger log. With the transaction that reaches the limit, and the largest single
/// statement, the log stays below 64 MiB.
const BYTES_MAX: u64 = 40 << 20;
/// A transaction that adds more is committed, and the remaining changes go into another one.
const TRANSACTION_BYTES: u64 = 4 << 20;
/// How long a checkpoint waits for readers; all writes wait with it.
const READERS_MS: u32 = 50;
/// The pause after readers have kept the log from starting over.
const PAUSE: Duration = Duration::from_millis(500);

/// A file's log.
pub struct Wal {
    path: PathBuf,
    began_bytes: u64,
    again: Option<Instant>,
}

impl Wal {
    pub fn new(path: PathBuf) -> Self {
        Self { path, began_bytes: 0, again: None }
    }

    /// Makes room for a transaction, or returns why there is none.
    pub async fn make_room(&mut self, connection: &mut SqliteConnection) -> Result<(), WriteFailed> {
        self.began_bytes = self.bytes();
        if self.began_bytes <= KEPT_BYTES {
            return Ok(());
        }
        if self.again.is_none_or(|again| again <= Instant::now()) {
            write_back(connection).await?;
            self.began_bytes = self.bytes();
            let is_large = self.began_bytes > KEPT_BYTES;
            self.again = is_large.then(|| Instant::now() + PAUSE);
        }
        if self.began_bytes <= BYTES_MAX {
            return Ok(());
        }
        Err(WriteFailed(format!(
            "{} is over its limit of {} MiB, since a reader keeps it from being written back: end the process that \
             has the database open",
            self.path.display(),
            BYTES_MAX >> 20
        )))
    }

    /// Returns whether the current transaction has grown too large.
    pub fn is_full(&self) -> bool {
        self.bytes() >= self.began_bytes + TRANSACTION_BYTES
    }

    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |found| found.len())
    }
}

/// Checkpoints the log into the file and starts it over, if readers release it in time.
async fn write_back(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let patience: u32 = sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut *connection).await?;
    set_busy_timeout(connection, READERS_MS).await?;
    let outcome = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await;
    set_busy_timeout(connection, patience).await?;
    outcome.map(drop)
}

async fn set_busy_timeout(connection: &mut SqliteConnection, ms: u32) -> Result<(), sqlx::Error> {
    let pragma = sqlx::AssertSqlSafe(format!("PRAGMA busy_timeout = {ms}"));
    sqlx::query(pragma).execute(connection).await.map(drop)
}
