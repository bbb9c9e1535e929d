//! The table as a whole.

use super::*;

#[test]
fn every_path_has_its_route() {
    for (path, route) in [
        ("/", Route::Home),
        ("/s/magic-wands", Route::Page),
        ("/s/magic%2Dwands", Route::Page),
        ("/api/generation/status", Route::Status),
        ("/api/shopper/track", Route::Track),
        ("/proxy", Route::ProxyPage),
        ("/proxy/", Route::ProxyPage),
        ("/proxy/fragment", Route::ProxyFragment),
        ("/proxy/status", Route::ProxyStatus),
        ("/proxy/track", Route::ProxyTrack),
        ("/facts/magic-wands", Route::Facts),
        ("/api/pixel", Route::Pixel),
        ("/webhooks", Route::Webhooks),
        ("/webhook/shopify", Route::Webhooks),
        ("/debug/generate", Route::DebugGenerate),
        ("/debug/errors", Route::DebugErrors),
        ("/debug/pool", Route::DebugPool),
        ("/debug/bump-catalog-version", Route::DebugCatalogChanged),
        ("/debug/reopen", Route::DebugReopen),
    ] {
        assert_eq!(Route::at(path), Some(route), "{path}");
    }
}

#[test]
fn no_other_path_has_one() {
    for path in [
        "",
        "*",
        "//",
        "/s",
        "/s/",
        "/s//",
        "/s/a/b",
        "/s/a/",
        "/s/../x",
        "//s/a",
        "/S/a",
        "/debug",
        "/debug/",
        "/debug/pool/",
        "/api",
        HEALTH,
        "/metrics",
        "/admin",
        "/internal/drain",
        "/proxy//fragment",
        "/proxy/%66ragment",
        "/proxy/fragment/",
        "/proxy/../webhooks",
        "/proxyfragment",
        "/webhook",
        "/webhooks/",
        "http://wands.example/s/a",
        "/./s/a",
    ] {
        assert_eq!(Route::at(path), None, "{path}");
    }
}

#[test]
fn a_route_finds_its_own_rule() {
    for (at, rule) in RULES.iter().enumerate() {
        assert_eq!((rule.route as usize, rule.route.rule().route), (at, rule.route), "{rule:?}");
        for pattern in rule.paths {
            assert_eq!(Route::at(&pattern.replace(SHOP, "a")), Some(rule.route), "{pattern}");
        }
    }
}

#[test]
fn the_shop_is_the_last_segment_of_a_page_and_of_nothing_else() {
    for (path, shop) in [
        ("/s/magic-wands", Some("magic-wands")),
        ("/s/a%2Db.myshopify%2ecom", Some("a-b.myshopify.com")),
        ("/s/magic%2Fwands", Some("magic/wands")),
        ("/s/magic%2wands", None),
        ("/s/%ff", None),
        ("/s/", None),
        ("/s/a/b", None),
        ("/proxy", None),
        ("/facts/magic-wands", None),
        ("/", None),
    ] {
        assert_eq!(shop_in(path).as_deref(), shop, "{path}");
    }
}

#[test]
fn a_shopper_never_gets_a_server_error() {
    for rule in &RULES {
        let status = rule.on_failure.answer().status;
        assert!(status < 500 || rule.caller == Caller::Shopify, "{rule:?}");
    }
    assert_eq!(OnFailure::of(None).answer().status, 404);
    assert_eq!(OnFailure::of(Some(Route::Webhooks)).answer().status, 503);
}

#[test]
fn every_failure_has_a_name_of_its_own() {
    for (at, failure) in OnFailure::ALL.into_iter().enumerate() {
        let named = OnFailure::ALL.iter().position(|other| other.name() == failure.name());
        assert_eq!(named, Some(at), "{failure:?}");
    }
}

#[test]
fn a_route_reads_a_body_only_if_it_can_be_written_to() {
    for rule in &RULES {
        assert!(rule.body_bytes_max == 0 || rule.methods == Methods::Write, "{rule:?}");
    }
}

#[test]
fn only_requests_from_shopify_name_their_client() {
    for rule in &RULES {
        let is_forwarded = rule.paths.iter().all(|path| path.starts_with("/proxy"));
        assert_eq!(rule.trusts_forwarded, is_forwarded, "{rule:?}");
    }
}
