//! Requests that Shopify forwards under the app's path in a shop.

use model::jobs::{State, Work};
use model::pages::{Cached, Fragment, Page, PageMetadata, Staleness};
use model::{Persona, Signals};
use serde_json::{Value, json};

use crate::fakes::{Answer, Fake, FakeRequest, NOW_MS, PAGE, PARTS, SHOP, sign, signed, stored};
use crate::{Method, handle};

/// The id that a browser drew at random.
const DRAWN: &str = "Zk3_9-aBcDeFgHiJkLmNoP";
pub(super) const EVENTS: &str = r#"{"events":[{"type":"view","product":"wand-1"}]}"#;

pub(super) fn consenting(more: &str) -> String {
    format!("consent=1&visitor={DRAWN}{more}")
}

fn fragment(shop: &Fake, parameters: &str) -> Answer {
    shop.get(&signed("/proxy/fragment", parameters))
}

fn track(shop: &Fake, parameters: &str) -> Answer {
    shop.post(&signed("/proxy/track", parameters), EVENTS)
}

fn holding(cached: Cached<crate::fakes::Held>) -> Fake {
    Fake { cached, ..Fake::default() }
}

fn session_key(shopper: &str) -> String {
    format!("session:{SHOP}:{shopper}")
}

#[test]
fn a_generated_page_is_served_as_its_fragment() {
    let answer = fragment(&holding(Cached::Fresh(PAGE)), &consenting(""));
    assert_eq!(answer.status(), 200);
    let (style, content) = answer.text().split_once("</style>").expect("a style");
    assert!(style.starts_with("<style>") && style.contains(":host"));
    assert_eq!(content, "page<template data-wand-end></template>");
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "private, no-store"),
        ("x-cache", "HIT"),
        ("x-generated", "true"),
        ("x-wandstore", "fragment"),
        ("x-wand-persona", "dealhunter"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

#[test]
fn a_new_visitor_gets_the_fallback_and_their_page_is_requested() {
    let shop = Fake::default();
    let answer = fragment(&shop, &consenting(""));
    assert_eq!((answer.status(), answer.header("x-cache")), (200, "MISS"));
    assert_eq!(answer.header("x-generated"), "false");
    assert!(answer.text().contains("Elder Wand") && answer.text().contains("/collections/old-wands"));
    assert!(answer.text().ends_with("</div><template data-wand-end></template>"));
    assert!(!answer.text().contains("<script"));
    assert!(answer.text().contains(r##"data-accent="#102030""##));
    assert_eq!(shop.page_requests.borrow()[0].visitor, format!("{SHOP}:visitor-{DRAWN}"));
}

#[test]
fn a_page_without_a_part_for_themes_is_rendered_again() {
    let metadata = PageMetadata { fragment: Fragment::NONE, ..PAGE.metadata };
    let old = || Page { metadata: metadata.clone(), ..PAGE };
    for (cached, work) in [
        (Cached::Fresh(old()), Work::Rerender),
        (Cached::Stale(old(), Staleness::CatalogChanged), Work::Rerender),
        (Cached::Stale(old(), Staleness::Expired), Work::Generate),
    ] {
        let shop = holding(cached);
        let answer = fragment(&shop, &consenting(""));
        assert_eq!((answer.header("x-cache"), answer.header("x-generated")), ("MISS", "false"));
        assert_eq!(shop.page_requests.borrow()[0].work, work);
    }
}

#[test]
fn identity_follows_from_consent_login_and_market() {
    let visitor = format!("visitor-{DRAWN}");
    for (parameters, shopper, persona, market) in [
        (consenting(""), visitor.clone(), None, ""),
        (consenting("&context=cart"), format!("{visitor}_at-cart"), None, ""),
        (consenting("&context=search&country=DE"), format!("{visitor}_at-search_DE-"), None, "DE-"),
        (consenting("&logged_in_customer_id=7041"), "customer-7041".into(), None, ""),
        ("consent=1&logged_in_customer_id=7041".into(), "customer-7041".into(), None, ""),
        (consenting("&country=DE&language=DE"), format!("{visitor}_DE-DE"), None, "DE-DE"),
        (consenting("&country=BR&language=PT_BR"), format!("{visitor}_BR-PT_BR"), None, "BR-PT_BR"),
        (consenting("&language=FR"), format!("{visitor}_-FR"), None, "-FR"),
        (consenting("&country=&language="), visitor.clone(), None, ""),
        (consenting("&country=PH&language=FIL"), format!("{visitor}_PH-FIL"), None, "PH-FIL"),
        (consenting("&country=Germany&language=de"), visitor.clone(), None, ""),
        (consenting("&country=DE&language=de"), format!("{visitor}_DE-"), None, "DE-"),
        (consenting("&country=de&language=DE"), format!("{visitor}_-DE"), None, "-DE"),
        (consenting("&country=%3Cb%3E&language=%7B%7B"), visitor.clone(), None, ""),
        (String::new(), "context-explorer".into(), Some(Persona::Explorer), ""),
        ("context=home".into(), "context-explorer".into(), Some(Persona::Explorer), ""),
        ("context=page".into(), "context-explorer".into(), Some(Persona::Explorer), ""),
        ("context=collection".into(), "context-explorer_at-collection".into(), Some(Persona::Explorer), ""),
        ("context=product".into(), "context-minimalist_at-product".into(), Some(Persona::Minimalist), ""),
        ("context=search".into(), "context-minimalist_at-search".into(), Some(Persona::Minimalist), ""),
        (
            "context=cart&country=DE".into(),
            "context-loyalist_at-cart_DE-".into(),
            Some(Persona::Loyalist),
            "DE-",
        ),
        ("logged_in_customer_id=7041".into(), "context-explorer".into(), Some(Persona::Explorer), ""),
        (format!("visitor={DRAWN}"), "context-explorer".into(), Some(Persona::Explorer), ""),
        (format!("visitor={DRAWN}&consent=0"), "context-explorer".into(), Some(Persona::Explorer), ""),
        (format!("visitor={DRAWN}&consent=true"), "context-explorer".into(), Some(Persona::Explorer), ""),
        ("consent=1".into(), "context-explorer".into(), Some(Persona::Explorer), ""),
    ] {
        let shop = Fake::default();
        assert_eq!(fragment(&shop, &parameters).status(), 200, "{parameters}");
        let requests = shop.page_requests.borrow();
        let request = (requests[0].visitor.as_str(), requests[0].persona, requests[0].market.as_str());
        assert_eq!(request, (format!("{SHOP}:{shopper}").as_str(), persona, market), "{parameters}");
    }
}

#[test]
fn signals_are_shared_by_all_markets() {
    let shop = Fake::default();
    let signals = Signals { visits: 3, ..Signals::default() };
    shop.write(session_key(&format!("visitor-{DRAWN}")), &stored(&signals));
    fragment(&shop, &consenting("&country=DE&language=DE"));
    assert_eq!(shop.page_requests.borrow()[0].signals, signals);
}

#[test]
fn prices_are_those_of_the_market() {
    let answer = fragment(&Fake::default(), "country=GB&language=EN");
    assert!(answer.text().contains("£49.00"), "{}", answer.text());
    assert!(fragment(&Fake::default(), "").text().contains("€49.00"));
}

#[test]
fn words_are_those_of_the_market_and_else_of_the_shop() {
    let shown = |parameters: &str| fragment(&Fake::default(), parameters).text().to_owned();
    for (language, words) in
        [("DE", "Produkt ansehen"), ("PT_BR", "Ver produto"), ("AR", "عرض المنتج"), ("KO", "View product")]
    {
        let parameters = format!("country=DE&language={language}");
        let text = shown(&parameters);
        assert!(text.contains(words), "{text}");
        assert_eq!(text.contains("View product"), words == "View product", "{text}");
    }
    assert!(shown("country=DE").contains("View product"));
}

#[test]
fn without_consent_nothing_is_stored_or_read() {
    let shop = Fake::default();
    shop.write(session_key("context-explorer"), &stored(&Signals { visits: 9, ..Signals::default() }));
    shop.stored.borrow_mut().clear();
    for parameters in ["nonce=abc", "nonce=abc&logged_in_customer_id=7041", "nonce=abc&consent=0"] {
        assert_eq!(track(&shop, parameters).json(), json!({ "stored": 0 }), "{parameters}");
        assert!(shop.is_untouched(), "{parameters}");
    }
    fragment(&shop, "logged_in_customer_id=7041");
    assert_eq!(shop.page_requests.borrow()[0].signals, Signals::default());
    assert!(shop.keys().is_empty());
}

#[test]
fn a_page_within_the_theme_is_liquid_and_knows_the_prefix() {
    let timestamp = NOW_MS / 1000;
    let query = format!("shop={SHOP}&path_prefix=%2Ftools%2Fmagic&timestamp={timestamp}");
    for cached in [Cached::Miss, Cached::Fresh(PAGE)] {
        let is_generated = cached != Cached::Miss;
        let shop = holding(cached);
        for path in ["/proxy", "/proxy/"] {
            let answer = shop.get(&sign(path, &format!("country=FR&language=FR&{query}")));
            assert_eq!((answer.status(), answer.header("content-type")), (200, "application/liquid"));
            assert_eq!(answer.header("cache-control"), "private, no-store");
            let (before, content) = answer.text().split_once("{%- capture content -%}").expect("content");
            let (content, after) = content.split_once("{%- endcapture -%}").expect("an end");
            assert!(before.ends_with("{%- if country == 'FR' and language == 'FR' -%}"), "{before}");
            assert!(!content.contains("{{") && !content.contains("{%"), "Liquid would run it");
            let block = format!(
                "<wand-storefront data-prefix=\"/tools/magic\" data-country=\"{{{{ country }}}}\" \
                 data-language=\"{{{{ language }}}}\" data-generated=\"{is_generated}\">\
                 <template shadowrootmode=\"open\"><style>"
            );
            assert!(after.contains(&block), "{after}");
            assert!(after.contains("replace: 'href=\"https://wands.example/', href"), "{after}");
            assert!(
                !answer.text().contains("<main") && !answer.text().contains("<header"),
                "the theme has them"
            );
        }
    }
}

#[test]
fn a_page_within_the_theme_has_no_content_until_its_market_is_known() {
    let price = |text: &str| text.contains("49.00") || text.contains("data-id") || text.contains("page</");
    for parameters in ["", "language=FR", "country=&language=FR", "country=fr", "country=Narnia&language=xx"]
    {
        let shop = holding(Cached::Fresh(PAGE));
        let answer = shop.get(&signed("/proxy", &consenting(&format!("&{parameters}"))));
        assert_eq!((answer.status(), answer.header("content-type")), (200, "application/liquid"));
        assert_eq!((answer.header("x-cache"), answer.header("cache-control")), ("", "private, no-store"));
        assert!(!price(answer.text()), "{parameters}: {}", answer.text());
        assert!(answer.text().contains("data-prefix=\"/apps/wand\" data-country=\"{{ country }}\""));
        assert!(answer.text().contains("href=\"{{ root }}apps/wand?country={{ country }}&amp;language="));
        assert!(
            shop.page_requests.borrow().is_empty(),
            "{parameters}: the script requests it for the right market"
        );
    }
    let closed = holding(Cached::Closed).get(&signed("/proxy", &consenting("")));
    assert_eq!(closed.status(), 404);
}

#[test]
fn the_prefix_is_the_same_in_every_folder() {
    for folder in ["", "/fr", "/en-ca"] {
        let prefix = format!("{folder}/tools/magic").replace('/', "%2F");
        let query = format!("shop={SHOP}&path_prefix={prefix}&timestamp={}", NOW_MS / 1000);
        let answer = Fake::default().get(&sign("/proxy", &query));
        assert!(answer.text().contains("data-prefix=\"/tools/magic\""), "{folder}: {}", answer.text());
    }
}

/// Renders hostile names and texts of a product into the page that Shopify's Liquid gets.
#[test]
fn product_texts_are_plain_text_in_html_and_liquid() {
    let cases = include_str!("../../../../tests/vectors/liquid.json");
    let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
    assert!(cases.len() >= 23);
    for case in cases {
        let text = |member: &str| case[member].as_str().unwrap().to_owned();
        let input: &'static str = text("input").leak();
        let expected = text("expected");
        for path in ["/proxy", "/proxy/fragment"] {
            let answer =
                Fake { best: input, ..Fake::default() }.get(&signed(path, &consenting("&country=FR")));
            let sent = answer.text().split("{%- capture content -%}").last().unwrap_or_default();
            let sent = sent.split("{%- endcapture -%}").next().unwrap_or_default();
            assert!(sent.contains(&format!("<bdi>{expected}</bdi>")), "{input}");
            assert!(!sent.contains("{{") && !sent.contains("{%") && !sent.contains("<script"), "{input}");
        }
    }
}

#[test]
fn the_status_contains_no_shopper_id() {
    let shop = Fake { state: Some(State::Done), cached: Cached::Fresh(PAGE), ..Fake::default() };
    let answer = shop.get(&signed("/proxy/status", &consenting("")));
    let expected =
        json!({ "state": "ready", "source": "llm", "persona": "dealhunter", "generated_ms": NOW_MS });
    assert_eq!((answer.status(), answer.json()), (200, expected));
    assert_eq!(answer.header("x-wandstore"), "status");
    let waiting = Fake { state: Some(State::Queued), ..Fake::default() };
    let answer = waiting.get(&signed("/proxy/status", &consenting("&wait=20&country=DE&language=DE")));
    assert_eq!(answer.json()["state"], "queued");
    assert_eq!(answer.pending, Some((format!("{SHOP}:visitor-{DRAWN}_DE-DE"), 20_000)));
}

#[test]
fn signals_of_a_consenting_visitor_are_stored() {
    let shop = Fake::default();
    let answer = track(&shop, &consenting("&nonce=abc"));
    assert_eq!((answer.status(), answer.json()), (200, json!({ "stored": 1 })));
    assert_eq!(shop.session_of(&session_key(&format!("visitor-{DRAWN}"))).unwrap().views, ["wand-1"]);
    assert_eq!(shop.keys().len(), 2, "and that the report was seen");
}

#[test]
fn a_session_has_no_market() {
    let shop = Fake::default();
    track(&shop, &consenting("&nonce=abc&country=DE&language=DE"));
    assert!(shop.keys().contains(&session_key(&format!("visitor-{DRAWN}"))));
}

#[test]
fn a_report_that_is_made_again_is_refused() {
    let shop = Fake::default();
    let target = signed("/proxy/track", &consenting("&nonce=abc"));
    assert_eq!(shop.post(&target, EVENTS).status(), 200);
    let before = shop.session_of(&session_key(&format!("visitor-{DRAWN}")));
    let upper = target
        .split_once("signature=")
        .map(|(head, code)| format!("{head}signature={}", code.to_uppercase()));
    for again in [target, upper.unwrap()] {
        let answer = shop.post(&again, r#"{"events":[{"type":"view","product":"other"}]}"#);
        assert!([401, 409].contains(&answer.status()), "{}", answer.status());
    }
    assert_eq!(shop.session_of(&session_key(&format!("visitor-{DRAWN}"))), before);
    assert_eq!(
        track(&shop, &consenting("&nonce=abd")).json(),
        json!({ "stored": 1 }),
        "another of the same second"
    );
}

#[test]
fn a_report_is_known_again_for_as_long_as_its_signature_holds() {
    // A signature is valid longest if Shopify's clock is ahead of ours.
    let ahead_ms = shopify::WINDOW_S * 1000;
    let timestamp = (NOW_MS + ahead_ms) / 1000;
    let parameters = consenting("&nonce=abc");
    let target = sign("/proxy/track", &format!("{parameters}&shop={SHOP}&timestamp={timestamp}"));
    let shop = Fake::default();
    assert_eq!(shop.post(&target, EVENTS).status(), 200);
    let seen = shop.keys().into_iter().find(|key| key.starts_with("seen:")).unwrap();
    let expired_ms = NOW_MS + u64::from(shop.ttls.borrow()[&seen]) * 1000;
    shop.now_ms.set(expired_ms - 1);
    assert_eq!(shop.post(&target, EVENTS).status(), 409, "it is known again to the last moment");
    shop.now_ms.set(expired_ms);
    shop.stored.borrow_mut().remove(&seen);
    assert_eq!(shop.post(&target, EVENTS).status(), 401, "it is too old by then");
}

#[test]
fn a_report_without_a_nonce_or_events_is_refused() {
    let shop = Fake::default();
    let answer = track(&shop, &consenting(""));
    assert_eq!((answer.status(), answer.json()), (400, json!({ "error": "parameter nonce is missing" })));
    for body in
        ["", "[]", r#"{"events":[]}"#, r#"{"events":[{"type":"fly"}]}"#, r#"{"store":"x","events":[]}"#]
    {
        assert_eq!(shop.post(&signed("/proxy/track", &consenting("&nonce=a")), body).status(), 400, "{body}");
    }
    assert!(shop.is_untouched());
}

#[test]
fn a_login_joins_the_visitors_signals() {
    let shop = Fake::default();
    track(&shop, &consenting("&nonce=a"));
    let known = Signals { visits: 5, views: vec!["wand-9".into()], ..Signals::default() };
    shop.write(session_key("customer-7041"), &stored(&known));
    let body = r#"{"events":[{"type":"visit"}]}"#;
    let parameters = consenting("&nonce=b&logged_in_customer_id=7041");
    assert_eq!(shop.post(&signed("/proxy/track", &parameters), body).json(), json!({ "stored": 1 }));
    let session = shop.session_of(&session_key("customer-7041")).unwrap();
    assert_eq!((session.visits, session.views), (6, vec!["wand-1".to_owned(), "wand-9".to_owned()]));
    assert_eq!(shop.session_of(&session_key(&format!("visitor-{DRAWN}"))), None, "it is theirs now");
}

/// Returns a shop with data of a visitor in two markets.
fn knowing_a_visitor() -> Fake {
    let shop = Fake::default();
    track(&shop, &consenting("&nonce=a"));
    for market in ["", "_DE-DE", "x"] {
        let id = format!("{SHOP}:visitor-{DRAWN}{market}");
        shop.pages.borrow_mut().insert(id.clone());
        shop.live.borrow_mut().insert(id);
    }
    shop
}

#[test]
fn a_login_deletes_the_visitors_data() {
    let shop = knowing_a_visitor();
    track(&shop, &consenting("&nonce=b"));
    assert_eq!(shop.pages.borrow().len(), 3, "nobody logged in yet");
    track(&shop, &consenting("&nonce=c&logged_in_customer_id=7041"));
    for left in [&shop.pages, &shop.live] {
        assert_eq!(*left.borrow(), [format!("{SHOP}:visitor-{DRAWN}x")].into());
    }
    let deleted =
        || shop.calls.borrow().iter().filter(|call| ["cache.delete", "queue.delete"].contains(*call)).count();
    assert_eq!(deleted(), 2);
    track(&shop, &consenting("&nonce=d&logged_in_customer_id=7041"));
    assert_eq!(deleted(), 2, "once");
}

#[test]
fn data_that_cannot_be_deleted_at_login_is_logged() {
    for part in ["cache", "queue"] {
        let mut shop = knowing_a_visitor();
        shop.down = vec![part];
        let answer = track(&shop, &consenting("&nonce=b&logged_in_customer_id=7041"));
        assert_eq!((answer.status(), answer.json()), (200, json!({ "stored": 1 })), "{part}");
        assert_eq!(shop.session_of(&session_key(&format!("visitor-{DRAWN}"))), None, "{part}");
        let warnings = shop.warnings.borrow();
        assert!(warnings.iter().any(|warning| warning.contains("who logged in")), "{warnings:?}");
    }
}

#[test]
fn signals_that_cannot_be_joined_are_not_lost() {
    let mut shop = Fake::default();
    track(&shop, &consenting("&nonce=a"));
    shop.rivals.set(5);
    track(&shop, &consenting("&nonce=b&logged_in_customer_id=7041"));
    assert!(shop.session_of(&session_key(&format!("visitor-{DRAWN}"))).is_some());
    shop.down = vec!["storage"];
    let answer = track(&shop, &consenting("&nonce=c&logged_in_customer_id=7041"));
    assert_eq!((answer.status(), answer.json()), (200, json!({ "stored": 0 })), "not the shopper's matter");
}

#[test]
fn a_paused_shop_shows_everybody_the_same_and_stores_nothing() {
    let shop = Fake { paused: true, cached: Cached::Fresh(PAGE), ..Fake::default() };
    let answer = fragment(&shop, &consenting(""));
    assert_eq!((answer.status(), answer.header("x-generated")), (200, "false"));
    assert!(answer.text().contains("Elder Wand"));
    assert_eq!(shop.get(&signed("/proxy/status", &consenting(""))).json()["state"], "none");
    assert_eq!(track(&shop, &consenting("&nonce=a")).json(), json!({ "stored": 0 }));
    assert_eq!(shop.get("/s/magic-wands?shopper=abc123").header("x-generated"), "false");
    assert!(shop.is_untouched());
}

#[test]
fn a_shop_that_was_closed_or_is_not_here_is_a_404() {
    let unknown = Fake { shops: vec!["magic-wands"], ..Fake::default() };
    for shop in [holding(Cached::Closed), unknown] {
        for path in ["/proxy", "/proxy/fragment", "/proxy/status"] {
            assert_eq!(shop.get(&signed(path, &consenting(""))).status(), 404, "{path}");
        }
        assert_eq!(track(&shop, &consenting("&nonce=a")).status(), 404);
        assert!(shop.is_untouched());
    }
    let closed = holding(Cached::Closed);
    assert_eq!(closed.get("/s/magic-wands?shopper=abc123").status(), 404);
    let body = json!({ "store": "magic-wands", "shopper": "abc123", "events": [{ "type": "visit" }] });
    assert_eq!(closed.post("/api/shopper/track", body.to_string()).status(), 404);
    assert!(closed.is_untouched());
}

#[test]
fn everything_down_is_still_content() {
    let shop = Fake { down: PARTS.to_vec(), ..Fake::default() };
    for path in ["/proxy", "/proxy/fragment", "/proxy/status"] {
        assert_eq!(shop.get(&signed(path, &consenting(""))).status(), 200, "{path}");
    }
    assert!(fragment(&shop, "").text().contains("Magic Wands"));
}

#[test]
fn head_is_answered_as_get_and_a_read_may_be_repeated() {
    let shop = holding(Cached::Fresh(PAGE));
    for path in ["/proxy", "/proxy/fragment", "/proxy/status"] {
        let target = signed(path, &consenting(""));
        let head = Answer::of(handle(&shop, Method::Head, &target, &FakeRequest::default()));
        let get = shop.get(&target);
        assert_eq!((head.status(), head.fields()), (200, get.fields()));
    }
}

/// The parts of a fragment after its style: its text until the stored page, and the stored page.
fn halves(answer: &Answer) -> (String, String) {
    let (_, content) = answer.text().split_once("</style>").expect("a style");
    let (beginning, stored) = content.split_once("page<template").expect("the stored page");
    (beginning.to_owned(), stored.to_owned())
}

#[test]
fn a_page_with_a_subject_begins_with_what_the_catalog_says_of_it() {
    let shop = holding(Cached::Fresh(PAGE));
    let (about_wand, _) = halves(&fragment(&shop, &consenting("&context=product&about=Elder-Wand,Wands")));
    assert!(about_wand.starts_with("<div class=\"page\" data-look=\"compact\""), "{about_wand}");
    assert!(!about_wand.contains("Elder Wand"), "it is what the page is about: {about_wand}");
    // The shop has too few products for a list beside it, and anything that it has is no list of one.
    assert_eq!(about_wand.matches("data-id").count(), 0, "{about_wand}");
    let (unknown, _) = halves(&fragment(&shop, &consenting("&context=product&about=7,Hats")));
    assert_eq!(unknown.matches("data-id").count(), 2, "{unknown}");
    let (searched, _) = halves(&fragment(&shop, &consenting("&context=search&about=WAND")));
    assert!(searched.contains("For your search") && searched.contains("Elder Wand"), "{searched}");
    let (home, _) = halves(&fragment(&shop, &consenting("&context=home&about=Elder-Wand")));
    assert_eq!(home, "");
}

#[test]
fn nothing_that_a_request_says_of_a_subject_is_shown_or_stored() {
    for context in ["product", "collection", "search", "cart"] {
        for cached in [Cached::Miss, Cached::Fresh(PAGE)] {
            for about in ["%3Cscript%3Eowned", "%7B%7Bowned%7D%7D", "owned,owned", &"owned,".repeat(900)] {
                let shop = holding(cached.clone());
                let answer = fragment(&shop, &format!("context={context}&about={about}"));
                assert_eq!(answer.status(), 200, "{context} {about}");
                assert!(!answer.text().contains("owned"), "{}", answer.text());
                assert!(shop.keys().is_empty());
                let requests = shop.page_requests.borrow();
                assert!(requests.iter().all(|request| !format!("{request:?}").contains("owned")));
            }
        }
    }
}

#[test]
fn if_the_catalog_is_down_the_generated_page_of_a_subject_is_served_without_it() {
    for context in ["product", "collection", "search", "cart"] {
        let shop = Fake { down: vec!["catalog"], ..holding(Cached::Fresh(PAGE)) };
        let answer = fragment(&shop, &consenting(&format!("&context={context}&about=Elder-Wand")));
        let (beginning, _) = halves(&answer);
        assert_eq!((answer.status(), answer.header("x-cache")), (200, "HIT"));
        assert!(beginning.starts_with("<div class=\"page\""), "{beginning}");
    }
}

#[test]
fn a_collection_is_compared_and_what_was_viewed_follows_unless_it_is_the_subject() {
    let shop = holding(Cached::Fresh(PAGE));
    let views = vec!["Oak-Wand".to_owned(), "Elder-Wand".to_owned()];
    let signals = Signals { views, ..Signals::default() };
    shop.write(session_key(&format!("visitor-{DRAWN}")), &stored(&signals));
    let (beginning, _) = halves(&fragment(&shop, &consenting("&context=collection&about=old-wands")));
    assert!(beginning.contains("At a glance") && beginning.contains("Seen before"), "{beginning}");
    let (beginning, _) = halves(&fragment(&shop, &consenting("&context=product&about=Elder-Wand")));
    let (_, viewed) = beginning.split_once("Seen before").expect("what was viewed");
    assert!(viewed.contains("Oak Wand") && !viewed.contains("Elder Wand"), "{viewed}");
}

#[test]
fn a_milestone_renews_the_home_page_and_the_page_that_the_shopper_sees() {
    let shop = Fake::default();
    let three = Signals { visits: 3, ..Signals::default() };
    shop.write(session_key(&format!("visitor-{DRAWN}")), &stored(&three));
    track(&shop, &consenting("&nonce=abc&context=product&country=DE"));
    let requests = shop.page_requests.borrow();
    let ids: Vec<_> = requests.iter().map(|request| request.visitor.as_str()).collect();
    let visitor = format!("{SHOP}:visitor-{DRAWN}");
    assert_eq!(ids, [format!("{visitor}_DE-"), format!("{visitor}_at-product_DE-")]);
}

#[test]
fn no_unsigned_request_reaches_a_page_with_a_subject() {
    let shop = holding(Cached::Fresh(PAGE));
    let answer = shop.get(&format!("/s/{SHOP}?shopper=abc_at-cart"));
    assert_eq!(answer.status(), 400);
    assert!(shop.is_untouched());
}
