//! Why a statement was not carried out.

use std::time::Duration;

use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// Classes of SQLSTATE codes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>) that no later attempt
/// mends: the credentials are refused, there is no such database or schema, or a right is missing.
const LASTING: [&str; 4] = ["28", "3D000", "3F000", "42501"];

/// Why a statement was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server did not do it: go on without, or try later.
    #[error("{0}")]
    Unavailable(String),
    /// This program cannot use the database: the text says what to change.
    #[error("{0}")]
    Unfit(String),
}

impl Error {
    pub(crate) fn no_answer(limit: Duration) -> Self {
        Self::Unavailable(format!("PostgreSQL did not answer within {} s", limit.as_secs()))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let text = match &error {
            sqlx::Error::Database(error) => format!("PostgreSQL: {}", error.message()),
            sqlx::Error::Io(error) => format!("cannot reach PostgreSQL: {error}"),
            error => format!("PostgreSQL: {error}"),
        };
        if is_lasting(&error) { Self::Unfit(text) } else { Self::Unavailable(text) }
    }
}

fn is_lasting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| LASTING.iter().any(|class| code.starts_with(class)))
        }
        // A certificate that is not trusted or has expired is reported as invalid data.
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
        sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => true,
        _ => false,
    }
}

/// Returns whether a connection can be used again after an error.
pub(super) fn leaves_connection(error: &sqlx::Error) -> bool {
    let error = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    error.is_some_and(|error| !matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic))
}
