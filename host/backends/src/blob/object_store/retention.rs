//! Deletes objects that are no longer read.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;

use futures_util::future::ready;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path as Location;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore};
use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};

use crate::blob::{Error, Retention, location};
use crate::clock::millis;

/// An object's time is set to the present when it is read, but no more than once in this time.
const MARKED_EVERY_S: i64 = 86_400;
/// How exactly the oldest objects are told apart.
const STEP_S: i64 = 60;

/// Returns whether to record a read of this object.
pub(super) fn is_mark_due(meta: &ObjectMeta, now_ms: u64) -> bool {
    seconds(now_ms).saturating_sub(meta.last_modified.timestamp()) >= MARKED_EVERY_S
}

/// Sets the time of the file at `path` to the present.
pub(super) fn mark(path: &Path) -> std::io::Result<()> {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    Ok(futimens(File::open(path)?, &Timestamps { last_access: now, last_modification: now })?)
}

/// Deletes of each owner what is too much, then what nobody read or wrote for too long, and then what nobody did for the
/// longest until no more than allowed is left. Reads the names of all objects three times and remembers little of them,
/// however many there are. Returns how many objects it deleted.
pub(super) async fn trim(store: &dyn ObjectStore, retention: Retention, now_ms: u64) -> Result<u64, Error> {
    let mut deleted = 0;
    for (owner, bytes) in bytes_of_owners(store).await? {
        if bytes > retention.bytes_per_owner_max {
            deleted += trim_folder(store, Some(&owner), retention.bytes_per_owner_max, i64::MIN).await?;
        }
    }
    let unread_s = seconds(millis(retention.unread));
    let not_before = seconds(now_ms).saturating_sub(unread_s) / STEP_S;
    Ok(deleted + trim_folder(store, None, retention.bytes_max, not_before).await?)
}

/// Returns how many bytes are in each owner's folder.
async fn bytes_of_owners(store: &dyn ObjectStore) -> Result<HashMap<Location, u64>, Error> {
    let mut bytes_of = HashMap::<Location, u64>::new();
    let mut listed = store.list(None);
    while let Some(meta) = listed.try_next().await? {
        if let Some(owner) = location::owner_folder_of(&meta.location) {
            *bytes_of.entry(owner).or_default() += meta.size;
        }
    }
    Ok(bytes_of)
}

/// Deletes from a folder what is older than the step `not_before`, and what is oldest until no more than `bytes_max` are
/// left.
async fn trim_folder(
    store: &dyn ObjectStore,
    folder: Option<&Location>,
    bytes_max: u64,
    not_before: i64,
) -> Result<u64, Error> {
    let mut bytes_at = BTreeMap::<i64, u64>::new();
    let mut listed = store.list(folder);
    while let Some(meta) = listed.try_next().await? {
        *bytes_at.entry(step(&meta)).or_default() += meta.size;
    }
    let kept_from = kept_from(&bytes_at, bytes_max).max(not_before);
    let old =
        store.list(folder).try_filter(move |meta| ready(step(meta) < kept_from)).map_ok(|meta| meta.location);
    let mut deleting = store.delete_stream(old.boxed());
    let mut deleted = 0;
    while let Some(outcome) = deleting.next().await {
        match outcome {
            Ok(_) => deleted += 1,
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(deleted)
}

fn seconds(ms: u64) -> i64 {
    i64::try_from(ms / 1_000).unwrap_or(i64::MAX)
}

fn step(meta: &ObjectMeta) -> i64 {
    meta.last_modified.timestamp() / STEP_S
}

/// Returns the first step from which all objects are kept.
fn kept_from(bytes_at: &BTreeMap<i64, u64>, bytes_max: u64) -> i64 {
    let mut bytes = 0_u64;
    for (step, more) in bytes_at.iter().rev() {
        bytes = bytes.saturating_add(*more);
        if bytes > bytes_max {
            return step + 1;
        }
    }
    i64::MIN
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::blob::{Blob as _, ObjectStore as Objects};

    const DAY_S: u64 = 86_400;
    const NOW_S: u64 = 1_700_000_000;

    /// Writes objects of 100 bytes that are so many days old.
    async fn written(folder: &Path, days: &[u64]) -> Objects {
        let objects = Objects::folder(folder).unwrap();
        for day in days {
            objects.put("UI_STORAGE", &key(*day), vec![0; 100].into()).await.unwrap();
            let path = folder.join(crate::blob::location::path("UI_STORAGE", &key(*day)).as_ref());
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW_S - day * DAY_S);
            File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        }
        objects
    }

    fn key(day: u64) -> String {
        format!("generated/magic-wands:shopper-{day}.html")
    }

    async fn left(objects: &Objects, days: &[u64]) -> Vec<u64> {
        let mut left = Vec::new();
        for day in days {
            if objects.get("UI_STORAGE", &key(*day)).await.unwrap().is_some() {
                left.push(*day);
            }
        }
        left
    }

    fn keeping(days: u64, bytes_max: u64) -> Retention {
        let unread = Duration::from_secs(days * DAY_S);
        Retention { unread, bytes_max, bytes_per_owner_max: u64::MAX }
    }

    #[tokio::test]
    async fn objects_that_nobody_reads_in_time_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let days = [0, 10, 29, 31, 400];
        let objects = written(folder.path(), &days).await;
        assert_eq!(objects.trim(keeping(30, u64::MAX), NOW_S * 1_000).await, Ok(2));
        assert_eq!(left(&objects, &days).await, [0, 10, 29]);
    }

    #[tokio::test]
    async fn of_too_many_bytes_the_oldest_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let days = [0, 1, 2, 3, 4];
        let objects = written(folder.path(), &days).await;
        assert_eq!(objects.trim(keeping(30, 350), NOW_S * 1_000).await, Ok(2));
        assert_eq!(left(&objects, &days).await, [0, 1, 2]);
        assert_eq!(objects.trim(keeping(30, 350), NOW_S * 1_000).await, Ok(0));
    }

    #[tokio::test]
    async fn an_owner_with_too_many_bytes_loses_its_own_oldest() {
        let folder = tempfile::tempdir().unwrap();
        let days = [0, 1, 2, 3, 4];
        let objects = written(folder.path(), &days).await;
        objects.put("UI_STORAGE", "generated/tea-house:a.html", vec![0; 100].into()).await.unwrap();
        let retention = Retention { bytes_per_owner_max: 250, ..keeping(30, u64::MAX) };
        assert_eq!(objects.trim(retention, NOW_S * 1_000).await, Ok(3));
        assert_eq!(left(&objects, &days).await, [0, 1]);
        assert!(objects.get("UI_STORAGE", "generated/tea-house:a.html").await.unwrap().is_some());
    }

    #[tokio::test]
    async fn an_object_that_was_read_counts_as_new() {
        let folder = tempfile::tempdir().unwrap();
        let days = [3, 4];
        let objects = written(folder.path(), &days).await;
        assert_eq!(left(&objects, &[4]).await, [4]);
        assert_eq!(objects.trim(keeping(30, 100), NOW_S * 1_000).await, Ok(1));
        assert_eq!(left(&objects, &days).await, [4]);
    }
}
