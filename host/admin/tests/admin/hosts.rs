//! Several hosts on the same tables of shops.

use std::sync::Arc;
use std::time::Duration;

use admin::{Event, NotConnected};
use axum::body::Body;
use axum::http::Request;
use capabilities::Secret;
use model::PageKind;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::harness::{Bench, Host, OTHER, SHOP, START_MS, shop};

const HOUR: Duration = Duration::from_hours(1);
const FORM: &str = "tone=dry&accent=%23112233&surface=&banned_words=&promises=";

fn tone(host: &Host) -> Option<String> {
    host.shop(SHOP).map(|shop| shop.tone)
}

#[tokio::test]
async fn a_merchants_change_on_one_host_applies_on_the_others() {
    let Some(bench) = Bench::start().await else { return };
    let (other, host) = bench.other_host().await;
    bench.visit(SHOP).await;
    bench.visit(OTHER).await;
    assert_eq!(tone(&host), None);
    other.follow().await.unwrap();
    assert_eq!(tone(&host).as_deref(), Some("warm and clear"));

    bench.save(Some(&bench.token(SHOP)), FORM).await;
    host.asked();
    other.follow().await.unwrap();
    assert_eq!(host.asked(), [format!("set {SHOP}")], "nothing of the other shop was changed");
    assert_eq!(tone(&host).as_deref(), Some("dry"));
    other.follow().await.unwrap();
    assert_eq!(host.asked(), Vec::<String>::new());

    bench.admin.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
    other.follow().await.unwrap();
    assert_eq!(host.asked(), [format!("remove {SHOP}")]);
    bench.visit(SHOP).await;
    other.follow().await.unwrap();
    assert_eq!(tone(&host).as_deref(), Some("dry"), "the choices were kept");
    bench.admin.redacted(&shop(SHOP), START_MS + 3 * 24 * 3_600_000).await.unwrap();
    other.follow().await.unwrap();
    assert_eq!((tone(&host), host.shop(OTHER).is_some()), (None, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_two_hosts_at_once_are_both_kept() {
    let Some(bench) = Bench::start().await else { return };
    let (other, host) = bench.other_host().await;
    let other = admin::router(other.clone());
    bench.visit(SHOP).await;
    for round in 0..10 {
        let (tone, share) = (format!("tone=round+{round}"), format!("holdout={}", round + 1));
        let token = bench.token(SHOP);
        let request = Request::builder().method("POST").uri("/admin/experiments");
        let request =
            request.header("authorization", format!("Bearer {token}")).body(Body::from(share)).unwrap();
        let (one, two) = tokio::join!(bench.save(Some(&token), &tone), other.clone().oneshot(request));
        assert_eq!((one.status.as_u16(), two.unwrap().status().as_u16()), (200, 200));
        let page = bench.visit_at("/admin/brand", SHOP).await.text;
        assert!(page.contains(&format!(r#"value="round {round}""#)), "{page}");
        let page = bench.visit_at("/admin/experiments", SHOP).await.text;
        assert!(page.contains(&format!(r#"value="{}""#, round + 1)), "{page}");
    }
    assert_eq!(host.shop(SHOP).unwrap().holdout.to_string(), "10");
}

#[tokio::test]
async fn renewed_tokens_and_counts_are_no_news_for_the_other_hosts() {
    let Some(bench) = Bench::start().await else { return };
    bench.visit(SHOP).await;
    let (other, host) = bench.other_host().await;
    host.asked();
    bench.clock.advance(HOUR);
    assert!(bench.admin.connections().access_token(&shop(SHOP)).await.is_ok());
    bench.admin.usage().count(&shop(SHOP), PageKind::Home, Event::Hit);
    bench.admin.usage().flush().await;
    other.follow().await.unwrap();
    assert_eq!(host.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_host_follows_by_itself() {
    let Some(bench) = Bench::start().await else { return };
    let (other, host) = bench.other_host().await;
    let following = tokio::spawn(other.keep_following());
    bench.visit(SHOP).await;
    let seen = async {
        while tone(&host).is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), seen).await.expect("it is seen");
    following.abort();
}

#[tokio::test]
async fn an_uninstallation_elsewhere_outlasts_a_save_that_came_before_it() {
    let Some(bench) = Bench::start().await else { return };
    let (other, host) = bench.other_host().await;
    bench.visit(SHOP).await;
    other.follow().await.unwrap();
    bench.save(Some(&bench.token(SHOP)), FORM).await;
    other.uninstalled(&shop(SHOP), START_MS + 1).await.unwrap();
    bench.admin.follow().await.unwrap();
    assert_eq!((bench.host.shop(SHOP), host.shop(SHOP)), (None, None));
}

/// A host that read a number must not have missed a change that was committed later with a smaller one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_follows_meanwhile_misses_none_of_many_changes() {
    let Some(bench) = Bench::start().await else { return };
    let (hosts, (follower, served)) =
        ([bench.other_host().await.0, bench.admin.clone()], bench.other_host().await);
    let following = tokio::spawn({
        let follower = follower.clone();
        async move {
            loop {
                follower.follow().await.unwrap();
                tokio::task::yield_now().await;
            }
        }
    });
    let id = |number: usize| format!("lamps-{number}.myshopify.com");
    let mut changes = JoinSet::new();
    for number in 0..30 {
        let (admin, id, token) = (hosts[number % 2].clone(), shop(&id(number)), bench.token(&id(number)));
        changes.spawn(async move { admin.connect(&id, &token).await });
    }
    for connected in changes.join_all().await {
        assert_eq!(connected, Ok(()));
    }
    following.abort();
    let _ = following.await;
    follower.follow().await.unwrap();
    let missing: Vec<_> = (0..30).map(id).filter(|id| served.shop(id).is_none()).collect();
    assert_eq!(missing, Vec::<String>::new());
}

async fn access_token(admin: Arc<admin::Admin>) -> Result<Secret, NotConnected> {
    admin.connections().access_token(&shop(SHOP)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_all_hosts_one_renews() {
    let Some(bench) = Bench::start().await else { return };
    let (other, _) = bench.other_host().await;
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    let mut requests = JoinSet::new();
    for admin in [&bench.admin, &other].into_iter().cycle().take(20) {
        requests.spawn(access_token(admin.clone()));
    }
    for token in requests.join_all().await {
        assert_eq!(token, Ok(Secret::new("shpat_2")));
    }
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);
}

#[tokio::test]
async fn tokens_of_an_overtaken_renewal_are_not_stored() {
    let Some(bench) = Bench::start().await else { return };
    let (other, _) = bench.other_host().await;
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    let silence = bench.shopify.silence.lock().await;
    let late = tokio::spawn(access_token(bench.admin.clone()));
    bench.shopify.was_asked(2).await;
    // The host stood still for longer than its lease, and another one began.
    bench.clock.advance(Duration::from_secs(21));
    let second = tokio::spawn(access_token(other));
    bench.shopify.was_asked(3).await;
    drop(silence);
    let tokens = [late.await.unwrap(), second.await.unwrap()];
    let stored = bench.admin.find(&shop(SHOP)).await.unwrap().unwrap().access.unwrap().secret;
    assert!(tokens.contains(&Ok(stored)), "{tokens:?}");
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh", "refresh"]);
}

#[tokio::test]
async fn a_renewal_of_a_host_that_died_is_waited_for_until_its_lease_ends() {
    let Some(bench) = Bench::start().await else { return };
    let (other, _) = bench.other_host().await;
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    // Held until the end: the first host never gets an answer.
    let _silence = bench.shopify.silence.lock().await;
    let dying = tokio::spawn(access_token(bench.admin.clone()));
    bench.shopify.was_asked(2).await;
    dying.abort();

    let waiting = tokio::spawn(access_token(other.clone()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);
    bench.clock.advance(Duration::from_secs(21));
    assert!(matches!(waiting.await.unwrap(), Err(NotConnected::Shopify(_))));
    let _again = tokio::spawn(access_token(other));
    bench.shopify.was_asked(3).await;
}

#[tokio::test]
async fn a_failed_renewal_is_not_repeated_at_once_by_another_host() {
    let Some(bench) = Bench::start().await else { return };
    let (other, _) = bench.other_host().await;
    bench.visit(SHOP).await;
    bench.clock.advance(HOUR);
    bench.shopify.is(crate::shopify::Mood::Refuses(503, "busy"));
    assert!(access_token(bench.admin.clone()).await.is_err());
    assert!(access_token(other).await.is_err());
    assert_eq!(bench.shopify.grants(), ["exchange", "refresh"]);
}

#[tokio::test]
async fn the_counts_of_all_hosts_add_up() {
    let Some(bench) = Bench::start().await else { return };
    let (other, _) = bench.other_host().await;
    for usage in [bench.admin.usage(), other.usage(), other.usage()] {
        usage.count(&shop(SHOP), PageKind::Home, Event::Hit);
    }
    bench.admin.usage().flush().await;
    other.usage().flush().await;
    for admin in [&bench.admin, &other] {
        assert_eq!(admin.usage().last_24_hours(&shop(SHOP)).await.unwrap().hits, 3);
    }
}
