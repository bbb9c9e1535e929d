//! A reply tells the host what happened, so that it reads no header field.

use model::jobs::{Enqueued, State};
use model::pages::{Cached, Staleness};
use routes::{Method, RULES, Route, SHOP as ANY_SHOP};

use crate::fakes::{Answer, Fake, FakeRequest, Held, PAGE, SHOP, SHOP_ID, signed};
use crate::{CacheOutcome, handle};

const TARGET: &str = "/s/magic-wands?shopper=abc123";

fn holding(cached: Cached<Held>) -> Fake {
    Fake { cached, ..Fake::default() }
}

#[test]
fn a_page_names_its_route_its_shop_and_the_part_of_the_cache() {
    for (cached, outcome, header, may_have_enqueued) in [
        (Cached::Fresh(PAGE), CacheOutcome::Hit, "HIT", false),
        (Cached::Stale(PAGE, Staleness::Expired), CacheOutcome::Stale, "STALE", true),
        (Cached::Miss, CacheOutcome::Miss, "MISS", true),
    ] {
        let shop = holding(cached);
        for (target, route, id) in [
            (TARGET.to_owned(), Route::Page, SHOP_ID),
            (signed("/proxy", "country=DE&language=DE"), Route::ProxyPage, SHOP),
            (signed("/proxy/fragment", ""), Route::ProxyFragment, SHOP),
        ] {
            let answer = shop.get(&target);
            assert_eq!((answer.route, answer.cache), (Some(route), Some(outcome)), "{target}");
            assert_eq!(answer.shop.as_ref().map(model::ShopId::as_str), Some(id), "{target}");
            assert_eq!(answer.may_have_enqueued, may_have_enqueued, "{target}");
            assert_eq!(answer.header("x-cache"), header, "{target}: the same as in the header");
        }
    }
}

#[test]
fn a_page_whose_job_was_refused_left_no_job() {
    for shop in [
        Fake { enqueued: Enqueued::Full, ..Fake::default() },
        Fake { down: vec!["queue"], ..Fake::default() },
        Fake { paused: true, ..Fake::default() },
    ] {
        assert!(!shop.get(TARGET).may_have_enqueued);
    }
}

#[test]
fn only_page_requests_report_a_cache_outcome() {
    let shop = Fake { state: Some(State::Queued), ..Fake::default() };
    let status = shop.get("/api/generation/status?store=magic-wands&shopper=abc123&wait=20");
    assert_eq!((status.route, status.cache, status.may_have_enqueued), (Some(Route::Status), None, false));
    assert!(status.pending.is_some() && status.shop.is_some());
    let report = r#"{"store":"magic-wands","shopper":"abc123","events":[{"type":"visit"}]}"#;
    let tracked = shop.post("/api/shopper/track", report);
    assert_eq!((tracked.route, tracked.cache, tracked.may_have_enqueued), (Some(Route::Track), None, true));
    let empty = shop.get(&signed("/proxy", ""));
    assert_eq!((empty.status(), empty.route, empty.cache), (200, Some(Route::ProxyPage), None));
}

#[test]
fn a_refusal_has_a_route_and_no_shop() {
    for (target, route) in [
        ("/s/unknown?shopper=a", Some(Route::Page)),
        ("/s/a/b", None),
        ("/debug/pool", Some(Route::DebugPool)),
    ] {
        let answer = Fake::default().get(target);
        assert_eq!((answer.status(), answer.route, answer.cache), (404, route, None), "{target}");
        assert_eq!((answer.shop, answer.may_have_enqueued), (None, false), "{target}");
    }
}

#[test]
fn every_route_of_the_table_is_answered_by_its_methods_and_no_others() {
    let shop = Fake { development: true, ..Fake::default() };
    for rule in &RULES {
        for path in rule.paths {
            let path = path.replace(ANY_SHOP, SHOP_ID);
            for method in [Method::Get, Method::Head, Method::Post, Method::Other] {
                let answer = Answer::of(handle(&shop, method, &path, &FakeRequest::default()));
                assert_eq!(answer.route, Some(rule.route), "{path}");
                assert_eq!(answer.status() == 405, !rule.methods.includes(method), "{method:?} {path}");
                assert!(!answer.text().contains("there is nothing at this address"), "{path}");
            }
        }
    }
}
