//! Killed processes and stopped processes: running jobs continue at once, and each
//! crash costs one call of the language model for each running job.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::harness::process::command;
use crate::harness::raw::{self, Raw};
use crate::harness::{BUSY, LlmServer, Process, Saying, eventually};
use crate::llm::plan;

const SHOPPERS: usize = 5;
/// The number of crashes in a row after which a job counts as their cause.
const KILLS: usize = 6;
/// A lease that outlasts every story.
const CONFIG: &str = "[pool]\nsize = 3\nlease_ms = 600000\n";
/// How soon after a start the jobs of another process are taken over.
const TAKEN_UP: Duration = Duration::from_secs(1).saturating_mul(BUSY);

fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wandstore.toml"), config).expect("it is written");
    folder
}

/// A model that leaves this many requests without an answer and answers later ones.
async fn model(stalls: usize) -> LlmServer {
    let stalls = std::iter::repeat_n(Saying::Stall, stalls);
    LlmServer::open(stalls.chain([Saying::Text(plan())])).await
}

fn start(folder: &Path, model: &LlmServer) -> Process {
    Process::start(folder, &[("LLM_BASE_URL", &model.url), ("LLM_MODEL", "scripted-1")])
}

async fn asked(model: &LlmServer, times: usize) {
    let requests = async || (model.requests().len() >= times).then_some(());
    eventually(&format!("the model is asked {times} times"), requests).await;
    assert_eq!(model.requests().len(), times);
}

async fn visit(process: &Process, shoppers: usize) {
    for shopper in 0..shoppers {
        let target = format!("/s/magic-wands?shopper=shopper-{shopper}");
        // A busy machine may answer before the job is enqueued.
        let triggered = async || {
            let visit = process.get(&target).await.expect("there is an answer");
            (visit.header("x-generation-triggered") == "true").then_some(())
        };
        eventually("the page is requested", triggered).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_no_attempt_and_costs_one_model_call_for_each_running_job() {
    let folder = folder(CONFIG);
    let model = model(KILLS * SHOPPERS).await;
    let mut process = start(folder.path(), &model);
    visit(&process, SHOPPERS).await;
    for kill in 1..=KILLS {
        asked(&model, kill * SHOPPERS).await;
        process.kill();
        process = start(folder.path(), &model);
        let started = Instant::now();
        asked(&model, (kill + 1) * SHOPPERS).await;
        assert!(started.elapsed() < TAKEN_UP, "taken up after {:?}", started.elapsed());
    }
    for shopper in 0..SHOPPERS {
        process.made(&format!("shopper-{shopper}")).await.expect("a promised page is made");
    }
    assert_eq!(model.requests().len(), (KILLS + 1) * SHOPPERS);
    let jobs = command(folder.path(), &["jobs", "list"]);
    for job in jobs.lines().skip(1) {
        let columns: Vec<_> = job.split_whitespace().collect();
        assert_eq!(columns[2..4], ["done", "1"], "{jobs}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_takes_no_jobs_of_a_live_host_and_a_live_host_takes_over_those_of_a_dead_one() {
    let folder = folder(CONFIG);
    let model = model(2).await;
    let first = start(folder.path(), &model);
    visit(&first, 1).await;
    asked(&model, 1).await;

    // Each process looks for dead processes before it serves.
    start(folder.path(), &model).kill();
    let second = start(folder.path(), &model);
    let holder = |jobs: &str| jobs.lines().find_map(|line| line.strip_prefix("process")).map(str::to_owned);
    let id = command(folder.path(), &["jobs", "list"]).lines().nth(1).expect("a job")[..28].to_owned();
    let before = holder(&command(folder.path(), &["jobs", "show", &id]));
    assert_eq!(model.requests().len(), 1, "the first host still works on it");

    first.kill();
    let killed = Instant::now();
    asked(&model, 2).await;
    assert!(killed.elapsed() < TAKEN_UP, "taken up after {:?}", killed.elapsed());
    assert_ne!(holder(&command(folder.path(), &["jobs", "show", &id])), before);
    drop(second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_waits_for_no_model_and_its_jobs_continue_at_the_next_start() {
    let folder = folder(CONFIG);
    let model = model(SHOPPERS).await;
    let process = start(folder.path(), &model);
    visit(&process, SHOPPERS).await;
    asked(&model, SHOPPERS).await;

    // Open pages wait for their page by long polling and by server-sent events. The poll is sent first: the server takes
    // connections in their order, so it has this one too once it answers the next.
    let status = "/api/generation/status?store=magic-wands&shopper=shopper-0";
    let mut poll = Raw::open(&process.address).await;
    poll.send(format!("GET {status}&wait=20 HTTP/1.1\r\nhost: wands.example\r\n\r\n")).await;
    let events = reqwest::Client::new().get(format!("http://{}{status}", process.address));
    let mut events = events.header("accept", "text/event-stream").send().await.expect("it serves");
    events.chunk().await.expect("it serves").expect("an event");
    assert!(!poll.has_ended().await, "the poll waits");

    let took = process.terminate();
    assert!(took < Duration::from_secs(1) * BUSY, "it took {took:?}");
    assert_eq!(raw::status(&poll.first().await), 200, "a waiting client gets an answer");
    assert!(events.chunk().await.expect("events end as they should").is_none());

    let process = start(folder.path(), &model);
    for shopper in 0..SHOPPERS {
        process.made(&format!("shopper-{shopper}")).await.expect("a promised page is made");
    }
    assert_eq!(model.requests().len(), 2 * SHOPPERS);
    let id = command(folder.path(), &["jobs", "list"]).lines().nth(1).expect("a job")[..28].to_owned();
    let job = command(folder.path(), &["jobs", "show", &id]);
    assert!(job.contains("attempt   1\ncrashes   0\n"), "{job}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unused_signals_do_not_end_the_server() {
    let folder = folder(CONFIG);
    let process = Process::start(folder.path(), &[]);
    for signal in ["HUP", "USR1", "USR2", "ALRM", "PIPE", "XFSZ"] {
        process.signal(signal);
        let health = process.get("/health").await;
        assert_eq!(health.unwrap_or_else(|error| panic!("SIG{signal}: {error}")).status, 200);
    }
}

/// Some of these shoppers have the same member, and others are idle.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_member_that_is_busy_move_to_one_that_is_free() {
    const MEMBERS: usize = 6;
    let folder = folder("[pool]\nsize = 6\njobs_per_member = 1\n[llm]\nconcurrency = 100\n");
    let model = model(MEMBERS).await;
    let process = start(folder.path(), &model);
    visit(&process, MEMBERS).await;
    asked(&model, MEMBERS).await;
}
