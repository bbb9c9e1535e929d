//! A wrapper around any blob backend, with faults on command.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Blob, Error};
use crate::faults::Faults;

/// A backend that fails on command; a failed operation changes nothing.
pub struct Scripted {
    inner: Arc<dyn Blob>,
    faults: Arc<Faults>,
}

impl Scripted {
    /// Puts `faults` in front of `inner`.
    pub fn new(inner: Arc<dyn Blob>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }

    async fn pass(&self) -> Result<&dyn Blob, Error> {
        self.faults.pass().await.map_err(|fault| Error::Unavailable(fault.to_string()))?;
        Ok(&*self.inner)
    }
}

#[async_trait]
impl Blob for Scripted {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<Bytes>, Error> {
        self.pass().await?.get(bucket, key).await
    }

    async fn put(&self, bucket: &str, key: &str, value: Bytes) -> Result<(), Error> {
        self.pass().await?.put(bucket, key, value).await
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error> {
        self.pass().await?.delete(bucket, key).await
    }

    async fn delete_many(&self, bucket: &str, keys: &[String]) -> Result<(), Error> {
        self.pass().await?.delete_many(bucket, keys).await
    }

    async fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        self.pass().await?.list_keys(bucket, prefix, after, limit).await
    }
}
