//! Requests through the app proxy that are not Shopify's, or are invalid.

use model::pages::{Cached, Staleness};
use serde_json::json;

use super::proxy::{EVENTS, consenting};
use crate::fakes::{Answer, Fake, FakeRequest, NOW_MS, PAGE, SHOP, sign, signed};
use crate::{Method, handle};

/// Checks that this target and a report to it are refused, and nothing is stored.
#[track_caller]
fn refuse(target: &str, status: u16, reason: &str) {
    for part in ["fragment", "status", "track"] {
        let shop = Fake::default();
        let target = target.replace("/proxy/", &format!("/proxy/{part}"));
        let answer = if part == "track" { shop.post(&target, EVENTS) } else { shop.get(&target) };
        assert_eq!((answer.status(), answer.json()), (status, json!({ "error": reason })), "{target}");
        assert!(shop.is_untouched() && shop.warnings.borrow().is_empty(), "{target}");
    }
}

#[test]
fn unsigned_requests_are_refused() {
    const FORGED: &str = "the signature is not valid";
    let good = signed("/proxy/", &consenting("&nonce=a"));
    refuse("/proxy/", 401, FORGED);
    refuse("/proxy/?signature=", 401, FORGED);
    refuse(&good.replace("consent=1", "consent=2"), 401, FORGED);
    refuse(&good.replace("nonce=a", "nonce=b"), 401, FORGED);
    refuse(&good.replace(SHOP, "other-wands.myshopify.com"), 401, FORGED);
    refuse(&format!("{good}&extra=1"), 401, FORGED);
    refuse(&good.replace("logged_in_customer_id=", "logged_in_customer_id=7"), 401, FORGED);
    refuse(&good.replace("%2Fapps%2Fwand", "%252Fapps%252Fwand"), 401, FORGED);
    refuse(&good[..good.len() - 2], 401, FORGED);
    let zeros = format!("{}{}", &good[..good.len() - 64], "0".repeat(64));
    refuse(&zeros, 401, FORGED);
}

#[test]
fn requests_signed_too_early_or_too_late_are_refused() {
    let at = |seconds: u64| sign("/proxy/", &format!("nonce=a&shop={SHOP}&timestamp={seconds}"));
    let now = NOW_MS / 1000;
    for wrong in [now - 91, now + 91, 0, u64::MAX] {
        refuse(&at(wrong), 401, "the timestamp of the request is too old or in the future");
    }
    for right in [now - 89, now, now + 89] {
        let target = at(right).replace("/proxy/", "/proxy/fragment");
        assert_eq!(Fake::default().get(&target).status(), 200);
    }
}

#[test]
fn repeated_parameters_are_refused_in_any_order() {
    let now = NOW_MS / 1000;
    let base = format!("shop={SHOP}&timestamp={now}");
    for reserved in [format!("shop={SHOP}"), format!("timestamp={now}")] {
        let (name, _) = reserved.split_once('=').unwrap();
        for query in [format!("{base}&{reserved}"), format!("{reserved}&{base}")] {
            refuse(&sign("/proxy/", &query), 400, &format!("{name} is given more than once"));
        }
    }
    for (ours, name) in [("consent=1", "consent"), ("country=DE", "country"), ("context=home", "context")] {
        let query = format!("{ours}&{base}&{ours}&nonce=a");
        refuse(&sign("/proxy/", &query), 400, &format!("parameter {name} is given more than once"));
    }
}

#[test]
fn a_shop_that_only_looks_like_one_is_refused() {
    let now = NOW_MS / 1000;
    for shop in [
        "magic-wands.myshopify.com.evil.example",
        "evil.example",
        "magic-wands.myshopify.com%2F..",
        "magic-wands%252Emyshopify.com",
        "magic-wands.myshopify.com%00",
        "magic-wands.my%D1%95hopify.com",
        "-.myshopify.com",
        "",
    ] {
        let target = sign("/proxy/", &format!("nonce=a&shop={shop}&timestamp={now}"));
        for part in ["fragment", "track"] {
            let shop = Fake::default();
            let target = target.replace("/proxy/", &format!("/proxy/{part}"));
            let answer = if part == "track" { shop.post(&target, EVENTS) } else { shop.get(&target) };
            assert_eq!(answer.status(), 400, "{target}");
            assert!(shop.is_untouched());
        }
    }
}

#[test]
fn signed_nonsense_is_refused() {
    for (parameters, reason) in [
        ("consent=1&visitor=short", "visitor id is shorter than 22 bytes"),
        (
            "consent=1&visitor=%3Cscript%3Ealert%281%29%3C%2Fscript%3E",
            "visitor id may hold only A-Z, a-z, 0-9, '_' and '-'",
        ),
        ("context=everywhere", "parameter context has an unknown value"),
        ("logged_in_customer_id=7%20or%201", "logged_in_customer_id is missing or malformed"),
    ] {
        refuse(&signed("/proxy/", &format!("{parameters}&nonce=a")), 400, reason);
    }
}

#[test]
fn no_other_path_is_there() {
    for path in ["/proxy/other", "/proxy/fragment/", "/proxy//", "/proxy/%66ragment", "/proxy/../s/x"] {
        assert_eq!(Fake::default().get(&signed(path, "")).status(), 404, "{path}");
    }
    let shop = Fake::default();
    assert_eq!(shop.get(&signed("/proxy/track", "nonce=a")).header("allow"), "POST");
    assert_eq!(shop.post(&signed("/proxy/fragment", ""), EVENTS).header("allow"), "GET, HEAD");
}

#[test]
fn a_form_post_is_not_accepted_as_a_customers_report() {
    let target = signed("/proxy/track", &consenting("&nonce=a&logged_in_customer_id=7"));
    for form in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let shop = Fake::default();
        let headers = vec![("content-type", form.to_owned())];
        let request = FakeRequest { headers, body: Ok(EVENTS.as_bytes().to_vec()) };
        let answer = Answer::of(handle(&shop, Method::Post, &target, &request));
        assert_eq!((answer.status(), shop.is_untouched()), (415, true), "{form}");
    }
}

#[test]
fn an_unsigned_request_cannot_name_a_customer() {
    let shop = Fake::default();
    let reason = json!({ "error": "shopper id of a customer needs a signed request" });
    let answer = shop.get("/api/generation/status?store=magic-wands&shopper=customer-7041");
    assert_eq!((answer.status(), answer.json()), (400, reason));
    assert_eq!(shop.get("/s/magic-wands?shopper=customer-7041").status(), 400);
    assert_eq!(shop.get("/s/magic-wands?shopper=customer-7041_DE-DE").status(), 400);
    let body = json!({ "store": "magic-wands", "shopper": "customer-7041", "events": [{ "type": "visit" }] });
    assert_eq!(shop.post("/api/shopper/track", body.to_string()).status(), 400);
    assert!(shop.is_untouched());
}

#[test]
fn the_shared_page_belongs_to_no_shopper() {
    let shop = Fake::default();
    let body =
        json!({ "store": "magic-wands", "shopper": "context-loyalist", "events": [{ "type": "visit" }] });
    assert_eq!(shop.post("/api/shopper/track", body.to_string()).json(), json!({ "stored": 0 }));
    let answer = shop.get("/s/magic-wands?shopper=context-loyalist");
    assert_eq!((answer.status(), answer.header("x-generation-triggered")), (200, "false"));
    assert!(shop.is_untouched(), "an unsigned request stores nothing");
    let stale = Fake { cached: Cached::Stale(PAGE, Staleness::Expired), ..Fake::default() };
    let answer = stale.get("/s/magic-wands?shopper=context-loyalist");
    assert_eq!((answer.status(), answer.header("x-cache")), (200, "STALE"));
    assert!(stale.is_untouched());
}

#[test]
fn a_market_is_named_by_shopify_only() {
    let shop = Fake::default();
    let reason = json!({ "error": "shopper id with a market or a kind of page needs a signed request" });
    for shopper in ["abc123_DE-DE", "context-explorer_QQ-ZX", "visitor-abc_-PT_BR", "abc123_DE-"] {
        let answer = shop.get(&format!("/api/generation/status?store=magic-wands&shopper={shopper}"));
        assert_eq!((answer.status(), answer.json()), (400, reason.clone()), "{shopper}");
        assert_eq!(shop.get(&format!("/s/magic-wands?shopper={shopper}")).status(), 400, "{shopper}");
        let body = json!({ "store": "magic-wands", "shopper": shopper, "events": [{ "type": "visit" }] });
        assert_eq!(shop.post("/api/shopper/track", body.to_string()).status(), 400, "{shopper}");
    }
    assert!(shop.is_untouched());
    assert!(!shop.calls.borrow().iter().any(|call| call.starts_with("catalog.")));
}
