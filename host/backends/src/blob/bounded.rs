//! A limit on the concurrent operations of a blob backend, for a backend whose operations may hang.
//!
//! A file-system operation cannot be cancelled and occupies a thread until it ends; the number of threads is limited.
//! So each operation runs in its own task, which holds its permit until the operation ends, even if the caller has
//! stopped waiting.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Semaphore;

use super::{Blob, Error, Retention};

/// The maximum number of concurrent operations; further ones wait until one ends.
const OPERATIONS_MAX: usize = 64;

/// A backend with a limit on its concurrent operations.
pub struct Bounded {
    inner: Arc<dyn Blob>,
    places: Arc<Semaphore>,
}

impl Bounded {
    /// Limits the operations of `inner`.
    pub fn new(inner: Arc<dyn Blob>) -> Self {
        Self { inner, places: Arc::new(Semaphore::new(OPERATIONS_MAX)) }
    }

    /// Runs an operation to its end, even if the caller stops waiting.
    async fn operate<T: Send + 'static, F>(
        &self,
        operation: impl FnOnce(Arc<dyn Blob>) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|closed| Error::Unavailable(closed.to_string()))?;
        let operation = operation(self.inner.clone());
        let task = tokio::spawn(async move {
            let outcome = operation.await;
            drop(place);
            outcome
        });
        task.await.unwrap_or_else(|failed| Err(Error::Unavailable(failed.to_string())))
    }
}

#[async_trait]
impl Blob for Bounded {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<Bytes>, Error> {
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.operate(|inner| async move { inner.get(&bucket, &key).await }).await
    }

    async fn put(&self, bucket: &str, key: &str, value: Bytes) -> Result<(), Error> {
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.operate(|inner| async move { inner.put(&bucket, &key, value).await }).await
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error> {
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.operate(|inner| async move { inner.delete(&bucket, &key).await }).await
    }

    async fn delete_many(&self, bucket: &str, keys: &[String]) -> Result<(), Error> {
        let (bucket, keys) = (bucket.to_owned(), keys.to_owned());
        self.operate(|inner| async move { inner.delete_many(&bucket, &keys).await }).await
    }

    async fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        let (bucket, prefix, after) = (bucket.to_owned(), prefix.to_owned(), after.map(str::to_owned));
        self.operate(|inner| async move { inner.list_keys(&bucket, &prefix, after.as_deref(), limit).await })
            .await
    }

    async fn trim(&self, retention: Retention, now_ms: u64) -> Result<u64, Error> {
        self.operate(move |inner| async move { inner.trim(retention, now_ms).await }).await
    }

    async fn probe(&self) -> Result<(), Error> {
        self.operate(|inner| async move { inner.probe().await }).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::blob::{Memory, Scripted};
    use crate::faults::Faults;

    #[tokio::test]
    async fn a_hung_operation_keeps_its_permit_and_permits_limit_new_ones() {
        let faults = Arc::new(Faults::default());
        let scripted = Scripted::new(Arc::new(Memory::default()), faults.clone());
        let blob = Bounded::new(Arc::new(scripted));
        faults.delay(Duration::from_mins(10));
        for _ in 0..OPERATIONS_MAX + 10 {
            let given_up = tokio::time::timeout(Duration::from_millis(1), blob.get("B", "k")).await;
            assert!(given_up.is_err());
        }
        assert_eq!(blob.places.available_permits(), 0);
    }
}
