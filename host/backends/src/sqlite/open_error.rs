//! Why a file could not be opened, and which `SQLite` errors mean that a file is damaged.

use std::path::{Path, PathBuf};

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Restore a copy, or move it away.
    #[error(
        "{0} is damaged, or is not an SQLite database: restore a backup, or move it away to start with an empty one"
    )]
    Damaged(PathBuf),
    /// Put it back, or start again.
    #[error("{0} was moved or deleted while it was open: put it back, or restart with an empty one")]
    Gone(PathBuf),
    /// Start a newer version of this program.
    #[error("{0} was written by a newer version of this program: run that version")]
    Newer(PathBuf),
    /// Name another file: this one belongs to something else.
    #[error("{0} is a database of something else: name another file")]
    Foreign(PathBuf),
    /// Read the system's message, such as a missing folder or permission.
    #[error("cannot open {0}: {1}")]
    Unavailable(PathBuf, String),
}

impl OpenError {
    pub(super) fn of_migration(path: &Path, error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(_) => Self::Newer(path.to_owned()),
            MigrateError::VersionMismatch(_) => Self::Foreign(path.to_owned()),
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::of(path, &error),
            error => Self::Unavailable(path.to_owned(), error.to_string()),
        }
    }

    pub(super) fn of(path: &Path, error: &sqlx::Error) -> Self {
        if is_damage(error) {
            Self::Damaged(path.to_owned())
        } else {
            Self::Unavailable(path.to_owned(), error.to_string())
        }
    }
}

/// Result codes of `SQLite` (<https://www.sqlite.org/rescode.html>).
const BUSY: u32 = 5;
const CORRUPT: u32 = 11;
const NOT_A_DATABASE: u32 = 26;
const IO_SHORT_READ: u32 = 522;
const IO_DATA: u32 = 8202;
/// A mask for the low bits of an extended code, which are the primary code.
const PRIMARY: u32 = 0xff;

/// Returns whether an error means that a file no longer holds what was written to it.
pub(super) fn is_damage(error: &sqlx::Error) -> bool {
    code(error).is_some_and(is_code_of_damage)
}

/// Returns whether a result code means that the file is damaged, and not only that it cannot be read now.
pub(super) fn is_code_of_damage(code: u32) -> bool {
    matches!(code & PRIMARY, CORRUPT | NOT_A_DATABASE) || matches!(code, IO_SHORT_READ | IO_DATA)
}

/// Returns whether an error means that another connection holds the lock.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| code & PRIMARY == BUSY)
}

fn code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error().and_then(DatabaseError::code)?.parse().ok()
}
