//! Key-value storage as two platforms have it.
//!
//! On the native host, each process reads its memory first, which holds entries and absences for two seconds, and sees its
//! own writes at once; only sessions, marks of deletions and reviews are not held. On Workers, requests read Workers KV, where an entry or an absence that was read is seen for a
//! minute more, even after the same host's own writes; jobs, sessions and keys whose compare-and-swap was lost are read
//! from the keepers, which decide every write. Listings are always up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{Key, Store};

use crate::bytes::Bytes;

/// The platform of a simulated deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    Native,
    Workers,
}

impl Platform {
    /// Returns how long a read may be outdated, in milliseconds. On Workers an isolate holds what it read from Workers
    /// KV for two seconds more.
    pub(crate) fn trust_ms(self) -> u64 {
        match self {
            Self::Native => 2_000,
            Self::Workers => 62_000,
        }
    }
}

/// An entry.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) bytes: Bytes,
    pub(crate) version: u64,
    expires_ms: Option<u64>,
}

#[derive(Debug)]
struct Seen {
    entry: Option<Entry>,
    as_of_ms: u64,
}

/// Who reads or writes, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) host: usize,
    /// Whether this is a job.
    pub(crate) is_job: bool,
    /// The keys for which this call lost a compare-and-swap.
    pub(crate) contested: &'a BTreeSet<String>,
    /// The host's clock.
    pub(crate) wall_ms: u64,
    /// Time that only goes forward.
    pub(crate) now_ms: u64,
}

type Name = (&'static str, String);

/// All stores, and what the hosts have seen of them.
#[derive(Debug)]
pub(crate) struct Kv {
    platform: Platform,
    entries: BTreeMap<Name, Entry>,
    seen: Vec<BTreeMap<Name, Seen>>,
    versions: u64,
}

impl Kv {
    pub(crate) fn new(platform: Platform, hosts: usize) -> Self {
        let seen = (0..hosts).map(|_| BTreeMap::new()).collect();
        Self { platform, entries: BTreeMap::new(), seen, versions: 0 }
    }

    /// Forgets what a host has in memory, because its process ended. Workers KV is not in its memory.
    pub(crate) fn host_ended(&mut self, host: usize) {
        if self.platform == Platform::Native {
            self.seen[host].clear();
        }
    }

    pub(crate) fn get(&mut self, caller: Caller<'_>, store: Store, key: &str) -> Option<Entry> {
        let name = (store.name(), key.to_owned());
        let is_exact = store == Store::ShopperSessions
            || match self.platform {
                Platform::Native => key.starts_with(Key::FORGOTTEN) || key.starts_with(Key::REVIEWS),
                Platform::Workers => caller.is_job || caller.contested.contains(key),
            };
        let found = if is_exact { self.entries.get(&name).cloned() } else { self.get_through(caller, name) };
        found.filter(|entry| entry.expires_ms.is_none_or(|expires_ms| expires_ms > caller.wall_ms))
    }

    fn get_through(&mut self, caller: Caller<'_>, name: Name) -> Option<Entry> {
        let (trust_ms, now_ms) = (self.platform.trust_ms(), caller.now_ms);
        if let Some(seen) = self.seen[caller.host].get(&name).filter(|seen| now_ms - seen.as_of_ms < trust_ms)
        {
            return seen.entry.clone();
        }
        let entry = self.entries.get(&name).cloned();
        self.seen[caller.host].insert(name, Seen { entry: entry.clone(), as_of_ms: now_ms });
        entry
    }

    pub(crate) fn set(
        &mut self,
        caller: Caller<'_>,
        store: Store,
        key: &str,
        bytes: Bytes,
        ttl_seconds: Option<u32>,
    ) {
        self.versions += 1;
        let expires_ms = ttl_seconds.map(|seconds| caller.wall_ms + u64::from(seconds) * 1_000);
        let entry = Entry { bytes, version: self.versions, expires_ms };
        let name = (store.name(), key.to_owned());
        if self.platform == Platform::Native {
            let seen = Seen { entry: Some(entry.clone()), as_of_ms: caller.now_ms };
            self.seen[caller.host].insert(name.clone(), seen);
        }
        self.entries.insert(name, entry);
    }

    /// Writes a key if its version is still the expected one. Returns whether it was.
    pub(crate) fn compare_and_swap(
        &mut self,
        caller: Caller<'_>,
        store: Store,
        key: &str,
        expected: Option<u64>,
        bytes: Bytes,
        ttl_seconds: Option<u32>,
    ) -> bool {
        let entry = self.entries.get(&(store.name(), key.to_owned()));
        let held =
            entry.filter(|entry| entry.expires_ms.is_none_or(|expires_ms| expires_ms > caller.wall_ms));
        let is_expected = held.map(|entry| entry.version) == expected;
        if is_expected {
            self.set(caller, store, key, bytes, ttl_seconds);
        } else {
            self.forget(caller.host, store, key);
        }
        is_expected
    }

    /// Deletes a key. Returns whether it held something.
    pub(crate) fn delete(&mut self, caller: Caller<'_>, store: Store, key: &str) -> bool {
        self.forget(caller.host, store, key);
        self.entries.remove(&(store.name(), key.to_owned())).is_some()
    }

    /// Drops a key everywhere, without anybody noticing.
    pub(crate) fn drop_unread(&mut self, store: Store, key: &str) {
        let name = (store.name(), key.to_owned());
        self.entries.remove(&name);
        for seen in &mut self.seen {
            seen.remove(&name);
        }
    }

    /// Drops what a host has in memory of a key, as after a write without an answer.
    pub(crate) fn forget(&mut self, host: usize, store: Store, key: &str) {
        if self.platform == Platform::Native {
            self.seen[host].remove(&(store.name(), key.to_owned()));
        }
    }

    pub(crate) fn list(
        &self,
        wall_ms: u64,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Vec<String> {
        let from = (store.name(), prefix.max(after.unwrap_or_default()).to_owned());
        let listed = self
            .entries
            .range(from..)
            .take_while(|((of, key), _)| *of == store.name() && key.starts_with(prefix));
        let held = listed.filter(|(_, entry)| entry.expires_ms.is_none_or(|expires_ms| expires_ms > wall_ms));
        let keys = held.map(|((_, key), _)| key).filter(|key| after.is_none_or(|after| key.as_str() > after));
        keys.take(limit as usize).cloned().collect()
    }

    /// Returns every entry that has not expired.
    pub(crate) fn all(&self, wall_ms: u64) -> impl Iterator<Item = (&str, &Rc<[u8]>)> {
        let held = self
            .entries
            .iter()
            .filter(move |(_, entry)| entry.expires_ms.is_none_or(|expires_ms| expires_ms > wall_ms));
        held.map(|((_, key), entry)| (key.as_str(), &entry.bytes.0))
    }
}
