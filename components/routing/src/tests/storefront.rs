//! A shopper opens their page.

use model::Signals;
use model::Source;
use model::jobs::{Enqueued, State, Work};
use model::limits::Allowance;
use model::pages::{Cached, Page, PageMetadata, Staleness};
use model::shop::Approval;
use serde_json::json;

use crate::fakes::{Answer, Fake, FakeRequest, Held, PAGE, Requested, SHOP_ID, stored};
use crate::{Found, Method, handle};

const TARGET: &str = "/s/magic-wands?shopper=abc123";

fn holding(cached: Cached<Held>) -> Fake {
    Fake { cached, ..Fake::default() }
}

fn known() -> Signals {
    Signals { visits: 2, views: vec!["wand-1".into()], ..Signals::default() }
}

fn remember(shop: &Fake, signals: &Signals) {
    let found = Found { bytes: stored(signals), version: 1 };
    shop.stored.borrow_mut().insert("session:magic-wands:abc123".into(), found);
}

#[test]
fn a_fresh_page_is_served_from_cache_and_costs_two_calls() {
    let shop = holding(Cached::Fresh(PAGE));
    let answer = shop.get(TARGET);
    assert_eq!((answer.status(), answer.text()), (200, "a page for abc123"));
    assert_eq!(answer.header("x-cache"), "HIT");
    assert_eq!(answer.header("server-timing"), "cache;desc=HIT");
    assert_eq!(answer.header("x-generated"), "true");
    assert_eq!(answer.header("x-wand-source"), "llm");
    assert_eq!(answer.header("x-wand-persona"), "dealhunter");
    assert_eq!(answer.header("x-generation-triggered"), "");
    assert_eq!(*shop.calls.borrow(), ["settings.status", "cache.get"]);
}

#[test]
fn every_page_says_who_may_keep_it_and_what_it_may_do() {
    for cached in [Cached::Fresh(PAGE), Cached::Stale(PAGE, Staleness::Expired), Cached::Miss] {
        let answer = holding(cached)
            .get(TARGET)
            .fields()
            .into_iter()
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect::<Vec<_>>();
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "private, no-store"),
            ("content-security-policy", page::content_security_policy()),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
        ] {
            assert!(answer.contains(&(name.to_owned(), value.to_owned())), "{name} in {answer:?}");
        }
    }
}

#[test]
fn a_page_older_than_its_products_is_served_while_it_is_rendered_again() {
    let shop = holding(Cached::Stale(PAGE, Staleness::CatalogChanged));
    remember(&shop, &known());
    let answer = shop.get(TARGET);
    assert_eq!((answer.status(), answer.text()), (200, "a page for abc123"));
    assert_eq!(answer.header("x-cache"), "STALE");
    assert_eq!(answer.header("server-timing"), "cache;desc=STALE");
    assert_eq!(answer.header("x-generated"), "true");
    assert_eq!(answer.header("x-wand-persona"), "dealhunter");
    assert_eq!(answer.header("x-generation-triggered"), "true");
    assert_eq!(*shop.page_requests.borrow(), [Requested::of(Work::Rerender, known())]);
}

#[test]
fn an_expired_page_is_served_while_a_new_one_is_planned() {
    let shop = holding(Cached::Stale(PAGE, Staleness::Expired));
    assert_eq!(shop.get(TARGET).header("x-cache"), "STALE");
    assert_eq!(shop.page_requests.borrow()[0].work, Work::Generate);
}

#[test]
fn a_stranger_gets_the_page_that_fits_everybody_and_one_is_requested() {
    let shop = Fake::default();
    let answer = shop.get(TARGET);
    assert_eq!(answer.status(), 200);
    assert!(answer.text().contains("Elder Wand") && answer.text().contains("Free returns"));
    assert_eq!(answer.header("x-cache"), "MISS");
    assert_eq!(answer.header("server-timing"), "cache;desc=MISS");
    assert_eq!(answer.header("x-generated"), "false");
    assert_eq!(answer.header("x-wand-source"), "fallback");
    assert_eq!(answer.header("x-wand-persona"), "");
    assert_eq!(answer.header("x-generation-triggered"), "true");
    assert_eq!(*shop.page_requests.borrow(), [Requested::of(Work::Generate, Signals::default())]);
    assert!(shop.warnings.borrow().is_empty());
}

#[test]
fn the_request_says_what_the_shopper_did() {
    let shop = Fake::default();
    remember(&shop, &known());
    shop.get(TARGET);
    assert_eq!(shop.page_requests.borrow()[0].signals, known());
}

#[test]
fn a_live_job_counts_as_triggered() {
    let shop = Fake { enqueued: Enqueued::Live("job-1".into()), ..Fake::default() };
    assert_eq!(shop.get(TARGET).header("x-generation-triggered"), "true");
}

#[test]
fn a_full_pool_is_reported_in_headers_and_the_page_is_served() {
    for cached in [Cached::Miss, Cached::Stale(PAGE, Staleness::Expired)] {
        let shop = Fake { cached, enqueued: Enqueued::Full, ..Fake::default() };
        let answer = shop.get(TARGET);
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("x-generation-triggered"), "false");
        assert_eq!(answer.header("x-generation-refused"), "queue-full");
        assert_eq!(answer.header("retry-after"), "30");
        assert!(shop.warnings.borrow().is_empty(), "a full pool is no fault");
    }
}

#[test]
fn a_queue_that_is_down_is_reported_in_headers_and_logged_once() {
    let shop = Fake { down: vec!["queue"], ..Fake::default() };
    let answer = shop.get(TARGET);
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("x-generation-triggered"), "false");
    assert_eq!(answer.header("x-generation-refused"), "queue-unavailable");
    assert_eq!(answer.header("retry-after"), "");
    assert_eq!(
        *shop.warnings.borrow(),
        [r#"cannot request a page [("shop", "magic-wands"), ("reason", "queue is down")]"#]
    );
}

#[test]
fn a_cache_that_is_down_is_a_miss_and_logged_once() {
    let shop = Fake { cached: Cached::Fresh(PAGE), down: vec!["cache"], ..Fake::default() };
    let answer = shop.get(TARGET);
    assert_eq!((answer.status(), answer.header("x-cache")), (200, "MISS"));
    assert!(answer.text().contains("Elder Wand"));
    assert_eq!(answer.header("x-generation-triggered"), "true");
    assert_eq!(
        *shop.warnings.borrow(),
        [r#"cannot get a page from the cache [("shop", "magic-wands"), ("reason", "cache is down")]"#]
    );
}

#[test]
fn a_catalog_that_is_down_leaves_a_whole_page_that_says_so() {
    let shop = Fake { down: vec!["catalog"], ..Fake::default() };
    let answer = shop.get(TARGET);
    assert_eq!(answer.status(), 200);
    assert!(answer.text().contains("Magic Wands") && !answer.text().contains("Elder Wand"));
    assert!(answer.text().contains("We cannot show our products right now."));
    assert_eq!(shop.warnings.borrow().len(), 1);
}

#[test]
fn a_session_that_cannot_be_read_is_that_of_a_stranger() {
    let shop = Fake { down: vec!["storage"], ..Fake::default() };
    remember(&shop, &known());
    assert_eq!(shop.get(TARGET).header("x-generation-triggered"), "true");
    assert_eq!(shop.page_requests.borrow()[0].signals, Signals::default());
    assert_eq!(shop.warnings.borrow().len(), 1);
}

#[test]
fn everything_down_is_still_a_page_and_a_restored_shop_serves_as_before() {
    let mut shop = Fake { cached: Cached::Fresh(PAGE), ..Fake::default() };
    assert_eq!(shop.get(TARGET).header("x-cache"), "HIT");
    shop.down = crate::fakes::PARTS.to_vec();
    let answer = shop.get(TARGET);
    assert_eq!((answer.status(), answer.header("x-cache")), (200, "MISS"));
    assert!(answer.text().contains("Magic Wands"));
    shop.down.clear();
    assert_eq!(shop.get(TARGET).header("x-cache"), "HIT");
}

#[test]
fn an_encoded_store_is_the_same_store() {
    assert_eq!(Fake::default().get("/s/magic%2Dwands?shopper=abc123").status(), 200);
}

#[test]
fn the_host_can_have_a_page_to_keep_without_anybody_asking() {
    let shop = Fake::default();
    let answer = crate::fakes::Answer::of(crate::fallback(&shop, SHOP_ID).unwrap().into());
    assert!(answer.text().contains("Elder Wand"));
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("x-cache"), "MISS");
    assert_eq!(answer.header("x-generation-triggered"), "false");
    assert_eq!(*shop.calls.borrow(), ["settings.get-shop", "catalog.products", "catalog.collections"]);
    assert_eq!(crate::fallback(&shop, "unknown"), None);
    assert_eq!(crate::fallback(&shop, "../x"), None);
}

#[test]
fn in_development_the_root_leads_to_the_first_store() {
    let answer = Fake { development: true, ..Fake::default() }.get("/");
    assert_eq!((answer.status(), answer.header("location")), (302, "/s/magic-wands?shopper=demo"));
    assert_eq!(Fake { development: true, shops: Vec::new(), ..Fake::default() }.get("/").status(), 404);
    assert_eq!(Fake::default().get("/").status(), 404);
}

#[test]
fn a_page_that_exceeds_a_limit_is_not_planned_and_the_fallback_is_served() {
    for used_up in [
        Allowance::ClientGenerations,
        Allowance::ShopperGenerations,
        Allowance::ShopGenerations,
        Allowance::DeploymentGenerations,
    ] {
        for cached in [Cached::Miss, Cached::Stale(PAGE, Staleness::Expired)] {
            let shop = Fake { cached, used_up: vec![used_up], ..Fake::default() };
            let answer = shop.get(TARGET);
            assert_eq!((answer.status(), answer.header("x-generation-triggered")), (200, "false"));
            assert_eq!(answer.header("x-generation-refused"), "limited");
            assert_eq!(answer.header("retry-after"), "30");
            assert!(shop.page_requests.borrow().is_empty(), "{used_up:?}");
        }
    }
}

#[test]
fn a_shopper_whose_page_is_being_made_is_told_so_whatever_is_used_up() {
    let used_up = vec![Allowance::ClientGenerations];
    let shop = Fake { used_up, state: Some(State::Running), ..Fake::default() };
    assert_eq!(shop.get(TARGET).header("x-generation-triggered"), "true");
}

#[test]
fn a_page_that_only_needs_rendering_costs_no_allowance() {
    let cached = Cached::Stale(PAGE, Staleness::CatalogChanged);
    let shop = Fake { cached, used_up: Allowance::ALL.to_vec(), ..Fake::default() };
    assert_eq!(shop.get(TARGET).header("x-generation-triggered"), "true");
    assert_eq!(shop.page_requests.borrow()[0].work, Work::Rerender);
    assert!(shop.taken.borrow().is_empty());
}

#[test]
fn while_newcomers_rush_in_their_first_pages_cost_no_model_call() {
    let used_up = vec![Allowance::ShopNewcomers];
    let shop = Fake { used_up: used_up.clone(), ..Fake::default() };
    assert_eq!(shop.get(TARGET).header("x-generation-triggered"), "true");
    assert_eq!(shop.page_requests.borrow()[0].work, Work::PlanLocally);

    let known_shopper = Fake { used_up: used_up.clone(), ..Fake::default() };
    remember(&known_shopper, &known());
    known_shopper.get(TARGET);
    assert_eq!(known_shopper.page_requests.borrow()[0].work, Work::Generate);

    let cached = Cached::Stale(PAGE, Staleness::Expired);
    let second_view = Fake { cached, used_up, ..Fake::default() };
    second_view.get(TARGET);
    assert_eq!(second_view.page_requests.borrow()[0].work, Work::Generate);
}

#[test]
fn a_bot_gets_the_fallback_page_and_requests_nothing() {
    let shop = Fake::default();
    let agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let request = FakeRequest { headers: vec![("user-agent", agent.into())], ..FakeRequest::default() };
    let answer = Answer::of(handle(&shop, Method::Get, TARGET, &request));
    assert_eq!((answer.status(), answer.header("x-generation-triggered")), (200, "false"));
    assert!(shop.page_requests.borrow().is_empty());
    assert!(shop.taken.borrow().is_empty());
}

#[test]
fn without_a_shopper_the_page_is_anybodys_and_says_what_it_shows_to_machines() {
    let shop = Fake { cached: Cached::Fresh(PAGE), ..Fake::default() };
    let answer = shop.get("/s/magic-wands");
    assert_eq!(
        (answer.status(), answer.header("x-cache"), answer.header("x-generated")),
        (200, "MISS", "false")
    );
    assert!(shop.page_requests.borrow().is_empty() && shop.keys().is_empty());
    for part in [
        r#"<link rel="canonical" href="/s/magic-wands">"#,
        r#"<meta name="description" content="It chooses you.">"#,
        r#"<link rel="alternate" type="application/json" href="/facts/magic-wands">"#,
    ] {
        assert!(answer.text().contains(part), "{part}: {}", answer.text());
    }
    let (_, rest) = answer.text().split_once(r#"<script type="application/ld+json">"#).expect("facts");
    let (facts, _) = rest.split_once("</script>").expect("an end");
    let as_json = shop.get("/facts/magic-wands");
    assert_eq!((as_json.status(), as_json.header("content-type")), (200, "application/json"));
    assert_eq!(facts, as_json.text(), "the same facts");
    let facts = as_json.json();
    assert_eq!(facts["itemListElement"].as_array().unwrap().len(), 2);
    assert_eq!(
        facts["itemListElement"][0]["item"],
        json!({
            "@type": "Product",
            "name": "Elder Wand",
            "url": "https://wands.example/products/wand",
            "category": "Wands",
            "brand": { "@type": "Brand", "name": "Ollivander" },
            "offers": {
                "@type": "Offer",
                "price": "49.00",
                "priceCurrency": "EUR",
                "availability": "https://schema.org/InStock",
            },
        })
    );
}

#[test]
fn facts_close_no_script_and_are_of_open_shops_only() {
    let shop = Fake { best: "</script><script>alert(1)</script>", ..Fake::default() };
    let page = shop.get("/s/magic-wands");
    assert_eq!(page.text().matches("<script").count(), 2, "the facts and our script: {}", page.text());
    assert!(shop.get("/facts/magic-wands").text().contains("\\u003c/script"));
    for (shop, path) in [
        (Fake::default(), "/facts/unknown"),
        (Fake { cached: Cached::Closed, ..Fake::default() }, "/facts/magic-wands"),
        (Fake { cached: Cached::Closed, ..Fake::default() }, "/s/magic-wands"),
        (Fake { closed_to_anybody: true, ..Fake::default() }, "/facts/magic-wands"),
    ] {
        assert_eq!(shop.get(path).status(), 404, "{path}");
    }
}

#[test]
fn a_stale_page_that_was_not_approved_is_not_shown_where_only_approved_ones_are() {
    for reason in [Staleness::CatalogChanged, Staleness::Expired] {
        for (approval, source, cache) in [
            (Approval::Automatic, Source::Llm, "STALE"),
            (Approval::First, Source::Llm, "MISS"),
            (Approval::Everything, Source::Local, "MISS"),
            (Approval::Everything, Source::Approved, "STALE"),
        ] {
            let metadata = PageMetadata { source, ..PAGE.metadata };
            let cached = Cached::Stale(Page { metadata, ..PAGE }, reason);
            let shop = Fake { approval, ..holding(cached) };
            let answer = shop.get(TARGET);
            assert_eq!(answer.header("x-cache"), cache, "{approval} {source:?}");
            assert_eq!(answer.header("x-generation-triggered"), "true");
            let status = shop.get("/api/generation/status?store=magic-wands&shopper=abc123");
            assert_eq!(status.json()["state"] == "ready", cache == "STALE", "{approval} {source:?}");
            let spent = Fake { used_up: vec![Allowance::ShopGenerations], approval, ..holding(shop.cached) };
            spent.get(TARGET);
            let is_bounded = spent.page_requests.borrow().is_empty();
            assert!(is_bounded || cache == "STALE", "a visit causes no more work than the limits allow");
        }
    }
}
