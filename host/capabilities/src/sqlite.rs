//! Opening `SQLite` files: one connection that writes, a few that read, in write-ahead mode, so
//! that neither waits for the other.

mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};

use writer::Writer;
pub use writer::{Statement, WriteFailed};

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Move it away, or name another.
    #[error("{0} is not an SQLite database, or is damaged")]
    NotADatabase(PathBuf),
    /// Start a newer version of this program.
    #[error("{0} was made by a newer version of this program")]
    Newer(PathBuf),
    /// Name another file: this one belongs to something else.
    #[error("{0} is a database, but not of this kind")]
    Foreign(PathBuf),
    /// See what the system says, such as a missing folder or permission.
    #[error("cannot open {0}: {1}")]
    Unavailable(PathBuf, String),
}

/// What a finished write outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process.
    Process,
    /// The end of the process, and a loss of power.
    Power,
}

/// How long a write waits for another process to finish its own.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that read.
const READERS: u32 = 4;

/// An open file.
pub struct Database {
    writing: SqlitePool,
    readers: SqlitePool,
    writer: Writer,
}

impl Database {
    /// Opens the file at `path`, made if it is missing, and brings its tables up to date.
    pub async fn open(path: &Path, migrations: &Migrator, durability: Durability) -> Result<Self, OpenError> {
        let synchronous = match durability {
            Durability::Process => SqliteSynchronous::Normal,
            Durability::Power => SqliteSynchronous::Full,
        };
        let options =
            SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
        let writable = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            // What is deleted may be what somebody wants forgotten: its bytes go too.
            .pragma("secure_delete", "ON");

        let writing = pool(1).connect_with(writable).await.map_err(|error| explain(path, &error))?;
        migrations.run(&writing).await.map_err(|error| explain_migration(path, error))?;
        let readers = pool(READERS).connect_lazy_with(options.read_only(true));
        Ok(Self { writer: Writer::start(writing.clone()), writing, readers })
    }

    /// For statements that change nothing.
    pub fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// Runs a statement that changes at most one row, and returns it once that is committed.
    pub async fn change(&self, statement: Statement) -> Result<Option<SqliteRow>, WriteFailed> {
        Ok(self.writer.change(statement).await?.pop())
    }

    /// Runs a statement that changes any number of rows; how many they were.
    pub async fn change_many(&self, statement: Statement) -> Result<u64, sqlx::Error> {
        Ok(statement.execute(&self.writing).await?.rows_affected())
    }

    /// Finishes what is under way and closes the file; changes that still wait fail.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writing.close().await;
    }
}

/// Connections of a file never go stale, so none is tested or replaced.
fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

fn explain_migration(path: &Path, error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(_) => OpenError::Newer(path.to_owned()),
        MigrateError::VersionMismatch(_) => OpenError::Foreign(path.to_owned()),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => explain(path, &error),
        error => OpenError::Unavailable(path.to_owned(), error.to_string()),
    }
}

fn explain(path: &Path, error: &sqlx::Error) -> OpenError {
    /// Result codes of `SQLite` (<https://www.sqlite.org/rescode.html>).
    const CORRUPT: &str = "11";
    const NOT_A_DATABASE: &str = "26";
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() {
        Some(CORRUPT | NOT_A_DATABASE) => OpenError::NotADatabase(path.to_owned()),
        _ => OpenError::Unavailable(path.to_owned(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{clock, ids, jobs, kv};

    async fn open_jobs(path: &Path) -> Result<jobs::Sqlite, OpenError> {
        jobs::Sqlite::open(path, Arc::new(ids::System)).await
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        std::fs::write(&path, "x".repeat(4096)).unwrap();
        let error = open_jobs(&path).await.err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("{path:?} is not an SQLite database, or is damaged").replace('"', "")
        );
    }

    #[tokio::test]
    async fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none/jobs.db");
        let error = open_jobs(&path).await.err().unwrap();
        assert!(matches!(&error, OpenError::Unavailable(named, _) if *named == path), "{error}");
    }

    #[tokio::test]
    async fn a_database_from_the_future_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        let jobs = open_jobs(&path).await.unwrap();
        let from_the_future =
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'later', TRUE, x'00', 0)";
        jobs.database().change_many(sqlx::query(from_the_future)).await.unwrap();
        jobs.close().await;
        assert!(matches!(open_jobs(&path).await.err().unwrap(), OpenError::Newer(_)));
    }

    #[tokio::test]
    async fn a_database_of_another_kind_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv.db");
        kv::Sqlite::open(&path, Arc::new(clock::System)).await.unwrap().close().await;
        assert!(matches!(open_jobs(&path).await.err().unwrap(), OpenError::Foreign(_)));
    }
}
