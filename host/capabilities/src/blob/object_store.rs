//! Objects in whatever the `object_store` crate reaches: here, a local folder.
//!
//! In a folder, a key cannot be both an object and the folder of others, such as `a` and `a/b`;
//! and a segment of a key is at most 255 bytes long once it is encoded.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::{Error as StoreError, ObjectStoreExt, PutPayload};

use super::{Blob, Error, check_size, location};

/// Blob storage over an object store, with buckets as its top level.
pub struct ObjectStore(Arc<dyn object_store::ObjectStore>);

impl ObjectStore {
    /// Buckets in `store`.
    pub fn new(store: Arc<dyn object_store::ObjectStore>) -> Self {
        Self(store)
    }

    /// Buckets in the folder at `path`, which is made if it is missing.
    pub fn folder(path: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(path).map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self::new(Arc::new(LocalFileSystem::new_with_prefix(path)?)))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

#[async_trait]
impl Blob for ObjectStore {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<Bytes>, Error> {
        match self.0.get(&location::path(bucket, key)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn put(&self, bucket: &str, key: &str, value: Bytes) -> Result<(), Error> {
        check_size(&value)?;
        self.0.put(&location::path(bucket, key), PutPayload::from_bytes(value)).await?;
        Ok(())
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error> {
        match self.0.delete(&location::path(bucket, key)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads every name in the folder that `prefix` leads to: encoded names do not sort as keys do.
    async fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        let mut names = self.0.list(Some(&location::folder(bucket, prefix)));
        let mut first = BTreeSet::new();
        while let Some(name) = poll_fn(|context| names.as_mut().poll_next(context)).await {
            let Some(key) = location::key(bucket, &name?.location) else { continue };
            if key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after) {
                first.insert(key);
            }
            if first.len() > limit as usize {
                first.pop_last();
            }
        }
        Ok(first.into_iter().collect())
    }
}
