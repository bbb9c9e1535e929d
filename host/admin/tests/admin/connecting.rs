//! A shop's tokens: exchanged, renewed, lost and refused.

use std::time::Duration;

use admin::{NotConnected, State};
use capabilities::Secret;

use crate::harness::{Bench, OTHER, PUBLIC_URL, SHOP, START_MS, shop};
use crate::shopify::Mood;

const HOUR: Duration = Duration::from_hours(1);

async fn storefront_token(bench: &Bench) -> Option<String> {
    let token = bench.admin.connections().storefront_token(&shop(SHOP)).await;
    token.map(|token| token.expose().to_owned())
}

#[tokio::test]
async fn the_first_visit_connects_the_shop() {
    let Some(bench) = Bench::start().await else { return };
    assert_eq!(storefront_token(&bench).await, None);

    let page = bench.visit(SHOP).await;
    assert!(page.text.contains("Connected") && !page.text.contains("Not connected"), "{}", page.text);
    let asked = bench.shopify.asked.lock().unwrap()[0].clone();
    assert_eq!((&asked["client_id"], &asked["client_secret"]), (&"the-client-id".into(), &"hush".into()));
    assert_eq!((&asked["expiring"], &asked["subject_token"]), (&"1".into(), &bench.token(SHOP).into()));
    assert_eq!(bench.host.asked(), [format!("reopen {SHOP}"), format!("set {SHOP}")]);
    assert_eq!(bench.host.shop(SHOP).unwrap().name, "Magic Wands");
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_1"));

    bench.visit(SHOP).await;
    assert_eq!(bench.shopify.grants(), ["exchange"]);
    assert_eq!(bench.host.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn an_installation_turns_on_the_web_pixel_and_a_later_one_tells_it_its_settings_anew() {
    let Some(bench) = Bench::start().await else { return };
    *bench.shopify.more_scopes.lock().unwrap() = ",write_pixels,read_customer_events";
    bench.visit(SHOP).await;
    let address = format!("{PUBLIC_URL}/api/pixel");
    bench.shopify.has_pixel(|settings| settings["address"] == address && settings["shop"] == SHOP).await;
    assert_eq!(bench.shopify.queries.lock().unwrap()[0].0, "shpat_1");

    // It was on already, with other settings.
    *bench.shopify.pixel.lock().unwrap() = Some(serde_json::json!({ "address": "https://former.example" }));
    bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
    bench.visit(SHOP).await;
    bench.shopify.has_pixel(|settings| settings["address"] == address).await;
}

#[tokio::test]
async fn without_its_scope_the_web_pixel_stays_off() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    assert!(bench.shopify.queries.lock().unwrap().is_empty());
}

#[tokio::test]
async fn no_token_is_stored_as_it_is() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    assert!(bench.holds(SHOP));
    for text in ["shpat_", "shprt_", &bench.token(SHOP)] {
        assert!(!bench.holds(text), "{text}");
    }
}

#[tokio::test]
async fn twenty_requests_at_once_renew_once() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    let requests = (0..20).map(|_| {
        let connections = bench.admin.connections().clone();
        tokio::spawn(async move { connections.access_token(&shop(SHOP)).await })
    });
    for request in requests.collect::<Vec<_>>() {
        assert_eq!(request.await.unwrap(), Ok(Secret::new("shpat_2")));
    }
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_2"));
}

#[tokio::test]
async fn twenty_first_visits_exchange_once() {
    let Some(bench) = Bench::start().await else { return };
    let token = bench.token(SHOP);
    let visits = (0..20).map(|_| {
        let (admin, token) = (bench.admin.clone(), token.clone());
        tokio::spawn(async move { admin.connect(&shop(SHOP), &token).await })
    });
    for visit in visits.collect::<Vec<_>>() {
        assert_eq!(visit.await.unwrap(), Ok(()));
    }
    assert_eq!(bench.shopify.grants(), ["exchange"]);
    assert_eq!(bench.host.asked(), [format!("reopen {SHOP}"), format!("set {SHOP}")]);
}

#[tokio::test]
async fn a_lost_answer_is_requested_again_with_the_same_refresh_token() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    bench.clock.advance(HOUR);
    bench.shopify.is(Mood::LosesAnswers);
    assert_eq!(storefront_token(&bench).await, None);

    bench.shopify.is(Mood::Well);
    bench.clock.advance(Duration::from_secs(31));
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_3"));
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh", "refresh"]);
    assert_eq!(bench.shopify.asked.lock().unwrap()[2]["refresh_token"], "shprt_1");
    assert_eq!(bench.host.asked(), Vec::<String>::new());

    bench.clock.advance(HOUR);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_4"));
    assert_eq!(bench.shopify.asked.lock().unwrap()[3]["refresh_token"], "shprt_3");
}

#[tokio::test]
async fn a_merchant_does_not_wait_until_a_failure_may_be_repeated() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    bench.shopify.is(Mood::LosesAnswers);
    assert_eq!(storefront_token(&bench).await, None);

    bench.shopify.is(Mood::Well);
    assert!(!bench.visit(SHOP).await.text.contains("Not connected"));
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh", "refresh"]);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_3"));
}

#[tokio::test]
async fn a_refresh_token_that_was_revoked_is_made_good_by_the_merchant() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    bench.shopify.revoke();
    assert!(!bench.visit(SHOP).await.text.contains("Not connected"));
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh", "exchange"]);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_2"));
    let connected = [format!("reopen {SHOP}"), format!("set {SHOP}")];
    assert_eq!(bench.host.asked(), [connected.clone(), connected].concat(), "the order of events is unknown");
}

/// Checks that a failing renewal is tried once, and again after a pause.
async fn renewal_pauses_after_a_failure(bench: &Bench) {
    for _ in 0..5 {
        assert_eq!(storefront_token(bench).await, None);
    }
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);

    bench.shopify.is(Mood::Well);
    bench.clock.advance(Duration::from_secs(31));
    assert_eq!(storefront_token(bench).await.as_deref(), Some("shpat_2"));
}

#[tokio::test]
async fn a_failure_is_not_repeated_at_once() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    bench.shopify.is(Mood::Refuses(503, "busy"));
    renewal_pauses_after_a_failure(&bench).await;
}

#[tokio::test]
async fn a_token_is_used_to_its_end_while_it_cannot_be_renewed() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.shopify.is(Mood::Refuses(503, "busy"));
    bench.clock.advance(Duration::from_mins(56));
    let access = bench.admin.connections().access_token(&shop(SHOP)).await;
    assert_eq!(access, Ok(Secret::new("shpat_1")));
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_1"));
}

#[tokio::test]
async fn a_shopper_does_not_wait_for_a_token_that_ends_soon() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(Duration::from_mins(56));
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_1"));
    let access = bench.admin.connections().access_token(&shop(SHOP)).await;
    assert_eq!(access, Ok(Secret::new("shpat_2")));
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_2"));
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);
}

#[tokio::test]
async fn a_refresh_token_that_is_not_accepted_is_dropped() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    bench.shopify.is(Mood::Refuses(400, "invalid_grant"));
    assert_eq!(storefront_token(&bench).await, None);
    bench.clock.advance(HOUR);
    let access = bench.admin.connections().access_token(&shop(SHOP)).await;
    assert_eq!(access, Err(NotConnected::NotInstalled));
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);

    bench.shopify.is(Mood::Well);
    bench.visit(SHOP).await;
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh", "exchange"]);
}

/// Shopify's response to a refresh token that is no longer valid.
const INACTIVE: &str =
    r#"{"error":"invalid_request","error_description":"This request requires an active refresh_token"}"#;

#[tokio::test]
async fn a_pair_that_is_not_active_any_more_is_dropped_and_exchanged_for_another_at_the_next_opening() {
    for status in [400, 401] {
        let Some(bench) = Bench::start().await else { return };
        bench.visit(SHOP).await;
        bench.clock.advance(HOUR);
        for _ in 0..2 {
            bench.shopify.is(Mood::Says(520, "<html>"));
            assert_eq!(storefront_token(&bench).await, None);
            let found = bench.admin.find(&shop(SHOP)).await.unwrap().unwrap();
            assert!(found.refresh.is_some(), "an error of Shopify's says nothing of the pair");
            bench.clock.advance(Duration::from_secs(31));
        }
        bench.shopify.is(Mood::Says(status, INACTIVE));
        assert_eq!(storefront_token(&bench).await, None);
        let found = bench.admin.find(&shop(SHOP)).await.unwrap().unwrap();
        assert_eq!((found.access, found.refresh, found.state), (None, None, State::Installed));
        bench.clock.advance(HOUR);
        assert_eq!(storefront_token(&bench).await, None);
        assert_eq!(bench.shopify.grants(), ["exchange", "refresh", "refresh", "refresh"]);

        bench.shopify.is(Mood::Well);
        assert!(!bench.visit(SHOP).await.text.contains("Not connected"));
        assert_eq!(bench.shopify.grants().last(), Some(&"exchange"));
        assert!(storefront_token(&bench).await.is_some());
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_of_tokens_leaves_the_pair_as_it_is() {
    for (status, body) in [
        (200, ""),
        (200, "<html>"),
        (200, "{}"),
        (200, r#"{"access_token":"","refresh_token":"shprt_9"}"#),
        (400, ""),
        (401, "<html>"),
        (401, r#"{"error":"invalid_client"}"#),
        (404, r#"{"error":"invalid_request"}"#),
        (429, INACTIVE),
        (503, INACTIVE),
    ] {
        let Some(bench) = Bench::start().await else { return };
        bench.visit(SHOP).await;
        bench.clock.advance(HOUR);
        bench.shopify.is(Mood::Says(status, body));
        assert_eq!(storefront_token(&bench).await, None, "{status} {body}");
        bench.shopify.is(Mood::Well);
        bench.clock.advance(Duration::from_secs(31));
        assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_2"), "{status} {body}");
        assert_eq!(bench.shopify.grants(), ["exchange", "refresh", "refresh"], "{status} {body}");
    }
}

#[tokio::test]
async fn a_pair_without_an_end_is_kept_and_not_renewed() {
    for ends in ["", r#","expires_in":0"#, r#","expires_in":null,"refresh_token_expires_in":0"#] {
        let body = format!(r#"{{"access_token":"shpat_9","refresh_token":"shprt_9"{ends}}}"#);
        let body: &'static str = body.leak();
        let Some(bench) = Bench::start().await else { return };
        bench.visit(SHOP).await;
        bench.clock.advance(HOUR);
        bench.shopify.is(Mood::Says(200, body));
        assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_9"), "{body}");
        bench.clock.advance(Duration::from_hours(24 * 365));
        assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_9"), "{body}");
        assert!(!bench.visit(SHOP).await.text.contains("Not connected"), "{body}");
        assert_eq!(bench.shopify.grants(), ["exchange", "refresh"], "{body}");
    }
}

#[tokio::test]
async fn where_no_refresh_token_comes_back_the_former_one_is_used_again() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    bench.shopify.is(Mood::Says(200, r#"{"access_token":"shpat_9","expires_in":"3600"}"#));
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_9"));
    bench.shopify.is(Mood::Well);
    bench.clock.advance(HOUR);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_2"));
    assert_eq!(bench.shopify.asked.lock().unwrap()[2]["refresh_token"], "shprt_1");
}

#[tokio::test]
async fn an_installation_with_a_token_that_does_not_end_is_connected() {
    let Some(bench) = Bench::start().await else { return };
    bench.shopify.is(Mood::Says(200, r#"{"access_token":"shpat_9"}"#));
    assert!(!bench.visit(SHOP).await.text.contains("Not connected"));
    bench.clock.advance(HOUR);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_9"));
    assert!(!bench.visit(SHOP).await.text.contains("Not connected"));
    assert_eq!(bench.shopify.grants(), ["exchange"]);
}

#[tokio::test]
async fn a_session_token_that_shopify_does_not_accept_is_brought_anew() {
    let Some(bench) = Bench::start().await else { return };
    bench.shopify.is(Mood::Refuses(400, "invalid_subject_token"));
    let answer = bench.visit(SHOP).await;
    assert_eq!(answer.status, 302);
    assert!(answer.header("location").starts_with("/admin/session?shop=magic-wands.myshopify.com"));
    assert!(!bench.holds(SHOP));
}

#[tokio::test]
async fn a_merchant_is_told_when_shopify_gives_no_access() {
    let Some(bench) = Bench::start().await else { return };
    for mood in [Mood::Refuses(401, "invalid_client"), Mood::Refuses(500, ""), Mood::LosesAnswers] {
        bench.shopify.is(mood);
        let page = bench.visit(SHOP).await;
        assert_eq!(page.status, 200, "{mood:?}");
        assert!(page.text.contains("Not connected"), "{mood:?}: {}", page.text);
        assert!(!page.text.contains("invalid_client"));
    }
    assert_eq!(bench.host.asked(), Vec::<String>::new());
    assert!(!bench.holds(SHOP));
}

#[tokio::test]
async fn a_token_that_the_storefront_api_refuses_is_replaced_once_and_not_sent_again() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.visit(OTHER).await;
    let connections = bench.admin.connections();
    connections.refuse(&shop(SHOP), &Secret::new("shpat_1"));
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_3"));
    assert!(connections.storefront_token(&shop(OTHER)).await.is_some(), "the other shop's is another");
    assert_eq!(bench.shopify.grants(), ["exchange", "exchange", "refresh"]);

    // The API accepts no token, so a new one would not help.
    connections.refuse(&shop(SHOP), &Secret::new("shpat_3"));
    for _ in 0..5 {
        assert_eq!(storefront_token(&bench).await, None);
        bench.clock.advance(Duration::from_mins(5));
    }
    assert_eq!(bench.shopify.grants().len(), 3);
    bench.clock.advance(Duration::from_mins(5));
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_4"));
}

#[tokio::test]
async fn a_rejected_token_without_an_expiry_is_renewed() {
    let Some(bench) = Bench::start().await else { return };
    let body = r#"{"access_token":"shpat_9","refresh_token":"shprt_9"}"#;
    bench.shopify.is(Mood::Says(200, body));
    bench.visit(SHOP).await;
    bench.clock.advance(Duration::from_hours(24 * 365));
    let connections = bench.admin.connections();
    for token in ["shpat_9", "shpat_10", "shpat_11"] {
        assert_eq!(storefront_token(&bench).await.as_deref(), Some(token));
        bench.clock.advance(HOUR);
        connections.refuse(&shop(SHOP), &Secret::new(token));
        let next: u32 = token.trim_start_matches("shpat_").parse().unwrap();
        let body = body.replace("shpat_9", &format!("shpat_{}", next + 1));
        bench.shopify.is(Mood::Says(200, body.leak()));
    }
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_12"));
    assert_eq!(bench.admin.status(&shop(SHOP)).await, Ok(()));
}

#[tokio::test]
async fn a_failed_renewal_of_a_refused_token_is_not_retried_at_once() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.admin.connections().refuse(&shop(SHOP), &Secret::new("shpat_1"));
    bench.shopify.is(Mood::Refuses(503, "busy"));
    renewal_pauses_after_a_failure(&bench).await;
}

#[tokio::test]
async fn a_token_that_arrives_expired_is_not_used_and_is_renewed_later() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    bench.shopify.is(Mood::Says(200, r#"{"access_token":"shpat_9","expires_in":-1}"#));
    renewal_pauses_after_a_failure(&bench).await;
}

#[tokio::test]
async fn state_is_part_of_what_is_kept() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let shops = bench.admin.find(&shop(SHOP)).await.unwrap().unwrap();
    assert_eq!(shops.state, State::Installed);
    assert_eq!(shops.access.unwrap().until_ms, START_MS + 3_600_000);
}
