//! What a memory tier knows about keys, and whether it may trust that.

use std::array;
use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use moka::ops::compute::Op;
use moka::sync::Cache;

use super::super::Entry;
use crate::watch::Watcher;

/// The approximate memory overhead of an entry, in addition to its key and value.
const OVERHEAD_BYTES: usize = 200;
/// The number of change counters that all keys share.
const STRIPES: usize = 64;

/// The facts about keys.
pub struct Known {
    pub(super) memory: Cache<Key, Held>,
    changes: Changes,
    /// Counts how often reports of changes began or were lost. It is even while changes are reported, and zero if the
    /// backend reports none. A value that was read in an earlier epoch is not trusted.
    epoch: AtomicU64,
}

/// A key's cached value. Absence is cached too, because absent keys are read just as often, such as the
/// catalog version of a shop whose catalog never changed.
#[derive(Debug, Clone)]
pub struct Held {
    pub entry: Option<Entry>,
    pub seen: Seen,
}

/// When the backend was read or written.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub as_of_ms: u64,
    epoch: u64,
    /// The changes of the key that were finished then.
    changes: u64,
}

impl Held {
    /// Compares two values by version, or by time if one of them is absent.
    fn is_newer_than(&self, other: &Self) -> bool {
        match (&self.entry, &other.entry) {
            (Some(entry), Some(other)) => entry.version > other.version,
            _ => self.seen.as_of_ms > other.seen.as_of_ms,
        }
    }
}

impl Known {
    /// Knows nothing, and trusts nothing that is read until changes are reported.
    pub fn new(capacity_bytes: u64) -> Self {
        let memory = Cache::builder().max_capacity(capacity_bytes).weigher(weigh).build();
        Self { memory, changes: Changes::new(), epoch: AtomicU64::new(1) }
    }

    /// Trusts what is read from now on.
    pub fn trust(&self) {
        self.epoch.store(0, Ordering::SeqCst);
    }

    /// Returns the moment before a read or a write of `key`.
    pub fn now(&self, key: &Key, now_ms: u64) -> Seen {
        let epoch = self.epoch.load(Ordering::SeqCst);
        Seen { as_of_ms: now_ms, epoch, changes: self.changes.of(key).load(Ordering::SeqCst) }
    }

    /// Returns what is known about a key, if it can be trusted.
    pub fn get(&self, store: &str, key: &str) -> Option<Held> {
        let epoch = self.epoch.load(Ordering::SeqCst);
        if !is_reported(epoch) {
            return None;
        }
        self.memory.get(&(store, key) as &dyn Pair).filter(|held| held.seen.epoch == epoch)
    }

    /// Keeps a value that was read from the backend, unless the key has changed since.
    pub fn keep(&self, key: Key, held: Held) {
        if !is_reported(held.seen.epoch) {
            return;
        }
        let changes = self.changes.of(&key);
        self.memory.entry(key).and_compute_with(|known| {
            let newer_known = known.is_some_and(|known| {
                let known = known.value();
                known.seen.epoch == held.seen.epoch && known.is_newer_than(&held)
            });
            let is_unchanged = changes.load(Ordering::SeqCst) == held.seen.changes;
            if newer_known || !is_unchanged { Op::Nop } else { Op::Put(held) }
        });
    }

    /// Counts a change of a key, and replaces what is known, in one atomic step for all readers of the key. If another
    /// change of the key finished since `held` was seen, the order in the backend is unknown, so nothing is known then.
    pub fn change(&self, key: Key, held: Option<Held>) {
        let changes = self.changes.of(&key);
        self.memory.entry(key).and_compute_with(|_| {
            let before = changes.fetch_add(1, Ordering::SeqCst);
            held.filter(|held| held.seen.changes == before).map_or(Op::Remove, Op::Put)
        });
    }
}

fn is_reported(epoch: u64) -> bool {
    epoch.is_multiple_of(2)
}

impl Watcher for Known {
    fn connected(&self) {
        let next = |epoch| Some(if is_reported(epoch) { epoch + 2 } else { epoch + 1 });
        let _ = self.epoch.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
        // Nothing of it is trusted; this only frees the memory.
        self.memory.invalidate_all();
    }

    fn lost(&self) {
        let next = |epoch| is_reported(epoch).then_some(epoch + 1);
        let _ = self.epoch.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
    }

    fn changed(&self, store: &str, key: &str) {
        self.change(Key { store: store.into(), key: key.into() }, None);
    }
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
pub struct Key {
    pub store: Box<str>,
    pub key: Box<str>,
}

/// A key of a store, owned or borrowed, so that a lookup allocates nothing.
pub trait Pair {
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
