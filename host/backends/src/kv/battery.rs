//! What every key-value backend must do.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{Entry, Error, Kv, Peeked, Routed, Scripted, Swap, Tiered, VALUE_BYTES_MAX, open};
use crate::battery::battery;
use crate::clock;
use crate::faults::Faults;
use crate::kind::{Selection, Site};
use crate::postgres::server::Schema;
use crate::redis::server::Space;

battery! {
    kinds: of_kind,
    backends: [tiered_over_memory, tiered_over_sqlite, tiered_over_postgres, tiered_over_redis, routed],
    cases: [
        an_absent_key_holds_nothing,
        a_written_value_can_be_read,
        a_later_write_replaces_value_and_expiry,
        stores_know_nothing_of_each_other,
        versions_grow_even_over_a_deletion,
        an_expired_key_holds_nothing,
        a_swap_needs_the_version_that_is_there,
        a_swap_sees_an_expired_key_as_absent,
        one_of_fifty_racers_for_an_absent_key_wins,
        one_of_fifty_racers_for_an_expired_key_wins,
        racers_who_try_again_lose_no_update,
        keys_are_listed_in_byte_order_and_in_pages,
        a_prefix_is_taken_literally,
        a_value_over_the_limit_is_refused,
        hostile_names_are_only_names,
        purging_deletes_only_expired_entries,
        many_keys_are_deleted_at_once_and_no_others,
        purging_starts_with_the_oldest_and_respects_the_limit,
        failures_pass_and_leave_nothing_behind,
    ]
}

pub(super) struct Stage {
    pub kv: Arc<dyn Kv>,
    pub clock: Arc<clock::Scripted>,
    _folder: TempDir,
    _schema: Option<Schema>,
    _space: Option<Space>,
}

impl Deref for Stage {
    type Target = dyn Kv;

    fn deref(&self) -> &Self::Target {
        &*self.kv
    }
}

/// Returns none if the kind needs a server that is missing.
async fn of_kind(kind: &str) -> Option<Stage> {
    let clock = Arc::new(clock::Scripted::new(1_000_000));
    let folder = tempfile::tempdir().unwrap();
    let schema = Schema::for_kind(kind).await?;
    let database = Schema::migrated_if_any(schema.as_ref()).await;
    let space = Space::for_kind(kind).await?;
    let redis = space.as_ref().map(Space::server);
    let site = Site { clock: clock.clone(), database, redis, ..Site::scripted(folder.path()) };
    let kv = open(&Selection::of(kind), &site).await.unwrap();
    Some(Stage { kv, clock, _folder: folder, _schema: schema, _space: space })
}

async fn tiered_over_memory() -> Option<Stage> {
    of_kind("memory").await.map(tier)
}

async fn tiered_over_sqlite() -> Option<Stage> {
    of_kind("sqlite").await.map(tier)
}

async fn tiered_over_postgres() -> Option<Stage> {
    of_kind("postgres").await.map(tier)
}

async fn tiered_over_redis() -> Option<Stage> {
    of_kind("redis").await.map(tier)
}

/// No store of the battery is one of the durable ones.
async fn routed() -> Option<Stage> {
    let below = of_kind("redis").await?;
    let durable = of_kind("memory").await?.kv;
    Some(Stage { kv: Arc::new(Routed::new(durable, below.kv.clone())), ..below })
}

fn tier(below: Stage) -> Stage {
    let kv = Tiered::new(below.kv.clone(), below.clock.clone(), 1 << 20, Duration::from_hours(1));
    Stage { kv: Arc::new(kv), ..below }
}

const SECOND: Duration = Duration::from_secs(1);

impl Stage {
    async fn write(&self, key: &str, value: &'static str) -> u64 {
        self.set("S", key, value.into(), None).await.unwrap()
    }

    async fn write_for(&self, key: &str, value: &'static str, ttl: Duration) -> u64 {
        self.set("S", key, value.into(), Some(ttl)).await.unwrap()
    }

    async fn read(&self, key: &str) -> Option<Bytes> {
        self.get("S", key).await.unwrap().map(|entry| entry.value)
    }

    async fn swap(&self, key: &str, expected: Option<u64>, value: &'static str) -> Swap {
        self.compare_and_swap("S", key, expected, value.into(), None).await.unwrap()
    }

    async fn list(&self, prefix: &str, after: Option<&str>, limit: u32) -> Vec<String> {
        self.list_keys("S", prefix, after, limit).await.unwrap()
    }
}

async fn an_absent_key_holds_nothing(kv: &Stage) {
    assert_eq!(kv.read("k").await, None);
    assert_eq!(kv.delete("S", "k").await, Ok(false));
    assert_eq!(kv.list("", None, 10).await, [""; 0]);
}

async fn a_written_value_can_be_read(kv: &Stage) {
    for value in [&b""[..], b"\0\xff", &vec![7; 100_000]] {
        let version = kv.set("S", "k", Bytes::copy_from_slice(value), None).await.unwrap();
        let expected = Entry { value: Bytes::copy_from_slice(value), version, expires_ms: None };
        assert_eq!(kv.get("S", "k").await, Ok(Some(expected.clone())));
        assert_eq!(kv.get("S", "k").await, Ok(Some(expected)), "read again");
    }
}

async fn a_later_write_replaces_value_and_expiry(kv: &Stage) {
    kv.write_for("k", "one", SECOND).await;
    kv.write("k", "two").await;
    kv.clock.advance(SECOND * 2);
    assert_eq!(kv.read("k").await.as_deref(), Some(&b"two"[..]));

    kv.write_for("k", "three", SECOND).await;
    kv.clock.advance(SECOND);
    assert_eq!(kv.read("k").await, None);
}

async fn stores_know_nothing_of_each_other(kv: &Stage) {
    kv.write("k", "v").await;
    assert_eq!(kv.get("T", "k").await, Ok(None));
    assert_eq!(kv.delete("T", "k").await, Ok(false));
    assert_eq!(kv.list_keys("T", "", None, 10).await, Ok(vec![]));
    assert!(kv.read("k").await.is_some());
}

async fn versions_grow_even_over_a_deletion(kv: &Stage) {
    let first = kv.write("k", "v").await;
    let second = kv.write("k", "v").await;
    assert_eq!(kv.delete("S", "k").await, Ok(true));
    assert_eq!(kv.read("k").await, None);
    let third = kv.write("k", "v").await;
    assert!(first < second && second < third, "{first} {second} {third}");
    assert_eq!(kv.swap("k", Some(second), "w").await, Swap::Lost, "a version never returns");
}

async fn an_expired_key_holds_nothing(kv: &Stage) {
    kv.write_for("k", "v", SECOND).await;
    kv.clock.advance(Duration::from_millis(999));
    assert!(kv.read("k").await.is_some());
    kv.clock.advance(Duration::from_millis(1));
    assert_eq!(kv.read("k").await, None);
    assert_eq!(kv.list("", None, 10).await, [""; 0]);
    assert_eq!(kv.delete("S", "k").await, Ok(false));
}

async fn a_swap_needs_the_version_that_is_there(kv: &Stage) {
    assert_eq!(kv.swap("k", Some(1), "v").await, Swap::Lost, "nothing there");
    let Swap::Done(first) = kv.swap("k", None, "one").await else { panic!("the key was absent") };
    assert_eq!(kv.swap("k", None, "two").await, Swap::Lost, "something there");
    assert_eq!(kv.swap("k", Some(first + 1), "two").await, Swap::Lost, "another version there");
    assert_eq!(kv.read("k").await.as_deref(), Some(&b"one"[..]));

    let Swap::Done(second) = kv.swap("k", Some(first), "two").await else { panic!("the version was right") };
    assert!(second > first);
    assert_eq!(
        kv.get("S", "k").await.unwrap().unwrap(),
        Entry { value: "two".into(), version: second, expires_ms: None }
    );
}

async fn a_swap_sees_an_expired_key_as_absent(kv: &Stage) {
    let expired = kv.write_for("k", "v", SECOND).await;
    kv.clock.advance(SECOND);
    assert_eq!(kv.swap("k", Some(expired), "w").await, Swap::Lost);
    assert!(matches!(kv.swap("k", None, "w").await, Swap::Done(version) if version > expired));
}

async fn one_of_fifty_racers_for_an_absent_key_wins(kv: &Stage) {
    assert_eq!(race(kv).await, 1);
}

async fn one_of_fifty_racers_for_an_expired_key_wins(kv: &Stage) {
    kv.write_for("k", "v", SECOND).await;
    kv.clock.advance(SECOND);
    assert_eq!(race(kv).await, 1);
}

/// Lets racers at two hosts swap the same version again and again: each time one of them wins, with a greater version.
pub(super) async fn one_swap_wins<K: Kv + 'static>(hosts: [Arc<K>; 2]) {
    let mut expected = None;
    for round in 0..20 {
        let mut racers = JoinSet::new();
        for racer in 0..8 {
            let kv = hosts[racer % 2].clone();
            let value = Bytes::from(format!("{round} {racer}"));
            racers.spawn(async move { kv.compare_and_swap("S", "k", expected, value, None).await.unwrap() });
        }
        let swaps = racers.join_all().await;
        let versions: Vec<_> = swaps
            .iter()
            .filter_map(|swap| match swap {
                Swap::Done(version) => Some(*version),
                Swap::Lost => None,
            })
            .collect();
        let [version] = versions[..] else { panic!("{versions:?}") };
        assert!(expected < Some(version));
        expected = Some(version);
    }
}

/// Returns how many of fifty racers that all expect the key to be absent win.
async fn race(stage: &Stage) -> usize {
    let mut racers = JoinSet::new();
    for racer in 0..50 {
        let kv = stage.kv.clone();
        racers.spawn(async move {
            kv.compare_and_swap("S", "k", None, format!("{racer}").into(), None).await.unwrap()
        });
    }
    racers.join_all().await.iter().filter(|swap| matches!(swap, Swap::Done(_))).count()
}

async fn racers_who_try_again_lose_no_update(stage: &Stage) {
    let mut racers = JoinSet::new();
    for _ in 0..10 {
        let kv = stage.kv.clone();
        racers.spawn(async move {
            for _ in 0..5 {
                while !increment(&*kv).await {}
            }
        });
    }
    racers.join_all().await;
    assert_eq!(stage.read("n").await.as_deref(), Some(&[50][..]));
}

async fn increment(kv: &dyn Kv) -> bool {
    let known = kv.get("S", "n").await.unwrap();
    let count = known.as_ref().map_or(0, |entry| entry.value[0]);
    let expected = known.map(|entry| entry.version);
    let swap = kv.compare_and_swap("S", "n", expected, vec![count + 1].into(), None).await.unwrap();
    matches!(swap, Swap::Done(_))
}

async fn keys_are_listed_in_byte_order_and_in_pages(kv: &Stage) {
    for key in ["p:b", "p:a", "p:", "p:é", "p:Z", "q", "p", "p:\u{10ffff}", "p:a\0"] {
        kv.write(key, "v").await;
    }
    let all = ["p:", "p:Z", "p:a", "p:a\0", "p:b", "p:é", "p:\u{10ffff}"];
    assert_eq!(kv.list("p:", None, 100).await, all);
    assert_eq!(kv.list("p:", None, 3).await, all[..3]);
    assert_eq!(kv.list("p:", Some("p:a"), 3).await, all[3..6]);
    assert_eq!(kv.list("p:", Some("a"), 1).await, all[..1], "after a key before the prefix");
    assert_eq!(kv.list("p:", Some("q"), 10).await, [""; 0], "after a key behind the prefix");
    assert_eq!(kv.list("", None, 100).await.len(), 9);
    assert_eq!(kv.list("", None, 0).await, [""; 0]);
}

async fn a_prefix_is_taken_literally(kv: &Stage) {
    for key in ["a%b", "a_b", "axb", "a*b", "A%b"] {
        kv.write(key, "v").await;
    }
    assert_eq!(kv.list("a%", None, 10).await, ["a%b"]);
    assert_eq!(kv.list("a_", None, 10).await, ["a_b"]);
    assert_eq!(kv.list("a*", None, 10).await, ["a*b"]);
}

async fn a_value_over_the_limit_is_refused(kv: &Stage) {
    let limit = usize::try_from(VALUE_BYTES_MAX).unwrap();
    kv.set("S", "k", vec![0; limit].into(), None).await.unwrap();
    let too_large = Bytes::from(vec![1; limit + 1]);
    assert_eq!(kv.set("S", "k", too_large.clone(), None).await, Err(Error::TooLarge(VALUE_BYTES_MAX)));
    assert_eq!(
        kv.compare_and_swap("S", "l", None, too_large, None).await,
        Err(Error::TooLarge(VALUE_BYTES_MAX))
    );
    assert_eq!(kv.read("k").await.map(|value| value[0]), Some(0));
}

async fn hostile_names_are_only_names(kv: &Stage) {
    let long = "k".repeat(10_000);
    let names = ["", "'; DROP TABLE entries; --", "a\0b", "a", "../../etc", long.as_str()];
    for name in names {
        kv.set(name, name, name.to_owned().into(), None).await.unwrap();
    }
    for name in names {
        assert_eq!(kv.get(name, name).await.unwrap().unwrap().value, name);
        assert_eq!(kv.list_keys(name, "", None, 10).await.unwrap(), [name]);
    }
}

async fn purging_deletes_only_expired_entries(kv: &Stage) {
    kv.write_for("short", "v", SECOND).await;
    kv.write_for("long", "v", SECOND * 3).await;
    kv.write("forever", "v").await;
    assert_eq!(kv.purge_expired(10).await, Ok(0));
    kv.clock.advance(SECOND);
    assert_eq!(kv.purge_expired(10).await, Ok(1));
    assert_eq!(kv.purge_expired(10).await, Ok(0));
    assert_eq!(kv.list("", None, 10).await, ["forever", "long"]);
}

async fn many_keys_are_deleted_at_once_and_no_others(kv: &Stage) {
    let keys: Vec<String> = (0..1_000).map(|number| format!("p:{number}'\"\\")).collect();
    for key in keys.iter().take(50) {
        kv.write(key, "v").await;
    }
    kv.write("p:other", "v").await;
    kv.set("T", &keys[0], "v".into(), None).await.unwrap();
    assert!(kv.read(&keys[0]).await.is_some(), "memory knows it");
    assert_eq!(kv.delete_many("S", &keys).await, Ok(50));
    assert_eq!(kv.delete_many("S", &keys).await, Ok(0));
    assert_eq!(kv.delete_many("S", &[]).await, Ok(0));
    assert_eq!(kv.read(&keys[0]).await, None);
    assert_eq!(kv.list("", None, 100).await, ["p:other"]);
    assert!(kv.get("T", &keys[0]).await.unwrap().is_some(), "in another store");
}

async fn purging_starts_with_the_oldest_and_respects_the_limit(kv: &Stage) {
    for (key, seconds) in [("third", 3), ("first", 1), ("second", 2)] {
        kv.write_for(key, "v", SECOND * seconds).await;
    }
    kv.clock.advance(SECOND * 3);
    assert_eq!(kv.purge_expired(2).await, Ok(2));
    // If the clock goes back, entries that were not purged are valid again.
    kv.clock.set(0);
    assert_eq!(kv.list("", None, 10).await, ["third"]);
    kv.clock.advance(SECOND * 3_000_000_000);
    assert_eq!(kv.purge_expired(2).await, Ok(1));
}

async fn failures_pass_and_leave_nothing_behind(stage: &Stage) {
    let faults = Arc::new(Faults::default());
    let kv = Scripted::new(stage.kv.clone(), faults.clone());
    stage.write("k", "before").await;

    faults.break_all();
    let down = Error::Unavailable("scripted failure".to_owned());
    assert_eq!(kv.peek("S", "k"), Peeked::Unknown);
    assert_eq!(kv.get("S", "k").await, Err(down.clone()));
    assert_eq!(kv.set("S", "k", "during".into(), None).await, Err(down.clone()));
    assert_eq!(kv.compare_and_swap("S", "l", None, "during".into(), None).await, Err(down.clone()));
    assert_eq!(kv.delete("S", "k").await, Err(down.clone()));
    assert_eq!(kv.delete_many("S", &["k".to_owned()]).await, Err(down.clone()));
    assert_eq!(kv.list_keys("S", "", None, 1).await, Err(down.clone()));
    assert_eq!(kv.purge_expired(1).await, Err(down.clone()));
    assert_eq!(kv.probe().await, Err(down));

    faults.restore();
    assert_eq!(kv.get("S", "k").await.unwrap().unwrap().value, "before");
    assert_eq!(kv.list_keys("S", "", None, 10).await.unwrap(), ["k"]);
}

/// An operation on a backend. Small numbers refer to the versions seen so far.
#[derive(Debug, Clone)]
enum Act {
    Set(u8, Option<u8>),
    Swap(u8, Option<usize>, Option<u8>),
    Get(u8),
    Delete(u8),
    List(Option<u8>, u8),
    Purge,
    Wait(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let (key, ttl) = (0..4_u8, proptest::option::of(1..4_u8));
    prop_oneof![
        (key.clone(), ttl.clone()).prop_map(|(key, ttl)| Act::Set(key, ttl)),
        (key.clone(), proptest::option::of(0..12_usize), ttl)
            .prop_map(|(key, version, ttl)| Act::Swap(key, version, ttl)),
        key.clone().prop_map(Act::Get),
        key.clone().prop_map(Act::Delete),
        (proptest::option::of(key), 0..5_u8).prop_map(|(after, limit)| Act::List(after, limit)),
        Just(Act::Purge),
        (1..3_u8).prop_map(Act::Wait),
    ]
}

/// A sequence of operations on one backend. Backends differ in their versions, but not in the order of them.
struct Story {
    stage: Stage,
    versions: Vec<u64>,
}

impl Story {
    /// Runs an operation, and returns its outcome as text.
    async fn play(&mut self, act: &Act) -> String {
        let name = |key: &u8| format!("k{key}");
        let time = |ttl: &Option<u8>| ttl.map(|ttl| SECOND * u32::from(ttl));
        let kv = &self.stage.kv;
        match act {
            Act::Set(key, ttl) => {
                let version = kv.set("S", &name(key), "v".into(), time(ttl)).await.unwrap();
                self.see(version)
            }
            Act::Swap(key, seen, ttl) => {
                let version = seen.map(|seen| self.versions.get(seen).copied().unwrap_or(u64::MAX >> 1));
                match kv.compare_and_swap("S", &name(key), version, "w".into(), time(ttl)).await.unwrap() {
                    Swap::Done(version) => self.see(version),
                    Swap::Lost => "lost".to_owned(),
                }
            }
            Act::Get(key) => match kv.get("S", &name(key)).await.unwrap() {
                Some(entry) => {
                    format!("{:?} {:?} {}", entry.value, entry.expires_ms, self.see(entry.version))
                }
                None => "nothing".to_owned(),
            },
            Act::Delete(key) => format!("{:?}", kv.delete("S", &name(key)).await),
            Act::List(after, limit) => {
                let after = after.as_ref().map(name);
                format!("{:?}", kv.list_keys("S", "k", after.as_deref(), (*limit).into()).await)
            }
            Act::Purge => format!("{:?}", kv.purge_expired(100).await),
            Act::Wait(seconds) => {
                self.stage.clock.advance(SECOND * u32::from(*seconds));
                String::new()
            }
        }
    }

    /// Returns the place of a version among those seen. A new one is greater than all before.
    fn see(&mut self, version: u64) -> String {
        let seen = self.versions.iter().position(|seen| *seen == version);
        let place = seen.unwrap_or_else(|| {
            assert!(self.versions.iter().all(|seen| *seen < version));
            self.versions.push(version);
            self.versions.len() - 1
        });
        format!("version {place}")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_backend_tells_the_same_story(acts in proptest::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stages = [
                of_kind("memory").await,
                of_kind("sqlite").await,
                tiered_over_sqlite().await,
                of_kind("postgres").await,
                of_kind("redis").await,
            ];
            let stages = stages.into_iter().flatten();
            let mut stories: Vec<_> = stages.map(|stage| Story { stage, versions: Vec::new() }).collect();
            for act in &acts {
                let mut told = Vec::new();
                for story in &mut stories {
                    told.push(story.play(act).await);
                }
                prop_assert!(told.iter().all(|other| *other == told[0]), "{:?}: {:?}", act, told);
            }
            Ok(())
        })?;
    }
}
