//! The operator's routes.

use model::jobs::{Enqueued, Work};
use serde_json::json;

use crate::fakes::{Answer, Fake, FakeRequest, TOKEN};
use crate::{Method, handle};

const GENERATE: &str = "/debug/generate?store=magic-wands&shopper=abc123";
const BUMP: &str = "/debug/bump-catalog-version?store=magic-wands";
const READ: [&str; 3] = [GENERATE, "/debug/errors", "/debug/pool"];
const REOPEN: &str = "/debug/reopen?store=magic-wands";
const ROUTES: [(Method, &str); 5] = [
    (Method::Get, GENERATE),
    (Method::Get, "/debug/errors"),
    (Method::Get, "/debug/pool"),
    (Method::Post, BUMP),
    (Method::Post, REOPEN),
];

fn development() -> Fake {
    Fake { development: true, ..Fake::default() }
}

fn with_authorization(shop: &Fake, route: (Method, &str), authorization: &str) -> Answer {
    let headers = vec![("authorization", authorization.to_owned())];
    Answer::of(handle(shop, route.0, route.1, &FakeRequest { headers, ..FakeRequest::default() }))
}

#[test]
fn without_the_token_debug_routes_do_not_exist() {
    let shop = Fake::default();
    for (method, target) in ROUTES {
        let nothing = shop.get("/debug/unknown");
        let route = (method, target);
        for answer in [
            shop.get(target),
            shop.post(target, ""),
            Answer::of(handle(&shop, Method::Other, target, &FakeRequest::default())),
            with_authorization(&shop, route, TOKEN),
            with_authorization(&shop, route, "Bearer wrong"),
            with_authorization(&shop, route, "Bearer "),
            with_authorization(&shop, route, &format!("Basic {TOKEN}")),
        ] {
            assert_eq!(answer.status(), 404);
            assert_eq!((answer.text(), answer.fields()), (nothing.text(), nothing.fields()));
        }
    }
    assert!(
        shop.page_requests.borrow().is_empty()
            && !shop.calls.borrow().iter().any(|call| call.starts_with("cache."))
    );
}

#[test]
fn the_token_opens_them() {
    for route in ROUTES {
        for scheme in ["Bearer", "bearer"] {
            let answer = with_authorization(&Fake::default(), route, &format!("{scheme} {TOKEN}"));
            assert!(answer.status() < 300, "{route:?}");
        }
    }
}

#[test]
fn without_a_secret_or_with_an_empty_one_no_token_opens_them() {
    for token in [None, Some("")] {
        let shop = Fake { token, ..Fake::default() };
        for (route, sent) in ROUTES.into_iter().flat_map(|route| [(route, TOKEN), (route, "")]) {
            assert_eq!(with_authorization(&shop, route, &format!("Bearer {sent}")).status(), 404);
        }
    }
}

#[test]
fn a_page_is_requested_by_hand() {
    for (enqueued, state) in
        [(Enqueued::Accepted("job-7".into()), "accepted"), (Enqueued::Live("job-7".into()), "live")]
    {
        let shop = Fake { enqueued, ..development() };
        for answer in [shop.get(GENERATE), shop.post(GENERATE, "")] {
            assert_eq!((answer.status(), answer.json()), (202, json!({ "job": "job-7", "state": state })));
        }
        assert_eq!(shop.page_requests.borrow()[0].work, Work::Generate);
    }
}

#[test]
fn a_full_pool_says_when_to_ask_again() {
    let answer = Fake { enqueued: Enqueued::Full, ..development() }.get(GENERATE);
    assert_eq!((answer.status(), answer.header("retry-after")), (429, "30"));
    assert_eq!(answer.json(), json!({ "error": "every member of the pool is full" }));
}

#[test]
fn errors_are_listed_up_to_the_limit() {
    let shop = development();
    let count = |query: &str| shop.get(&format!("/debug/errors{query}")).json().as_array().map(Vec::len);
    assert_eq!(count(""), Some(50));
    assert_eq!(count("?limit=3"), Some(3));
    assert_eq!(count("?limit=200"), Some(200));
    assert_eq!(count("?limit=201"), Some(200));
    assert_eq!(shop.get("/debug/errors?limit=many").status(), 400);
    assert_eq!(
        shop.get("/debug/errors?limit=1").json(),
        json!([{
            "at_ms": 0, "job": "job-1", "store": "magic-wands",
            "cause": "auth", "reason": "the model said \"no\"", "settled": "retry",
        }])
    );
}

#[test]
fn members_are_listed() {
    assert_eq!(
        development().get("/debug/pool").json(),
        json!([{ "name": "pool-0", "queued": 1, "running": 2, "dead": 3, "depth_max": 4, "oldest_ms": null }])
    );
}

#[test]
fn a_queue_that_is_down_is_reported_to_the_operator() {
    let shop = Fake { down: vec!["queue"], ..development() };
    for target in READ {
        let answer = shop.get(target);
        assert_eq!((answer.status(), answer.json()), (503, json!({ "error": "the queue is unavailable" })));
    }
    assert_eq!(shop.warnings.borrow().len(), READ.len());
}

#[test]
fn each_request_bumps_the_catalog_version_once() {
    let shop = development();
    for version in 1..=2 {
        let answer = shop.post(BUMP, "");
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.json(), json!({ "store": "magic-wands", "version": version }));
    }
}

#[test]
fn a_shop_that_was_closed_is_opened_again() {
    let shop = development();
    shop.closed.borrow_mut().push("magic-wands".into());
    let answer = shop.post(REOPEN, "");
    assert_eq!((answer.status(), answer.json()), (200, json!({ "store": "magic-wands", "state": "open" })));
    assert!(shop.closed.borrow().is_empty());
    assert_eq!(shop.get(REOPEN).status(), 405);
    assert_eq!(shop.post("/debug/reopen", "").status(), 400);
    assert_eq!(shop.post("/debug/reopen?store=nowhere", "").status(), 404);
}

#[test]
fn an_operator_requests_a_page_in_a_market_and_everybodys() {
    let shop = development();
    assert_eq!(shop.get("/debug/generate?store=magic-wands&shopper=context-loyalist_GB-EN").status(), 202);
    assert_eq!(shop.get("/debug/generate?store=magic-wands&shopper=customer-7_GB-EN").status(), 400);
    assert_eq!(shop.page_requests.borrow()[0].market, "GB-EN");
}

#[test]
fn a_catalog_of_no_store_or_of_an_unknown_one_did_not_move() {
    let shop = development();
    for (target, status, error) in [
        ("/debug/bump-catalog-version", 400, "parameter store is missing"),
        ("/debug/bump-catalog-version?store=nowhere", 404, "there is no such shop here"),
        ("/debug/bump-catalog-version?store=a:b", 404, "there is no such shop here"),
    ] {
        let answer = shop.post(target, "");
        assert_eq!((answer.status(), answer.json()), (status, json!({ "error": error })), "{target}");
    }
    assert!(!shop.calls.borrow().contains(&"cache.bump-catalog-version"));
}

#[test]
fn a_cache_that_is_down_is_reported_to_the_operator() {
    let shop = Fake { down: vec!["cache"], ..development() };
    for target in [BUMP, REOPEN] {
        let answer = shop.post(target, "");
        assert_eq!((answer.status(), answer.json()), (503, json!({ "error": "the cache is unavailable" })));
    }
    assert_eq!(shop.warnings.borrow().len(), 2);
}
