//! Slow clients: others are served meanwhile.

use std::time::Duration;

use host::http::StreamTimes;
use runtime::changes::Topic;

use crate::harness::raw::{self, Raw};
use crate::harness::{BUSY, Host, LlmServer, Process, Saying, eventually};

/// A new client gets an answer within this time, whatever other clients do.
const PATIENCE: Duration = Duration::from_secs(1).saturating_mul(BUSY);
const MAX: usize = 8;

const STATUS: &str = "/api/generation/status?store=magic-wands&shopper=abc123&wait=20";

/// A host with few connections, and a job that never ends.
async fn crowded() -> Host {
    let host = Host::builder().connections(MAX, 1_000).open().await;
    host.controls.llm.hold();
    host.visit("abc123").await.is_fallback();
    host
}

/// Uses every connection for a client that sends `request` and reads nothing.
async fn crowd(host: &Host, request: &str) -> Vec<Raw> {
    let mut crowd = Vec::new();
    for _ in 0..MAX {
        let mut client = Raw::open(&host.address).await;
        client.send(request).await;
        crowd.push(client);
    }
    crowd
}

async fn newcomer_is_answered(host: &Host, what: &str) {
    let request = "GET /s/magic-wands?shopper=newcomer HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let answer = tokio::time::timeout(PATIENCE, raw::ask(&host.address, request)).await;
    let answer = answer.unwrap_or_else(|_| panic!("{what}: no answer in {PATIENCE:?}"));
    assert_eq!(raw::status(&answer), 200, "{what}");
    assert!(answer.contains("</html>"), "{what}: the page is whole");
}

#[tokio::test]
async fn whatever_a_crowd_does_with_its_connections_a_newcomer_is_answered() {
    let page = "GET /s/magic-wands?shopper=crowd HTTP/1.1\r\nhost: a\r\n\r\n";
    let pages = page.repeat(120);
    let events = format!("GET {STATUS} HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n");
    let poll = format!("GET {STATUS} HTTP/1.1\r\nhost: a\r\n\r\n");
    let body = "POST /api/shopper/track HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{";
    let admin = "POST /health HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{";
    for (request, what) in [
        ("", "silent"),
        ("GET /s/magic", "in the middle of a head"),
        (page, "idle"),
        (&pages, "reading nothing"),
        (&events, "listening to events"),
        (&poll, "waiting for a page"),
        (body, "in the middle of a body"),
        (admin, "in the middle of a body to the operator"),
    ] {
        let host = crowded().await;
        let _crowd = crowd(&host, request).await;
        newcomer_is_answered(&host, what).await;
        newcomer_is_answered(&host, what).await;
    }
}

/// Routing has 16 instances here, and a client has three seconds for a body. If each held an instance for as long, routing
/// would be busy for half a minute.
#[tokio::test]
async fn clients_in_the_middle_of_bodies_hold_no_component() {
    const CROWD: usize = 160;
    let host = Host::builder().connections(2 * CROWD, 2 * CROWD).open().await;
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        let mut client = Raw::open(&host.address).await;
        client.send("POST /api/shopper/track HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{").await;
        crowd.push(client);
    }
    let page = host.visit("newcomer").await;
    page.is_fallback();
    assert_eq!(page.header("x-generation-triggered"), "true", "routing answered");
    assert!(
        crowd[CROWD - 1].first().await.starts_with("HTTP/1.1 400 "),
        "the client is told that it was too slow"
    );
}

#[tokio::test]
async fn half_of_the_connections_may_wait_and_others_get_the_current_state() {
    let host = crowded().await;
    let events = format!("GET {STATUS} HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n");
    let mut waiting = Vec::new();
    for _ in 0..MAX / 2 {
        let mut client = Raw::open(&host.address).await;
        client.send(&events).await;
        assert!(client.first().await.contains("text/event-stream"));
        waiting.push(client);
    }
    let poll = format!("GET {STATUS} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let told =
        tokio::time::timeout(PATIENCE, raw::ask(&host.address, &poll)).await.expect("it does not wait");
    assert!(told.contains(r#""state":"running""#) || told.contains(r#""state":"queued""#), "{told}");
    let events = events.replace("accept", "connection: close\r\naccept");
    let streamed = raw::ask(&host.address, &events);
    let streamed = tokio::time::timeout(PATIENCE, streamed).await.expect("the stream ends");
    assert_eq!(streamed.matches("data: ").count(), 1, "{streamed}");
    host.controls.llm.release();
    for client in &mut waiting {
        assert!(client.first().await.contains("data: "), "waiting clients get the state");
    }
}

#[tokio::test]
async fn a_stream_on_which_nothing_happens_beats_and_ends() {
    let host = Host::builder().stream_times(SHORT).open().await;
    host.controls.llm.hold();
    host.visit("abc123").await.is_fallback();
    running(&host).await;
    beats_and_ends(&host).await;
    host.controls.llm.release();
}

#[tokio::test]
async fn a_stream_that_is_woken_all_the_time_beats_and_ends_just_as_well() {
    let host = Host::builder().stream_times(SHORT).open().await;
    host.controls.llm.hold();
    host.visit("abc123").await.is_fallback();
    running(&host).await;
    let changes = host.deployment.changes.clone();
    let ringing = tokio::spawn(async move {
        loop {
            // One member per bell, so that each bell belongs to one queue.
            (0..4_096).for_each(|queue| changes.announce(Topic::Queue(&queue.to_string())));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    beats_and_ends(&host).await;
    ringing.abort();
    host.controls.llm.release();
}

/// A stream that ends before its fifth heartbeat.
const SHORT: StreamTimes =
    StreamTimes { life: Duration::from_millis(2_200), heartbeat: Duration::from_millis(500) };

/// Waits until a worker runs the shopper's job.
async fn running(host: &Host) {
    eventually("the job runs", async || (host.status("abc123", 0).await == "running").then_some(())).await;
}

async fn beats_and_ends(host: &Host) {
    let request =
        format!("GET {STATUS} HTTP/1.1\r\nhost: a\r\nconnection: close\r\naccept: text/event-stream\r\n\r\n");
    let stream = raw::ask(&host.address, request).await;
    assert_eq!(stream.matches("data: ").count(), 1, "{stream}");
    let beats = stream.matches("\r\n:\n\n\r\n").count();
    assert!((1..=4).contains(&beats), "{beats} beats in {stream}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_asks_routing_again_once_it_listens() {
    let model = LlmServer::open([Saying::Stall]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let environment = [("LLM_BASE_URL", model.url.as_str()), ("ENVIRONMENT", "development")];
    let process = Process::start(folder.path(), &environment);
    process.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
    let target = STATUS.replace("wait=20", "wait=0");
    let runs = async || (process.get(&target).await.ok()?.json("state") == "running").then_some(());
    eventually("the job runs", runs).await;

    let calls = "wandstore_component_calls_total{component=\"routing\"} ";
    let before = process.metric(calls).await;
    let mut client = Raw::open(&process.address).await;
    client.send(format!("GET {STATUS} HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n")).await;
    assert!(client.first().await.contains("text/event-stream"));
    let asked = async || (process.metric(calls).await >= before + 2).then_some(());
    eventually("it listens", asked).await;
    for _ in 0..10 {
        assert_eq!(process.metric(calls).await, before + 2);
    }
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_a_proxys_are_not_its_own() {
    let host = Host::builder().connections(100, 3).open().await;
    let idle = "GET /s/magic-wands?shopper=a HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut own = Vec::new();
    for _ in 0..6 {
        let mut client = Raw::open(&host.address).await;
        client.send(idle).await;
        assert_eq!(raw::status(&client.first().await), 200);
        own.push(client);
    }
    let mut ended = 0;
    for client in &mut own {
        ended += usize::from(client.has_ended().await);
    }
    assert_eq!(ended, 3, "the oldest make room for the newest");

    let host = Host::builder().connections(100, 3).trusting("127.0.0.1").open().await;
    let mut passed_on = Vec::new();
    for client in 0..6 {
        let head = format!("host: a\r\nx-forwarded-for: 203.0.113.{client}");
        let mut proxy = Raw::open(&host.address).await;
        proxy.send(idle.replace("host: a", &head)).await;
        assert_eq!(raw::status(&proxy.first().await), 200);
        passed_on.push(proxy);
    }
    for proxy in &mut passed_on {
        assert!(!proxy.has_ended().await, "a proxy's connection is not counted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_binary_has_the_limits_that_its_operator_sets() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[server]\nconnections_max = 4\nconnections_per_address_max = 2\n";
    std::fs::write(folder.path().join("wandstore.toml"), config).expect("it is written");
    let process = Process::start(folder.path(), &[]);
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(Raw::open(&process.address).await);
    }
    let answer = tokio::time::timeout(PATIENCE, process.get("/health")).await.expect("it answers in time");
    assert_eq!(answer.expect("it answers").status, 200);
    let mut ended = 0;
    for client in &mut silent {
        ended += usize::from(client.has_ended().await);
    }
    assert!(ended >= 2, "{ended} of four connections of one address were ended");
}
