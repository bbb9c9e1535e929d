//! Objects in a bucket of S3, or of a service with the same protocol, such as R2 and `MinIO`.
//!
//! The crate `object_store` signs requests, repeats them and reads lists; [`exchange`] sends them. No operation takes
//! longer than [`OPERATION`] for each thousand objects, and none lists a whole bucket.

mod exchange;
mod options;
mod retention;
#[cfg(test)]
pub mod server;
#[cfg(test)]
mod tests;

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::{BackoffConfig, RetryConfig};
use secrets::Secret;

use self::exchange::Exchange;
use super::location::{self, Place};
use super::{Blob, Bounded, Error, ObjectStore, Retention, write_probe};
use crate::kind::{Opened, Site};

pub use self::options::Options;

/// The time limit of an operation, repetitions included. It is shorter than a call of a component may take.
const OPERATION: Duration = Duration::from_secs(4);
/// How often a request is repeated that the service could not answer, and the pauses before.
const RETRIES: usize = 3;
const BACKOFF: BackoffConfig = BackoffConfig {
    init_backoff: Duration::from_millis(100),
    max_backoff: Duration::from_secs(1),
    base: 2.0,
};
/// A probe writes if the last write is older than this. Each costs as much as storing a page.
const PROVEN_FOR: Duration = Duration::from_secs(10);
/// The most bytes of an object's name:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const NAME_BYTES_MAX: usize = 1_024;
/// The most objects that are deleted with one request.
const DELETED_AT_ONCE: usize = 1_000;

/// A part of the key of the bucket is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`backends.blob` (kind `s3`): {0} is not set: set it to that part of an access key for the bucket")]
struct NoKey(&'static str);

/// Prepares the bucket. Sends nothing: a bucket that is absent or does not answer fails each operation.
pub(super) fn open(options: Options, site: &Site) -> Ready<Opened<dyn Blob>> {
    ready(match S3::new(options, site) {
        Ok(bucket) => Ok(Arc::new(Bounded::new(Arc::new(bucket)))),
        Err(error) => Err(error),
    })
}

/// Blob storage in a bucket. Our own buckets are folders in it.
struct S3 {
    store: Arc<dyn object_store::ObjectStore>,
    objects: ObjectStore,
    address: String,
    /// When the bucket was last written, unless an operation failed since.
    proven: Mutex<Option<Instant>>,
}

impl S3 {
    fn new(options: Options, site: &Site) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let part = |name| site.secrets.get(name).map(Secret::expose).ok_or(NoKey(name));
        let exchange = Exchange::new(&options)?;
        let store = AmazonS3Builder::new()
            .with_bucket_name(options.bucket)
            .with_region(options.region)
            // The address has the name of the bucket, in whichever style.
            .with_endpoint(&options.address)
            .with_virtual_hosted_style_request(true)
            .with_access_key_id(part("S3_ACCESS_KEY_ID")?)
            .with_secret_access_key(part("S3_SECRET_ACCESS_KEY")?)
            .with_retry(RetryConfig { max_retries: RETRIES, retry_timeout: OPERATION, backoff: BACKOFF })
            .with_http_connector(exchange)
            .build()?;
        let store: Arc<dyn object_store::ObjectStore> = Arc::new(store);
        let objects = ObjectStore::new(store.clone());
        Ok(Self { store, objects, address: options.address, proven: Mutex::default() })
    }

    /// Ends an operation that takes too long, and remembers that one failed.
    async fn within<T>(&self, operation: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let outcome = tokio::time::timeout(OPERATION, operation).await.unwrap_or_else(|_| {
            let told = format!("{} did not answer within {} s", self.address, OPERATION.as_secs());
            Err(Error::Unavailable(told))
        });
        if let Err(Error::Unavailable(_)) = outcome {
            self.prove(None);
        }
        outcome
    }

    fn prove(&self, at: Option<Instant>) {
        *self.proven.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn is_proven(&self) -> bool {
        let proven = *self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        proven.is_some_and(|at| at.elapsed() < PROVEN_FOR)
    }

    /// Deletes objects by their names, a thousand with each request.
    async fn delete_named(&self, names: Vec<object_store::path::Path>) -> Result<(), Error> {
        for names in names.chunks(DELETED_AT_ONCE) {
            self.within(self.objects.delete_named(names.to_vec())).await?;
        }
        Ok(())
    }

    async fn listed(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, Error> {
        let (Place::Owner(folder) | Place::Shelf(folder) | Place::Under(folder)) =
            location::place(bucket, prefix);
        let mut names = match after {
            None | Some("") => self.store.list(Some(&folder)),
            Some(after) => self.store.list_with_offset(Some(&folder), &location::path(bucket, after)),
        };
        let mut keys = Vec::new();
        while keys.len() < limit
            && let Some(name) = names.try_next().await?
        {
            keys.extend(location::key(bucket, &name.location).filter(|key| key.starts_with(prefix)));
        }
        Ok(keys)
    }
}

#[async_trait]
impl Blob for S3 {
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<Bytes>, Error> {
        check_name(bucket, key)?;
        self.within(self.objects.get(bucket, key)).await
    }

    async fn put(&self, bucket: &str, key: &str, value: Bytes) -> Result<(), Error> {
        check_name(bucket, key)?;
        self.within(self.objects.put(bucket, key, value)).await?;
        self.prove(Some(Instant::now()));
        Ok(())
    }

    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error> {
        check_name(bucket, key)?;
        self.within(self.objects.delete(bucket, key)).await
    }

    async fn delete_many(&self, bucket: &str, keys: &[String]) -> Result<(), Error> {
        keys.iter().try_for_each(|key| check_name(bucket, key))?;
        self.delete_named(keys.iter().map(|key| location::path(bucket, key)).collect()).await
    }

    /// Lists in the order of the names, with one request for each thousand objects.
    async fn list_keys(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        self.within(self.listed(bucket, prefix, after, limit as usize)).await
    }

    async fn trim(&self, retention: Retention, now_ms: u64) -> Result<u64, Error> {
        retention::trim(self, retention.unread, now_ms).await
    }

    /// Writes only if nothing else was written lately, or if an operation failed since.
    async fn probe(&self) -> Result<(), Error> {
        if self.is_proven() {
            return Ok(());
        }
        write_probe(self).await
    }
}

/// Refuses a key whose name would be too long for a bucket.
fn check_name(bucket: &str, key: &str) -> Result<(), Error> {
    let bytes = location::path(bucket, key).as_ref().len();
    if bytes <= NAME_BYTES_MAX {
        return Ok(());
    }
    Err(Error::Unavailable(format!("the object's name has {bytes} bytes; it may have {NAME_BYTES_MAX}")))
}
