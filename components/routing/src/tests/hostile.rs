//! For any input and any outage: no panic, no server error, and no unintended field line.

use model::jobs::{Enqueued, State};
use model::pages::{Cached, Staleness};
use proptest::prelude::*;

use crate::fakes::{Answer, Fake, FakeRequest, Held, PAGE, PARTS, SHOP, SHOP_ID, signed, webhook};
use crate::{BodyError, Method, handle};

/// Draws text that is nearly valid more often than random text.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "",
        "a",
        "abc123",
        SHOP_ID,
        "%0d%0a",
        "\r\nx-evil: 1",
        "\0",
        "%",
        "%zz",
        "%ff",
        "..",
        "/",
        "?",
        "&",
        "=",
        "<b>",
        "é",
        "store=",
        "shopper=",
        "wait=",
        "limit=",
        "25",
        "{{",
        "\"",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat()),
        "(?s).{0,60}",
        Just(SHOP_ID.to_owned()),
    ]
}

fn any_target() -> impl Strategy<Value = String> {
    let paths = prop::sample::select(vec![
        "",
        "/",
        "/s/",
        "/s/magic-wands?shopper=",
        "/api/generation/status?store=magic-wands&shopper=",
        "/api/generation/status?",
        "/api/shopper/track",
        "/proxy?",
        "/proxy/fragment?shop=magic-wands.myshopify.com&timestamp=1700000000&signature=",
        "/proxy/track?nonce=",
        "/webhooks",
        "/webhook/shopify?",
        "/debug/generate?store=magic-wands&shopper=",
        "/debug/errors?limit=",
        "/debug/pool",
        "/debug/bump-catalog-version?store=",
        "/debug/reopen?store=",
    ]);
    (paths, any_text()).prop_map(|(path, text)| path.to_owned() + &text)
}

/// Draws JSON of roughly the right shape, and arbitrary bytes.
fn any_body() -> impl Strategy<Value = Result<Vec<u8>, BodyError>> {
    let names = || prop::sample::select(vec!["type", "product", "term", "value", "x\n"]);
    let values = || {
        prop_oneof![
            prop::sample::select(vec!["visit", "view", "search", "sort", "purchase"]).prop_map(str::to_owned),
            any_text(),
        ]
    };
    let event = prop::collection::hash_map(names(), values(), 0..3);
    let report =
        (values(), values(), prop::collection::vec(event, 0..4)).prop_map(|(shop, shopper, events)| {
            serde_json::json!({ "store": shop, "shopper": shopper, "events": events })
                .to_string()
                .into_bytes()
        });
    prop_oneof![
        4 => report.prop_map(Ok),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Ok),
        1 => Just(Ok(vec![b' '; 20_000])),
        1 => Just(Err(BodyError::Incomplete)),
    ]
}

fn any_cached() -> impl Strategy<Value = Cached<Held>> {
    prop::sample::select(vec![
        Cached::Miss,
        Cached::Fresh(PAGE),
        Cached::Stale(PAGE, Staleness::Expired),
        Cached::Stale(PAGE, Staleness::CatalogChanged),
    ])
}

fn any_shop() -> impl Strategy<Value = Fake> {
    let enqueued = prop::sample::select(vec![Enqueued::Accepted("job-1".into()), Enqueued::Full]);
    let state = prop::sample::select(vec![
        None,
        Some(State::Queued),
        Some(State::Running),
        Some(State::Done),
        Some(State::Dead),
    ]);
    let down = prop::sample::subsequence(PARTS.to_vec(), 0..=PARTS.len());
    (any_cached(), enqueued, state, down).prop_map(|(cached, enqueued, state, down)| Fake {
        cached,
        enqueued,
        state,
        down,
        ..Fake::default()
    })
}

fn any_request() -> impl Strategy<Value = FakeRequest> {
    let names =
        prop::sample::select(vec!["authorization", "content-type", "x-shopify-hmac-sha256", "shopify-topic"]);
    let headers = prop::collection::vec((names, any_text()), 0..2);
    (headers, any_body()).prop_map(|(headers, body)| FakeRequest { headers, body })
}

/// Draws parameters that a browser may have sent before Shopify signed them.
fn any_parameters() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "consent",
        "visitor",
        "context",
        "country",
        "language",
        "nonce",
        "wait",
        "logged_in_customer_id",
        "x",
        "",
    ]);
    let values = prop::sample::select(vec![
        "1",
        "0",
        "Zk3_9-aBcDeFgHiJkLmNoP",
        "home",
        "cart",
        "DE",
        "PT_BR",
        "de",
        "7041",
        "-1",
        "20",
        "%7B%7B",
        "%25",
        "%2500",
        "%E2%82%AC",
        "%0d%0a",
        "a=b",
        "",
    ]);
    let pair = (names, values).prop_map(|(name, value)| format!("{name}={value}"));
    prop::collection::vec(pair, 0..7).prop_map(|pairs| pairs.join("&"))
}

/// Returns the Liquid tags and outputs that are not part of the frame of a page within a theme.
fn foreign_tags(text: &str) -> Vec<&str> {
    const OURS: [&str; 13] = [
        "- assign ",
        "- capture content ",
        "- endcapture ",
        "- if country == ",
        "- else ",
        "- endif ",
        " root }",
        " country }",
        " language }",
        " content | replace: ",
        " content }",
        "- case primary -%}",
        "- endcase -%}",
    ];
    let tags = text.split('{').filter_map(|rest| rest.strip_prefix('%')).chain(text.split("{{").skip(1));
    tags.filter(|tag| !OURS.iter().any(|ours| tag.starts_with(ours)) && !is_language(tag)).collect()
}

/// Returns whether a tag is the case of a language, `- when 'DE' -%}`.
fn is_language(tag: &str) -> bool {
    let code = tag.strip_prefix("- when '").and_then(|rest| rest.split_once("' -%}"));
    code.is_some_and(|(code, _)| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn any_method() -> impl Strategy<Value = Method> {
    prop::sample::select(vec![Method::Get, Method::Head, Method::Post, Method::Other])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_request_gets_an_answer_and_no_server_error(
        shop in any_shop(), method in any_method(), target in any_target(), request in any_request(),
    ) {
        let answer = Answer::of(handle(&shop, method, &target, &request));
        prop_assert!((200..500).contains(&answer.status()), "{}", answer.status());
        prop_assert_eq!(answer.header("x-content-type-options"), "nosniff");
        prop_assert_eq!(answer.header("x-evil"), "");
    }

    #[test]
    fn an_operator_meets_no_worse_than_a_part_that_is_down(
        shop in any_shop(), method in any_method(), target in any_target(), request in any_request(),
    ) {
        let shop = Fake { development: true, ..shop };
        let answer = Answer::of(handle(&shop, method, &target, &request));
        prop_assert!(answer.status() < 500 || shop.down.iter().any(|part| ["cache", "queue"].contains(part)), "{}", answer.status());
        prop_assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }

    #[test]
    fn refusals_do_not_repeat_the_input(shopper in "[<>a-z]{0,8}<[<>a-z]{0,8}", as_shop: bool) {
        let target = if as_shop { format!("/s/{shopper}") } else { format!("/s/magic-wands?shopper={shopper}") };
        let answer = Fake::default().get(&target);
        prop_assert!((400..500).contains(&answer.status()));
        prop_assert!(!answer.text().contains('<'));
    }

    #[test]
    fn refused_input_is_neither_stored_nor_logged(
        method in any_method(), target in any_target(), request in any_request(),
    ) {
        let shop = Fake::default();
        let answer = Answer::of(handle(&shop, method, &target, &request));
        if answer.status() >= 400 {
            prop_assert!(shop.stored.borrow().is_empty() && shop.page_requests.borrow().is_empty());
            prop_assert!(shop.warnings.borrow().is_empty());
        }
    }

    #[test]
    fn signed_requests_are_always_answered_and_refused_ones_store_nothing(
        shop in any_shop(), method in any_method(), parameters in any_parameters(), request in any_request(),
        path in prop::sample::select(vec!["/proxy", "/proxy/fragment", "/proxy/status", "/proxy/track"]),
    ) {
        let answer = Answer::of(handle(&shop, method, &signed(path, &parameters), &request));
        prop_assert!((200..500).contains(&answer.status()), "{}", answer.status());
        prop_assert_eq!(answer.header("x-evil"), "");
        prop_assert_eq!(foreign_tags(answer.text()), Vec::<&str>::new(), "they would run as Liquid");
        prop_assert!(answer.status() < 400 || shop.keys().is_empty());
        let consents = parameters.split('&').any(|pair| pair == "consent=1");
        prop_assert!(consents || shop.keys().is_empty(), "nothing is stored without consent");
    }

    #[test]
    fn whatever_is_in_a_webhook_that_shopify_signed_is_answered(
        body in "[{}\\[\\]\":,a-z0-9]{0,40}", id in any_text(),
        topic in prop::sample::select(vec!["products/update", "app/uninstalled", "customers/redact", "shop/redact", "x"]),
    ) {
        let shop = Fake::default();
        let answer = Answer::of(handle(&shop, Method::Post, "/webhooks", &webhook(topic, &id, &body)));
        prop_assert!((200..500).contains(&answer.status()), "{}", answer.status());
        prop_assert!(answer.status() == 200 || shop.is_untouched());
        prop_assert!(shop.maintenance_tasks.borrow().iter().all(|task| task.shop.as_str() == SHOP));
    }

    #[test]
    fn any_shop_id_in_a_request_for_the_fallback_is_answered(shop in any_text()) {
        let is_here = crate::fallback(&Fake::default(), &shop).is_some();
        prop_assert_eq!(is_here, shop == SHOP_ID || shop == SHOP);
    }
}
