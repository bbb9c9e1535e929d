//! Deletes pages and plans that were not written for too long. Whatever else is in the bucket may be somebody else's.
//!
//! A bucket does not record when an object was read. It need not: a page that is read is made again once it is no
//! longer fresh, and is thereby written, so the last write is about as old as the last read. There is no limit of
//! bytes, because it would take a list of the whole bucket each time.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use model::Bucket;
use object_store::path::Path;

use super::S3;
use crate::blob::{Blob as _, Error};
use crate::clock::millis;

/// The most objects that one call looks at: ten requests. The next call continues, in any process.
const LOOKED_AT: usize = 10_000;
/// The object with the name of the last object that was looked at. Empty when all were.
const PROGRESS: (&str, &str) = ("RETENTION", "progress");

/// Looks at the next objects, and deletes those that were not written for as long as `unread`. Returns how many.
pub(super) async fn trim(bucket: &S3, unread: Duration, now_ms: u64) -> Result<u64, Error> {
    trim_some(bucket, unread, now_ms, LOOKED_AT).await
}

pub(super) async fn trim_some(
    bucket: &S3,
    unread: Duration,
    now_ms: u64,
    looked_at: usize,
) -> Result<u64, Error> {
    let written_before = i64::try_from(now_ms.saturating_sub(millis(unread))).unwrap_or(i64::MAX);
    let pages = Path::from(Bucket::UiStorage.name());
    let mut names = match progress(bucket).await? {
        None => bucket.store.list(Some(&pages)),
        Some(after) => bucket.store.list_with_offset(Some(&pages), &after),
    };
    let (mut old, mut last) = (Vec::new(), None);
    for _ in 0..looked_at {
        last = bucket.within(async { Ok(names.try_next().await?) }).await?;
        let Some(found) = &last else { break };
        if found.last_modified.timestamp_millis() < written_before {
            old.push(found.location.clone());
        }
    }
    let count = old.len() as u64;
    bucket.delete_named(old).await?;
    let reached = last.map(|last| last.location.as_ref().to_owned()).unwrap_or_default();
    bucket.put(PROGRESS.0, PROGRESS.1, reached.into()).await?;
    Ok(count)
}

/// Returns the last object that an earlier call looked at, or `None` to start at the first.
async fn progress(bucket: &S3) -> Result<Option<Path>, Error> {
    let reached = bucket.get(PROGRESS.0, PROGRESS.1).await?.unwrap_or_default();
    let name = std::str::from_utf8(&reached).ok().filter(|name| !name.is_empty());
    Ok(name.and_then(|name| Path::parse(name).ok()))
}
