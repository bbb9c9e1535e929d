//! `SQLite` files: one connection that writes, a few that read, in write-ahead mode, so that neither waits
//! for the other.
//!
//! Nothing that fails stays broken once its cause has gone: a connection that failed is replaced, and so are
//! all connections when another file is at the path.

mod change;
mod file;
mod open_error;
mod probe;
#[cfg(test)]
mod tests;
mod wal;
mod writer;

use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use change::{Asks, Changed};
pub use change::{Statement, WriteFailed};
pub use file::Durability;
use file::{File, OnDamage};
pub use open_error::OpenError;
use probe::Damage;
use writer::Writer;

/// An open file.
pub struct Database {
    file: Arc<File>,
    readers: SqlitePool,
    writer: Writer,
    damage: Arc<Damage>,
}

impl Database {
    /// Opens the file at `path`, made if it is missing, and brings its tables up to date.
    pub async fn open(
        path: &Path,
        migrations: &'static Migrator,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        Self::open_file(File::new(path, migrations, durability, OnDamage::Refuse)).await
    }

    /// The same for a file whose contents can be made again: if it is damaged, now or later, it is set aside and
    /// made anew.
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

    /// Runs a statement that changes nothing; the rows that it returned.
    pub async fn all(&self, statement: Statement) -> Result<Vec<SqliteRow>, sqlx::Error> {
        self.require_in_place()?;
        self.note_failure(statement.fetch_all(&self.readers).await)
    }

    /// Runs a statement that changes nothing; the first row that it returned.
    pub async fn first(&self, statement: Statement) -> Result<Option<SqliteRow>, sqlx::Error> {
        self.require_in_place()?;
        self.note_failure(statement.fetch_optional(&self.readers).await)
    }

    /// Runs a statement that changes at most one row, and returns it once that is committed.
    pub async fn change(&self, statement: Statement) -> Result<Option<SqliteRow>, WriteFailed> {
        Ok(self.writer.change(statement, Asks::Rows).await?.rows.pop())
    }

    /// Runs a statement that changes at most one row and means nothing without its caller, such as a claim. If the
    /// caller has gone before it runs, it does not run; if the caller goes before the row arrives, the statement that
    /// `undo` makes of the row is run.
    pub async fn change_for_caller(
        &self,
        statement: Statement,
        undo: impl FnOnce(&SqliteRow) -> Option<Statement> + Send + 'static,
    ) -> Result<Option<SqliteRow>, WriteFailed> {
        let undo = move |changed: &Changed| changed.rows.last().and_then(undo);
        Ok(self.writer.change_for_caller(statement, undo).await?.rows.pop())
    }

    /// Runs a statement that changes any number of rows; how many they were.
    pub async fn change_many(&self, statement: Statement) -> Result<u64, WriteFailed> {
        Ok(self.writer.change(statement, Asks::Count).await?.count)
    }

    /// Runs a statement when there is time for it. Nobody learns what came of it.
    pub fn change_later(&self, statement: Statement) {
        self.writer.change_later(statement);
    }

    /// Fails if the file cannot be written, or is damaged, or failed a moment ago. It writes to the file, and
    /// costs about as much as one change.
    pub async fn probe(&self) -> Result<(), WriteFailed> {
        probe::probe(&self.file, &self.writer, &self.damage).await
    }

    /// Finishes what is under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Fails where another file is at the path. A reader must not be the first to open that: until the writer has
    /// moved the former file's log away, it would be read as this one's.
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
