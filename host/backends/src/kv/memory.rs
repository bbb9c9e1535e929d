//! Keys in this process's memory, for tests and development. Nothing survives a restart, no other process sees them, and
//! the size is unlimited.

use std::collections::{BTreeMap, HashMap};
use std::future::{Ready, ready};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Entry, Error, Kv, Swap, check_size, expiry};
use crate::clock::Clock;
use crate::kind::{Opened, Site};

pub(super) use crate::kind::NoOptions as Options;

/// Creates empty storage.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Kv>> {
    let memory: Arc<dyn Kv> = Arc::new(Memory::new(site.clock.clone()));
    ready(Ok(memory))
}

/// Key-value storage in memory.
pub struct Memory {
    clock: Arc<dyn Clock>,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    stores: HashMap<String, BTreeMap<String, Entry>>,
    version: u64,
}

impl Memory {
    /// Creates empty storage whose keys expire by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, tables: Mutex::default() }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn find(&self, store: &str, key: &str, now_ms: u64) -> Option<&Entry> {
        self.stores.get(store)?.get(key).filter(|entry| entry.holds_at(now_ms))
    }

    fn write(&mut self, store: &str, key: &str, value: Bytes, expires_ms: Option<u64>) -> u64 {
        self.version += 1;
        let entry = Entry { value, version: self.version, expires_ms };
        self.stores.entry(store.to_owned()).or_default().insert(key.to_owned(), entry);
        self.version
    }
}

#[async_trait]
impl Kv for Memory {
    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        Ok(self.tables().find(store, key, self.clock.now_ms()).cloned())
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        check_size(&value)?;
        let expires_ms = expiry(self.clock.now_ms(), ttl);
        Ok(self.tables().write(store, key, value, expires_ms))
    }

    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error> {
        check_size(&value)?;
        let now_ms = self.clock.now_ms();
        let mut tables = self.tables();
        if tables.find(store, key, now_ms).map(|entry| entry.version) != expected {
            return Ok(Swap::Lost);
        }
        Ok(Swap::Done(tables.write(store, key, value, expiry(now_ms, ttl))))
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        let now_ms = self.clock.now_ms();
        let removed = self.tables().stores.get_mut(store).and_then(|entries| entries.remove(key));
        Ok(removed.is_some_and(|entry| entry.holds_at(now_ms)))
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        let mut tables = self.tables();
        let Some(entries) = tables.stores.get_mut(store) else { return Ok(0) };
        Ok(keys.iter().filter_map(|key| entries.remove(key)).count() as u64)
    }

    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        let now_ms = self.clock.now_ms();
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let tables = self.tables();
        let Some(entries) = tables.stores.get(store) else { return Ok(Vec::new()) };
        let under = entries.range::<str, _>((from, Bound::Unbounded));
        let keys = under.take_while(|(key, _)| key.starts_with(prefix));
        let held = keys.filter(|(_, entry)| entry.holds_at(now_ms)).map(|(key, _)| key.clone());
        Ok(held.take(limit as usize).collect())
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        let now_ms = self.clock.now_ms();
        let mut tables = self.tables();
        let entries = tables.stores.values().flat_map(BTreeMap::values);
        let mut expired: Vec<_> = entries.filter(|entry| !entry.holds_at(now_ms)).collect();
        expired.sort_by_key(|entry| entry.expires_ms);
        let expired: Vec<_> = expired.iter().take(limit as usize).map(|entry| entry.version).collect();
        for entries in tables.stores.values_mut() {
            entries.retain(|_, entry| !expired.contains(&entry.version));
        }
        Ok(expired.len() as u64)
    }

    async fn probe(&self) -> Result<(), Error> {
        Ok(())
    }
}
