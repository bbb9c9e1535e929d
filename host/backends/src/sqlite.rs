//! `SQLite` files: one connection that writes and a few that read, in write-ahead mode, so that neither waits
//! for the other.
//!
//! A database recovers once the cause of a failure is gone: a failed connection is replaced, and so are
//! all connections when another file is at the path.

mod change;
mod check;
mod copy;
mod file;
mod open_error;
mod probe;
mod readable;
#[cfg(test)]
mod tests;
mod wal;
mod writer;

use std::path::Path;
use std::sync::Arc;

use ::sql::from_sql;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqliteRow};
use sqlx::{ConnectOptions as _, Row as _};

use change::{Asks, Changed};
pub use change::{Statement, WriteFailed};
pub use check::check;
pub use copy::{CopyFailed, copy};
pub use file::Durability;
use file::{File, OnDamage};
pub use open_error::OpenError;
use probe::Damage;
use writer::Writer;

/// Returns the names of the migrations that were applied to the file at `path`; none if it cannot be read.
pub async fn migrations_of(path: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let applied = async {
        let mut connection = options.connect().await?;
        let names = sqlx::query_scalar("SELECT description FROM _sqlx_migrations ORDER BY version");
        names.fetch_all(&mut connection).await
    };
    applied.await.unwrap_or_else(|_: sqlx::Error| Vec::new())
}

/// Less free space stays in the file, for what is written next.
const SHRUNK_BYTES_MIN: u64 = 1 << 20;

/// An open file.
pub struct Database {
    file: Arc<File>,
    readers: SqlitePool,
    writer: Writer,
    damage: Arc<Damage>,
}

impl Database {
    /// Opens the file at `path`, creating it if it is missing, and runs its migrations.
    pub async fn open(
        path: &Path,
        migrations: &'static Migrator,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        Self::open_file(File::new(path, migrations, durability, OnDamage::Refuse)).await
    }

    /// Opens a file whose contents can be made again. If it is damaged, now or later, it is set aside and
    /// created anew.
    pub async fn open_cache(
        path: &Path,
        migrations: &'static Migrator,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        Self::open_file(File::new(path, migrations, durability, OnDamage::Replace)).await
    }

    async fn open_file(file: File) -> Result<Self, OpenError> {
        let file = Arc::new(file);
        let connection = file.open().await?;
        let (readers, writer) = (file.readers(), Writer::start(file.clone(), connection));
        Ok(Self { file, readers, writer, damage: Arc::default() })
    }

    /// Runs a statement that changes nothing, and returns its rows.
    pub async fn all(&self, statement: Statement) -> Result<Vec<SqliteRow>, sqlx::Error> {
        self.require_in_place()?;
        self.note_failure(statement.fetch_all(&self.readers).await)
    }

    /// Runs a statement that changes nothing, and returns its first row.
    pub async fn first(&self, statement: Statement) -> Result<Option<SqliteRow>, sqlx::Error> {
        self.require_in_place()?;
        self.note_failure(statement.fetch_optional(&self.readers).await)
    }

    /// Runs a statement that changes at most one row, and returns that row once the change is committed.
    pub async fn change(&self, statement: Statement) -> Result<Option<SqliteRow>, WriteFailed> {
        Ok(self.writer.change(statement, Asks::Rows).await?.rows.pop())
    }

    /// Runs a statement that changes at most one row and is useless without its caller, such as a claim. If the caller
    /// is gone before the statement runs, it is skipped. If the caller goes away before it receives the row, the
    /// statement that `undo` makes from the row runs.
    pub async fn change_for_caller(
        &self,
        statement: Statement,
        undo: impl FnOnce(&SqliteRow) -> Option<Statement> + Send + 'static,
    ) -> Result<Option<SqliteRow>, WriteFailed> {
        let undo = move |changed: &Changed| changed.rows.last().and_then(undo);
        Ok(self.writer.change_for_caller(statement, undo).await?.rows.pop())
    }

    /// Runs a statement that changes any number of rows, and returns how many.
    pub async fn change_many(&self, statement: Statement) -> Result<u64, WriteFailed> {
        Ok(self.writer.change(statement, Asks::Count).await?.count)
    }

    /// Returns how many bytes of the file are in use.
    pub async fn used_bytes(&self) -> Result<u64, sqlx::Error> {
        Ok(self.space().await?.0)
    }

    /// Gives free space back to the disk if it is a quarter of the file or more, in steps so that other writes do not
    /// wait long.
    pub async fn shrink(&self) -> Result<(), WriteFailed> {
        let space = async || self.space().await.map_err(|error| WriteFailed(error.to_string()));
        let (mut used, mut free) = space().await?;
        while free > SHRUNK_BYTES_MIN && free > used / 3 {
            let step = sqlx::query("PRAGMA incremental_vacuum(256)");
            self.change_many(step).await?;
            let before = free;
            (used, free) = space().await?;
            if free >= before {
                break;
            }
        }
        Ok(())
    }

    /// Returns how many bytes of the file are in use, and how many are free.
    async fn space(&self) -> Result<(u64, u64), sqlx::Error> {
        let query = sqlx::query(
            "SELECT page_size * (page_count - freelist_count), page_size * freelist_count
             FROM pragma_page_size, pragma_page_count, pragma_freelist_count",
        );
        let row = self.first(query).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok((from_sql(row.try_get(0)?), from_sql(row.try_get(1)?)))
    }

    /// Queues a statement and returns at once, without an outcome.
    pub fn change_later(&self, statement: Statement) {
        self.writer.change_later(statement);
    }

    /// Fails if the file cannot be written, is damaged, or failed a moment ago. It writes to the file and
    /// costs about as much as one change.
    pub async fn probe(&self) -> Result<(), WriteFailed> {
        probe::probe(&self.file, &self.writer, &self.damage).await
    }

    /// Finishes pending work and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Fails if another file is at the path. A reader must not be the first to open that file: until the writer has
    /// moved the former file's log away, `SQLite` would read it as the new file's.
    fn require_in_place(&self) -> Result<(), sqlx::Error> {
        if self.file.is_in_place() {
            return Ok(());
        }
        self.writer.look();
        let gone = OpenError::Gone(self.file.path().to_owned());
        self.note_failure(Err(sqlx::Error::Io(std::io::Error::other(gone))))
    }

    fn note_failure<T>(&self, outcome: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        outcome.inspect_err(|error| self.writer.reading_failed(error))
    }
}
