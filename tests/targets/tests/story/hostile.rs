//! Hostile and mistaken requests.

use http::Method;

use crate::chapters::chapters;
use crate::step::{Ask, Chapter, get, send, track};

chapters![
    hostile_targets,
    targets_too_long,
    injections,
    wrong_methods,
    hostile_bodies,
    bodies_of_another_kind
];

/// Workers resolves `..` before routing, as browsers do; the resolved path is unknown too.
fn hostile_targets() -> Chapter {
    let cases = [
        (404, "/s/?shopper=a"),
        (404, "/s/magic-wands/more?shopper=a"),
        (404, "/s/..%2f..%2fetc?shopper=a"),
        (404, "/s/%2e%2e/etc?shopper=a"),
        (404, "/s/../etc/passwd?shopper=a"),
        (404, "/s/MAGIC-WANDS?shopper=a"),
        (404, "/nothing/here"),
        (404, "/internal/unknown"),
        (400, "/s/magic-wands?shopper=abc_at-cart"),
        (404, "/facts/unknown"),
        (400, "/s/magic-wands?shopper="),
        (400, "/s/magic-wands?shopper=a%00b"),
        (400, "/s/magic-wands?shopper=a:b"),
        (400, "/s/magic-wands?shopper=../b"),
        (400, "/s/magic-wands?shopper=%ff%fe"),
        (400, "/s/magic-wands?shopper=%zz"),
        (400, "/s/magic-wands?shopper=a&shopper=b"),
        (400, "/api/generation/status?store=magic-wands"),
        (400, "/api/generation/status?store=magic-wands&shopper=a&wait=soon"),
        (400, "/debug/bump-catalog-version"),
    ];
    let ask = |target: &str| {
        if target.ends_with("bump-catalog-version") { send(Method::POST, target) } else { get(target) }
    };
    Chapter::new()
        .then_all(cases.map(|(status, target)| ask(target).refused(status)))
        .then(nothing_was_requested())
}

/// A target of 8192 bytes is parsed and refused for its shopper id; one of 8193 bytes is not parsed.
fn targets_too_long() -> Chapter {
    let target = |bytes: usize| {
        let start = "/s/magic-wands?shopper=";
        format!("{start}{}", "a".repeat(bytes - start.len()))
    };
    Chapter::new()
        .then(get(target(8_192)).refused(400))
        .then(get(target(8_193)).refused(414))
        .then(get(target(20_000)).refused(414))
}

fn injections() -> Chapter {
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    let targets = [
        (404, format!("/s/{script}?shopper=a")),
        (400, format!("/s/magic-wands?shopper={script}")),
        (404, format!("/api/generation/status?store={script}&shopper=a")),
        (400, format!("/api/generation/status?store=magic-wands&shopper={script}")),
        (400, "/s/magic-wands?shopper=a%0d%0ax-cache:%20HIT".into()),
    ];
    Chapter::new()
        .then_all(targets.map(|(status, target)| {
            get(target).refused(status).does_not_say("script").does_not_say("alert").has("x-cache", "")
        }))
        .then(nothing_was_requested())
}

fn wrong_methods() -> Chapter {
    let page = "/s/magic-wands?shopper=a";
    let cases = [
        (Method::POST, page, "GET, HEAD"),
        (Method::DELETE, page, "GET, HEAD"),
        (Method::OPTIONS, page, "GET, HEAD"),
        (Method::PUT, "/api/generation/status", "GET, HEAD"),
        (Method::GET, "/api/shopper/track", "POST"),
        (Method::GET, "/debug/bump-catalog-version", "POST"),
        (Method::PATCH, "/debug/generate", "GET, HEAD, POST"),
    ];
    Chapter::new()
        .then_all(cases.map(|(method, target, allow)| send(method, target).refused(405).has("allow", allow)))
        .then(nothing_was_requested())
}

fn hostile_bodies() -> Chapter {
    let event = r#"{"type":"view","product":"p1"}"#;
    let report = |shopper: &str, events: &str| {
        format!(r#"{{"store":"magic-wands","shopper":"{shopper}","events":[{events}]}}"#).into_bytes()
    };
    let cases: [(u16, Vec<u8>); 11] = [
        (400, Vec::new()),
        (400, b"{".to_vec()),
        (400, b"[]".to_vec()),
        (400, b"\xff\xfe{}".to_vec()),
        (400, report("a", "")),
        (400, report("a", r#"{"type":"hack"}"#)),
        (400, report("a:b", event)),
        (400, report("a", &[event; 51].join(","))),
        (400, report("a", r#"{"type":"search"}"#)),
        (413, vec![b' '; 16 * 1024 + 1]),
        (413, vec![b' '; 200_000]),
    ];
    Chapter::new()
        .then_all(cases.map(|(status, body)| track(body).refused(status)))
        .then(nothing_was_requested())
        .then(track(report("a", event)).status(200).member("stored", 1))
}

fn bodies_of_another_kind() -> Chapter {
    let report = r#"{"store":"magic-wands","shopper":"a","events":[{"type":"visit"}]}"#;
    let form = |media_type: &str| track(report).header("content-type", media_type);
    Chapter::new()
        .then(form("application/x-www-form-urlencoded").refused(415))
        .then(form("multipart/form-data; boundary=x").refused(415))
        .then(form("text/plain;charset=UTF-8").status(200).member("stored", 1))
}

/// No shopper has a job, in any state.
fn nothing_was_requested() -> Ask {
    get("/debug/pool").status(200).says(r#""queued":0,"running":0,"dead":0"#).does_not_say(r#""queued":1"#)
}
