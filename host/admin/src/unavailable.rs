//! The error of the database of shops.

use capabilities::sqlite::WriteFailed;

/// The file cannot be read or written at the moment. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database of shops is unavailable: {0}")]
pub struct Unavailable(pub String);

impl From<sqlx::Error> for Unavailable {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<WriteFailed> for Unavailable {
    fn from(failed: WriteFailed) -> Self {
        Self(failed.0)
    }
}
