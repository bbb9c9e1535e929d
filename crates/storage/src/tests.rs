//! Tests the adapter over a real `SQLite` database, as a platform would supply it.

use std::cell::RefCell;

use model::Range;
use model::jobs::{ClaimResult, Claimed, Completion, Enqueued, NewJob, QueueStats, State};
use model::limits::Counter;
use proptest::prelude::*;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{Row as _, TypeInfo, ValueRef};
use tokio::runtime::Runtime;

use crate::blob::Blob;
use crate::database::{Database, Row, Sql, StatementFailed, Value};
use crate::jobs::Jobs;
use crate::kv::{Kv, Moment};
use crate::limits::Counters;
use crate::s3::{self, InvalidBucket, S3};
use crate::{Failure, within};

const NOW_MS: u64 = 1_700_000_000_000;

/// A database in memory, and the runtime that waits for it.
struct Sqlite {
    runtime: Runtime,
    pool: SqlitePool,
}

impl Sqlite {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let options = SqlitePoolOptions::new().max_connections(1);
        let pool = runtime.block_on(options.connect_with(SqliteConnectOptions::new().in_memory(true)));
        Self { runtime, pool: pool.unwrap() }
    }
}

impl Sql for &Sqlite {
    fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, StatementFailed> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()));
        for parameter in parameters.iter().cloned() {
            query = match parameter {
                Value::Null => query.bind(None::<i64>),
                Value::Integer(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Blob(bytes) => query.bind(bytes),
            };
        }
        let rows = self
            .runtime
            .block_on(query.fetch_all(&self.pool))
            .map_err(|error| StatementFailed(error.to_string()))?;
        Ok(rows
            .iter()
            .map(|row| Row::new((0..row.columns().len()).map(|at| column(row, at)).collect()))
            .collect())
    }
}

fn column(row: &sqlx::sqlite::SqliteRow, at: usize) -> Value {
    let raw = row.try_get_raw(at).unwrap();
    if raw.is_null() {
        return Value::Null;
    }
    match raw.type_info().name() {
        "TEXT" => Value::Text(row.get(at)),
        "BLOB" => Value::Blob(row.get(at)),
        _ => Value::Integer(row.get_unchecked(at)),
    }
}

fn at(now_ms: u64) -> Moment {
    Moment { now_ms, random: 1 }
}

fn job(key: &str, queues: &[&str], depth_max: u32) -> NewJob {
    NewJob {
        queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
        queue_depth_max: depth_max,
        key: key.into(),
        payload: b"order".to_vec(),
        now_ms: NOW_MS,
    }
}

fn claimed(jobs: &Jobs<'_, &Sqlite>, now_ms: u64) -> Claimed {
    match jobs.claim(now_ms, 1_000, None).unwrap() {
        ClaimResult::Job(claimed) => claimed,
        ClaimResult::Idle(due_ms) => panic!("nothing to do before {due_ms:?}"),
    }
}

#[test]
fn tables_are_made_once_and_two_may_make_them_at_once() {
    let sqlite = Sqlite::open();
    for _ in 0..2 {
        let database = Database::new(&sqlite);
        assert_eq!(Kv(&database).get("S", "k", NOW_MS), Ok(None));
    }
    let names = sqlite_names(&sqlite);
    assert_eq!(
        names,
        ["blob/0001", "jobs/0001", "jobs/0002", "jobs/0003", "jobs/0004", "kv/0001", "limits/0001"]
    );
    // A migration that another instance left half done is finished.
    (&sqlite).execute("DELETE FROM wandstore_migrations WHERE name LIKE 'jobs/%'", &[]).unwrap();
    (&sqlite).execute("DROP INDEX jobs_by_key", &[]).unwrap();
    Jobs(&Database::new(&sqlite)).latest("k").unwrap();
    assert_eq!(sqlite_names(&sqlite), names);
}

fn sqlite_names(sqlite: &Sqlite) -> Vec<String> {
    let rows = { sqlite }.execute("SELECT name FROM wandstore_migrations ORDER BY name", &[]).unwrap();
    rows.into_iter().map(|mut row| row.text().unwrap()).collect()
}

#[test]
fn one_of_two_racers_for_an_absent_key_wins() {
    let sqlite = Sqlite::open();
    let (first, second) = (Database::new(&sqlite), Database::new(&sqlite));
    let swap = |database| Kv(database).compare_and_swap("S", "k", None, b"v", None, at(NOW_MS)).unwrap();
    assert!(swap(&first).is_some());
    assert_eq!(swap(&second), None);
}

#[test]
fn an_expired_key_counts_as_absent() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let kv = Kv(&database);
    let before = kv.set("S", "k", b"old", Some(1), at(NOW_MS)).unwrap();
    assert!(kv.get("S", "k", NOW_MS + 999).unwrap().is_some());
    assert_eq!(kv.get("S", "k", NOW_MS + 1_000), Ok(None));
    let after = kv.compare_and_swap("S", "k", None, b"new", None, at(NOW_MS + 1_000)).unwrap();
    assert!(after.is_some_and(|after| after > before), "no version returns");
    assert_eq!(kv.delete("S", "k", NOW_MS + 2_000), Ok(true));
    assert_eq!(kv.delete("S", "k", NOW_MS + 2_000), Ok(false));
}

#[test]
fn expired_entries_are_purged_by_chance() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let kv = Kv(&database);
    kv.set("S", "old", b"v", Some(1), at(NOW_MS)).unwrap();
    let unlucky = Moment { now_ms: NOW_MS + 5_000, random: 64 };
    kv.set("S", "new", b"v", None, unlucky).unwrap();
    let rows = (&sqlite).execute("SELECT key FROM entries", &[]).unwrap();
    assert_eq!(rows.len(), 1);
}

#[test]
fn a_job_is_enqueued_once_per_key_and_to_the_next_queue_when_one_is_full() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let jobs = Jobs(&database);
    let Ok(Enqueued::Accepted(id)) = jobs.enqueue(&job("a", &["pool-0", "pool-1"], 1), 1) else { panic!() };
    assert_eq!(jobs.enqueue(&job("a", &["pool-1"], 1), 2), Ok(Enqueued::Live(id)));
    assert!(matches!(jobs.enqueue(&job("b", &["pool-0", "pool-1"], 1), 3), Ok(Enqueued::Accepted(_))));
    assert_eq!(jobs.enqueue(&job("c", &["pool-0", "pool-1"], 1), 4), Ok(Enqueued::Full));
    for queue in ["pool-0", "pool-1"] {
        let expected = QueueStats { queued: 1, oldest_ms: Some(NOW_MS), ..QueueStats::default() };
        assert_eq!(jobs.stats(queue), Ok(expected));
    }
}

#[test]
fn a_clock_set_back_delays_no_job() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let jobs = Jobs(&database);
    jobs.enqueue(&job("a", &["pool-0"], 1), 1).unwrap();
    let first = claimed(&jobs, NOW_MS);
    let back_ms = NOW_MS - 3_600_000;
    assert_eq!(
        jobs.claim(back_ms, 1_000, None),
        Ok(ClaimResult::Idle(Some(back_ms + 1_000))),
        "its lease is new"
    );
    assert_eq!(claimed(&jobs, back_ms + 1_000).id, first.id);
}

#[test]
fn an_expired_lease_is_claimed_again_and_the_late_worker_completes_nothing() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let jobs = Jobs(&database);
    jobs.enqueue(&job("a", &["pool-0"], 1), 1).unwrap();
    let first = claimed(&jobs, NOW_MS);
    assert_eq!(jobs.claim(NOW_MS + 999, 1_000, None), Ok(ClaimResult::Idle(Some(NOW_MS + 1_000))));
    let second = claimed(&jobs, NOW_MS + 1_000);
    assert_eq!((second.attempt, second.crashes, second.payload.as_slice()), (1, 1, b"order".as_slice()));
    let done = Completion::Done(None);
    assert_eq!(jobs.complete(&first.id, first.token, NOW_MS, done.clone()), Ok(false));
    assert_eq!(jobs.extend_lease(&first.id, first.token, NOW_MS, 1), Ok(false));
    assert_eq!(jobs.leased(&first.id, first.token), Ok(None));
    assert_eq!(jobs.complete(&second.id, second.token, NOW_MS, done.clone()), Ok(true));
    let status = jobs.latest("a").unwrap().unwrap();
    assert_eq!((status.state, status.attempt), (State::Done, 1));
    let kept = (&sqlite).execute("SELECT payload FROM jobs", &[]).unwrap().pop();
    assert_eq!(kept.unwrap().bytes().unwrap(), b"", "a done job keeps no payload");
}

#[test]
fn a_claim_respects_the_limit_of_leases_and_an_expired_one_does_not_count() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let jobs = Jobs(&database);
    for (key, random) in [("a", 1), ("b", 2), ("c", 3)] {
        jobs.enqueue(&job(key, &["pool-0"], 9), random).unwrap();
    }
    for _ in 0..2 {
        assert!(matches!(jobs.claim(NOW_MS, 1_000, Some(2)), Ok(ClaimResult::Job(_))));
    }
    assert_eq!(jobs.claim(NOW_MS, 1_000, Some(2)), Ok(ClaimResult::Idle(Some(NOW_MS))));
    assert!(matches!(jobs.claim(NOW_MS + 1_000, 1_000, Some(2)), Ok(ClaimResult::Job(_))));
    assert!(matches!(jobs.claim(NOW_MS + 1_000, 1_000, None), Ok(ClaimResult::Job(_))));
}

#[test]
fn a_job_that_is_retried_waits_and_a_dead_one_is_kept() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let jobs = Jobs(&database);
    jobs.enqueue(&job("a", &["pool-0"], 1), 1).unwrap();
    let first = claimed(&jobs, NOW_MS);
    let retry = Completion::Retry { at_ms: NOW_MS + 50, reason: "busy".into() };
    assert_eq!(jobs.complete(&first.id, first.token, NOW_MS, retry.clone()), Ok(true));
    assert_eq!(jobs.complete(&first.id, first.token, NOW_MS, retry.clone()), Ok(true), "it is repeated");
    assert_eq!(jobs.complete(&first.id, first.token, NOW_MS, Completion::Done(None)), Ok(false));
    assert_eq!(jobs.claim(NOW_MS + 49, 1_000, None), Ok(ClaimResult::Idle(Some(NOW_MS + 50))));
    let second = claimed(&jobs, NOW_MS + 50);
    jobs.complete(&second.id, second.token, NOW_MS + 50, Completion::Postponed(NOW_MS + 60)).unwrap();
    assert_eq!(jobs.claim(NOW_MS + 59, 1_000, None), Ok(ClaimResult::Idle(Some(NOW_MS + 60))));
    let third = claimed(&jobs, NOW_MS + 60);
    assert_eq!((second.attempt, third.attempt), (2, 2), "to be postponed is no attempt");
    jobs.complete(&third.id, third.token, NOW_MS, Completion::Dead("no use".into())).unwrap();
    assert_eq!(jobs.stats("pool-0"), Ok(QueueStats { dead: 1, ..QueueStats::default() }));
}

#[test]
fn jobs_are_deleted_by_key_or_by_prefix() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let jobs = Jobs(&database);
    for (random, key) in [(1, "a:c-1"), (2, "a:c-12"), (3, "a:c-1_DE-DE"), (4, "a.evil:c-1")] {
        jobs.enqueue(&job(key, &["pool-0"], 9), random).unwrap();
    }
    let leased = claimed(&jobs, NOW_MS);
    assert_eq!(jobs.delete(&Range::Exactly("a:c-1".into()), 9), Ok(1));
    assert_eq!(jobs.complete(&leased.id, leased.token, NOW_MS, Completion::Done(None)), Ok(false));
    assert!(jobs.latest("a:c-12").unwrap().is_some());
    assert_eq!(jobs.delete(&Range::StartingWith("a:".into()), 1), Ok(1));
    assert_eq!(jobs.delete(&Range::StartingWith("a:".into()), 9), Ok(1));
    assert_eq!(jobs.delete(&Range::StartingWith("a:".into()), 9), Ok(0));
    assert!(jobs.latest("a.evil:c-1").unwrap().is_some());
}

#[test]
fn too_large_values_are_refused_with_the_limit() {
    assert_eq!(within(&[0; 3], 2), Err(Failure::TooLarge(2)));
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let large = vec![0; (1 << 20) + 1];
    assert_eq!(Kv(&database).set("S", "k", &large, None, at(NOW_MS)), Err(Failure::TooLarge(1 << 20)));
    let heavy = NewJob { payload: vec![0; (64 << 10) + 1], ..job("a", &["pool-0"], 1) };
    assert_eq!(Jobs(&database).enqueue(&heavy, 1), Err(Failure::TooLarge(64 << 10)));
}

#[test]
fn a_database_that_fails_is_unavailable() {
    struct Broken;
    impl Sql for Broken {
        fn execute(&self, _: &str, _: &[Value]) -> Result<Vec<Row>, StatementFailed> {
            Err(StatementFailed("disk I/O error".into()))
        }
    }
    let database = Database::new(Broken);
    assert_eq!(Blob(&database).get("B", "k"), Err(Failure::Unavailable("disk I/O error".into())));
}

proptest! {
    #[test]
    fn keys_are_listed_in_byte_order_from_where_one_left_off(
        mut keys in proptest::collection::btree_set("[a-c\u{e9}]{1,3}", 0..8),
        prefix in "[ab]{0,1}",
        limit in 1u32..4,
    ) {
        let sqlite = Sqlite::open();
        let database = Database::new(&sqlite);
        for key in &keys {
            Kv(&database).set("S", key, b"v", None, at(NOW_MS)).unwrap();
            Blob(&database).put("B", key, b"v").unwrap();
        }
        keys.retain(|key| key.starts_with(&prefix));
        let (mut from_kv, mut from_blob) = (Vec::new(), Vec::new());
        loop {
            let after = from_kv.last().map(String::as_str);
            let page = Kv(&database).list_keys("S", &prefix, after, limit, NOW_MS).unwrap();
            from_blob.extend(Blob(&database).list_keys("B", &prefix, after, limit).unwrap());
            if page.is_empty() { break }
            from_kv.extend(page);
        }
        let expected: Vec<_> = keys.into_iter().collect();
        prop_assert_eq!(&from_kv, &expected);
        prop_assert_eq!(&from_blob, &expected);
    }
}

fn bucket() -> S3 {
    let variable = |name: &str| {
        Some(match name {
            "S3_ENDPOINT" => "http://127.0.0.1:9000".to_owned(),
            "S3_ACCESS_KEY_ID" => "AKIDEXAMPLE".to_owned(),
            "S3_SECRET_ACCESS_KEY" => "hush".to_owned(),
            "S3_BUCKET_PREFIX" => "wands-".to_owned(),
            _ => return None,
        })
    };
    S3::configured(variable).unwrap().unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// Answers every request with this status and content, and records the requests.
struct Told(u16, &'static [u8], RefCell<Vec<s3::Request>>);

impl s3::Send for Told {
    fn send(&self, request: s3::Request) -> Result<(u16, Vec<u8>), Failure> {
        self.2.borrow_mut().push(request);
        Ok((self.0, self.1.to_vec()))
    }
}

fn told(status: u16, body: &'static [u8]) -> Told {
    Told(status, body, RefCell::default())
}

#[test]
fn an_object_in_a_bucket_has_a_signed_address_that_holds_no_secret() {
    let told = told(200, b"page");
    let got = bucket().get(&told, "UI_STORAGE", "generated/magic-wands:abc.html", NOW_MS);
    assert_eq!(got, Ok(Some(b"page".to_vec())));
    let asked = told.2.borrow();
    let [s3::Request { method: "GET", url, .. }] = &asked[..] else { panic!("{asked:?}") };
    let start = "http://127.0.0.1:9000/wands-ui-storage/generated/magic-wands%3Aabc.html?X-Amz-Algorithm";
    assert!(url.starts_with(start), "{url}");
    assert!(url.contains("X-Amz-Date=20231114T221320Z") && !url.contains("hush"), "{url}");
}

#[test]
fn a_bucket_that_refuses_is_unavailable_and_an_absent_object_is_none() {
    let get = |status| bucket().get(&told(status, b""), "UI_STORAGE", "k", NOW_MS);
    assert_eq!(get(404), Ok(None));
    assert!(matches!(get(403), Err(Failure::Unavailable(_))));
    let put = |status| bucket().put(&told(status, b""), "UI_STORAGE", "k", b"v", NOW_MS);
    assert_eq!(put(200), Ok(()));
    assert!(put(500).is_err());
    assert_eq!(bucket().delete(&told(204, b""), "UI_STORAGE", "k", NOW_MS), Ok(()));
}

#[test]
fn a_bucket_is_listed_and_a_list_that_cannot_be_read_is_a_failure() {
    const LIST: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Name>b</Name><Prefix>generated/</Prefix><KeyCount>1</KeyCount><MaxKeys>5</MaxKeys>
        <IsTruncated>false</IsTruncated>
        <Contents><Key>generated/a.html</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>
        <ETag>"e"</ETag><Size>4</Size><StorageClass>STANDARD</StorageClass></Contents>
        </ListBucketResult>"#;
    let list = |body| bucket().list_keys(&told(200, body), "UI_STORAGE", "generated/", None, 5, NOW_MS);
    assert_eq!(list(LIST), Ok(vec!["generated/a.html".to_owned()]));
    assert!(matches!(list(b"<html>"), Err(Failure::Unavailable(_))));
}

#[test]
fn a_thousand_objects_are_deleted_by_one_request_and_a_refusal_is_an_error() {
    const DELETED: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
        <DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></DeleteResult>"#;
    const DENIED: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
        <DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Error><Key>generated/a:1.html</Key><Code>AccessDenied</Code><Message>hush</Message></Error>
        </DeleteResult>"#;
    let keys: Vec<String> = (0..1_001).map(|number| format!("generated/a:{number}&.html")).collect();
    let sent = told(200, DELETED);
    assert_eq!(bucket().delete_many(&sent, "UI_STORAGE", &keys, NOW_MS), Ok(()));
    let asked = sent.2.borrow();
    let [first, second] = &asked[..] else { panic!("{} requests", asked.len()) };
    assert!(
        first.method == "POST" && first.url.starts_with("http://127.0.0.1:9000/wands-ui-storage/?"),
        "{first:?}"
    );
    assert_eq!(first.headers[0].0, "content-md5", "S3 requires it");
    let body = String::from_utf8_lossy(&first.body);
    assert!(body.contains("<Key>generated/a:0&amp;.html</Key>"), "{body}");
    assert!(String::from_utf8_lossy(&second.body).contains("generated/a:1000&amp;.html"));

    let deleted = |status, body| bucket().delete_many(&told(status, body), "UI_STORAGE", &keys[..1], NOW_MS);
    assert_eq!(
        deleted(200, DENIED),
        Err(Failure::Unavailable("the bucket refused a deletion: AccessDenied".into()))
    );
    assert!(deleted(200, b"<html>").is_err() && deleted(403, b"").is_err());
    assert_eq!(bucket().delete_many(&told(500, b""), "UI_STORAGE", &[], NOW_MS), Ok(()));
}

#[test]
fn many_keys_and_objects_are_deleted_at_once_and_no_others() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let keys: Vec<String> = (0..50).map(|number| format!("s:{number}'\"")).collect();
    for key in keys.iter().chain([&"other".to_owned()]) {
        Kv(&database).set("S", key, b"v", None, at(NOW_MS)).unwrap();
        Blob(&database).put("B", key, b"v").unwrap();
    }
    assert_eq!(Kv(&database).delete_many("S", &keys), Ok(50));
    assert_eq!(Kv(&database).delete_many("S", &keys), Ok(0));
    assert_eq!(Blob(&database).delete_many("B", &keys), Ok(()));
    assert_eq!(Kv(&database).list_keys("S", "", None, 10, NOW_MS), Ok(vec!["other".to_owned()]));
    assert_eq!(Blob(&database).list_keys("B", "", None, 10), Ok(vec!["other".to_owned()]));
}

#[test]
fn a_bucket_that_is_half_configured_says_what_is_missing() {
    assert!(S3::configured(|_| None).is_none());
    let half = |name: &str| (name == "S3_ENDPOINT").then(|| "http://127.0.0.1:9000".to_owned());
    assert_eq!(S3::configured(half).unwrap().err(), Some(InvalidBucket::Missing("S3_ACCESS_KEY_ID")));
    assert!(S3::configured(|_| Some("ftp://x".into())).unwrap().is_err());
}

fn counter(key: &str, burst: u32) -> Counter {
    Counter { key: key.into(), interval_ms: 1_000, burst }
}

#[test]
fn counters_are_used_up_and_grow_again() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let take = |now_ms| Counters(&database).take(&[counter("client:1", 3)], now_ms).unwrap();
    let taken = |now_ms| (0..10).filter(|_| take(now_ms)).count();
    assert_eq!(taken(NOW_MS), 3);
    assert_eq!(taken(NOW_MS + 999), 0);
    assert_eq!(taken(NOW_MS + 1_000), 1);
    assert_eq!(taken(NOW_MS + 3_000), 2);
    assert_eq!(taken(NOW_MS + 3_600_000), 3, "it is full again, and no more than full");
}

#[test]
fn a_request_that_one_counter_refuses_is_taken_from_no_other() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let both = [counter("client:1", 1), counter("shop:1", 3)];
    assert_eq!((0..10).filter(|_| Counters(&database).take(&both, NOW_MS).unwrap()).count(), 1);
    let shop = [counter("shop:1", 3)];
    assert_eq!((0..10).filter(|_| Counters(&database).take(&shop, NOW_MS).unwrap()).count(), 2);
    assert!(Counters(&database).take(&[], NOW_MS).unwrap());
}

#[test]
fn a_clock_that_was_set_back_closes_no_counter() {
    let sqlite = Sqlite::open();
    let database = Database::new(&sqlite);
    let taken = |now_ms| {
        (0..10).filter(|_| Counters(&database).take(&[counter("client:1", 3)], now_ms).unwrap()).count()
    };
    assert_eq!(taken(NOW_MS), 3);
    assert_eq!(taken(NOW_MS - 86_400_000), 3);
    assert_eq!(taken(NOW_MS - 86_400_000), 0);
}
