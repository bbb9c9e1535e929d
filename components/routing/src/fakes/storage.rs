//! In-memory key-value storage.

use model::{Access, Key, Operation, Signals, Store};

use super::{Fake, stored};
use crate::{Failure, Found, Storage, Swap};

impl Storage for Fake {
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure> {
        self.asked("storage", "storage.read")?;
        permitted(Operation::Read, key.store(), &key.to_string());
        let mut found = self.stored.borrow().get(&key.to_string()).cloned();
        if self.gone_after_read.borrow_mut().take_if(|gone| *gone == key.to_string()).is_some() {
            self.stored.borrow_mut().remove(&key.to_string());
        }
        if let Some(found) = &mut found {
            found.bytes.truncate(bytes_max as usize);
        }
        Ok(found)
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure> {
        self.asked("storage", "storage.compare-and-swap")?;
        permitted(Operation::Write, key.store(), &key.to_string());
        let key = key.to_string();
        if self.rivals.get() > 0 {
            self.rivals.set(self.rivals.get() - 1);
            let searches = vec![format!("rival {}", self.rivals.get())];
            self.write(key.clone(), &stored(&Signals { searches, ..Signals::default() }));
        }
        if self.stored.borrow().get(&key).map(|found| found.version) != expected {
            return Ok(Swap::Lost);
        }
        self.ttls.borrow_mut().insert(key.clone(), ttl_seconds);
        self.write(key, bytes);
        self.ttl_seconds.set(ttl_seconds);
        Ok(Swap::Done)
    }

    fn put(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: Option<u32>) -> Result<(), Failure> {
        self.asked("storage", "storage.put")?;
        permitted(Operation::Write, key.store(), &key.to_string());
        self.write(key.to_string(), bytes);
        self.ttl_seconds.set(ttl_seconds.unwrap_or_default());
        Ok(())
    }

    fn peek(&self, store: Store, key: &str, bytes_max: u32) -> Result<Option<Vec<u8>>, Failure> {
        self.asked("storage", "storage.peek")?;
        permitted(Operation::Read, store, key);
        let found = self.stored.borrow().get(key).map(|found| found.bytes.clone());
        Ok(found.map(|bytes| bytes.into_iter().take(bytes_max as usize).collect()))
    }

    fn remove(&self, store: Store, key: &str) -> Result<bool, Failure> {
        self.asked("storage", "storage.remove")?;
        permitted(Operation::Delete, store, key);
        Ok(self.stored.borrow_mut().remove(key).is_some())
    }

    fn remove_many(&self, store: Store, keys: &[String]) -> Result<u32, Failure> {
        let removed = keys.iter().map(|key| self.remove(store, key).map(u32::from));
        removed.sum()
    }

    fn keys(
        &self,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure> {
        self.asked("storage", "storage.keys")?;
        permitted(Operation::List, store, prefix);
        let stored = self.stored.borrow();
        let found = stored
            .keys()
            .filter(|key| key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after));
        Ok(found.take(limit as usize).cloned().collect())
    }
}

impl Fake {
    pub(crate) fn write(&self, key: String, bytes: &[u8]) {
        let mut stored = self.stored.borrow_mut();
        let version = stored.get(&key).map_or(0, |found| found.version) + 1;
        stored.insert(key, Found { bytes: bytes.to_vec(), version });
    }
}

/// Panics at an operation that a host would refuse, because it is a bug in the code.
#[track_caller]
fn permitted(operation: Operation, store: Store, key: &str) {
    assert_eq!(Access::ROUTING.of_entry(operation, store.name(), key), Ok(()), "{operation:?} {key}");
}
