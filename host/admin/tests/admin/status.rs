//! Tests that the admin reports the actual state of the connection.

use std::sync::Arc;
use std::time::Duration;

use admin::NotConnected;
use capabilities::Secret;
use signing::session_token;

use crate::harness::{Answer, Bench, OTHER, SHOP, START_MS, claims, shop};
use crate::shopify::Mood;

const FORM: &str = "tone=dry&accent=%23112233&surface=&banned_words=&promises=";

async fn save(bench: &Bench) -> Answer {
    bench.save(Some(&bench.token(SHOP)), FORM).await
}

/// The page *Home* says either; others say only what is wrong.
#[track_caller]
fn is_connected(page: &Answer) -> bool {
    let (connected, not) = (page.text.contains(">Connected<"), page.text.contains(">Not connected<"));
    let is_home = page.text.contains(r#"data-at="/admin""#);
    assert_eq!(connected, is_home && !not, "{}", page.text);
    !not
}

/// Checks that nothing was changed and that the page says so.
#[track_caller]
fn check_refused(bench: &Bench, answer: &Answer, why: &str) {
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert!(
        answer.text.contains("Not saved") && !answer.text.contains("heading=\"Saved\""),
        "{}",
        answer.text
    );
    assert!(!is_connected(answer) && answer.text.contains(why), "{why}: {}", answer.text);
    assert!(answer.text.contains(r#"value="dry""#), "what was typed is still there");
    assert_eq!(bench.host.asked(), Vec::<String>::new());
    assert!(!bench.holds("#112233"));
}

#[tokio::test]
async fn saving_without_access_is_refused_with_the_reason() {
    for (mood, why) in [
        (Mood::Refuses(401, "invalid_client"), "does not accept Wandstore’s app secret"),
        (Mood::Refuses(400, "application_cannot_be_found"), "does not accept Wandstore’s app secret"),
        (Mood::Refuses(403, "access_denied"), "did not give Wandstore access"),
        (Mood::Says(200, ""), "did not give Wandstore access"),
        (Mood::Says(520, "<html>"), "did not give Wandstore access"),
        (Mood::LosesAnswers, "did not give Wandstore access"),
    ] {
        let Some(bench) = Bench::start().await else { return };
        bench.shopify.is(mood);
        let page = bench.visit(SHOP).await;
        assert!(!is_connected(&page) && page.text.contains(why), "{mood:?}: {}", page.text);
        check_refused(&bench, &save(&bench).await, why);
        assert!(!bench.holds(SHOP));

        bench.shopify.is(Mood::Well);
        assert!(is_connected(&bench.visit(SHOP).await), "{mood:?}");
        let answer = save(&bench).await;
        assert!(answer.status == 200 && is_connected(&answer), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_shop_that_never_opened_the_app_cannot_save() {
    let Some(bench) = Bench::start().await else { return };
    check_refused(&bench, &save(&bench).await, "Open Wandstore from the apps");
}

#[tokio::test]
async fn a_tab_that_was_left_open_when_the_app_was_uninstalled_saves_nothing() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
    bench.host.asked();
    check_refused(&bench, &save(&bench).await, "was uninstalled from this shop");
    assert!(bench.host.shop(SHOP).is_none());
}

#[tokio::test]
async fn a_shop_that_was_closed_is_not_connected_before_its_uninstallation_is_through() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    bench.host.closed.lock().unwrap().insert(SHOP.to_owned());
    check_refused(&bench, &save(&bench).await, "closed for this shop");
    assert!(!is_connected(&bench.visit(SHOP).await));
    assert_eq!(bench.host.asked(), Vec::<String>::new(), "an operator's decision is not undone");
}

#[tokio::test]
async fn a_save_and_an_uninstallation_at_once_leave_no_shop_that_is_served() {
    for round in 0..20 {
        let Some(bench) = Bench::start().await.map(Arc::new) else { return };
        bench.visit(SHOP).await;
        let saving = tokio::spawn({
            let bench = bench.clone();
            async move { save(&bench).await }
        });
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
        let answer = saving.await.unwrap();
        assert!([200, 409].contains(&answer.status.as_u16()), "{}", answer.text);
        assert!(bench.host.shop(SHOP).is_none(), "round {round}");
        assert_eq!(bench.admin.status(&shop(SHOP)).await, Err(NotConnected::Uninstalled));
    }
}

#[tokio::test]
async fn a_save_that_another_process_overtook_with_an_uninstallation_changes_nothing() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    let other = bench.other_process().await.installations;
    assert_eq!(other.uninstalled(&shop(SHOP), START_MS).await, Ok(true));
    check_refused(&bench, &save(&bench).await, "was uninstalled from this shop");
}

#[tokio::test]
async fn tokens_that_ended_and_cannot_be_renewed_are_no_connection_but_settings_are_kept() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(Duration::from_hours(1));
    bench.shopify.is(Mood::Refuses(503, "busy"));
    assert!(!is_connected(&bench.visit(SHOP).await));
    let answer = save(&bench).await;
    assert_eq!((answer.status.as_u16(), is_connected(&answer)), (200, false), "a merchant can always pause");
    bench.shopify.is(Mood::Well);
    assert!(is_connected(&bench.visit(SHOP).await));
}

#[tokio::test]
async fn a_token_that_the_storefront_api_refuses_is_replaced_when_the_merchant_is_there() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.admin.connections().refuse(&shop(SHOP), &Secret::new("shpat_1"));
    assert_eq!(bench.admin.status(&shop(SHOP)).await, Err(NotConnected::TokenRefused));
    assert!(is_connected(&bench.visit(SHOP).await));
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);
}

/// Reloads the page as App Bridge does, with a new session token, as long as it is redirected.
async fn load(bench: &Bench, token: impl Fn() -> String) -> (usize, Answer) {
    let mut target = format!("/admin?shop={SHOP}&host=aGk&id_token={}", token());
    for bounces in 0..12 {
        let answer = bench.get(&target, None).await;
        if answer.status != 302 {
            return (bounces, answer);
        }
        let bounce = answer.header("location").split_once('?').unwrap().1.to_owned();
        let reload = form_urlencoded::parse(bounce.as_bytes()).find(|(name, _)| name == "shopify-reload");
        let again = reload.unwrap().1.into_owned();
        assert_eq!(bench.get(&format!("/admin/session?{bounce}"), None).await.status, 200);
        target = format!("{}&id_token={}", again.strip_prefix("https://app.example").unwrap(), token());
    }
    panic!("it is loaded again for ever");
}

#[tokio::test]
async fn a_token_that_shopify_always_refuses_makes_the_page_reload_once_and_then_says_so() {
    let Some(bench) = Bench::start().await else { return };
    bench.shopify.is(Mood::Refuses(400, "invalid_subject_token"));
    let (bounces, page) = load(&bench, || bench.token(SHOP)).await;
    assert_eq!((bounces, page.status.as_u16()), (1, 200));
    assert!(
        !is_connected(&page) && page.text.contains("Shopify rejected your session twice"),
        "{}",
        page.text
    );
    assert_eq!(bench.shopify.grants(), ["exchange", "exchange"]);

    bench.clock.advance(Duration::from_mins(2));
    assert_eq!(load(&bench, || bench.token(SHOP)).await.0, 1, "later, once more");
    bench.shopify.is(Mood::Well);
    assert_eq!(load(&bench, || bench.token(SHOP)).await.0, 0);
}

#[tokio::test]
async fn tokens_that_are_never_of_this_time_or_never_come_make_the_page_reload_once() {
    let Some(bench) = Bench::start().await else { return };
    let expired = || session_token(crate::harness::SECRET, &claims(SHOP, bench.now_s() - 600));
    let (bounces, page) = load(&bench, expired).await;
    assert_eq!((bounces, page.status.as_u16()), (1, 401));
    assert!(page.text.contains("clock"), "{}", page.text);
    let (bounces, page) = load(&bench, String::new).await;
    assert_eq!((bounces, page.status.as_u16()), (1, 401));
    assert!(page.text.contains("no session token"), "{}", page.text);
}

#[tokio::test]
async fn a_wrong_secret_or_client_id_is_called_by_its_name() {
    let Some(bench) = Bench::start().await else { return };
    let forged = session_token("another secret", &claims(SHOP, bench.now_s()));
    let mut of_other_app = claims(SHOP, bench.now_s());
    of_other_app["aud"] = "another-app".into();
    let of_other_app = session_token(crate::harness::SECRET, &of_other_app);
    for (query, variable) in [
        (format!("id_token={forged}"), "SHOPIFY_API_SECRET"),
        (format!("timestamp=1&hmac={}", "0".repeat(64)), "SHOPIFY_API_SECRET"),
        (format!("id_token={of_other_app}"), "SHOPIFY_API_KEY"),
    ] {
        let page = bench.get(&format!("/admin?shop={SHOP}&{query}"), None).await;
        assert!(page.status == 401 && page.text.contains(variable), "{query}: {}", page.text);
    }
    let answer = bench.save(Some(&forged), FORM).await;
    assert!(answer.status == 401 && answer.text.contains("SHOPIFY_API_SECRET"), "{}", answer.text);
    assert!(bench.host.shop(OTHER).is_none());
}
