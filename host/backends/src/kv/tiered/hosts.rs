//! Tests of the memories of two hosts over one real server. Trust lasts an hour, so what one host sees of the other is
//! reported.

use std::time::Instant;

use super::*;
use crate::kind::{Selection, Site};
use crate::kv::open;
use crate::postgres::server::{Schema, database};
use crate::redis::server::Space;
use crate::wire::Wire;

/// The goal. On a busy machine, one of several attempts has to reach it.
const SOON: Duration = Duration::from_secs(1);
/// Far more than all time limits together, and less than the trust.
const LONG: Duration = Duration::from_mins(1);

/// Two hosts. The second one reaches the server through a wire.
struct Hosts {
    here: Tiered,
    there: Tiered,
    wire: Wire,
    _space: Option<Space>,
    schema: Option<Schema>,
}

impl Hosts {
    /// Returns none if there is no server.
    async fn over_redis() -> Option<Self> {
        let space = Space::create().await?;
        let (wire, url) = Wire::to(&space.url, 6379).await;
        let host = async |server| {
            let folder = tempfile::tempdir().unwrap();
            tier("redis", Site { redis: Some(server), ..Site::scripted(folder.path()) }).await
        };
        let (here, there) = (host(space.server()).await, host(space.server_at(&url)).await);
        Some(Self { here, there, wire, _space: Some(space), schema: None })
    }

    async fn over_postgres() -> Option<Self> {
        let schema = Schema::create().await?;
        let (wire, url) = Wire::to(&schema.url(), 5432).await;
        let host = async |url| {
            let folder = tempfile::tempdir().unwrap();
            let database = Arc::new(database(&url));
            database.start().await.unwrap();
            tier("postgres", Site { database: Some(database), ..Site::scripted(folder.path()) }).await
        };
        let (here, there) = (host(schema.url()).await, host(url).await);
        Some(Self { here, there, wire, _space: None, schema: Some(schema) })
    }

    async fn all() -> Vec<Self> {
        [Self::over_redis().await, Self::over_postgres().await].into_iter().flatten().collect()
    }

    /// Has the other host hold the key in memory, as it is.
    async fn remember(&self, key: &str) {
        let began = Instant::now();
        while self.there.peek("S", key) == Peeked::Unknown {
            assert!(began.elapsed() < LONG, "memory is never trusted");
            let _ = self.there.get("S", key).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn write(&self, key: &str, value: &'static str) {
        self.here.set("S", key, value.into(), None).await.unwrap();
    }

    /// Waits until the other host sees `value`, and returns how long that took.
    async fn seen(&self, key: &str, value: Option<&'static str>) -> Duration {
        let began = Instant::now();
        while self.there.get("S", key).await.unwrap().map(|entry| entry.value) != value.map(Bytes::from) {
            assert!(began.elapsed() < LONG, "it is never seen");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        began.elapsed()
    }
}

async fn tier(kind: &str, site: Site) -> Tiered {
    let below = open(&Selection::of(kind), &site).await.unwrap();
    Tiered::new(below, site.clock, 1 << 20, Duration::from_hours(1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_sees_the_changes_of_another_in_less_than_a_second() {
    for hosts in Hosts::all().await {
        let mut fastest = LONG;
        for value in ["one", "two", "three", "four", "five"] {
            hosts.remember("k").await;
            hosts.write("k", value).await;
            fastest = hosts.seen("k", Some(value)).await.min(fastest);
        }
        assert!(fastest < SOON, "{fastest:?}");
        hosts.remember("k").await;
        assert_eq!(hosts.here.delete("S", "k").await, Ok(true));
        hosts.seen("k", None).await;

        let keys = ["a", "b\0c", "dé"].map(str::to_owned);
        for key in &keys {
            hosts.write(key, "v").await;
            hosts.seen(key, Some("v")).await;
            hosts.remember(key).await;
        }
        assert_eq!(hosts.here.delete_many("S", &keys).await, Ok(3));
        for key in &keys {
            hosts.seen(key, None).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_cut_off_trusts_no_memory_and_afterwards_nothing_of_it() {
    for hosts in Hosts::all().await {
        for (break_it, old, new) in [(Wire::cut as fn(&Wire), "one", "two"), (Wire::stall, "three", "four")] {
            hosts.write("k", old).await;
            hosts.seen("k", Some(old)).await;
            hosts.remember("k").await;

            break_it(&hosts.wire);
            let began = Instant::now();
            hosts.write("k", new).await;
            while hosts.there.peek("S", "k") != Peeked::Unknown {
                assert!(began.elapsed() < LONG, "memory is trusted without reports");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert!(hosts.there.get("S", "k").await.is_err(), "the server is asked");

            hosts.wire.mend();
            let mended = Instant::now();
            let found = loop {
                assert!(mended.elapsed() < LONG, "it never recovers");
                match hosts.there.get("S", "k").await {
                    Ok(found) => break found,
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            };
            assert_eq!(found.unwrap().value, new, "nothing of before is served");
            hosts.remember("k").await;
            assert_eq!(hosts.there.get("S", "k").await.unwrap().unwrap().value, new);
        }
    }
}

/// Only the connection that reports is lost. So the host reads through, and serves nothing that changed meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_nothing_is_reported_reads_go_through() {
    let Some(hosts) = Hosts::over_postgres().await else { return };
    let schema = hosts.schema.as_ref().unwrap();
    hosts.write("k", "old").await;
    hosts.seen("k", Some("old")).await;
    hosts.remember("k").await;
    schema
        .execute(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name = '{}' AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')",
            schema.name
        ))
        .await;
    hosts.write("k", "new").await;
    hosts.seen("k", Some("new")).await;
}
