//! Why a statement was not carried out.

use std::time::Duration;

use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// Classes of SQLSTATE codes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>) that no later attempt
/// mends: the credentials are refused, there is no such database or schema, or a right is missing.
const LASTING: [&str; 4] = ["28", "3D000", "3F000", "42501"];

/// What to do about an error of the server, by the start of its SQLSTATE code.
const ADVICE: [(&str, &str); 5] = [
    ("28", "check user and password in DATABASE_URL, and `pg_hba.conf` on the server"),
    ("3D000", "create it, or name another in DATABASE_URL"),
    ("3F000", "create the schema that `search_path` in DATABASE_URL names"),
    ("42501", "grant the role in DATABASE_URL the right to create tables there"),
    ("53300", "raise `max_connections` on the server, or run fewer hosts"),
];
/// What to do about a certificate of the server, by a word in the error.
const ADVICE_ON_CERTIFICATES: [(&str, &str); 3] = [
    ("xpired", "renew the certificate of the server"),
    ("UnknownIssuer", "name the file of its authority with `sslrootcert` in DATABASE_URL"),
    ("NotValidForName", "connect to the server by a name that is in its certificate"),
];
/// What to do if nothing answers.
const ADVICE_ON_REACHING: &str =
    "check that it runs, that DATABASE_URL names its host and port, and that no firewall is in between";

/// What to do if the answer is no answer of PostgreSQL.
const ADVICE_ON_PROTOCOL: &str =
    "something else may listen there: check host and port in DATABASE_URL, and proxies in between";

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
        Self::Unavailable(format!(
            "PostgreSQL did not answer within {} s: {ADVICE_ON_REACHING}",
            limit.as_secs()
        ))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let text = match &error {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                let text = format!("PostgreSQL: {}", error.message());
                with_advice(text, ADVICE.into_iter().find(|(start, _)| code.starts_with(start)))
            }
            sqlx::Error::Io(error) => {
                let text = format!("cannot reach PostgreSQL: {error}");
                let of_certificate = ADVICE_ON_CERTIFICATES.into_iter().find(|(word, _)| text.contains(word));
                with_advice(text, of_certificate.or(Some(("", ADVICE_ON_REACHING))))
            }
            sqlx::Error::Protocol(what) => format!("PostgreSQL: {what}: {ADVICE_ON_PROTOCOL}"),
            error => format!("PostgreSQL: {error}"),
        };
        if is_lasting(&error) { Self::Unfit(text) } else { Self::Unavailable(text) }
    }
}

fn with_advice(text: String, advice: Option<(&str, &str)>) -> String {
    match advice {
        Some((_, advice)) => format!("{text}: {advice}"),
        None => text,
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

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// The words are those of rustls.
    #[test]
    fn a_certificate_that_is_not_accepted_is_lasting_and_says_what_to_do() {
        for (words, advice) in [
            (
                "certificate expired: verification time 1796007410 (UNIX), but certificate is not valid after 1580601600",
                "renew the certificate of the server",
            ),
            ("Expired", "renew the certificate of the server"),
            ("UnknownIssuer", "sslrootcert"),
            ("NotValidForName", "by a name that is in its certificate"),
        ] {
            let words = format!("invalid peer certificate: {words}");
            let error = Error::from(sqlx::Error::Io(io::Error::new(io::ErrorKind::InvalidData, words)));
            assert!(matches!(error, Error::Unfit(_)), "{error:?}");
            assert!(error.to_string().contains(advice), "{error}");
        }
    }

    #[test]
    fn a_server_that_is_not_there_may_come_back() {
        let error = Error::from(sqlx::Error::Io(io::ErrorKind::ConnectionRefused.into()));
        assert!(
            matches!(error, Error::Unavailable(_)) && error.to_string().contains("check that it runs"),
            "{error}"
        );
    }
}
