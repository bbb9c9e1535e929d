//! Tests of what only this backend does, and of several hosts; the battery tests the rest.

use ::redis::cmd;
use tokio::task::JoinSet;

use super::*;
use crate::clock;
use crate::kv::battery::one_swap_wins;
use crate::redis::server::Space;

/// Returns key-value storage as another host opens it.
fn host(space: &Space, clock: &Arc<clock::Scripted>) -> Arc<Redis> {
    Arc::new(Redis { server: space.server(), clock: clock.clone() })
}

fn clock() -> Arc<clock::Scripted> {
    Arc::new(clock::Scripted::new(1_000_000))
}

#[tokio::test]
async fn of_hosts_that_swap_one_version_one_wins() {
    let Some(space) = Space::create().await else { return };
    let clock = clock();
    let hosts = [host(&space, &clock), host(&space, &clock)];
    one_swap_wins(hosts).await;
}

/// A restart without a disk, or an eviction.
#[tokio::test]
async fn a_server_that_forgot_everything_hands_out_no_version_again() {
    let Some(space) = Space::create().await else { return };
    let kv = host(&space, &clock());
    let before = kv.set("S", "k", "old".into(), None).await.unwrap();
    for name in [VERSION.to_owned(), of_entry("S", "k"), index("S")] {
        kv.server.query::<()>(cmd("DEL").arg(kv.server.key(&name))).await.unwrap();
    }
    assert!(kv.set("S", "k", "new".into(), None).await.unwrap() > before);
    let swap = kv.compare_and_swap("S", "k", Some(before), "late".into(), None).await;
    assert_eq!(swap, Ok(Swap::Lost));
}

#[tokio::test]
async fn redis_deletes_a_value_by_itself_and_a_purge_its_places_in_the_indexes() {
    let Some(space) = Space::create().await else { return };
    let clock = clock();
    let kv = host(&space, &clock);
    kv.set("S", "forever", "v".into(), None).await.unwrap();
    kv.set("S", "k", "v".into(), Some(Duration::from_mins(1))).await.unwrap();
    let life_ms: i64 = kv.server.query(cmd("PTTL").arg(kv.entry("S", "k"))).await.unwrap();
    assert!((60_000..=120_000).contains(&life_ms), "{life_ms}");

    // As it does once that time has passed.
    kv.server.query::<()>(cmd("DEL").arg(kv.entry("S", "k"))).await.unwrap();
    clock.advance(Duration::from_mins(1));
    let places = async || -> (u64, u64) {
        let indexed = kv.server.query(cmd("ZCARD").arg(kv.server.key(&index("S")))).await.unwrap();
        (indexed, kv.server.query(cmd("ZCARD").arg(kv.server.key(EXPIRIES))).await.unwrap())
    };
    assert_eq!(places().await, (2, 1));
    assert_eq!(kv.list_keys("S", "", None, 10).await.unwrap(), ["forever"]);
    assert_eq!(kv.purge_expired(10).await, Ok(1));
    assert_eq!(places().await, (1, 0));
}

/// A script looks at some keys only, because all other calls wait for it.
#[tokio::test]
async fn a_list_goes_on_behind_many_keys_that_hold_nothing() {
    let Some(space) = Space::create().await else { return };
    let clock = clock();
    let kv = host(&space, &clock);
    let mut writers = JoinSet::new();
    for number in 0..u64::from(LOOKED_AT_ONCE) * 2 + 50 {
        let kv = kv.clone();
        let ttl = Some(Duration::from_secs(if number < u64::from(LOOKED_AT_ONCE) * 2 { 1 } else { 60 }));
        writers.spawn(async move { kv.set("S", &format!("{number:05}"), "v".into(), ttl).await.unwrap() });
    }
    writers.join_all().await;
    clock.advance(Duration::from_secs(1));
    let listed = kv.list_keys("S", "", None, 10).await.unwrap();
    assert_eq!(listed.first().map(String::as_str), Some("01000"));
    assert_eq!(listed.len(), 10);
    assert_eq!(kv.list_keys("S", "", None, 10_000).await.unwrap().len(), 50);
}

#[test]
fn a_prefix_that_is_not_plain_is_refused() {
    let read = |prefix: &str| {
        let options = serde_json::Map::from_iter([("prefix".to_owned(), prefix.into())]);
        super::prefix(&Selection { options, ..Selection::of("redis") })
    };
    assert_eq!(read("shop_A-1"), Ok("shop_A-1".to_owned()));
    assert_eq!(super::prefix(&Selection::of("redis")), Ok("wandstore".to_owned()));
    for wrong in ["", "a:b", "a b", "é"] {
        let told = read(wrong).expect_err("it is not plain").to_string();
        assert!(told.contains("letters, digits"), "{told}");
    }
}
