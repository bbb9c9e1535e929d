//! Short-term storage: named stores of small values under string keys.
//!
//! Which component may reach which store is decided elsewhere. Time comes from the clock that a
//! backend is given.

#[cfg(test)]
mod battery;
mod memory;
mod scripted;
mod sqlite;
mod tiered;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub use memory::Memory;
pub use portable::sql::kv::VALUE_BYTES_MAX;
pub use scripted::Scripted;
pub use sqlite::Sqlite;
pub use tiered::Tiered;

/// Keys that are deleted in one transaction. A page takes about half a millisecond to delete, and shoppers' writes wait for
/// it.
pub const DELETED_AT_ONCE: u32 = 32;

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The bytes.
    pub value: Bytes,
    /// Grows with every write of the key, also over a deletion, so that no version ever returns.
    pub version: u64,
    /// From when on the key holds nothing, in milliseconds since the epoch.
    pub expires_ms: Option<u64>,
}

impl Entry {
    fn holds_at(&self, now_ms: u64) -> bool {
        self.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms)
    }
}

/// What is known of a key without waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peeked {
    /// It holds this.
    Held(Entry),
    /// It holds nothing.
    Absent,
    /// Nothing: it is to be asked for.
    Unknown,
}

impl From<Option<Entry>> for Peeked {
    fn from(found: Option<Entry>) -> Self {
        found.map_or(Self::Absent, Self::Held)
    }
}

/// How a compare-and-swap ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// Written; the key's new version.
    Done(u64),
    /// Somebody else wrote first: read again and decide again.
    Lost,
}

/// Why an operation was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The value is over this limit, in bytes: write less.
    #[error("the value is over the limit of {0} bytes")]
    TooLarge(u64),
    /// The backend did not answer: go on without, or try later.
    #[error("key-value storage is unavailable: {0}")]
    Unavailable(String),
}

/// A key-value backend. All keys are listed in byte order.
#[async_trait]
pub trait Kv: Send + Sync {
    /// What `key` holds, if that is known without waiting.
    fn peek(&self, store: &str, key: &str) -> Peeked {
        let _ = (store, key);
        Peeked::Unknown
    }

    /// What `key` holds. An expired key holds nothing.
    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error>;

    /// Writes `key`, to expire after `ttl` or never; its new version.
    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error>;

    /// Writes `key` only if its version is still `expected`; `None` means that it must hold
    /// nothing. Of two racers, on an absent or expired key too, exactly one is done.
    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error>;

    /// Removes `key`; true if it held something.
    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error>;

    /// Removes many keys, in steps that keep nobody else waiting; how many were there, expired ones included. What was
    /// removed before an error, or before the caller went, stays removed.
    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error>;

    /// The keys that start with `prefix` and sort after `after`, at most `limit`.
    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error>;

    /// Forgets what has expired, at most `limit` keys, those that expired first; how many they were. Without it,
    /// expired keys take up room and nothing else.
    async fn purge_expired(&self, limit: u32) -> Result<u64, Error>;

    /// Writes something that is no key's, to find out whether the backend can. Called every second or so.
    async fn probe(&self) -> Result<(), Error>;
}

fn check_size(value: &Bytes) -> Result<(), Error> {
    let size = value.len() as u64;
    if size > VALUE_BYTES_MAX { Err(Error::TooLarge(VALUE_BYTES_MAX)) } else { Ok(()) }
}

fn expiry(now_ms: u64, ttl: Option<Duration>) -> Option<u64> {
    ttl.map(|ttl| now_ms.saturating_add(crate::clock::millis(ttl)))
}
