//! Tests of what only this backend does; the battery tests the rest.

use std::time::Duration;

use futures_util::FutureExt as _;
use tempfile::TempDir;

use super::*;
use crate::random;

/// Without an index, these statements would read every job in the file.
#[tokio::test]
async fn frequent_statements_use_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = Sqlite::open(&folder.path().join("jobs.db"), Arc::new(random::System)).await.unwrap();
    for (sql, index) in [
        (sql::LIVE_OF_KEY, "jobs_live_by_key"),
        (sql::ENQUEUE, "jobs_live_by_lane"),
        (sql::CLAIM, "jobs_live_by_turn"),
        (sql::RUNNING, "jobs_live_by_due"),
        (sql::NEXT_DUE, "jobs_live_by_due"),
        (sql::SET_BACK, "jobs_live_by_set"),
        (sql::RELEASE, "jobs_running_by_holder"),
        (sql::LATEST, "jobs_by_key"),
        (sql::STATS, "jobs_dead_by_lane"),
        (sql::REQUEUE, "jobs_live_by_key"),
        (sql::DELETE, "jobs_by_key"),
        (sql::DELETE_EXACTLY, "jobs_by_key"),
        (sql::PRUNE_DONE, "jobs_done_by_time"),
        (sql::PRUNE_DEAD, "jobs_dead_by_time"),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = jobs.database().all(sqlx::query(explain)).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:#?}");
        // A claim reads live jobs in their order, up to the first that is due.
        let reads_all = |step: &String| step.starts_with("SCAN jobs") && !step.ends_with("jobs_live_by_turn");
        assert!(!plan.iter().any(reads_all), "{plan:#?}");
    }
}

/// Returns a file with one job, and the job's id.
async fn one_job() -> (TempDir, Sqlite, String) {
    let folder = tempfile::tempdir().unwrap();
    let jobs = Sqlite::open(&folder.path().join("jobs.db"), Arc::new(random::System)).await.unwrap();
    let id = accept(&jobs, "k").await;
    (folder, jobs.held_by(Some("here".into())), id)
}

async fn accept(jobs: &Sqlite, key: &str) -> String {
    let job = NewJob {
        queues: vec!["pool-0".into()],
        queue_depth_max: 10,
        key: key.into(),
        payload: "p".into(),
        now_ms: 1,
    };
    let Enqueued::Accepted { id, .. } = jobs.enqueue(job).await.unwrap() else {
        panic!("it was not accepted")
    };
    id
}

/// Waits until the job is in that state.
async fn in_state(jobs: &Sqlite, id: &str, state: State) -> Record {
    for _ in 0..500 {
        let record = jobs.show(id).await.unwrap().unwrap();
        if record.state == state {
            return record;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job was never {}", state.name());
}

#[tokio::test]
async fn a_claim_whose_caller_has_gone_is_not_made_but_other_changes_are() {
    let (_folder, jobs, id) = one_job().await;
    let mut lease = Box::pin(jobs.lease(1, 60_000));
    let mut move_queue = Box::pin(jobs.database().change(sqlx::query("UPDATE jobs SET queue = 'moved'")));
    // Both are queued now, and the writer has processed neither yet.
    assert!(lease.as_mut().now_or_never().is_none());
    assert!(move_queue.as_mut().now_or_never().is_none());
    drop((lease, move_queue));

    accept(&jobs, "a later change").await;
    let job = jobs.show(&id).await.unwrap().unwrap();
    assert_eq!((job.state, job.claims, &*job.queue), (State::Queued, 0, "moved"));
}

#[tokio::test]
async fn a_lease_that_its_caller_did_not_get_is_given_back() {
    let (_folder, jobs, id) = one_job().await;
    let mut lease = Box::pin(jobs.lease(1, 60_000));
    assert!(lease.as_mut().now_or_never().is_none(), "it is queued");
    in_state(&jobs, &id, State::Running).await;
    drop(lease);

    let job = in_state(&jobs, &id, State::Queued).await;
    assert_eq!((job.attempt, job.crashes, job.holder), (0, 0, None));
    let ClaimResult::Job(claimed) = jobs.claim(2, 60_000).await.unwrap() else { panic!("it is due") };
    assert_eq!((claimed.attempt, claimed.crashes), (1, 0));
    accept(&jobs, "a later change").await;
    assert_eq!(jobs.show(&id).await.unwrap().unwrap().state, State::Running, "this one was delivered");
}
