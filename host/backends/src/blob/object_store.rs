//! Objects in any store that the `object_store` crate supports: a local folder, or a bucket (`s3.rs`).
//!
//! In a folder, one key cannot be a parent folder of another, as with `a` and `a/b`,
//! and an encoded segment of a key is at most 255 bytes long.

mod flat;
mod retention;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::client::HttpError;
use object_store::local::LocalFileSystem;
use object_store::{Error as StoreError, ObjectMeta, ObjectStoreExt, PutPayload, path};

use super::location::{self, Place};
use super::{Blob, Error, Retention, check_size};
use crate::clock::{self, Clock as _};

/// Blob storage over an object store, with buckets as its top-level folders.
pub struct ObjectStore {
    store: Arc<dyn object_store::ObjectStore>,
    /// The folder, if the store is one.
    folder: Option<Arc<LocalFileSystem>>,
}

impl ObjectStore {
    /// Keeps buckets in `store`.
    pub fn new(store: Arc<dyn object_store::ObjectStore>) -> Self {
        Self { store, folder: None }
    }

    /// Keeps buckets in the folder at `path`, which is created if it is missing. Moves objects of earlier versions
    /// to their current paths.
    pub fn folder(path: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(path).map_err(|error| Error::Unavailable(error.to_string()))?;
        match flat::move_to_owners(path) {
            Ok(0) => {}
            Ok(objects) => tracing::info!(objects, "moved objects into one folder per shop"),
            Err(error) => {
                tracing::warn!(%error, "cannot move objects of an earlier version; they count as absent");
            }
        }
        let folder = Arc::new(LocalFileSystem::new_with_prefix(path)?.with_automatic_cleanup(true));
        Ok(Self { store: folder.clone(), folder: Some(folder) })
    }

    /// Records that an object was read, so that it is kept. A failure costs no more than an earlier deletion.
    async fn note_read(&self, meta: &ObjectMeta) {
        let Some(folder) = &self.folder else { return };
        if retention::is_mark_due(meta, clock::System.now_ms())
            && let Ok(path) = folder.path_to_filesystem(&meta.location)
        {
            let _ = tokio::task::spawn_blocking(move || retention::mark(&path)).await;
        }
    }

    /// Removes objects by their paths.
    pub(super) async fn delete_named(&self, paths: Vec<path::Path>) -> Result<(), Error> {
        let paths = stream::iter(paths.into_iter().map(Ok)).boxed();
        let mut deleted = self.store.delete_stream(paths);
        while let Some(deleted) = deleted.next().await {
            match deleted {
                Ok(_) | Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Returns the keys in a folder that start with `prefix` and sort after `after`, in byte order.
    async fn keys_in(
        &self,
        bucket: &str,
        folder: &path::Path,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<BTreeSet<String>, Error> {
        let is_meant = |key: &str| key.starts_with(prefix) && after.is_none_or(|after| key > after);
        let mut names = self.store.list(Some(folder));
        let mut keys = BTreeSet::new();
        while let Some(name) = names.try_next().await? {
            keys.extend(location::key(bucket, &name.location).filter(|key| is_meant(key)));
        }
        Ok(keys)
    }

    /// Returns the same keys from an owner's folder, shelf by shelf, each in byte order. Stops after the shelf with
    /// which there are `enough`.
    async fn keys_of_owner(
        &self,
        bucket: &str,
        owner: &path::Path,
        prefix: &str,
        after: Option<&str>,
        enough: usize,
    ) -> Result<Vec<String>, Error> {
        let begun = after.map(|after| (location::shelf_of(bucket, after), after));
        let shelves: BTreeSet<_> =
            self.store.list_with_delimiter(Some(owner)).await?.common_prefixes.into_iter().collect();
        let mut keys = Vec::new();
        for shelf in shelves {
            let after = match &begun {
                Some((begun, _)) if *begun > shelf => continue,
                Some((begun, after)) if *begun == shelf => Some(*after),
                _ => None,
            };
            keys.extend(self.keys_in(bucket, &shelf, prefix, after).await?);
            if keys.len() >= enough {
                break;
            }
        }
        Ok(keys)
    }
}

impl From<StoreError> for Error {
    /// Takes the reason of a failed exchange as it is. The errors around it only repeat the request.
    fn from(error: StoreError) -> Self {
        let mut cause = error.source();
        while let Some(found) = cause {
            if let Some(reason) = found.downcast_ref::<HttpError>().and_then(HttpError::source) {
                return Self::Unavailable(reason.to_string());
            }
            cause = found.source();
        }
        Self::Unavailable(error.to_string())
    }
}

#[async_trait]
impl Blob for ObjectStore {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<Bytes>, Error> {
        match self.store.get(&location::path(bucket, key)).await {
            Ok(found) => {
                self.note_read(&found.meta).await;
                Ok(Some(found.bytes().await?))
            }
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn put(&self, bucket: &str, key: &str, value: Bytes) -> Result<(), Error> {
        check_size(&value)?;
        self.store.put(&location::path(bucket, key), PutPayload::from_bytes(value)).await?;
        Ok(())
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error> {
        match self.store.delete(&location::path(bucket, key)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn delete_many(&self, bucket: &str, keys: &[String]) -> Result<(), Error> {
        self.delete_named(keys.iter().map(|key| location::path(bucket, key)).collect()).await
    }

    /// Reads one shelf for a shopper's prefix, and as many shelves as `limit` needs for an owner's. Only a prefix
    /// without an owner reads everything.
    async fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        let limit = limit as usize;
        let mut keys = match location::place(bucket, prefix) {
            Place::Owner(owner) => self.keys_of_owner(bucket, &owner, prefix, after, limit).await?,
            Place::Shelf(folder) | Place::Under(folder) => {
                self.keys_in(bucket, &folder, prefix, after).await?.into_iter().collect()
            }
        };
        keys.truncate(limit);
        Ok(keys)
    }

    async fn trim(&self, retention: Retention, now_ms: u64) -> Result<u64, Error> {
        retention::trim(&*self.store, retention, now_ms).await
    }
}
