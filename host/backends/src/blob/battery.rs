//! What every blob backend must do.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::s3::server::{self, Server};
use super::{Blob, Bounded, Error, OBJECT_BYTES_MAX, ObjectStore, Scripted, open};
use crate::battery::battery;
use crate::faults::Faults;
use crate::kind::Selection;

battery! {
    kinds: of_kind,
    backends: [bounded_memory, unbounded_folder],
    cases: [
        an_absent_object_reads_as_none,
        a_put_object_can_be_read,
        buckets_know_nothing_of_each_other,
        a_deleted_object_is_gone,
        keys_are_listed_in_pages,
        many_objects_are_deleted_at_once_and_no_others,
        every_key_is_its_own,
        an_object_over_the_limit_is_refused,
        readers_never_see_a_part,
        failures_pass_and_leave_nothing_behind,
    ]
}

struct Stage {
    blob: Arc<dyn Blob>,
    _server: Option<Server>,
    _folder: TempDir,
}

impl Deref for Stage {
    type Target = dyn Blob;

    fn deref(&self) -> &Self::Target {
        &*self.blob
    }
}

async fn of_kind(kind: &str) -> Option<Stage> {
    let folder = tempfile::tempdir().unwrap();
    let server = if kind == "s3" { Some(Server::start(folder.path()).await) } else { None };
    let selection = server.as_ref().map_or(Selection::of(kind), |server| server.selection(server::BUCKET));
    let blob = open(&selection, &server::site(folder.path())).await.unwrap();
    Some(Stage { blob, _server: server, _folder: folder })
}

async fn unbounded_folder() -> Option<Stage> {
    let folder = tempfile::tempdir().unwrap();
    let blob = ObjectStore::folder(&folder.path().join("blobs")).unwrap();
    Some(Stage { blob: Arc::new(blob), _server: None, _folder: folder })
}

async fn bounded_memory() -> Option<Stage> {
    let memory = of_kind("memory").await?;
    Some(Stage { blob: Arc::new(Bounded::new(memory.blob)), ..memory })
}

async fn an_absent_object_reads_as_none(blob: &Stage) {
    assert_eq!(blob.get("B", "k").await, Ok(None));
    assert_eq!(blob.delete("B", "k").await, Ok(()));
    assert_eq!(blob.list_keys("B", "", None, 10).await, Ok(vec![]));
}

async fn a_put_object_can_be_read(blob: &Stage) {
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

async fn keys_are_listed_in_pages(blob: &Stage) {
    let mut all = ["g/s:#", "g/s:0", "g/s:a", "g/s:a.x/y", "g/s:a_b", "g/s:b", "g/s:~", "g/s:é"];
    all.sort_unstable();
    for key in all.into_iter().chain(["g/t:a", "h/s:a", "g/s", "g/ss:a"]) {
        blob.put("B", key, "v".into()).await.unwrap();
    }
    assert_eq!(listed(blob, "g/s:", 100).await, all);
    for limit in 1..10 {
        assert_eq!(listed(blob, "g/s:", limit).await, all, "{limit} at once");
    }
    assert_eq!(listed(blob, "g/s:a", 1).await, ["g/s:a", "g/s:a.x/y", "g/s:a_b"]);
    assert_eq!(listed(blob, "g/s:a.", 1).await, ["g/s:a.x/y"]);
    assert_eq!(listed(blob, "g/s:a_", 1).await, ["g/s:a_b"]);
    assert_eq!(listed(blob, "g/s:c", 1).await, [""; 0]);
    assert_eq!(listed(blob, "g/u:", 1).await, [""; 0]);
    assert_eq!(listed(blob, "g/", 5).await.len(), 11);
    assert_eq!(listed(blob, "", 5).await.len(), 12);
    assert_eq!(blob.list_keys("B", "g/s:", None, 0).await.unwrap(), [""; 0]);
    assert_eq!(blob.list_keys("B", "g/s:", Some(""), 100).await.unwrap().len(), all.len());
}

/// All keys under a prefix, asked for page by page, and sorted.
async fn listed(blob: &Stage, prefix: &str, limit: u32) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    loop {
        let page = blob.list_keys("B", prefix, keys.last().map(String::as_str), limit).await.unwrap();
        assert!(page.len() <= limit as usize, "{page:?}");
        if page.is_empty() {
            break;
        }
        keys.extend(page);
    }
    keys.sort_unstable();
    keys
}

async fn many_objects_are_deleted_at_once_and_no_others(blob: &Stage) {
    let keys: Vec<String> = (0..100).map(|number| format!("g/s:customer-{number}.html")).collect();
    for key in keys.iter().take(50).chain([&"g/s:other".to_owned(), &"g/t:customer-1.html".to_owned()]) {
        blob.put("B", key, "v".into()).await.unwrap();
    }
    blob.put("C", &keys[0], "v".into()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(blob.delete_many("B", &keys).await, Ok(()));
        assert_eq!(listed(blob, "", 100).await, ["g/s:other", "g/t:customer-1.html"]);
    }
    assert_eq!(blob.delete_many("B", &[]).await, Ok(()));
    assert!(blob.get("C", &keys[0]).await.unwrap().is_some(), "in another bucket");
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
    assert_eq!(blob.delete_many("B", &["k".to_owned()]).await, Err(down.clone()));
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
