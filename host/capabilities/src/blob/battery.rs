//! What every blob backend must do.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{Blob, Error, Memory, OBJECT_BYTES_MAX, ObjectStore, Scripted};
use crate::battery::battery;
use crate::faults::Faults;

battery! {
    backends: [memory, folder],
    cases: [
        an_absent_object_is_none,
        what_is_put_is_got,
        buckets_know_nothing_of_each_other,
        a_deleted_object_is_gone,
        keys_are_listed_in_byte_order_and_in_pages,
        every_key_is_its_own,
        an_object_over_the_limit_is_refused,
        readers_never_see_a_part,
        failures_pass_and_leave_nothing_behind,
    ]
}

struct Stage {
    blob: Arc<dyn Blob>,
    _folder: Option<TempDir>,
}

impl Deref for Stage {
    type Target = dyn Blob;

    fn deref(&self) -> &Self::Target {
        &*self.blob
    }
}

async fn memory() -> Stage {
    Stage { blob: Arc::new(Memory::default()), _folder: None }
}

async fn folder() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let blob = ObjectStore::folder(&folder.path().join("blobs")).unwrap();
    Stage { blob: Arc::new(blob), _folder: Some(folder) }
}

async fn an_absent_object_is_none(blob: &Stage) {
    assert_eq!(blob.get("B", "k").await, Ok(None));
    assert_eq!(blob.delete("B", "k").await, Ok(()));
    assert_eq!(blob.list_keys("B", "", None, 10).await, Ok(vec![]));
}

async fn what_is_put_is_got(blob: &Stage) {
    for value in [&b"one"[..], b"", b"\0\xff", &vec![7; 1_000_000]] {
        blob.put("B", "generated/magic-wands:abc.html", Bytes::copy_from_slice(value)).await.unwrap();
        let got = blob.get("B", "generated/magic-wands:abc.html").await.unwrap();
        assert_eq!(got.as_deref(), Some(value));
    }
}

async fn buckets_know_nothing_of_each_other(blob: &Stage) {
    blob.put("B", "k", "b".into()).await.unwrap();
    blob.put("BB", "k", "bb".into()).await.unwrap();
    assert_eq!(blob.get("B", "k").await.unwrap().unwrap(), "b");
    assert_eq!(blob.list_keys("B", "", None, 10).await.unwrap(), ["k"]);
    blob.delete("B", "k").await.unwrap();
    assert_eq!(blob.get("BB", "k").await.unwrap().unwrap(), "bb");
}

async fn a_deleted_object_is_gone(blob: &Stage) {
    blob.put("B", "a/k", "v".into()).await.unwrap();
    blob.delete("B", "a/k").await.unwrap();
    assert_eq!(blob.get("B", "a/k").await, Ok(None));
    assert_eq!(blob.list_keys("B", "", None, 10).await, Ok(vec![]));
}

/// In byte order, `~` comes before `é`, and `#` before `0`; encoded, they would not.
async fn keys_are_listed_in_byte_order_and_in_pages(blob: &Stage) {
    for key in ["g/s:b", "g/s:a", "g/s:#", "g/s:~", "g/s:é", "g/s:0", "g/t:a", "h/s:a", "g/s:a.x/y"] {
        blob.put("B", key, "v".into()).await.unwrap();
    }
    let all = ["g/s:#", "g/s:0", "g/s:a", "g/s:a.x/y", "g/s:b", "g/s:~", "g/s:é"];
    let list = async |after, limit| blob.list_keys("B", "g/s:", after, limit).await.unwrap();
    assert_eq!(list(None, 100).await, all);
    assert_eq!(list(None, 3).await, all[..3]);
    assert_eq!(list(Some("g/s:a"), 3).await, all[3..6]);
    assert_eq!(list(Some("a"), 1).await, all[..1]);
    assert_eq!(list(Some("z"), 10).await, [""; 0]);
    assert_eq!(list(None, 0).await, [""; 0]);
    assert_eq!(blob.list_keys("B", "", None, 100).await.unwrap().len(), 9);
    assert_eq!(blob.list_keys("B", "g/", None, 100).await.unwrap().len(), 8);
}

async fn every_key_is_its_own(blob: &Stage) {
    let keys = [
        "..", ".", "x/../k", "x//k", "x/k", "y/", "k", "", "%", "%2e%2e", "%2E%2E", "\\k", "K%6B", "k\n",
        "a#1", "~", "é",
    ];
    for key in keys {
        blob.put("B", key, key.into()).await.unwrap();
    }
    for key in keys {
        assert_eq!(blob.get("B", key).await.unwrap().as_deref(), Some(key.as_bytes()), "{key:?}");
    }
    assert_eq!(blob.list_keys("B", "", None, 100).await.unwrap().len(), keys.len());
    assert_eq!(blob.get("..", "k").await, Ok(None));
}

async fn an_object_over_the_limit_is_refused(blob: &Stage) {
    let limit = usize::try_from(OBJECT_BYTES_MAX).unwrap();
    blob.put("B", "k", vec![0; limit].into()).await.unwrap();
    let refused = blob.put("B", "k", vec![1; limit + 1].into()).await;
    assert_eq!(refused, Err(Error::TooLarge(OBJECT_BYTES_MAX)));
    assert_eq!(blob.get("B", "k").await.unwrap().unwrap().len(), limit);
}

async fn readers_never_see_a_part(stage: &Stage) {
    let page = |byte| Bytes::from(vec![byte; 200_000]);
    stage.put("B", "k", page(0)).await.unwrap();
    let mut writers = JoinSet::new();
    for byte in 1..5 {
        let blob = stage.blob.clone();
        writers.spawn(async move {
            for _ in 0..5 {
                blob.put("B", "k", page(byte)).await.unwrap();
            }
        });
    }
    while !writers.is_empty() {
        let seen = stage.get("B", "k").await.unwrap().unwrap();
        assert!(seen.len() == 200_000 && seen.iter().all(|byte| *byte == seen[0]));
        writers.try_join_next().transpose().unwrap();
    }
}

async fn failures_pass_and_leave_nothing_behind(stage: &Stage) {
    let faults = Arc::new(Faults::default());
    let blob = Scripted::new(stage.blob.clone(), faults.clone());
    stage.put("B", "k", "before".into()).await.unwrap();

    faults.break_all();
    let down = Error::Unavailable("scripted failure".to_owned());
    assert_eq!(blob.get("B", "k").await, Err(down.clone()));
    assert_eq!(blob.put("B", "k", "during".into()).await, Err(down.clone()));
    assert_eq!(blob.delete("B", "k").await, Err(down.clone()));
    assert_eq!(blob.list_keys("B", "", None, 1).await, Err(down));

    faults.restore();
    assert_eq!(blob.get("B", "k").await.unwrap().unwrap(), "before");
}

#[tokio::test]
async fn nothing_is_written_outside_the_folder() {
    let outer = tempfile::tempdir().unwrap();
    let blob = ObjectStore::folder(&outer.path().join("blobs")).unwrap();
    for name in
        ["../outside", "../../outside", "/outside", "a/../../../outside", "..\\outside", "..%2foutside"]
    {
        blob.put("B", name, "v".into()).await.unwrap();
    }
    for name in ["..", ".", "../outside", "/outside", "..\\outside", ""] {
        blob.put(name, "outside", "v".into()).await.unwrap();
    }
    let names: Vec<PathBuf> =
        std::fs::read_dir(outer.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names, [outer.path().join("blobs")]);
}

#[tokio::test]
async fn a_reopened_folder_still_holds_its_objects() {
    let outer = tempfile::tempdir().unwrap();
    ObjectStore::folder(outer.path()).unwrap().put("B", "g/k", "v".into()).await.unwrap();
    assert!(outer.path().join("B/g/k").is_file());
    let reopened = ObjectStore::folder(outer.path()).unwrap();
    assert_eq!(reopened.get("B", "g/k").await.unwrap().unwrap(), "v");
}
