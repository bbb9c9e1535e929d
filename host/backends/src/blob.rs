//! Long-term storage: named buckets of objects, written and read whole.

#[cfg(test)]
mod battery;
mod bounded;
mod folder;
mod location;
mod memory;
mod object_store;
mod s3;
mod scripted;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::kind::kinds;

kinds!("blob", dyn Blob: [folder, memory, s3]);

pub use self::object_store::ObjectStore;
pub use bounded::Bounded;
pub use folder::FOLDER;
pub use memory::Memory;
pub use scripted::Scripted;
pub use sql::blob::OBJECT_BYTES_MAX;

/// The bucket of probes.
const PROBE_BUCKET: &str = "PROBES";

/// Why an operation was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The object is over this limit, in bytes: write less.
    #[error("the object is over the limit of {0} bytes")]
    TooLarge(u64),
    /// The backend did not answer: go on without, or try later.
    #[error("blob storage is unavailable: {0}")]
    Unavailable(String),
}

/// How long unread objects are kept, and how many bytes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long an object is kept after it was last read or written.
    pub unread: Duration,
    /// The most bytes of all objects.
    pub bytes_max: u64,
    /// The most bytes of one owner's objects. The owner is the part of a key before its first `:`.
    pub bytes_per_owner_max: u64,
}

/// A blob backend.
#[async_trait]
pub trait Blob: Send + Sync {
    /// Returns the object at `key`.
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<Bytes>, Error>;

    /// Writes the object at `key` whole, replacing the old one. A reader sees the old object or
    /// the new one, never a part.
    async fn put(&self, bucket: &str, key: &str, value: Bytes) -> Result<(), Error>;

    /// Removes the object at `key`. Succeeds even if there is none.
    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error>;

    /// Removes many objects, in as few steps as the backend can. Succeeds even if there are none. Objects removed
    /// before an error stay removed.
    async fn delete_many(&self, bucket: &str, keys: &[String]) -> Result<(), Error>;

    /// Returns at most `limit` keys that start with `prefix` and come after `after`. Each backend has its own order,
    /// which is stable for a prefix. `after` is a key that was listed before, or empty.
    async fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error>;

    /// Deletes objects that nobody read or wrote for too long, and then those that nobody did for the longest until no
    /// more than allowed is left. Returns how many. A backend without a retention of its own deletes
    /// none, and one that does not see reads goes by writes.
    async fn trim(&self, _retention: Retention, _now_ms: u64) -> Result<u64, Error> {
        Ok(0)
    }

    /// Writes an object to a bucket that no component uses, to check that the backend can write. Called about
    /// once a second; a backend whose writes cost money may go by those that it just carried out.
    async fn probe(&self) -> Result<(), Error> {
        write_probe(self).await
    }
}

/// Writes the object by which a backend shows that it can write.
async fn write_probe(blob: &(impl Blob + ?Sized)) -> Result<(), Error> {
    blob.put(PROBE_BUCKET, "probe", Bytes::from_static(&[0])).await
}

/// Writes, lists, reads and deletes an object of its own, to find out whether the backend allows all of it.
pub async fn try_out(blob: &dyn Blob) -> Result<(), Error> {
    const KEY: &str = "check";
    blob.put(PROBE_BUCKET, KEY, Bytes::from_static(&[0])).await?;
    blob.list_keys(PROBE_BUCKET, KEY, None, 1).await?;
    blob.get(PROBE_BUCKET, KEY).await?;
    blob.delete(PROBE_BUCKET, KEY).await?;
    blob.delete_many(PROBE_BUCKET, &[KEY.to_owned()]).await
}

fn check_size(value: &Bytes) -> Result<(), Error> {
    let size = value.len() as u64;
    if size > OBJECT_BYTES_MAX { Err(Error::TooLarge(OBJECT_BYTES_MAX)) } else { Ok(()) }
}
