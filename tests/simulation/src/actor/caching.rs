//! Key-value and blob storage, for caching and for whoever else has access.

use caching::{Blob, Entry, Failure, Kv, Level, Object, Operator, Swap};
use model::{Access, Bucket, Key, Object as Name, Operation, Store};

use super::Actor;
use crate::Bug;
use crate::bytes::Bytes;
use crate::kv;

/// How long a page stays in short-term storage.
const TTL_SECONDS: u32 = 3_600;

fn down(reason: String) -> Failure {
    Failure::Unavailable(reason)
}

impl Actor<'_> {
    pub(super) fn get_entry(
        &self,
        access: Access,
        store: Store,
        key: &str,
    ) -> Result<Option<kv::Entry>, String> {
        self.check_entry(access, Operation::Read, store.name(), key);
        let key = &*self.planted(key);
        let get = || self.as_caller(|caller| self.world.kv.borrow_mut().get(caller, store, key));
        let found = self.call(|| format!("kv.get {key}"), get)?;
        self.world.note(|| format!("    {}", found.as_ref().map_or("nothing".into(), describe)));
        Ok(found)
    }

    pub(super) fn put_entry(
        &self,
        access: Access,
        store: Store,
        key: &str,
        bytes: &Bytes,
        ttl_seconds: Option<u32>,
    ) -> Result<(), String> {
        self.check_entry(access, Operation::Write, store.name(), key);
        let name = &*self.planted(key);
        let put = || {
            self.world.stored(key, &bytes.0);
            self.as_caller(|caller| {
                self.world.kv.borrow_mut().set(caller, store, name, bytes.clone(), ttl_seconds);
            });
        };
        let call = || format!("kv.set {name} {}", String::from_utf8_lossy(&bytes.0));
        self.call(call, put).inspect_err(|_| self.forget(store, name))
    }

    pub(super) fn swap_entry(
        &self,
        access: Access,
        store: Store,
        key: &str,
        expected: Option<u64>,
        bytes: &Bytes,
        ttl_seconds: Option<u32>,
    ) -> Result<bool, String> {
        self.check_entry(access, Operation::Write, store.name(), key);
        let name = &*self.planted(key);
        let swap = || {
            let is_done = self.as_caller(|caller| {
                let mut kv = self.world.kv.borrow_mut();
                kv.compare_and_swap(caller, store, name, expected, bytes.clone(), ttl_seconds)
            });
            if is_done {
                self.world.stored(key, &bytes.0);
            }
            is_done
        };
        let call = || format!("kv.swap {name} {expected:?} {}", String::from_utf8_lossy(&bytes.0));
        let is_done = self.call(call, swap).inspect_err(|_| self.forget(store, name))?;
        if !is_done {
            self.world.note(|| "    lost".to_owned());
            self.contested.borrow_mut().insert(name.to_owned());
        }
        Ok(is_done)
    }

    pub(super) fn delete_entry(&self, access: Access, store: Store, key: &str) -> Result<bool, String> {
        self.check_entry(access, Operation::Delete, store.name(), key);
        let key = &*self.planted(key);
        let delete = || self.as_caller(|caller| self.world.kv.borrow_mut().delete(caller, store, key));
        self.call(|| format!("kv.delete {key}"), delete).inspect_err(|_| self.forget(store, key))
    }

    /// Deletes many keys in one call.
    pub(super) fn delete_entries(
        &self,
        access: Access,
        store: Store,
        keys: &[String],
    ) -> Result<u32, String> {
        for key in keys {
            self.check_entry(access, Operation::Delete, store.name(), key);
        }
        let keys: Vec<String> = keys.iter().map(|key| self.planted(key)).collect();
        let delete = || {
            let delete = |key: &&String| {
                self.world.ledger.borrow_mut().plannings.deleted(key);
                self.as_caller(|caller| self.world.kv.borrow_mut().delete(caller, store, key))
            };
            u32::try_from(keys.iter().filter(delete).count()).unwrap_or(u32::MAX)
        };
        let deleted = self.call(|| format!("kv.delete-many {keys:?}"), delete);
        deleted.inspect_err(|_| keys.iter().for_each(|key| self.forget(store, key)))
    }

    pub(super) fn list_entries(
        &self,
        access: Access,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, String> {
        self.check_entry(access, Operation::List, store.name(), prefix);
        let list = || self.world.kv.borrow().list(self.wall_ms(), store, prefix, after, limit);
        self.call(|| format!("kv.list {prefix}"), list)
    }

    fn forget(&self, store: Store, key: &str) {
        self.world.kv.borrow_mut().forget(self.host, store, key);
    }

    /// Returns the key that is used for another, which is the same unless a bug is planted.
    fn planted(&self, key: &str) -> String {
        let page = ["ui:", "generated/"].into_iter().find(|start| key.starts_with(start));
        match (page, key.split_once(':')) {
            (Some("generated/"), Some((_, rest))) if self.world.has(Bug::KeyDropsShop) => {
                format!("generated/:{rest}")
            }
            (Some(_), Some((_, rest))) if self.world.has(Bug::KeyDropsShop) => {
                format!("ui::{}", rest.split_once(':').map_or(rest, |(_, rest)| rest))
            }
            _ => key.to_owned(),
        }
    }
}

fn describe(entry: &kv::Entry) -> String {
    format!("version {}: {}", entry.version, String::from_utf8_lossy(&entry.bytes.0))
}

impl Kv for &Actor<'_> {
    type Value = Bytes;

    fn get(&self, key: Key<'_>, peek: u32) -> Result<Option<Entry<Bytes>>, Failure> {
        let found = self.get_entry(Access::CACHING, key.store(), &key.to_string()).map_err(down)?;
        let found = found
            .filter(|_| !(matches!(key, Key::Forgotten(..)) && self.world.has(Bug::PutIgnoresDeletionMark)));
        Ok(found.map(|kv::Entry { bytes, version, .. }| {
            let mut head = bytes.head(peek);
            if matches!(key, Key::CatalogVersion(_)) && self.world.has(Bug::CacheIgnoresClosing) {
                head = String::from_utf8_lossy(&head).replace(" closed", "").into_bytes();
            }
            if matches!(key, Key::Planning(..)) && self.world.has(Bug::PlanningIgnoresLease) {
                head.clear();
            }
            Entry { head, value: bytes, version }
        }))
    }

    fn set(&self, key: Key<'_>, value: &Bytes, ttl_seconds: u32) -> Result<(), Failure> {
        self.put_entry(Access::CACHING, key.store(), &key.to_string(), value, Some(ttl_seconds)).map_err(down)
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        value: &Bytes,
        ttl_seconds: Option<u32>,
    ) -> Result<Swap, Failure> {
        let is_done =
            self.swap_entry(Access::CACHING, key.store(), &key.to_string(), expected, value, ttl_seconds);
        Ok(if is_done.map_err(down)? { Swap::Done } else { Swap::Lost })
    }

    fn delete(&self, key: &str) -> Result<bool, Failure> {
        self.delete_entry(Access::CACHING, Store::UiCache, key).map_err(down)
    }

    fn delete_many(&self, keys: &[String]) -> Result<u32, Failure> {
        self.delete_entries(Access::CACHING, Store::UiCache, keys).map_err(down)
    }

    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        self.list_entries(Access::CACHING, Store::UiCache, prefix, Some(after), limit).map_err(down)
    }
}

impl Blob for &Actor<'_> {
    type Value = Bytes;

    fn get(&self, name: Name<'_>, peek: u32) -> Result<Option<Object<Bytes>>, Failure> {
        self.check_object(Operation::Read, name.bucket().name(), &name.to_string());
        let name = self.planted(&name.to_string());
        let get = || self.world.blob.borrow().get(&name).cloned();
        let found = self.call(|| format!("blob.get {name}"), get).map_err(down)?;
        Ok(found.map(|value| Object { head: value.head(peek), value }))
    }

    fn put(&self, name: Name<'_>, value: &Bytes) -> Result<(), Failure> {
        self.check_object(Operation::Write, name.bucket().name(), &name.to_string());
        let (key, name) = (name.to_string(), self.planted(&name.to_string()));
        let is_last = self.is_job && self.world.writes_last(self.host);
        let put = || {
            self.world.stored(&key, &value.0);
            self.world.blob.borrow_mut().insert(name.clone(), value.clone());
            self.world.dies.set(is_last.then_some(self.host));
        };
        self.call(|| format!("blob.put {name} {}", String::from_utf8_lossy(&value.0)), put).map_err(down)
    }

    fn delete(&self, name: &str) -> Result<(), Failure> {
        Blob::delete_many(self, &[name.to_owned()])
    }

    fn delete_many(&self, names: &[String]) -> Result<(), Failure> {
        for name in names {
            self.check_object(Operation::Delete, Bucket::UiStorage.name(), name);
        }
        let delete = || {
            for name in names.iter().map(|name| self.planted(name)) {
                self.world.delete_object(&name);
            }
        };
        self.call(|| format!("blob.delete {names:?}"), delete).map_err(down)
    }

    fn list_names(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        self.check_object(Operation::List, Bucket::UiStorage.name(), prefix);
        let list = || {
            let blob = self.world.blob.borrow();
            let names = blob.keys().filter(|name| name.starts_with(prefix) && name.as_str() > after);
            names.take(limit as usize).cloned().collect()
        };
        self.call(|| format!("blob.list {prefix}"), list).map_err(down)
    }
}

impl Operator for &Actor<'_> {
    fn kv_ttl_seconds(&self) -> u32 {
        TTL_SECONDS
    }

    fn event(&self, _level: Level, message: &str, particulars: &[(&str, &str)]) {
        self.world.note(|| format!("    {message} {particulars:?}"));
    }
}
