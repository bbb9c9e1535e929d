//! HTTP/1.1: heads at their limits, hosts, and half-closed connections (RFC 9112).

use crate::harness::Host;
use crate::harness::raw::{Raw, ask, status};

const PAGE: &str = "GET /s/magic-wands?shopper=a HTTP/1.1\r\n";
const HEAD_BYTES_MAX: usize = 32 << 10;

/// Returns a request with a head of this many bytes.
fn head_of(bytes: usize) -> String {
    let start = format!("{PAGE}host: a\r\nconnection: close\r\nx-large: ");
    format!("{start}{}\r\n\r\n", "y".repeat(bytes - start.len() - 4))
}

/// Returns a request with this many header fields.
fn fields_of(count: usize) -> String {
    let more = (2..count).map(|field| format!("x-{field}: y\r\n")).collect::<Vec<_>>().concat();
    format!("{PAGE}host: a\r\nconnection: close\r\n{more}\r\n")
}

#[tokio::test]
async fn a_head_of_more_than_32_kib_is_431_however_it_is_sent() {
    let host = Host::open().await;
    for (bytes, expected) in [
        (8 << 10, 200),
        (HEAD_BYTES_MAX - 1, 200),
        (HEAD_BYTES_MAX, 200),
        (HEAD_BYTES_MAX + 1, 431),
        (40_000, 431),
        (400_000, 431),
        (4_000_000, 431),
    ] {
        let head = head_of(bytes);
        assert_eq!(status(&ask(&host.address, &head).await), expected, "{bytes} bytes at once");

        let mut client = Raw::open(&host.address).await;
        for part in head.as_bytes().chunks(1_400).take(60) {
            client.send(part).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(status(&client.rest().await), expected, "{bytes} bytes in packets");
    }
}

#[tokio::test]
async fn more_than_64_header_fields_are_431() {
    let host = Host::open().await;
    for (fields, expected) in [(63, 200), (64, 200), (65, 431), (1_000, 431)] {
        assert_eq!(status(&ask(&host.address, fields_of(fields)).await), expected, "{fields}");
    }
}

#[tokio::test]
async fn a_request_names_one_host() {
    let host = Host::open().await;
    let absolute = "GET http://b/s/magic-wands?shopper=a HTTP/1.1\r\n";
    let old = "GET /s/magic-wands?shopper=a HTTP/1.0\r\n";
    let health = "GET /health HTTP/1.1\r\n";
    for (line, fields, expected) in [
        (PAGE, "host: a\r\n", 200),
        (PAGE, "Host: a:8787\r\n", 200),
        (PAGE, "host: [::1]:8787\r\n", 200),
        (PAGE, "", 400),
        (PAGE, "host: a\r\nhost: a\r\n", 400),
        (PAGE, "host: a\r\nHOST: b\r\n", 400),
        (PAGE, "host:\r\n", 400),
        (PAGE, "host: a b\r\n", 400),
        (PAGE, "host: user@a\r\n", 400),
        (PAGE, "host: a/b\r\n", 400),
        (PAGE, "host: a:b\r\n", 400),
        (PAGE, "host: a,b\r\n", 400),
        (absolute, "host: a\r\n", 200),
        (absolute, "", 400),
        (absolute, "host: a\r\nhost: b\r\n", 400),
        (old, "", 200),
        (old, "host: a\r\n", 200),
        (old, "host: a\r\nhost: b\r\n", 400),
        (health, "host: a\r\n", 200),
        (health, "", 400),
        (health, "host: a\r\nhost: b\r\n", 400),
        (PAGE, "host: a\r\nx: y\r\n folded\r\n", 400),
        (PAGE, "host: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n", 400),
        (PAGE, "host : a\r\n", 400),
    ] {
        let answer = ask(&host.address, format!("{line}{fields}connection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), expected, "{line}{fields}: {answer}");
    }
}

#[tokio::test]
async fn a_half_closed_connection_gets_its_answer() {
    let host = Host::open().await;
    let event = r#"{"store":"magic-wands","shopper":"a","events":[{"type":"visit"}]}"#;
    let post = |length: usize| {
        format!("POST /api/shopper/track HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{event}")
    };
    let chunked = format!(
        "POST /api/shopper/track HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{event}\r\n0\r\n\r\n",
        event.len()
    );
    let page = format!("{PAGE}host: a\r\n\r\n");
    let status_of_nobody =
        "GET /api/generation/status?store=magic-wands&shopper=nobody HTTP/1.1\r\nhost: a\r\n\r\n";
    for (request, expected, what) in [
        (page.clone(), 200, "a page"),
        (page.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"), 200, "a page, the last"),
        (page.replace("HTTP/1.1", "HTTP/1.0"), 200, "a page, in HTTP/1.0"),
        (status_of_nobody.to_owned(), 200, "a status"),
        (post(event.len()), 200, "a report"),
        (chunked, 200, "a report in chunks"),
        (post(event.len() + 1), 400, "a report that breaks off"),
        ("GET /health HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), 200, "health"),
    ] {
        let answer = ask(&host.address, &request).await;
        assert_eq!(status(&answer), expected, "{what}: {answer}");
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{what}: {answer}");
    }
    let three = [page.clone(), post(event.len()), status_of_nobody.to_owned()].concat();
    let answers = ask(&host.address, &three).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 3, "pipelined: {answers}");
    assert_eq!(ask(&host.address, "").await, "", "who says nothing gets nothing");
    assert_eq!(ask(&host.address, &page[..20]).await.matches("HTTP/1.1 200").count(), 0, "half a head");
}

#[tokio::test]
async fn a_half_closed_connection_gets_its_long_poll_answer() {
    let host = Host::open().await;
    host.controls.llm.hold();
    host.visit("waiting").await.is_fallback();
    let request =
        "GET /api/generation/status?store=magic-wands&shopper=waiting&wait=20 HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut client = Raw::open(&host.address).await;
    client.send(request).await;
    client.close_half().await;
    host.controls.llm.release();
    assert!(client.rest().await.contains(r#""state":"ready""#));
}

#[tokio::test]
async fn a_refusal_reaches_who_is_still_sending() {
    let host = Host::open().await;
    let body = "y".repeat(3 << 20);
    for path in ["/api/shopper/track", "/health"] {
        let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
        let answer = ask(&host.address, head + &body).await;
        assert_eq!(status(&answer), 413, "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_refused_long_target_may_still_send_its_body() {
    let host = Host::open().await;
    let part = "y".repeat(64 << 10);
    let target = format!("/s/magic-wands?shopper={}", "a".repeat(9 << 10));
    let length = 1 + 32 * part.len();
    let mut client = Raw::open(&host.address).await;
    client.send(format!("POST {target} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\ny")).await;
    assert_eq!(status(&client.first().await), 414);
    // A reset connection accepts no more bytes, and its client may not have read the answer yet.
    for sent in 0..32 {
        assert!(client.sends(&part).await, "reset after {sent} parts");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_page_as_served_does_not_say_which_job_made_it() {
    let host = Host::open().await;
    host.visit("abc123").await;
    host.final_state("abc123").await;
    let jobs = host.deployment.capabilities.jobs.list(capabilities::jobs::Filter::default(), 10).await;
    let job = &jobs.expect("the jobs are listed")[0].id;
    let page = host.visit("abc123").await;
    page.is_hit();
    assert!(page.body.starts_with("<!doctype html>"), "{}", &page.body[..200]);
    assert!(!page.body.contains(job.as_str()), "{}", page.body);

    let old = "<!--wand explorer 50 local job-1 1 99999999999999 0-->\n<!doctype html><p>from before</html>";
    let kv = &host.deployment.capabilities.kv;
    kv.set("UI_CACHE", "ui:magic-wands:old", old.into(), None).await.expect("it is stored");
    let page = host.visit("old").await;
    page.is_hit();
    assert_eq!(page.body, "<!doctype html><p>from before</html>");
}
