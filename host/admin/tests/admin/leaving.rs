//! Tests of shops that uninstall the app and install it again, with messages in any order.

use std::sync::Arc;
use std::time::Duration;

use admin::{NotConnected, State};
use capabilities::Secret;
use model::PageKind;
use tokio::task::JoinHandle;

use crate::harness::{Bench, OTHER, SHOP, START_MS, shop};

const HOUR: Duration = Duration::from_hours(1);
const HOUR_MS: u64 = 3_600_000;
const FORM: &str = "tone=dry&accent=&surface=&banned_words=&promises=&persona=explorer";

async fn storefront_token(bench: &Bench) -> Option<String> {
    let token = bench.admin.connections().storefront_token(&shop(SHOP)).await;
    token.map(|token| token.expose().to_owned())
}

async fn state(bench: &Bench) -> Option<State> {
    bench.admin.find(&shop(SHOP)).await.unwrap().map(|found| found.state)
}

/// Requests an access token, and waits until the request has reached Shopify.
async fn renew(bench: &Bench) -> JoinHandle<Result<Secret, NotConnected>> {
    let connections = bench.admin.connections().clone();
    let renewal = tokio::spawn(async move { connections.access_token(&shop(SHOP)).await });
    bench.shopify.was_asked(2).await;
    renewal
}

fn connected() -> [String; 2] {
    [format!("reopen {SHOP}"), format!("set {SHOP}")]
}

fn gone() -> [String; 2] {
    [format!("remove {SHOP}"), format!("close {SHOP}")]
}

#[tokio::test]
async fn an_uninstalled_shop_is_served_no_longer_and_its_tokens_are_gone() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.visit(OTHER).await;
    bench.host.asked();
    bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
    assert_eq!(bench.host.asked(), gone());
    assert_eq!((storefront_token(&bench).await, state(&bench).await), (None, Some(State::Uninstalled)));
    assert!(bench.host.shop(OTHER).is_some());

    bench.visit(SHOP).await;
    assert_eq!(bench.host.asked(), connected());
    assert!(storefront_token(&bench).await.is_some());
}

#[tokio::test]
async fn news_of_an_earlier_uninstallation_opens_the_shop_again() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.host.asked();
    bench.admin.uninstalled(&shop(SHOP), START_MS - 1).await.unwrap();
    assert_eq!(bench.host.asked(), [format!("reopen {SHOP}")], "what told of it closed the shop");
    assert!(bench.host.shop(SHOP).is_some());
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_1"));
}

#[tokio::test]
async fn a_shop_that_never_was_installed_stays_closed() {
    let Some(bench) = Bench::start().await else { return };
    bench.admin.uninstalled(&shop(SHOP), START_MS).await.unwrap();
    assert_eq!(bench.host.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn settings_and_renewals_are_no_installation() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    assert_eq!(storefront_token(&bench).await.as_deref(), Some("shpat_2"));
    assert_eq!(bench.save(Some(&bench.token(SHOP)), FORM).await.status, 200);
    bench.host.asked();
    bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
    assert_eq!((bench.host.asked(), state(&bench).await), (gone().to_vec(), Some(State::Uninstalled)));
}

#[tokio::test]
async fn an_uninstallation_during_a_token_request_wins() {
    let Some(bench) = Bench::start().await else { return };
    let silence = bench.shopify.silence.lock().await;
    let (admin, token) = (bench.admin.clone(), bench.token(SHOP));
    let connecting = tokio::spawn(async move { admin.connect(&shop(SHOP), &token).await });
    bench.shopify.was_asked(1).await;
    bench.clock.advance(HOUR);
    drop(silence);
    connecting.await.unwrap().unwrap();
    bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
    assert_eq!(state(&bench).await, Some(State::Uninstalled));
}

#[tokio::test]
async fn a_shop_leaves_after_a_renewal_under_way() {
    let Some(bench) = Bench::start().await.map(Arc::new) else { return };
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    let silence = bench.shopify.silence.lock().await;
    let renewal = renew(&bench).await;
    let leaving = tokio::spawn({
        let bench = bench.clone();
        async move { bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(state(&bench).await, Some(State::Installed));
    drop(silence);
    assert_eq!(renewal.await.unwrap(), Ok(Secret::new("shpat_2")));
    leaving.await.unwrap().unwrap();
    assert_eq!((state(&bench).await, bench.host.shop(SHOP)), (Some(State::Uninstalled), None));
}

#[tokio::test]
async fn a_running_renewal_restores_no_shop_that_another_process_removed() {
    for (is_deleted, left) in [(false, Some(State::Uninstalled)), (true, None)] {
        let Some(bench) = Bench::start().await else { return };
        bench.visit(SHOP).await;
        bench.clock.advance(HOUR);
        let silence = bench.shopify.silence.lock().await;
        let renewal = renew(&bench).await;
        let other = bench.other_process().await.installations;
        if is_deleted {
            assert_eq!(other.delete(&shop(SHOP), START_MS).await, Ok(true));
        } else {
            assert_eq!(other.uninstalled(&shop(SHOP), START_MS).await, Ok(true));
        }
        drop(silence);
        assert_eq!(renewal.await.unwrap(), Err(NotConnected::NotInstalled));
        assert_eq!(state(&bench).await, left);
    }
}

#[tokio::test]
async fn a_redacted_shop_leaves_no_data() {
    let Some(mut bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.admin.usage().count(&shop(SHOP), PageKind::Home, admin::Event::Hit);
    bench.admin.usage().flush().await;
    bench.admin.uninstalled(&shop(SHOP), START_MS).await.unwrap();
    bench.admin.redacted(&shop(SHOP), START_MS + 48 * HOUR_MS).await.unwrap();
    assert_eq!(state(&bench).await, None);
    bench.restart(&[1]).await;
    assert!(bench.host.shop(SHOP).is_none());
    let counts = bench.admin.usage().last_24_hours(&shop(SHOP)).await.unwrap();
    assert_eq!(counts, admin::Counts::default());
}

#[tokio::test]
async fn a_redacted_shop_without_an_uninstallation_is_deleted_too() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.admin.redacted(&shop(SHOP), START_MS + 48 * HOUR_MS).await.unwrap();
    assert_eq!((state(&bench).await, bench.host.shop(SHOP)), (None, None));
}

#[tokio::test]
async fn a_shop_that_returns_within_two_days_stays_and_is_deleted_when_it_leaves_again() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    bench.admin.uninstalled(&shop(SHOP), START_MS).await.unwrap();
    bench.clock.advance(HOUR);
    bench.visit(SHOP).await;
    bench.admin.redacted(&shop(SHOP), START_MS + 48 * HOUR_MS).await.unwrap();
    assert_eq!(state(&bench).await, Some(State::Installed));
    assert!(bench.host.shop(SHOP).is_some() && storefront_token(&bench).await.is_some());

    bench.admin.uninstalled(&shop(SHOP), START_MS + 2 * HOUR_MS).await.unwrap();
    bench.admin.redacted(&shop(SHOP), START_MS + 50 * HOUR_MS).await.unwrap();
    assert_eq!(state(&bench).await, None);
}
