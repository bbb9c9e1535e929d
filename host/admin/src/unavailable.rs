//! The error of the tables of shops.

use capabilities::tables;

/// The tables cannot be read or written at the moment. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database of shops is unavailable: {0}")]
pub struct Unavailable(pub String);

impl From<tables::Unavailable> for Unavailable {
    fn from(unavailable: tables::Unavailable) -> Self {
        Self(unavailable.0)
    }
}
