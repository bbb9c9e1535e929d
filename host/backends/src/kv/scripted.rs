//! A wrapper around any key-value backend, with faults on command.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Entry, Error, Kv, Peeked, Reports, Swap, Watcher};
use crate::faults::Faults;

/// A backend that fails on command; a failed operation changes nothing.
pub struct Scripted {
    inner: Arc<dyn Kv>,
    faults: Arc<Faults>,
}

impl Scripted {
    /// Puts `faults` in front of `inner`.
    pub fn new(inner: Arc<dyn Kv>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }

    async fn pass(&self) -> Result<&dyn Kv, Error> {
        self.faults.pass().await.map_err(|fault| Error::Unavailable(fault.to_string()))?;
        Ok(&*self.inner)
    }
}

#[async_trait]
impl Kv for Scripted {
    fn watch(&self, watcher: Arc<dyn Watcher>) -> Reports {
        self.inner.watch(watcher)
    }

    fn peek(&self, store: &str, key: &str) -> Peeked {
        if self.faults.healthy() { self.inner.peek(store, key) } else { Peeked::Unknown }
    }

    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        self.pass().await?.get(store, key).await
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        self.pass().await?.set(store, key, value, ttl).await
    }

    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error> {
        self.pass().await?.compare_and_swap(store, key, expected, value, ttl).await
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        self.pass().await?.delete(store, key).await
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        self.pass().await?.delete_many(store, keys).await
    }

    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        self.pass().await?.list_keys(store, prefix, after, limit).await
    }

    async fn trim(&self, bytes_max: u64) -> Result<u64, Error> {
        self.pass().await?.trim(bytes_max).await
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        self.pass().await?.purge_expired(limit).await
    }

    async fn probe(&self) -> Result<(), Error> {
        self.pass().await?.probe().await
    }
}
