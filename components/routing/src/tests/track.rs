//! The open page reports its shopper's events.

use model::Signals;
use model::jobs::{Enqueued, Work};
use model::limits::Allowance;
use serde_json::json;

use crate::fakes::{Answer, Fake, FakeRequest, SHOP_ID};
use crate::{BodyError, Method, handle};

const TARGET: &str = "/api/shopper/track";

fn report(events: &serde_json::Value) -> String {
    json!({ "store": SHOP_ID, "shopper": "abc123", "events": events }).to_string()
}

fn views(ids: &[&str]) -> String {
    report(&ids.iter().map(|id| json!({ "type": "view", "product": id })).collect())
}

fn send(shop: &Fake, request: &FakeRequest) -> Answer {
    Answer::of(handle(shop, Method::Post, TARGET, request))
}

#[track_caller]
fn refuse(answer: &Answer, status: u16, reason: &str) {
    assert_eq!((answer.status(), answer.json()), (status, json!({ "error": reason })));
}

#[test]
fn signals_are_stored_for_30_days_newest_first() {
    let shop = Fake::default();
    let first = shop.post(TARGET, views(&["wand-1", "wand-2"]));
    assert_eq!((first.status(), first.json()), (200, json!({ "stored": 2 })));
    let second = report(&json!([{ "type": "visit" }, { "type": "search", "term": " oak " }]));
    assert_eq!(shop.post(TARGET, second).json(), json!({ "stored": 2 }));
    assert_eq!(
        shop.session(),
        Signals {
            visits: 1,
            views: vec!["wand-2".into(), "wand-1".into()],
            searches: vec!["oak".into()],
            ..Signals::default()
        }
    );
    assert_eq!(shop.ttl_seconds.get(), 30 * 24 * 60 * 60);
    assert!(shop.warnings.borrow().is_empty());
}

#[test]
fn shoppers_of_different_shops_have_sessions_of_their_own() {
    let shop = Fake { shops: vec![SHOP_ID, "other"], ..Fake::default() };
    shop.post(TARGET, views(&["wand-1"]));
    shop.post(TARGET, views(&["wand-2"]).replace(SHOP_ID, "other"));
    let keys: Vec<_> = shop.stored.borrow().keys().cloned().collect();
    assert_eq!(keys, ["session:magic-wands:abc123", "session:other:abc123"]);
}

#[test]
fn a_lost_race_is_run_again_and_nothing_of_the_rival_is_lost() {
    let shop = Fake::default();
    shop.rivals.set(4);
    assert_eq!(shop.post(TARGET, views(&["wand-1"])).json(), json!({ "stored": 1 }));
    let session = shop.session();
    assert_eq!(
        (session.views.as_slice(), session.searches.as_slice()),
        (&["wand-1".into()][..], &["rival 0".into()][..])
    );
}

#[test]
fn a_race_that_is_lost_five_times_is_given_up_and_logged_once() {
    let shop = Fake::default();
    shop.rivals.set(5);
    let answer = shop.post(TARGET, views(&["wand-1"]));
    assert_eq!((answer.status(), answer.json()), (200, json!({ "stored": 0 })));
    assert!(shop.session().views.is_empty());
    assert_eq!(
        *shop.warnings.borrow(),
        [r#"cannot store signals [("shop", "magic-wands"), ("reason", "gave up after 5 write conflicts")]"#]
    );
}

#[test]
fn storage_that_is_down_is_not_the_shoppers_matter() {
    let mut shop = Fake { down: vec!["storage"], ..Fake::default() };
    let answer = shop.post(TARGET, views(&["a", "b", "c", "d"]));
    assert_eq!((answer.status(), answer.json()), (200, json!({ "stored": 0 })));
    assert_eq!(shop.warnings.borrow().len(), 1);
    assert!(shop.page_requests.borrow().is_empty());
    shop.down.clear();
    assert_eq!(shop.post(TARGET, views(&["a"])).json(), json!({ "stored": 1 }));
}

#[test]
fn a_session_that_cannot_be_understood_is_begun_anew() {
    let shop = Fake::default();
    let garbage = crate::Found { bytes: b"{\"form\":9}".to_vec(), version: 3 };
    shop.stored.borrow_mut().insert("session:magic-wands:abc123".into(), garbage);
    assert_eq!(shop.post(TARGET, views(&["wand-1"])).json(), json!({ "stored": 1 }));
    assert_eq!(shop.session().views, ["wand-1"]);
}

#[test]
fn a_shopper_who_did_enough_is_planned_for_anew() {
    let shop = Fake::default();
    shop.post(TARGET, views(&["a", "b", "c"]));
    assert!(shop.page_requests.borrow().is_empty());
    shop.post(TARGET, views(&["c"]));
    assert!(shop.page_requests.borrow().is_empty(), "nothing new");
    shop.post(TARGET, views(&["d"]));
    let requests = shop.page_requests.borrow();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].visitor.as_str(), requests[0].work), ("magic-wands:abc123", Work::Generate));
    assert_eq!(requests[0].signals.views, ["d", "c", "b", "a"]);
}

#[test]
fn signals_are_stored_whatever_comes_of_the_request() {
    for (enqueued, down) in [(Enqueued::Full, vec![]), (Enqueued::Full, vec!["queue"])] {
        let shop = Fake { enqueued, down, ..Fake::default() };
        assert_eq!(shop.post(TARGET, views(&["a", "b", "c", "d"])).json(), json!({ "stored": 4 }));
        assert_eq!(shop.warnings.borrow().len(), shop.down.len());
    }
}

#[test]
fn signals_of_unknown_shops_and_shoppers_are_refused() {
    let shop = Fake::default();
    let valid = views(&["a"]);
    refuse(&shop.post(TARGET, valid.replace(SHOP_ID, "unknown")), 404, "there is no such shop here");
    refuse(&shop.post(TARGET, valid.replace(SHOP_ID, "a:b")), 404, "there is no such shop here");
    let alphabet = "shopper id may hold only A-Z, a-z, 0-9, '_' and '-'";
    refuse(&shop.post(TARGET, valid.replace("abc123", "a:b")), 400, alphabet);
    refuse(&shop.post(TARGET, valid.replace("abc123", "")), 400, "shopper id is empty");
    assert!(shop.stored.borrow().is_empty() && shop.warnings.borrow().is_empty());
}

#[test]
fn a_body_that_is_no_report_is_refused_and_nothing_is_stored() {
    let shop = Fake::default();
    refuse(&shop.post(TARGET, ""), 400, "body is not JSON: line 1, column 0");
    refuse(&shop.post(TARGET, b"\xff".as_slice()), 400, "body is not UTF-8");
    let mixed = report(&json!([{ "type": "visit" }, { "type": "fly" }]));
    let types =
        "events[1].type must be visit, seen, view, search, filter, sort, add-to-cart, purchase or ordered";
    refuse(&shop.post(TARGET, mixed), 400, types);
    let broken = FakeRequest { body: Err(BodyError::Incomplete), ..FakeRequest::default() };
    refuse(&send(&shop, &broken), 400, "body did not arrive whole");
    assert!(shop.stored.borrow().is_empty() && shop.warnings.borrow().is_empty());
}

#[test]
fn a_body_of_more_than_16_kib_is_refused() {
    let shop = Fake::default();
    let padded = |length: usize| format!("{:<length$}", views(&["a"]));
    assert_eq!(shop.post(TARGET, padded(16_384)).status(), 200);
    refuse(&shop.post(TARGET, padded(16_385)), 413, "body is larger than 16384 bytes");
}

#[test]
fn a_beacon_is_welcome_and_a_form_is_not() {
    let shop = Fake::default();
    let typed = |content_type: &str| FakeRequest {
        headers: vec![("content-type", content_type.to_owned())],
        body: Ok(views(&["a"]).into_bytes()),
    };
    for welcome in ["application/json", "text/plain;charset=UTF-8", "", "application/x-www-form"] {
        assert_eq!(send(&shop, &typed(welcome)).status(), 200, "{welcome}");
    }
    for form in [
        "application/x-www-form-urlencoded",
        "APPLICATION/X-WWW-Form-Urlencoded; charset=utf-8",
        "multipart/form-data; boundary=x",
        "Multipart/mixed",
    ] {
        refuse(&send(&shop, &typed(form)), 415, "body must be JSON, not a form");
    }
}

#[test]
fn reports_and_sessions_beyond_a_limit_are_refused_and_nothing_is_stored() {
    for used_up in [
        Allowance::ClientReports,
        Allowance::ShopperReports,
        Allowance::ClientSessions,
        Allowance::ShopSessions,
    ] {
        let shop = Fake { used_up: vec![used_up], ..Fake::default() };
        let answer = shop.post(TARGET, views(&["wand-1"]));
        refuse(&answer, 429, "too many reports; try again later");
        assert_eq!(answer.header("retry-after"), "30", "{used_up:?}");
        assert!(shop.stored.borrow().is_empty());
    }
}

#[test]
fn a_shopper_with_a_session_needs_no_other() {
    let used_up = vec![Allowance::ClientSessions, Allowance::ShopSessions];
    let shop = Fake { used_up, ..Fake::default() };
    let known = Fake::default();
    known.post(TARGET, views(&["wand-1"]));
    shop.stored.replace(known.stored.take());
    assert_eq!(shop.post(TARGET, views(&["wand-2"])).json(), json!({ "stored": 1 }));
}

#[test]
fn a_milestone_beyond_a_limit_requests_no_page_and_is_stored() {
    let shop = Fake { used_up: vec![Allowance::ShopGenerations], ..Fake::default() };
    let answer = shop.post(TARGET, views(&["wand-1", "wand-2", "wand-3", "wand-4"]));
    assert_eq!(answer.json(), json!({ "stored": 4 }));
    assert!(shop.page_requests.borrow().is_empty());
}
