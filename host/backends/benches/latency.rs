//! Measures the operations that a shopper waits for, next to the machine's own time for similar work.
//!
//! `cargo bench -p capabilities` prints a table; nothing passes or fails.
#![expect(clippy::disallowed_types, reason = "it measures how long operations take")]
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

use std::collections::HashMap;
use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use capabilities::jobs::{ClaimResult, Completion, Jobs, NewJob};
use capabilities::kv::{Kv, Peeked};
use capabilities::{clock, jobs, kv, random};
use tokio::task::JoinSet;

const ROUNDS: usize = 2_000;
const PAGE_BYTES: usize = 16 << 10;

fn main() {
    // Test runners that build benchmarks run them too, but do not ask for a benchmark.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("{:<44} {:>10} {:>10} {:>10}", "", "p50", "p99", "max");
    measure_commits(folder.path());
    runtime.block_on(measure_jobs(folder.path()));
    runtime.block_on(measure_reads(folder.path()));
}

/// Measures the floor of every durable write: a few pages appended to a file and forced to disk.
fn measure_commits(folder: &Path) {
    let mut file = File::create(folder.join("floor")).expect("a file");
    let pages = [7; 3 * 4096];
    let took = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        file.write_all(&pages).and_then(|()| file.sync_data()).expect("a write");
        start.elapsed()
    });
    report("floor: 12 KiB appended and synced", took.collect());
}

async fn measure_jobs(folder: &Path) {
    let jobs =
        jobs::Sqlite::open(&folder.join("jobs.db"), Arc::new(random::System)).await.expect("a database");
    let jobs = Arc::new(jobs);
    let (mut enqueued, mut completions) = (Vec::new(), Vec::new());
    for n in 0..ROUNDS {
        enqueued.push(enqueue(&*jobs, format!("single-{n}")).await);
        completions.push(claim_and_complete(&*jobs).await);
    }
    report("jobs: offer, durable", enqueued);
    report("jobs: claim and complete, durable", completions);

    let mut enqueuing = JoinSet::new();
    for task in 0..20 {
        let jobs = jobs.clone();
        enqueuing.spawn(async move {
            let mut took = Vec::new();
            for n in 0..ROUNDS / 20 {
                took.push(enqueue(&*jobs, format!("many-{task}-{n}")).await);
                claim_and_complete(&*jobs).await;
            }
            took
        });
    }
    report("jobs: offer, durable, 20 at once", enqueuing.join_all().await.concat());
}

async fn enqueue(jobs: &dyn Jobs, key: String) -> Duration {
    let queues = (0..10).map(|member| format!("pool-{member}")).collect();
    let job = NewJob { queues, queue_depth_max: 1_000_000, key, payload: vec![7; 1_000].into(), now_ms: 1 };
    let start = Instant::now();
    jobs.enqueue(job).await.expect("an enqueue");
    start.elapsed()
}

async fn claim_and_complete(jobs: &dyn Jobs) -> Duration {
    let start = Instant::now();
    let ClaimResult::Job(claimed) = jobs.claim(1, 60_000).await.expect("a claim") else {
        panic!("there is a job")
    };
    jobs.complete(&claimed.id, claimed.token, 2, Completion::Done(None)).await.expect("a completion");
    start.elapsed()
}

async fn measure_reads(folder: &Path) {
    let clock = Arc::new(clock::System);
    let sqlite = Arc::new(kv::Sqlite::open(&folder.join("kv.db"), clock.clone()).await.expect("a database"));
    let tiered = kv::Tiered::new(sqlite.clone(), clock, 64 << 20, Duration::from_hours(1));
    let keys: Vec<String> = (0..1_000).map(|n| format!("ui:magic-wands:shopper-{n}")).collect();
    let mut map = HashMap::new();
    for key in &keys {
        let page = Bytes::from(vec![7; PAGE_BYTES]);
        tiered.set("UI_CACHE", key, page.clone(), None).await.expect("a write");
        map.insert(("UI_CACHE", key.as_str()), page);
    }
    report_each("floor: a page from a map", &keys, |key| {
        black_box(map.get(&("UI_CACHE", key)).cloned()).is_some()
    });
    report_each("kv: a page from memory", &keys, |key| {
        matches!(black_box(tiered.peek("UI_CACHE", key)), Peeked::Held(_))
    });

    let mut took = Vec::new();
    for key in &keys {
        let start = Instant::now();
        sqlite.get("UI_CACHE", key).await.expect("a read").expect("a page");
        took.push(start.elapsed());
    }
    report("kv: a page from SQLite", took);
}

fn report(what: &str, mut took: Vec<Duration>) {
    took.sort();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!("{what:<44} {:>10.1?} {:>10.1?} {:>10.1?}", at(50), at(99), at(100));
}

/// Reports the mean, for operations too short to be timed individually.
fn report_each(what: &str, keys: &[String], read: impl Fn(&str) -> bool) {
    let rounds = 200;
    let start = Instant::now();
    for key in std::iter::repeat_n(keys, rounds).flatten() {
        assert!(read(key), "{key} is there");
    }
    let reads = u32::try_from(rounds * keys.len()).unwrap_or(u32::MAX);
    println!("{what:<44} {:>10.1?} (mean)", start.elapsed() / reads);
}
