//! Key-value storage, blob storage and jobs, over the SQL of a platform such as Spin or a Durable Object of Cloudflare
//! Workers, or over S3.
//!
//! The statements (`crates/sql`) and the tables (`migrations/`) are the same as in the native host. Nothing is kept
//! between calls outside the database, so that any number of instances may use one database at once.
//!
//! A platform implements [`Sql`], and gets key-value storage, blob storage and jobs:
//!
//! ```
//! use storage::database::{Row, StatementFailed};
//! use storage::kv::Kv;
//! use storage::{Database, Failure, Sql, Value};
//!
//! struct Unreachable;
//!
//! impl Sql for Unreachable {
//!     fn execute(&self, _: &str, _: &[Value]) -> Result<Vec<Row>, StatementFailed> {
//!         Err(StatementFailed("no connection".to_owned()))
//!     }
//! }
//!
//! let database = Database::new(Unreachable);
//! let page = Kv(&database).get("UI_CACHE", "ui:magic-wands:abc123", 0);
//! assert_eq!(page.unwrap_err(), Failure::Unavailable("no connection".to_owned()));
//! ```

pub mod blob;
pub mod bytes;
pub mod database;
pub mod jobs;
pub mod kv;
pub mod limits;
pub mod s3;
#[cfg(test)]
mod tests;

pub use database::{Database, Sql, Value};

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The value is over this limit, in bytes: write less.
    #[error("over the limit of {0} bytes")]
    TooLarge(u64),
    /// The platform did not answer: go on without it, or try later.
    #[error("{0}")]
    Unavailable(String),
}

/// Refuses bytes over a limit.
fn within(bytes: &[u8], bytes_max: u64) -> Result<(), Failure> {
    if bytes.len() as u64 > bytes_max { Err(Failure::TooLarge(bytes_max)) } else { Ok(()) }
}
