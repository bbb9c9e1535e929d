//! Short-term storage.

use std::sync::LazyLock;
use std::time::Duration;

use capabilities::kv as kv_backend;
use model::{Operation, Refused};
use wasmtime::Result;
use wasmtime::component::Resource;

use super::access::{Guard, guard};
use super::reads::Outcomes;
use super::waits::{Waits, waits};
use super::{head, view};
use crate::bindings::wandstore::capabilities::kv;
use crate::context::{Handles, Value};
use crate::patience::Backend;

impl From<kv_backend::Error> for kv::Error {
    fn from(error: kv_backend::Error) -> Self {
        match error {
            kv_backend::Error::TooLarge(limit) => Self::TooLarge(limit),
            kv_backend::Error::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

/// Reads that memory answered.
static MEMORY_READS: LazyLock<Outcomes> = LazyLock::new(|| Outcomes::of("memory"));
/// Reads that the backend answered.
static READS: LazyLock<Outcomes> = LazyLock::new(|| Outcomes::of("kv"));

struct View<'a> {
    backend: &'a dyn kv_backend::Kv,
    guard: Guard<'a>,
    waits: Waits<'a>,
    handles: &'a mut Handles,
}

view!(kv, View, |context| View {
    backend: &*context.capabilities.kv,
    guard: guard!(context),
    waits: waits!(context),
    handles: &mut context.handles,
});

impl View<'_> {
    /// Checks that this component's role may do `operation` with a key.
    fn may(&mut self, operation: Operation, store: &str, key: &str) -> Result<(), kv::Error> {
        self.guard.access().of_entry(operation, store, key).map_err(|refused| match refused {
            Refused::NoSuchPlace => kv::Error::NoSuchStore,
            Refused::NotPermitted => kv::Error::NotPermitted(self.guard.refusal(operation, store, key)),
        })
    }

    fn entry(&mut self, entry: kv_backend::Entry, peek: u32) -> Result<kv::Entry> {
        let head = head(&entry.value, peek);
        Ok(kv::Entry { value: self.handles.lend(entry.value)?, head, version: entry.version })
    }
}

impl kv::Host for View<'_> {
    async fn get(
        &mut self,
        store: String,
        key: String,
        peek: u32,
    ) -> Result<Result<Option<kv::Entry>, kv::Error>> {
        if let Err(error) = self.may(Operation::Read, &store, &key) {
            return Ok(Err(error));
        }
        let backend = self.backend;
        match backend.peek(&store, &key) {
            kv_backend::Peeked::Held(entry) => {
                MEMORY_READS.hit.increment(1);
                return Ok(Ok(Some(self.entry(entry, peek)?)));
            }
            kv_backend::Peeked::Absent => {
                MEMORY_READS.miss.increment(1);
                return Ok(Ok(None));
            }
            kv_backend::Peeked::Unknown => {}
        }
        let found = self.waits.wait(Backend::Kv, "get", Some(&store), backend.get(&store, &key)).await;
        READS.count(&found);
        match found {
            Ok(Some(entry)) => Ok(Ok(Some(self.entry(entry, peek)?))),
            Ok(None) => Ok(Ok(None)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn set(
        &mut self,
        store: String,
        key: String,
        value: Resource<Value>,
        ttl_seconds: Option<u32>,
    ) -> Result<Result<(), kv::Error>> {
        let value = self.handles.value(&value)?.bytes().clone();
        if let Err(error) = self.may(Operation::Write, &store, &key) {
            return Ok(Err(error));
        }
        let write = self.backend.set(&store, &key, value, seconds(ttl_seconds));
        let written = self.waits.wait(Backend::Kv, "set", Some(&store), write).await;
        Ok(written.map(|_version| ()).map_err(Into::into))
    }

    async fn compare_and_swap(
        &mut self,
        store: String,
        key: String,
        expected: Option<u64>,
        value: Resource<Value>,
        ttl_seconds: Option<u32>,
    ) -> Result<Result<kv::Swap, kv::Error>> {
        let value = self.handles.value(&value)?.bytes().clone();
        if let Err(error) = self.may(Operation::Write, &store, &key) {
            return Ok(Err(error));
        }
        let backend = self.backend;
        let swap = backend.compare_and_swap(&store, &key, expected, value, seconds(ttl_seconds));
        Ok(match self.waits.wait(Backend::Kv, "compare_and_swap", Some(&store), swap).await {
            Ok(kv_backend::Swap::Done(version)) => Ok(kv::Swap::Done(version)),
            Ok(kv_backend::Swap::Lost) => Ok(kv::Swap::Lost),
            Err(error) => Err(error.into()),
        })
    }

    async fn delete(&mut self, store: String, key: String) -> Result<Result<bool, kv::Error>> {
        if let Err(error) = self.may(Operation::Delete, &store, &key) {
            return Ok(Err(error));
        }
        let delete = self.backend.delete(&store, &key);
        Ok(self.waits.wait(Backend::Kv, "delete", Some(&store), delete).await.map_err(Into::into))
    }

    async fn delete_many(&mut self, store: String, keys: Vec<String>) -> Result<Result<u32, kv::Error>> {
        for key in &keys {
            if let Err(error) = self.may(Operation::Delete, &store, key) {
                return Ok(Err(error));
            }
        }
        let delete = self.backend.delete_many(&store, &keys);
        let removed = self.waits.wait(Backend::Kv, "delete_many", Some(&store), delete).await;
        Ok(removed.map(|count| u32::try_from(count).unwrap_or(u32::MAX)).map_err(Into::into))
    }

    async fn list_keys(
        &mut self,
        store: String,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Result<Vec<String>, kv::Error>> {
        if let Err(error) = self.may(Operation::List, &store, &prefix) {
            return Ok(Err(error));
        }
        let list = self.backend.list_keys(&store, &prefix, after.as_deref(), limit);
        Ok(self.waits.wait(Backend::Kv, "list_keys", Some(&store), list).await.map_err(Into::into))
    }
}

fn seconds(ttl: Option<u32>) -> Option<Duration> {
    ttl.map(|seconds| Duration::from_secs(seconds.into()))
}
