//! Tests of what only this backend does, and of several hosts; the battery tests the rest.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::FutureExt as _;
use sqlx::{Connection as _, Executor as _};
use tokio::task::JoinSet;

use super::*;
use crate::postgres::server::{Schema, database};
use crate::random;
use crate::wire::Wire;

/// Returns the jobs as another host opens them.
async fn host(schema: &Schema) -> Arc<Postgres> {
    at(&schema.url()).await
}

/// Returns the jobs as a host opens them that reaches the database at this URL.
async fn at(url: &reqwest::Url) -> Arc<Postgres> {
    let database = Arc::new(database(url));
    database.start().await.unwrap();
    Arc::new(Postgres::new(database, Arc::new(random::System), Some("here".into())))
}

fn job(key: String) -> NewJob {
    let queues = vec!["pool-0".into(), "pool-1".into()];
    NewJob { queues, queue_depth_max: 5, key, payload: "p".into(), now_ms: 1 }
}

#[tokio::test]
async fn hosts_overfill_no_queue_and_queue_no_key_twice() {
    let Some(schema) = Schema::create().await else { return };
    let hosts = [host(&schema).await, host(&schema).await];
    let mut producers = JoinSet::new();
    for number in 0..60 {
        let jobs = hosts[number % 2].clone();
        let key = format!("k{}", number / 3);
        producers.spawn(async move { (key.clone(), jobs.enqueue(job(key)).await.unwrap()) });
    }
    let enqueued = producers.join_all().await;
    let accepted: Vec<_> = enqueued
        .iter()
        .filter(|(_, enqueued)| matches!(enqueued, Enqueued::Accepted { .. }))
        .map(|(key, _)| key)
        .collect();
    assert_eq!(accepted.len(), 10, "as many as fit");
    assert_eq!(accepted.iter().collect::<BTreeSet<_>>().len(), 10, "each key once");
    for queue in ["pool-0", "pool-1"] {
        assert_eq!(hosts[0].stats(queue).await.unwrap().queued, 5);
    }
}

#[tokio::test]
async fn hosts_never_claim_the_same_job() {
    let Some(schema) = Schema::create().await else { return };
    let hosts = [host(&schema).await, host(&schema).await];
    for number in 0..60 {
        let enqueued = NewJob { queue_depth_max: 100, ..job(format!("k{number}")) };
        hosts[0].enqueue(enqueued).await.unwrap();
    }
    let mut claimers = JoinSet::new();
    for claimer in 0..8 {
        let jobs = hosts[claimer % 2].clone();
        claimers.spawn(async move {
            let mut claimed = Vec::new();
            while let ClaimResult::Job(job) = jobs.claim(1, 60_000).await.unwrap() {
                claimed.push(job.id);
            }
            claimed
        });
    }
    let claimed = claimers.join_all().await.concat();
    assert_eq!(claimed.len(), 60);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 60);
}

/// What one host hears of the others.
#[derive(Default)]
struct Heard(std::sync::Mutex<Vec<String>>);

impl Heard {
    fn add(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }

    /// Waits until this was heard, since it was asked for last.
    async fn hears(&self, what: &str) {
        let heard = async {
            while !self.has_heard(what) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_mins(1), heard).await;
        in_time.unwrap_or_else(|_| panic!("never heard: {what}"));
    }

    fn has_heard(&self, what: &str) -> bool {
        let mut heard = self.0.lock().unwrap();
        let at = heard.iter().position(|heard| heard == what);
        at.map(|at| heard.drain(..=at)).is_some()
    }
}

impl Watcher for Heard {
    fn connected(&self) {
        self.add("connected".into());
    }

    fn lost(&self) {
        self.add("lost".into());
    }

    fn changed(&self, what: &str, name: &str) {
        self.add(format!("{what} {name}"));
    }
}

#[tokio::test]
async fn a_host_hears_which_queue_of_another_got_a_job_and_which_job_ended() {
    let Some(schema) = Schema::create().await else { return };
    let (wire, url) = Wire::to(&schema.url(), 5432).await;
    let (here, there) = (host(&schema).await, at(&url).await);
    let (own, heard) = (Arc::new(Heard::default()), Arc::new(Heard::default()));
    assert_eq!((here.watch(own.clone()), there.watch(heard.clone())), (Reports::Most, Reports::Most));
    own.hears("connected").await;
    heard.hears("connected").await;

    here.enqueue(job("k\0ü".into())).await.unwrap();
    heard.hears("queued pool-0").await;
    let ClaimResult::Job(claimed) = here.claim(1, 60_000).await.unwrap() else { panic!("it is due") };
    here.complete(&claimed.id, claimed.token, 2, Completion::Done(None)).await.unwrap();
    heard.hears("completed k\0ü").await;

    wire.cut();
    heard.hears("lost").await;
    wire.mend();
    heard.hears("connected").await;
    here.enqueue(job("k2".into())).await.unwrap();
    heard.hears("queued pool-0").await;
    let own = own.0.lock().unwrap();
    assert!(own.is_empty(), "a host hears nothing of itself: {own:?}");
}

#[tokio::test]
async fn a_lease_that_its_caller_did_not_get_is_given_back() {
    let Some(schema) = Schema::create().await else { return };
    let (jobs, other) = (host(&schema).await, host(&schema).await);
    let Enqueued::Accepted { id, .. } = jobs.enqueue(job("k".into())).await.unwrap() else { panic!("full") };
    other.show(&id).await.unwrap();

    let mut lock = schema.connect().await;
    let mut lock = lock.begin().await.unwrap();
    lock.execute("LOCK TABLE jobs IN SHARE MODE").await.unwrap();
    let mut lease = Box::pin(jobs.lease(2, 60_000));
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'jobs'::regclass";
    loop {
        assert!(lease.as_mut().now_or_never().is_none(), "the table is locked");
        let waiting = sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *lock).await.unwrap();
        if waiting > 0 {
            break;
        }
    }
    drop(lease);
    lock.commit().await.unwrap();

    let given_back = async {
        loop {
            let record = other.show(&id).await.unwrap().unwrap();
            if (record.state, record.claims) == (State::Queued, 1) {
                return record;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let record = tokio::time::timeout(Duration::from_mins(1), given_back).await.expect("it is given back");
    assert_eq!((record.attempt, record.crashes, record.holder), (0, 0, None));
    assert!(matches!(jobs.claim(3, 60_000).await, Ok(ClaimResult::Job(claimed)) if claimed.attempt == 1));
}

#[tokio::test]
async fn an_error_with_a_character_that_text_cannot_hold_is_kept_without_it() {
    let Some(schema) = Schema::create().await else { return };
    let jobs = host(&schema).await;
    jobs.enqueue(job("k\0ü".into())).await.unwrap();
    let ClaimResult::Job(claimed) = jobs.claim(1, 1_000).await.unwrap() else { panic!("it is due") };
    assert_eq!(claimed.key, "k\0ü");
    let dead = Completion::Dead("a\0b".into());
    jobs.complete(&claimed.id, claimed.token, 2, dead).await.unwrap();
    let record = jobs.show(&claimed.id).await.unwrap().unwrap();
    assert_eq!(record.error.as_deref(), Some("a\u{fffd}b"));
}

/// Without an index, these statements would read every job in the table.
#[tokio::test]
async fn frequent_statements_use_an_index() {
    let Some(schema) = Schema::create().await else { return };
    host(&schema).await;
    let fill = "
        INSERT INTO jobs (id, key, queue, state, enqueued_ms, due_ms, set_ms, completed_ms, turn, holder, payload)
        SELECT n, n::text::bytea, n % 100, states[1 + n % 4], n, n, n, CASE WHEN n % 4 > 1 THEN n END, n, n % 500, ''
        FROM generate_series(1, 5000) AS n, (SELECT ARRAY['queued', 'running', 'done', 'dead'] AS states) AS of_jobs";
    schema.execute(format!("{fill}; ANALYZE jobs")).await;
    for (statement, index) in [
        (sql::LIVE_OF_KEY, "jobs_live_by_key"),
        (sql::CLAIM, "jobs_live_by_turn"),
        (sql::NEXT_DUE, "jobs_live_by_due"),
        (sql::NEXT_DUE, "jobs_live_by_set"),
        (sql::SET_BACK, "jobs_live_by_set"),
        (sql::EXTEND, "jobs_pkey"),
        (sql::COMPLETE, "jobs_pkey"),
        (sql::RELEASE, "jobs_running_by_holder"),
        (sql::LATEST, "jobs_by_key"),
        (sql::NEWEST, "jobs_by_key"),
        (sql::STATS, "jobs_live_by_queue"),
        (sql::STATS, "jobs_dead_by_queue"),
        (sql::REQUEUE, "jobs_live_by_key"),
        (sql::DELETE, "jobs_by_key"),
        (sql::PRUNE_DONE, "jobs_done_by_time"),
        (sql::PRUNE_DEAD, "jobs_dead_by_time"),
    ] {
        let plan = schema.plan(statement).await;
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{index}: {plan}");
    }
}
