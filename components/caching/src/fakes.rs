//! In-memory storage that fails on demand and records its calls.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use model::{Access, Bucket, Key, Object as Name, Operation, Store};

use crate::capabilities::{Blob, Entry, Failure, Kv, Level, Object, Operator, Swap, Value};

/// Bytes that the cache can join and pass on, but not read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bytes(pub(crate) Rc<[u8]>);

impl Value for Bytes {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    fn behind(&self, head: &[u8]) -> Self {
        Self([head, &self.0].concat().into())
    }

    fn without_first(&self, count: usize) -> Self {
        Self(self.0[count..].into())
    }
}

/// Which operations fail, by name.
#[derive(Debug, Default)]
pub(crate) struct Faults(Cell<&'static [&'static str]>);

impl Faults {
    pub(crate) const ALL: &[&str] = &["get", "set", "swap", "put", "delete", "list"];

    pub(crate) fn set(&self, operations: &'static [&'static str]) {
        self.0.set(operations);
    }

    fn check(&self, operation: &str) -> Result<(), Failure> {
        let fails = self.0.get().contains(&operation);
        if fails { Err(Failure::Unavailable(format!("{operation} is down"))) } else { Ok(()) }
    }
}

#[derive(Debug)]
pub(crate) struct FakeEntry {
    pub(crate) value: Bytes,
    pub(crate) version: u64,
    pub(crate) ttl_seconds: Option<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct FakeKv {
    pub(crate) entries: RefCell<BTreeMap<String, FakeEntry>>,
    pub(crate) calls: RefCell<Vec<String>>,
    pub(crate) faults: Faults,
    /// What other writers write right before the next compare-and-swaps, one each.
    pub(crate) rivals: RefCell<VecDeque<(String, Bytes)>>,
    /// What another writer writes right after the next set.
    pub(crate) afterwards: RefCell<Option<(String, Bytes)>>,
    writes: Cell<u64>,
}

impl FakeKv {
    pub(crate) fn write(&self, key: String, value: Bytes, ttl_seconds: Option<u32>) {
        self.writes.set(self.writes.get() + 1);
        let entry = FakeEntry { value, version: self.writes.get(), ttl_seconds };
        self.entries.borrow_mut().insert(key, entry);
    }

    fn asked(&self, operation: &str, key: Key<'_>) -> Result<String, Failure> {
        assert_eq!(key.store().name(), "UI_CACHE");
        self.asked_by_name(operation, &key.to_string())?;
        Ok(key.to_string())
    }

    fn asked_by_name(&self, operation: &str, key: &str) -> Result<(), Failure> {
        self.calls.borrow_mut().push(format!("{operation} {key}"));
        let permitted = Access::CACHING.of_entry(kind(operation), Store::UiCache.name(), key);
        assert_eq!(permitted, Ok(()), "a host refuses to {operation} {key}");
        self.faults.check(operation)
    }
}

impl Kv for FakeKv {
    type Value = Bytes;

    fn get(&self, key: Key<'_>, peek: u32) -> Result<Option<Entry<Bytes>>, Failure> {
        let key = self.asked("get", key)?;
        Ok(self.entries.borrow().get(&key).map(|entry| Entry {
            value: entry.value.clone(),
            head: head(&entry.value, peek),
            version: entry.version,
        }))
    }

    fn set(&self, key: Key<'_>, value: &Bytes, ttl_seconds: u32) -> Result<(), Failure> {
        let key = self.asked("set", key)?;
        self.write(key, value.clone(), Some(ttl_seconds));
        if let Some((key, value)) = self.afterwards.take() {
            self.write(key, value, None);
        }
        Ok(())
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        value: &Bytes,
        ttl_seconds: Option<u32>,
    ) -> Result<Swap, Failure> {
        let key = self.asked("swap", key)?;
        if let Some((key, value)) = self.rivals.borrow_mut().pop_front() {
            self.write(key, value, None);
        }
        let version = self.entries.borrow().get(&key).map(|entry| entry.version);
        if version != expected {
            return Ok(Swap::Lost);
        }
        self.write(key, value.clone(), ttl_seconds);
        Ok(Swap::Done)
    }

    fn delete(&self, key: &str) -> Result<bool, Failure> {
        self.asked_by_name("delete", key)?;
        Ok(self.entries.borrow_mut().remove(key).is_some())
    }

    fn delete_many(&self, keys: &[String]) -> Result<u32, Failure> {
        let removed = keys.iter().map(|key| self.delete(key).map(u32::from));
        removed.sum()
    }

    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        self.asked_by_name("list", prefix)?;
        Ok(list(&self.entries.borrow(), prefix, after, limit))
    }
}

#[derive(Debug, Default)]
pub(crate) struct FakeBlob {
    pub(crate) objects: RefCell<BTreeMap<String, Bytes>>,
    pub(crate) calls: RefCell<Vec<String>>,
    pub(crate) faults: Faults,
    /// What another caller deletes right after the next get.
    pub(crate) deleted_by_read: RefCell<Option<String>>,
}

impl FakeBlob {
    fn asked(&self, operation: &str, name: &str) -> Result<(), Failure> {
        self.calls.borrow_mut().push(format!("{operation} {name}"));
        let permitted = Access::CACHING.of_object(kind(operation), Bucket::UiStorage.name(), name);
        assert_eq!(permitted, Ok(()), "a host refuses to {operation} {name}");
        self.faults.check(operation)
    }
}

impl Blob for FakeBlob {
    type Value = Bytes;

    fn get(&self, name: Name<'_>, peek: u32) -> Result<Option<Object<Bytes>>, Failure> {
        self.asked("get", &name.to_string())?;
        let object = self.objects.borrow().get(&name.to_string()).cloned();
        if let Some(name) = self.deleted_by_read.take() {
            self.objects.borrow_mut().remove(&name);
        }
        Ok(object.map(|value| Object { head: head(&value, peek), value }))
    }

    fn put(&self, name: Name<'_>, value: &Bytes) -> Result<(), Failure> {
        self.asked("put", &name.to_string())?;
        self.objects.borrow_mut().insert(name.to_string(), value.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), Failure> {
        self.asked("delete", name)?;
        self.objects.borrow_mut().remove(name);
        Ok(())
    }

    fn delete_many(&self, names: &[String]) -> Result<(), Failure> {
        names.iter().try_for_each(|name| self.delete(name))
    }

    fn list_names(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        self.asked("list", prefix)?;
        Ok(list(&self.objects.borrow(), prefix, after, limit))
    }
}

/// Returns the host's operation for an operation of a fake.
fn kind(operation: &str) -> Operation {
    match operation {
        "get" => Operation::Read,
        "set" | "swap" | "put" => Operation::Write,
        "delete" => Operation::Delete,
        "list" => Operation::List,
        other => panic!("no such operation: {other}"),
    }
}

fn list<V>(named: &BTreeMap<String, V>, prefix: &str, after: &str, limit: u32) -> Vec<String> {
    let listed = named.keys().filter(|name| name.starts_with(prefix) && name.as_str() > after);
    listed.take(limit as usize).cloned().collect()
}

fn head(value: &Bytes, peek: u32) -> Vec<u8> {
    value.0.iter().take(peek as usize).copied().collect()
}

#[derive(Debug, Default)]
pub(crate) struct FakeOperator {
    pub(crate) events: RefCell<Vec<(Level, String)>>,
}

impl FakeOperator {
    pub(crate) const TTL_SECONDS: u32 = 3600;
}

impl Operator for FakeOperator {
    fn kv_ttl_seconds(&self) -> u32 {
        Self::TTL_SECONDS
    }

    fn event(&self, level: Level, message: &str, _particulars: &[(&str, &str)]) {
        self.events.borrow_mut().push((level, message.to_owned()));
    }
}
