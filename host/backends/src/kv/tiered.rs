//! A memory cache in front of any key-value backend, for reads that must not wait.
//!
//! Another process may write to the same backend. If the backend reports nothing, a cached entry is trusted for less
//! than `trust`. If it reports changes, an entry is trusted until it changes, and nothing is trusted while the reports
//! are interrupted; what was cached before is not trusted afterwards. This process's own writes are visible at once.
//! Memory is never newer than the backend: every write goes to the backend first, and a read that races with a write is
//! not cached.
//!
//! Sessions, and the marks that a shopper's data was deleted, are always read from the backend: when one process redacts
//! a shopper, no other one may go on with what it has in memory. No hit reads either.

#[cfg(test)]
mod hosts;
mod known;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use model::Store;

use super::{Entry, Error, Kv, Peeked, Reports, Swap, expiry};
use crate::clock::{Clock, millis};
use known::{Held, Key, Known, Seen};

/// A memory cache over a backend.
pub struct Tiered {
    below: Arc<dyn Kv>,
    clock: Arc<dyn Clock>,
    /// How long an entry is trusted, unless the backend reports every change.
    trust_ms: Option<u64>,
    known: Arc<Known>,
}

impl Tiered {
    /// Puts a cache of `capacity_bytes` in front of `below`. An entry is trusted for less than `trust` if the backend
    /// does not report every change.
    pub fn new(below: Arc<dyn Kv>, clock: Arc<dyn Clock>, capacity_bytes: u64, trust: Duration) -> Self {
        let known = Arc::new(Known::new(capacity_bytes));
        let reports = below.watch(known.clone());
        if reports == Reports::Nothing {
            known.trust();
        }
        let trust_ms = Some(millis(trust)).filter(|_| reports != Reports::All);
        Self { below, clock, trust_ms, known }
    }

    /// Registers a change of `store`'s `key`, before it goes to the backend.
    fn change(&self, store: &str, key: &str) -> Change<'_> {
        let key = Key { store: store.into(), key: key.into() };
        let seen = self.known.now(&key, self.clock.now_ms());
        Change { known: &self.known, key: Some(key), seen }
    }
}

/// A pending change. If it does not finish, for example because the caller goes away, the key is
/// removed from memory. If the backend applies the change even later, that shows once it is reported or `trust` has
/// passed.
struct Change<'a> {
    known: &'a Known,
    key: Option<Key>,
    seen: Seen,
}

impl Change<'_> {
    /// Finishes the change with the value that was written.
    fn written(mut self, value: Bytes, version: u64, ttl: Option<Duration>) {
        let entry = Some(Entry { value, version, expires_ms: expiry(self.seen.as_of_ms, ttl) });
        self.finish(Some(Held { entry, seen: self.seen }));
    }

    fn finish(&mut self, held: Option<Held>) {
        let Some(key) = self.key.take() else { return };
        let held = held.filter(|_| !is_exact(&key.store, &key.key));
        self.known.change(key, held);
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        self.finish(None);
    }
}

#[async_trait]
impl Kv for Tiered {
    fn peek(&self, store: &str, key: &str) -> Peeked {
        let Some(held) = self.known.get(store, key) else { return Peeked::Unknown };
        let now_ms = self.clock.now_ms();
        let age_ms = now_ms.abs_diff(held.seen.as_of_ms);
        if self.trust_ms.is_some_and(|trust_ms| age_ms >= trust_ms) {
            return Peeked::Unknown;
        }
        held.entry.filter(|entry| entry.holds_at(now_ms)).into()
    }

    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        match self.peek(store, key) {
            Peeked::Held(entry) => return Ok(Some(entry)),
            Peeked::Absent => return Ok(None),
            Peeked::Unknown => {}
        }
        let owned = Key { store: store.into(), key: key.into() };
        let seen = self.known.now(&owned, self.clock.now_ms());
        let found = self.below.get(store, key).await?;
        if !is_exact(store, key) {
            self.known.keep(owned, Held { entry: found.clone(), seen });
        }
        Ok(found)
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        let change = self.change(store, key);
        let version = self.below.set(store, key, value.clone(), ttl).await?;
        change.written(value, version, ttl);
        Ok(version)
    }

    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error> {
        // A lost swap means that the cached value is outdated: dropping the change removes it.
        let change = self.change(store, key);
        let swap = self.below.compare_and_swap(store, key, expected, value.clone(), ttl).await?;
        if let Swap::Done(version) = swap {
            change.written(value, version, ttl);
        }
        Ok(swap)
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        let _change = self.change(store, key);
        self.below.delete(store, key).await
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        let _changes: Vec<_> = keys.iter().map(|key| self.change(store, key)).collect();
        self.below.delete_many(store, keys).await
    }

    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        self.below.list_keys(store, prefix, after, limit).await
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        self.below.purge_expired(limit).await
    }

    /// A page that is still in memory is served from there until it expires.
    async fn trim(&self, bytes_max: u64) -> Result<u64, Error> {
        self.below.trim(bytes_max).await
    }

    async fn probe(&self) -> Result<(), Error> {
        self.below.probe().await
    }
}

/// Returns whether a key is always read from the backend, and so never in memory. These are the keys whose outdated values
/// would have lasting effects: a stored page of somebody who was redacted, or of a plan that is not approved any more.
pub(super) fn is_exact(store: &str, key: &str) -> bool {
    let is_decided =
        [model::Key::FORGOTTEN, model::Key::REVIEWS].iter().any(|prefix| key.starts_with(prefix));
    store == Store::ShopperSessions.name() || is_decided
}
