//! Refused requests and their responses.

use crate::fakes::{Answer, Fake, FakeRequest, SHOP, signed};
use crate::{Method, handle};

#[track_caller]
fn refuse(target: &str, status: u16, line: &str) {
    let shop = Fake::default();
    let answer = shop.get(target);
    assert_eq!((answer.status(), answer.text()), (status, format!("{line}\n").as_str()), "{target}");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(shop.stored.borrow().is_empty() && shop.page_requests.borrow().is_empty(), "nothing is stored");
    assert!(shop.warnings.borrow().is_empty(), "nothing is logged");
}

#[test]
fn a_shopper_who_is_not_one_is_a_400() {
    let alphabet = "shopper id may hold only A-Z, a-z, 0-9, '_' and '-'";
    refuse("/s/magic-wands?shopper=", 400, "shopper id is empty");
    refuse("/s/magic-wands?shopper", 400, "shopper id is empty");
    refuse(
        &format!("/s/magic-wands?shopper={}", "a".repeat(129)),
        400,
        "shopper id is longer than 128 bytes",
    );
    refuse(
        &format!("/s/magic-wands?shopper={}", "a".repeat(10_000)),
        400,
        "shopper id is longer than 128 bytes",
    );
    for hostile in
        ["%3Cscript%3E", "<script>", "a:b", "a/b", "..", "a%0d%0ax-cache:%20HIT", "%00", "a+b", "{{a}}", "é"]
    {
        refuse(&format!("/s/magic-wands?shopper={hostile}"), 400, alphabet);
    }
    refuse("/s/magic-wands?shopper=%zz", 400, "parameter shopper is not well encoded");
    refuse("/s/magic-wands?shopper=%ff", 400, "parameter shopper is not well encoded");
    refuse("/s/magic-wands?shopper=a&shopper=b", 400, "parameter shopper is given more than once");
}

#[test]
fn an_unknown_shop_is_a_404_for_every_caller() {
    for shop in
        ["unknown", "MAGIC-WANDS", "magic%2Fwands", "%2e%2e", "..", "magic-wands%", "%ff", "a:b", "-a"]
    {
        refuse(&format!("/s/{shop}?shopper=abc123"), 404, "there is no such shop here");
        refuse(&format!("/s/{shop}"), 404, "there is no such shop here");
    }
}

#[test]
fn a_shop_that_is_closed_to_strangers_is_to_them_as_one_that_is_not_here() {
    let shop = Fake { closed_to_anybody: true, ..Fake::default() };
    let told = |answer: Answer| (answer.status(), format!("{:?}", answer.fields()), answer.text().to_owned());
    for target in [
        "/s/SHOP_ID?shopper=abc123",
        "/s/SHOP_ID?shopper=customer-7",
        "/s/SHOP_ID?shopper=abc123_DE-DE",
        "/s/SHOP_ID?shopper=",
        "/s/SHOP_ID",
        "/api/generation/status?store=SHOP_ID&shopper=abc123",
        "/api/generation/status?store=SHOP_ID&shopper=abc123&wait=20",
        "/api/generation/status?store=SHOP_ID",
    ] {
        let closed = told(shop.get(&target.replace("SHOP_ID", SHOP)));
        assert_eq!(closed, told(shop.get(&target.replace("SHOP_ID", "unknown.myshopify.com"))), "{target}");
        assert_eq!(closed.0, 404, "{target}");
    }
    let report = |id: &str| {
        let events = r#"[{"type":"visit"}]"#;
        let body = format!(r#"{{"store":"{id}","shopper":"abc123","events":{events}}}"#);
        told(shop.post("/api/shopper/track", body))
    };
    assert_eq!(report(SHOP), report("unknown.myshopify.com"));
    assert!(shop.is_untouched(), "nothing is looked up");
    for path in ["/proxy", "/proxy/fragment", "/proxy/status"] {
        assert_eq!(shop.get(&signed(path, "")).status(), 200, "{path}: Shopify vouches for them");
    }
}

#[test]
fn a_path_that_is_not_here_is_a_404() {
    for path in
        ["", "*", "//", "/s", "/s/", "/s//", "/s/../x", "/s/magic-wands/x", "/x", "/health", "/metrics"]
    {
        refuse(&format!("{path}?shopper=abc123"), 404, "there is nothing at this address");
    }
}

#[test]
fn programs_are_refused_in_json() {
    for (target, status, reason) in [
        ("/api/unknown", 404, "there is nothing at this address"),
        ("/debug/pool", 404, "there is nothing at this address"),
        ("/api/generation/status?store=unknown&shopper=a", 404, "there is no such shop here"),
        ("/api/generation/status?shopper=a", 400, "parameter store is missing"),
        ("/api/generation/status?store=magic-wands", 400, "parameter shopper is missing"),
        ("/api/generation/status?store=magic-wands&store=a", 400, "parameter store is given more than once"),
        (
            "/api/generation/status?store=magic-wands&shopper=a&wait=soon",
            400,
            "parameter wait is not a whole number",
        ),
    ] {
        let answer = Fake::default().get(target);
        assert_eq!(answer.status(), status, "{target}");
        assert_eq!(answer.json(), serde_json::json!({ "error": reason }), "{target}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[test]
fn another_method_is_a_405_that_names_those_there_are() {
    let development = Fake { development: true, ..Fake::default() };
    let reads = [Method::Post, Method::Other].as_slice();
    for (target, refused, allow) in [
        ("/", reads, "GET, HEAD"),
        ("/s/magic-wands?shopper=a", reads, "GET, HEAD"),
        ("/api/generation/status", reads, "GET, HEAD"),
        ("/api/shopper/track", &[Method::Get, Method::Head, Method::Other], "POST"),
        ("/debug/generate", &[Method::Other], "GET, HEAD, POST"),
        ("/debug/errors", reads, "GET, HEAD"),
        ("/debug/pool", reads, "GET, HEAD"),
        ("/debug/bump-catalog-version", &[Method::Get, Method::Head, Method::Other], "POST"),
    ] {
        for method in refused {
            let answer = Answer::of(handle(&development, *method, target, &FakeRequest::default()));
            assert_eq!((answer.status(), answer.header("allow")), (405, allow), "{method:?} {target}");
            assert!(answer.text().contains(&format!("this address takes {allow} only")));
        }
    }
}

#[test]
fn head_is_answered_as_get() {
    let shop = Fake::default();
    let head = Answer::of(handle(&shop, Method::Head, "/s/magic-wands?shopper=a", &FakeRequest::default()));
    let get = shop.get("/s/magic-wands?shopper=a");
    assert_eq!((head.status(), head.fields()), (get.status(), get.fields()));
}
