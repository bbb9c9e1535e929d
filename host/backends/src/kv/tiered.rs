//! A memory cache in front of any key-value backend, for reads that must not wait.
//!
//! Cached entries are at most `trust` old, because another process may write to the same backend;
//! this process's own writes are visible at once. Memory is never newer than the backend: every
//! write goes to the backend first, and a read that races with a write is not cached.
//!
//! Sessions, and the marks that a shopper's data was deleted, are always read from the backend: when one process redacts
//! a shopper, no other one may go on with what it has in memory. No hit reads either.

#[cfg(test)]
mod tests;

use std::array;
use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use model::Store;
use moka::ops::compute::Op;
use moka::sync::Cache;

use super::{Entry, Error, Kv, Peeked, Swap, expiry};
use crate::clock::{Clock, millis};

/// The approximate memory overhead of an entry, in addition to its key and value.
const OVERHEAD_BYTES: usize = 200;
/// The number of change counters that all keys share.
const STRIPES: usize = 64;

/// A memory cache over a backend.
pub struct Tiered {
    below: Arc<dyn Kv>,
    clock: Arc<dyn Clock>,
    trust_ms: u64,
    memory: Cache<Key, Held>,
    changes: Changes,
}

/// A key's cached value. Absence is cached too, because absent keys are read just as often, such as the
/// catalog version of a shop whose catalog never changed.
#[derive(Debug, Clone)]
struct Held {
    entry: Option<Entry>,
    /// When the backend was read or written.
    as_of_ms: u64,
}

impl Held {
    /// Compares two values by version, or by time if one of them is absent.
    fn is_newer_than(&self, other: &Self) -> bool {
        match (&self.entry, &other.entry) {
            (Some(entry), Some(other)) => entry.version > other.version,
            _ => self.as_of_ms > other.as_of_ms,
        }
    }
}

impl Tiered {
    /// Puts a cache of `capacity_bytes` in front of `below`; an entry is valid for less than `trust`.
    pub fn new(below: Arc<dyn Kv>, clock: Arc<dyn Clock>, capacity_bytes: u64, trust: Duration) -> Self {
        let memory = Cache::builder().max_capacity(capacity_bytes).weigher(weigh).build();
        Self { below, clock, trust_ms: millis(trust), memory, changes: Changes::new() }
    }

    /// Caches a value that was read from the backend, unless the key has changed since.
    fn keep(&self, key: Key, seen: u64, held: Held) {
        if is_exact(&key) {
            return;
        }
        let changes = self.changes.of(&key);
        self.memory.entry(key).and_compute_with(|known| {
            let newer_known = known.is_some_and(|known| known.value().is_newer_than(&held));
            if newer_known || changes.load(Ordering::SeqCst) != seen { Op::Nop } else { Op::Put(held) }
        });
    }

    /// Registers a change of `store`'s `key`, before it goes to the backend.
    fn change(&self, store: &str, key: &str) -> Change<'_> {
        let key = Key { store: store.into(), key: key.into() };
        let seen = self.changes.of(&key).load(Ordering::SeqCst);
        Change { tier: self, key: Some(key), seen, as_of_ms: self.clock.now_ms() }
    }
}

/// A pending change. If it does not finish, for example because the caller goes away, the key is
/// removed from memory. If the backend applies the change even later, that shows once `trust` has passed.
struct Change<'a> {
    tier: &'a Tiered,
    key: Option<Key>,
    seen: u64,
    as_of_ms: u64,
}

impl Change<'_> {
    /// Finishes the change with the value that was written.
    fn written(mut self, value: Bytes, version: u64, ttl: Option<Duration>) {
        let entry = Some(Entry { value, version, expires_ms: expiry(self.as_of_ms, ttl) });
        self.finish(Some(Held { entry, as_of_ms: self.as_of_ms }));
    }

    /// Counts the change and replaces the cached value, in one atomic step for all readers of the key.
    /// If another change of the key finished meanwhile, the order in the backend is unknown, so the key is removed.
    fn finish(&mut self, held: Option<Held>) {
        let Some(key) = self.key.take() else { return };
        let is_exact = is_exact(&key);
        let changes = self.tier.changes.of(&key);
        self.tier.memory.entry(key).and_compute_with(|_| {
            let alone = changes.fetch_add(1, Ordering::SeqCst) == self.seen;
            held.filter(|_| alone && !is_exact).map_or(Op::Remove, Op::Put)
        });
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
        let Some(held) = self.memory.get(&(store, key) as &dyn Pair) else { return Peeked::Unknown };
        let now_ms = self.clock.now_ms();
        if now_ms.abs_diff(held.as_of_ms) >= self.trust_ms {
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
        let seen = self.changes.of(&owned).load(Ordering::SeqCst);
        let as_of_ms = self.clock.now_ms();
        let found = self.below.get(store, key).await?;
        self.keep(owned, seen, Held { entry: found.clone(), as_of_ms });
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

/// Returns whether a key is always read from the backend, and so never in memory.
fn is_exact(key: &Key) -> bool {
    *key.store == *Store::ShopperSessions.name() || key.key.starts_with(model::Key::FORGOTTEN)
}

fn weigh(key: &Key, held: &Held) -> u32 {
    let value_bytes = held.entry.as_ref().map_or(0, |entry| entry.value.len());
    let bytes = key.store.len() + key.key.len() + value_bytes + OVERHEAD_BYTES;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The number of finished changes of each key. Keys share counters: at worst, an entry is not cached
/// because of another key's change.
struct Changes {
    counters: [AtomicU64; STRIPES],
    hashes: RandomState,
}

impl Changes {
    fn new() -> Self {
        Self { counters: array::from_fn(|_| AtomicU64::new(0)), hashes: RandomState::new() }
    }

    fn of(&self, key: &Key) -> &AtomicU64 {
        let stripe = self.hashes.hash_one(key) % STRIPES as u64;
        &self.counters[usize::try_from(stripe).unwrap_or(0)]
    }
}

/// A key of a store, owned.
#[derive(Debug)]
struct Key {
    store: Box<str>,
    key: Box<str>,
}

/// A key of a store, owned or borrowed, so that a lookup allocates nothing.
trait Pair {
    fn pair(&self) -> (&str, &str);
}

impl Pair for Key {
    fn pair(&self) -> (&str, &str) {
        (&self.store, &self.key)
    }
}

impl Pair for (&str, &str) {
    fn pair(&self) -> (&str, &str) {
        *self
    }
}

impl<'a> Borrow<dyn Pair + 'a> for Key {
    fn borrow(&self) -> &(dyn Pair + 'a) {
        self
    }
}

impl PartialEq for dyn Pair + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.pair() == other.pair()
    }
}

impl Eq for dyn Pair + '_ {}

impl Hash for dyn Pair + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pair().hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.pair() == other.pair()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pair().hash(state);
    }
}
