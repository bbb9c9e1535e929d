//! Keys that must not be lost are in one backend, and all others in another, which may lose them at any time.
//! [`model::Key::is_durable`] tells them apart.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use model::{Durability, Key};

use super::{Entry, Error, Kv, Peeked, Swap};

/// Two backends.
pub struct Routed {
    durable: Arc<dyn Kv>,
    volatile: Arc<dyn Kv>,
}

impl Routed {
    /// Keeps in `durable` what must not be lost.
    pub fn new(durable: Arc<dyn Kv>, volatile: Arc<dyn Kv>) -> Self {
        Self { durable, volatile }
    }

    fn of(&self, store: &str, key: &str) -> &dyn Kv {
        if Key::is_durable(store, key) { &*self.durable } else { &*self.volatile }
    }
}

#[async_trait]
impl Kv for Routed {
    fn peek(&self, store: &str, key: &str) -> Peeked {
        self.of(store, key).peek(store, key)
    }

    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        self.of(store, key).get(store, key).await
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        self.of(store, key).set(store, key, value, ttl).await
    }

    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error> {
        self.of(store, key).compare_and_swap(store, key, expected, value, ttl).await
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        self.of(store, key).delete(store, key).await
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        let (durable, volatile): (Vec<_>, Vec<_>) =
            keys.iter().cloned().partition(|key| Key::is_durable(store, key));
        let mut removed = 0;
        for (backend, keys) in [(&self.durable, durable), (&self.volatile, volatile)] {
            if !keys.is_empty() {
                removed += backend.delete_many(store, &keys).await?;
            }
        }
        Ok(removed)
    }

    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        match Key::durability_of(store, prefix) {
            Durability::Durable => self.durable.list_keys(store, prefix, after, limit).await,
            Durability::Volatile => self.volatile.list_keys(store, prefix, after, limit).await,
            Durability::Mixed => {
                let mut keys = self.durable.list_keys(store, prefix, after, limit).await?;
                keys.extend(self.volatile.list_keys(store, prefix, after, limit).await?);
                keys.sort_unstable();
                keys.truncate(limit as usize);
                Ok(keys)
            }
        }
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        let durable = self.durable.purge_expired(limit).await?;
        let left = limit.saturating_sub(u32::try_from(durable).unwrap_or(limit));
        let volatile = if left > 0 { self.volatile.purge_expired(left).await? } else { 0 };
        Ok(durable + volatile)
    }

    /// Deletes nothing that must not be lost.
    async fn trim(&self, bytes_max: u64) -> Result<u64, Error> {
        self.volatile.trim(bytes_max).await
    }

    async fn probe(&self) -> Result<(), Error> {
        self.durable.probe().await?;
        self.volatile.probe().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::kv::Memory;

    fn backends() -> (Arc<Memory>, Arc<Memory>, Routed) {
        let memory = || Arc::new(Memory::new(Arc::new(clock::Scripted::new(1_000_000))));
        let (durable, volatile) = (memory(), memory());
        (durable.clone(), volatile.clone(), Routed::new(durable, volatile))
    }

    /// A Redis that evicts must not reopen a shop, forget a redaction or do a webhook again.
    #[tokio::test]
    async fn keys_that_must_not_be_lost_are_in_the_durable_backend_alone() {
        let (durable, volatile, kv) = backends();
        for (store, key, is_durable) in [
            ("UI_CACHE", "catalog:shop", true),
            ("UI_CACHE", "forgotten:shop:abc", true),
            ("UI_CACHE", "ui:shop:abc", false),
            ("UI_CACHE", "shopify:shop:products", false),
            ("SHOPPER_SESSIONS", "session:shop:abc", false),
            ("GENERATION_QUEUE", "seen:shop:webhook", true),
            ("GENERATION_QUEUE", "audit:shop:000000000000001:x", true),
            ("GENERATION_QUEUE", "error:000000000000001:x", true),
        ] {
            let version = kv.set(store, key, "v".into(), None).await.unwrap();
            let swap = kv.compare_and_swap(store, key, Some(version), "w".into(), None).await;
            assert!(matches!(swap, Ok(Swap::Done(_))), "{key}");
            assert_eq!(kv.get(store, key).await.unwrap().unwrap().value, "w");
            assert_eq!(durable.get(store, key).await.unwrap().is_some(), is_durable, "{key}");
            assert_eq!(volatile.get(store, key).await.unwrap().is_some(), !is_durable, "{key}");
            assert_eq!(kv.delete(store, key).await, Ok(true));
        }
    }

    #[tokio::test]
    async fn a_list_that_spans_both_backends_is_in_order() {
        let (_, _, kv) = backends();
        let keys = ["catalog:a", "forgotten:a:b", "shopify:a:q", "ui:a:b", "ui:a:c"].map(str::to_owned);
        for key in &keys {
            kv.set("UI_CACHE", key, "v".into(), Some(Duration::from_secs(1))).await.unwrap();
        }
        let list = async |prefix, after, limit| kv.list_keys("UI_CACHE", prefix, after, limit).await.unwrap();
        assert_eq!(list("", None, 10).await, keys);
        assert_eq!(list("", None, 3).await, keys[..3]);
        assert_eq!(list("", Some("catalog:a"), 3).await, keys[1..4]);
        assert_eq!(list("ui:", None, 10).await, keys[3..]);
        assert_eq!(list("catalog:", None, 10).await, keys[..1]);
        assert_eq!(kv.delete_many("UI_CACHE", &keys).await, Ok(5));
        assert_eq!(list("", None, 10).await, [""; 0]);
    }
}
