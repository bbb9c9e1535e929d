//! Tests of what only this backend does, and of several hosts; the battery tests the rest.

use tokio::task::JoinSet;

use super::*;
use crate::clock;
use crate::kv::Tiered;
use crate::kv::battery::one_swap_wins;
use crate::postgres::server::Schema;

/// Returns key-value storage as another host opens it.
async fn host(schema: &Schema) -> Arc<Postgres> {
    let database = schema.database();
    database.start().await.unwrap();
    Arc::new(Postgres::new(database, Arc::new(clock::Scripted::new(1_000_000))))
}

#[tokio::test]
async fn of_hosts_that_swap_one_version_one_wins() {
    let Some(schema) = Schema::create().await else { return };
    let hosts = [host(&schema).await, host(&schema).await];
    one_swap_wins(hosts).await;
}

#[tokio::test]
async fn versions_rise_in_the_order_of_racing_writes() {
    let Some(schema) = Schema::create().await else { return };
    let kv = host(&schema).await;
    let mut writers = JoinSet::new();
    for writer in 0..40 {
        let kv = kv.clone();
        writers.spawn(async move { kv.set("S", "k", format!("{writer}").into(), None).await.unwrap() });
    }
    let versions = writers.join_all().await;
    let left = kv.get("S", "k").await.unwrap().unwrap();
    assert_eq!(Some(&left.version), versions.iter().max(), "the last write has the greatest version");
}

/// Without LISTEN, the memory of a host is outdated for as long as the trust lasts, and no longer.
#[tokio::test]
async fn another_hosts_write_is_seen_once_the_trust_has_passed() {
    const TRUST: Duration = Duration::from_secs(2);
    let Some(schema) = Schema::create().await else { return };
    let clock = Arc::new(clock::Scripted::new(1_000_000));
    let tier = async || Tiered::new(host(&schema).await, clock.clone(), 1 << 20, TRUST);
    let (here, there) = (tier().await, tier().await);
    let read = async |store| there.get(store, "k").await.unwrap().map(|entry| entry.value);
    let sessions = Store::ShopperSessions.name();
    for store in ["S", sessions] {
        here.set(store, "k", "old".into(), None).await.unwrap();
        assert_eq!(read(store).await.unwrap(), "old");
        here.set(store, "k", "new".into(), None).await.unwrap();
    }
    assert_eq!(read(sessions).await.unwrap(), "new", "sessions are always read from the database");
    clock.advance(TRUST);
    assert_eq!(read("S").await.unwrap(), "new");
}

#[tokio::test]
async fn of_too_many_bytes_the_oldest_pages_go_then_sessions() {
    let Some(schema) = Schema::create().await else { return };
    let kv = host(&schema).await;
    // Stored out of line and not compressed, as a page is, so the size is known.
    schema.execute("ALTER TABLE kv_entries ALTER value SET STORAGE EXTERNAL").await;
    let value = Bytes::from(vec![b'x'; 16 << 10]);
    for number in 0..100 {
        for store in ["SHOPPER_SESSIONS", "UI_CACHE", "GENERATION_QUEUE"] {
            kv.set(store, &format!("k{number:03}"), value.clone(), None).await.unwrap();
        }
    }
    for key in ["catalog:shop", "forgotten:shop:customer-1", "review:shop:home_explorer_-"] {
        kv.set("UI_CACHE", key, "closed".into(), None).await.unwrap();
    }
    let left = async |store| kv.list_keys(store, "k", None, 1_000).await.unwrap();
    assert_eq!(kv.trim(1 << 30).await, Ok(0));

    // All entries take about 4.7 MiB, and those of one store a third of it.
    let deleted = kv.trim(4 << 20).await.unwrap();
    assert!((30..60).contains(&deleted), "{deleted}");
    let pages = left("UI_CACHE").await;
    assert_eq!(pages.len() as u64, 100 - deleted);
    assert_eq!(pages.last().map(String::as_str), Some("k099"), "the newest stay");
    assert_eq!(left("SHOPPER_SESSIONS").await.len(), 100);
    assert_eq!(kv.trim(4 << 20).await, Ok(0), "it fits now, whatever the table takes on the disk");

    let deleted = kv.trim(1 << 20).await.unwrap();
    assert_eq!(deleted, 100 + pages.len() as u64);
    assert_eq!(left("GENERATION_QUEUE").await.len(), 100, "nothing else is deleted");
    let kept = kv.list_keys("UI_CACHE", "", None, 10).await.unwrap();
    assert_eq!(
        kept,
        ["catalog:shop", "forgotten:shop:customer-1", "review:shop:home_explorer_-"],
        "a closed shop stays closed"
    );
}

/// Finding one owner's keys does not read other owners' keys.
#[tokio::test]
async fn keys_are_found_by_their_index() {
    let Some(schema) = Schema::create().await else { return };
    host(&schema).await;
    let fill = "INSERT INTO kv_entries SELECT 'S', number::text::bytea, number, number, '' FROM generate_series(1, 5000) AS number";
    schema.execute(format!("{fill}; ANALYZE kv_entries")).await;
    for (statement, index) in [
        (sql::GET, "kv_entries_pkey"),
        (sql::DELETE, "kv_entries_pkey"),
        (sql::DELETE_MANY, "kv_entries_pkey"),
        (sql::LIST_KEYS, "kv_entries_pkey"),
        (sql::PURGE_EXPIRED, "kv_entries_by_expiry"),
        (sql::MEASURE, "kv_entries_by_version"),
        (sql::DELETE_BEFORE, "kv_entries_by_version"),
    ] {
        let plan = schema.plan(statement).await;
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{index}: {plan}");
        let keys = "Index Cond: ((store = $1) AND (key >= $2) AND (key < $3))";
        assert!(statement != sql::LIST_KEYS || plan.contains(keys), "{plan}");
    }
}
