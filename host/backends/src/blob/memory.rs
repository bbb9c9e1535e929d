//! Objects in this process's memory, for tests and development.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Blob, Error, check_size};
use crate::kind::{Opened, Site};

pub(super) use crate::kind::NoOptions as Options;

/// Creates empty storage.
pub(super) fn open(_: Options, _: &Site) -> Ready<Opened<dyn Blob>> {
    let memory: Arc<dyn Blob> = Arc::new(Memory::default());
    ready(Ok(memory))
}

/// Blob storage in memory.
#[derive(Debug, Default)]
pub struct Memory(Mutex<BTreeMap<(String, String), Bytes>>);

impl Memory {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<(String, String), Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Blob for Memory {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<Bytes>, Error> {
        Ok(self.objects().get(&(bucket.to_owned(), key.to_owned())).cloned())
    }

    async fn put(&self, bucket: &str, key: &str, value: Bytes) -> Result<(), Error> {
        check_size(&value)?;
        self.objects().insert((bucket.to_owned(), key.to_owned()), value);
        Ok(())
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error> {
        self.objects().remove(&(bucket.to_owned(), key.to_owned()));
        Ok(())
    }

    async fn delete_many(&self, bucket: &str, keys: &[String]) -> Result<(), Error> {
        let mut objects = self.objects();
        for key in keys {
            objects.remove(&(bucket.to_owned(), key.clone()));
        }
        Ok(())
    }

    async fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        let objects = self.objects();
        let keys = objects.keys().filter(|(of, _)| of == bucket).map(|(_, key)| key);
        let wanted =
            keys.filter(|key| key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after));
        Ok(wanted.take(limit as usize).cloned().collect())
    }
}
