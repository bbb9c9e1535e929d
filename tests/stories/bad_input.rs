//! Hostile input: a clear 4xx in one line, nothing stored, nothing logged at error.

use capabilities::jobs::Filter;
use capabilities::log::Level;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::Host;

#[tokio::test]
async fn hostile_targets_are_refused_and_store_nothing() {
    let host = Host::open().await;
    let long = "a".repeat(7_000);
    let cases = [
        (404, "/s/no-such-store?shopper=a".to_owned()),
        (404, "/s/?shopper=a".into()),
        (404, "/s/magic-wands/more?shopper=a".into()),
        (404, "/s/..%2f..%2fetc?shopper=a".into()),
        (404, "/s/MAGIC-WANDS?shopper=a".into()),
        (404, "/nothing/here".into()),
        (400, "/s/magic-wands?shopper=".into()),
        (400, format!("/s/magic-wands?shopper={long}")),
        (400, "/s/magic-wands?shopper=a%00b".into()),
        (400, "/s/magic-wands?shopper=a:b".into()),
        (400, "/s/magic-wands?shopper=../b".into()),
        (400, "/s/magic-wands?shopper=%3Cscript%3E".into()),
        (400, "/s/magic-wands?shopper=%ff%fe".into()),
        (400, "/s/magic-wands?shopper=%zz".into()),
        (400, "/s/magic-wands?shopper=a&shopper=b".into()),
        (400, "/api/generation/status?store=magic-wands".into()),
        (400, "/api/generation/status?store=magic-wands&shopper=a&wait=soon".into()),
        (404, "/api/generation/status?store=nowhere&shopper=a".into()),
        (405, "/api/shopper/track".into()),
        (414, format!("/s/magic-wands?shopper={}", "a".repeat(10_000))),
    ];
    for (status, target) in cases {
        let answer = host.get(&target).await;
        assert_eq!(answer.status, status, "{}: {}", &target[..target.len().min(60)], answer.body);
        answer.is_refusal(status);
    }
    nothing_happened(&host).await;
}

#[tokio::test]
async fn wrong_methods_are_refused_with_the_allowed_ones() {
    let host = Host::open().await;
    let posted = host.post("/s/magic-wands?shopper=a", "").await;
    posted.is_refusal(405);
    assert_eq!(posted.header("allow"), "GET, HEAD");
    let got = host.get("/api/shopper/track").await;
    got.is_refusal(405);
    assert_eq!(got.header("allow"), "POST");
    let traced = host
        .request(|client, host| client.request(reqwest::Method::OPTIONS, host + "/s/magic-wands?shopper=a"));
    traced.await.is_refusal(405);
    nothing_happened(&host).await;
}

#[tokio::test]
async fn hostile_bodies_are_refused_and_store_nothing() {
    let host = Host::open().await;
    let event = r#"{"type":"view","product":"p1"}"#;
    let cases: [(u16, Vec<u8>); 10] = [
        (400, b"".to_vec()),
        (400, b"{".to_vec()),
        (400, b"[]".to_vec()),
        (400, b"\xff\xfe{}".to_vec()),
        (400, br#"{"store":"magic-wands","shopper":"a","events":[{"type":"hack"}]}"#.to_vec()),
        (400, format!(r#"{{"store":"magic-wands","shopper":"a:b","events":[{event}]}}"#).into()),
        (400, format!(r#"{{"store":"magic-wands","shopper":"a","events":[{event}],"admin":true}}"#).into()),
        (400, br#"{"store":"magic-wands","shopper":"a","events":[]}"#.to_vec()),
        (404, format!(r#"{{"store":"nowhere","shopper":"a","events":[{event}]}}"#).into()),
        (413, vec![b' '; 1 << 20]),
    ];
    for (status, body) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let answer = host.post("/api/shopper/track", body).await;
        assert_eq!(answer.status, status, "{shown}: {}", answer.body);
        answer.is_refusal(status);
    }
    nothing_happened(&host).await;
}

#[tokio::test]
async fn floods_of_headers_are_refused_before_any_component_is_asked() {
    let host = Host::open().await;
    let many = "x-many: y\r\n".repeat(1_000);
    let large = format!("x-large: {}\r\n", "y".repeat(100_000));
    for flood in [many, large] {
        let mut stream = tokio::net::TcpStream::connect(&host.address).await.expect("the host listens");
        let request = format!("GET /s/magic-wands?shopper=a HTTP/1.1\r\nhost: a\r\n{flood}\r\n");
        stream.write_all(request.as_bytes()).await.expect("the host reads");
        let mut answer = [0; 64];
        let count = stream.read(&mut answer).await.expect("the host answers");
        let answer = String::from_utf8_lossy(&answer[..count]);
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
    nothing_happened(&host).await;
}

#[tokio::test]
async fn a_shopper_reaches_nobody_elses_page() {
    let host = Host::open().await;
    host.visit("alice").await;
    host.final_state("alice").await;
    let alice = host.visit("alice").await;
    alice.is_hit();
    for other in ["alic", "alice2", "ALICE", "-alice", "alice_"] {
        host.visit(other).await.is_fallback();
    }
}

/// Asserts that there is no key, object, job or error line.
async fn nothing_happened(host: &Host) {
    let backends = &host.deployment.capabilities;
    for store in ["UI_CACHE", "GENERATION_QUEUE", "SHOPPER_SESSIONS"] {
        assert_eq!(
            backends.kv.list_keys(store, "", None, 10).await.expect("kv answers"),
            Vec::<String>::new(),
            "{store}"
        );
    }
    assert_eq!(
        backends.blob.list_keys("UI_STORAGE", "", None, 10).await.expect("blob answers"),
        Vec::<String>::new()
    );
    assert_eq!(backends.jobs.list(Filter::default(), 10).await.expect("jobs answer"), []);
    let errors: Vec<_> =
        host.controls.log.lines().into_iter().filter(|line| line.level >= Level::Error).collect();
    assert_eq!(errors, []);
}
