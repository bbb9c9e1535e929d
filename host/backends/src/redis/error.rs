//! Why a command was not carried out.

use std::time::Duration;

use ::redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server did not do it: go on without, or try later.
    #[error("{0}")]
    Unavailable(String),
    /// This program cannot use the server: the text says what to change.
    #[error("{0}")]
    Unfit(String),
}

impl Error {
    pub(super) fn no_answer(limit: Duration) -> Self {
        Self::Unavailable(format!("Redis did not answer within {} ms", limit.as_millis()))
    }

    pub(super) fn too_old(version: &str) -> Self {
        Self::Unfit(format!("{version} has no RESP3: use Redis 6 or newer, or Valkey"))
    }
}

impl From<RedisError> for Error {
    fn from(error: RedisError) -> Self {
        let detail = error.detail().unwrap_or_default();
        match (error.kind(), error.code().unwrap_or_default()) {
            (ErrorKind::RESP3NotSupported, _) | (_, "NOPROTO") => Self::too_old("the server"),
            (ErrorKind::Server(ServerErrorKind::ResponseError), _) if lacks_hello(detail) => {
                Self::too_old("the server")
            }
            (_, "NOAUTH") => Self::Unfit(
                "Redis wants a password: put it into the URL, as in redis://:password@host:6379".to_owned(),
            ),
            (ErrorKind::AuthenticationFailed, _) | (_, "WRONGPASS") => {
                Self::Unfit("Redis refuses the user or the password: correct them in the URL".to_owned())
            }
            (ErrorKind::Server(ServerErrorKind::NoPerm), _) => {
                Self::Unfit(format!("the user of Redis lacks a right: {detail}"))
            }
            (ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::CrossSlot), _) => {
                Self::Unfit("the server is part of a cluster: name a server without cluster mode".to_owned())
            }
            (ErrorKind::Server(ServerErrorKind::ReadOnly), _) => Self::Unavailable(
                "the server is a replica, which cannot be written: name the primary".to_owned(),
            ),
            (_, "OOM") => Self::Unavailable(
                "Redis is full: raise its maxmemory, or set maxmemory-policy to volatile-lru".to_owned(),
            ),
            (ErrorKind::InvalidClientConfig, _) => Self::Unfit(format!("Redis: {error}")),
            (ErrorKind::Io, _) => of_network(&error),
            _ => Self::Unavailable(format!("Redis: {error}")),
        }
    }
}

/// Returns whether a server said that it does not know the command with which RESP3 begins.
fn lacks_hello(detail: &str) -> bool {
    detail.starts_with("unknown command") && detail.contains("HELLO")
}

fn of_network(error: &RedisError) -> Error {
    let text = error.to_string();
    // No type tells it from other failures of the network.
    if text.contains("certificate") {
        return Error::Unfit(format!(
            "{text}: Redis needs a certificate of a public authority, or of one in sslrootcert"
        ));
    }
    Error::Unavailable(format!("cannot reach Redis: {text}"))
}
