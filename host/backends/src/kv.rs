//! Short-term storage: named stores of small values under string keys.
//!
//! Other code decides which component may use which store. Backends read the time from the clock that they
//! are given.

#[cfg(test)]
mod battery;
mod memory;
mod postgres;
mod redis;
mod routed;
mod scripted;
mod sqlite;
mod tiered;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::migrate::Migrator;

use crate::kind::{BadSelection, NotOpened, Selection, Site, kinds};

kinds!("kv", dyn Kv: [sqlite, postgres, redis, memory]);

pub use memory::Memory;
pub use postgres::Postgres;
pub use redis::Redis;
pub use routed::Routed;
pub use scripted::Scripted;
pub use sql::kv::VALUE_BYTES_MAX;
pub use sqlite::Sqlite;
pub use tiered::Tiered;

pub use crate::watch::{Reports, Watcher};

/// Returns the migrations of the file of the kind `sqlite`.
pub(crate) fn sqlite_migrations() -> &'static Migrator {
    &sqlite::MIGRATIONS
}

/// The number of keys deleted in one transaction. A page takes about half a millisecond to delete, and shoppers' writes
/// wait for it.
pub const DELETED_AT_ONCE: u32 = 32;

/// The kind of the backend of keys that must not be lost, if the kind of the others may lose them.
const DURABLE: &str = "postgres";
/// That backend's part of the memory of both. It holds a record for each shop, and no page.
const DURABLE_SHARE: u64 = 8;

/// Returns what all keys in Redis start with, if the selected backend is in Redis.
pub fn redis_prefix(selection: &Selection) -> Result<Option<String>, BadSelection> {
    let is_in_redis = selection.kind(KINDS) == "redis";
    is_in_redis.then(|| redis::prefix(selection)).transpose()
}

/// Opens the selected backend behind a memory tier of `capacity_bytes`, which trusts for `trust` what is not reported to
/// it. If the selected backend may lose what it holds, the keys that must last are in another one: see
/// [`model::Key::is_durable`].
pub async fn open_tiered(
    selection: &Selection,
    site: &Site,
    capacity_bytes: u64,
    trust: Duration,
) -> Result<Arc<dyn Kv>, NotOpened> {
    let tiered = |below, capacity_bytes| -> Arc<dyn Kv> {
        Arc::new(Tiered::new(below, site.clock.clone(), capacity_bytes, trust))
    };
    let selected = open(selection, site).await?;
    if selection.kind(KINDS) != "redis" {
        return Ok(tiered(selected, capacity_bytes));
    }
    let durable = open(&Selection::of(DURABLE), site).await?;
    let for_durable = capacity_bytes / DURABLE_SHARE;
    let volatile = tiered(selected, capacity_bytes - for_durable);
    Ok(Arc::new(Routed::new(tiered(durable, for_durable), volatile)))
}

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The bytes.
    pub value: Bytes,
    /// The version, which grows with every write of the key, even across a deletion, so that no version is reused.
    pub version: u64,
    /// When the key expires, in milliseconds since the epoch.
    pub expires_ms: Option<u64>,
}

impl Entry {
    fn holds_at(&self, now_ms: u64) -> bool {
        self.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms)
    }
}

/// A backend's knowledge about a key without waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peeked {
    /// The key holds this.
    Held(Entry),
    /// The key holds nothing.
    Absent,
    /// The value is not known: call `get`.
    Unknown,
}

impl From<Option<Entry>> for Peeked {
    fn from(found: Option<Entry>) -> Self {
        found.map_or(Self::Absent, Self::Held)
    }
}

/// The result of a compare-and-swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// Written; the key's new version.
    Done(u64),
    /// Another write came first: read again and decide again.
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
    /// Reports changes of keys to `watcher` from now on, and says how many of them. Called once, by the memory tier over
    /// the backend.
    fn watch(&self, watcher: Arc<dyn Watcher>) -> Reports {
        let _ = watcher;
        Reports::Nothing
    }

    /// Returns what `key` holds, if that is known without waiting.
    fn peek(&self, store: &str, key: &str) -> Peeked {
        let _ = (store, key);
        Peeked::Unknown
    }

    /// Returns what `key` holds. An expired key holds nothing.
    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error>;

    /// Writes `key`, which expires after `ttl` or never, and returns its new version.
    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error>;

    /// Writes `key` only if its version is still `expected`; `None` means that it must hold
    /// nothing. If two calls race, exactly one succeeds, even on an absent or expired key.
    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error>;

    /// Removes `key`, and returns true if it held something.
    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error>;

    /// Removes many keys, in small steps so that other writes do not wait long, and returns how many there were,
    /// including expired ones. Keys removed before an error, or before the caller goes away, stay removed.
    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error>;

    /// Returns at most `limit` keys that start with `prefix` and sort after `after`.
    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error>;

    /// Removes at most `limit` expired keys, the earliest-expired first, and returns how many. Expired keys that
    /// are not purged only take up space.
    async fn purge_expired(&self, limit: u32) -> Result<u64, Error>;

    /// Makes the backend take no more than `bytes_max`: deletes the pages that were written the longest ago, and then
    /// likewise sessions. Gives space that is free back to the disk. Returns how many it deleted. A backend without a
    /// file of its own deletes none.
    async fn trim(&self, _bytes_max: u64) -> Result<u64, Error> {
        Ok(0)
    }

    /// Writes something that belongs to no key, to check that the backend can write. Called about once a second.
    async fn probe(&self) -> Result<(), Error>;
}

fn check_size(value: &Bytes) -> Result<(), Error> {
    let size = value.len() as u64;
    if size > VALUE_BYTES_MAX { Err(Error::TooLarge(VALUE_BYTES_MAX)) } else { Ok(()) }
}

fn expiry(now_ms: u64, ttl: Option<Duration>) -> Option<u64> {
    ttl.map(|ttl| now_ms.saturating_add(crate::clock::millis(ttl)))
}
