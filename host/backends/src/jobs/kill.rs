//! Tests that jobs in `SQLite` survive a killed or restarted process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::{ClaimResult, Completion, Enqueued, Jobs, NewJob, Sqlite, State};
use crate::random;

/// The environment variable that passes the database to the process that will be killed.
const DATABASE: &str = "WANDSTORE_TEST_DATABASE";

async fn open(path: &Path) -> Sqlite {
    Sqlite::open(path, Arc::new(random::System)).await.unwrap()
}

fn job(key: String) -> NewJob {
    NewJob { queues: vec!["pool-0".into()], queue_depth_max: 1_000_000, key, payload: "p".into(), now_ms: 1 }
}

async fn accept(jobs: &Sqlite, key: String) -> String {
    match jobs.enqueue(job(key)).await.unwrap() {
        Enqueued::Accepted { id, .. } => id,
        refused => panic!("not accepted: {refused:?}"),
    }
}

#[tokio::test]
async fn a_reopened_database_still_holds_accepted_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let id = accept(&open(&path).await, "k".into()).await;

    let jobs = open(&path).await;
    let ClaimResult::Job(claimed) = jobs.claim(1, 1_000).await.unwrap() else { panic!("lost") };
    assert_eq!(claimed.id, id);
    assert_eq!(jobs.enqueue(job("k".into())).await, Ok(Enqueued::Live(id)));
}

#[tokio::test]
async fn two_who_open_the_same_database_see_each_others_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let (serving, operating) = (open(&path).await, open(&path).await);
    let id = accept(&serving, "k".into()).await;
    operating.bury(&id, "by hand", 2).await.unwrap();
    assert_eq!(serving.claim(3, 1_000).await, Ok(ClaimResult::Idle(None)));
    operating.requeue(&id, 4).await.unwrap();
    assert!(matches!(serving.claim(5, 1_000).await, Ok(ClaimResult::Job(claimed)) if claimed.id == id));
}

/// Everything that the killed process reported as done is done.
#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_promised() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    for killed_after in [1, 10, 45] {
        let promises = promises_until_killed(&path, killed_after);
        let jobs = open(&path).await;
        for (promise, id) in &promises {
            let state = jobs.show(id).await.unwrap().map(|job| job.state);
            let kept = match promise.as_str() {
                "accepted" => state.is_some(),
                _ => state == Some(State::Done),
            };
            assert!(kept, "{promise} {id}, but {state:?}");
        }
        jobs.close().await;
    }
}

/// Returns the promises, by name and job, that a process prints before it is killed.
fn promises_until_killed(path: &Path, killed_after: usize) -> Vec<(String, String)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["jobs::kill::works_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(DATABASE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let promise = |line: String| {
        let (name, id) = line.strip_prefix("promise: ")?.split_once(' ')?;
        Some((name.to_owned(), id.to_owned()))
    };
    let mut promises = Vec::new();
    for line in lines {
        promises.extend(promise(line.unwrap()));
        if promises.len() == killed_after {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(promises.len() >= killed_after, "it ended before it was killed");
    promises
}

#[tokio::test]
#[ignore = "it runs until it is killed, by a_killed_process_loses_nothing_that_it_promised"]
#[expect(clippy::disallowed_methods, reason = "the test that kills this process passes it the file")]
async fn works_until_it_is_killed() {
    let path = std::env::var_os(DATABASE).expect("named by the one who kills");
    let jobs = open(Path::new(&path)).await;
    for n in 0.. {
        let id = accept(&jobs, format!("{}-{n}", std::process::id())).await;
        println!("promise: accepted {id}");
        let ClaimResult::Job(claimed) = jobs.claim(1, 1).await.unwrap() else { continue };
        jobs.complete(&claimed.id, claimed.token, 2, Completion::Done(None)).await.unwrap().unwrap();
        println!("promise: done {}", claimed.id);
    }
}
