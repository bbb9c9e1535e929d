//! A shopper opens the storefront.

use crate::harness::Host;
use capabilities::jobs::Filter;

#[tokio::test]
async fn first_visit_is_a_fallback_at_once_and_the_next_is_the_generated_page() {
    let host = Host::open().await;

    let first = host.visit("abc123").await;
    first.is_fallback();
    assert_eq!(first.header("x-generation-triggered"), "true");
    assert!(first.body.contains("Magic Wands"), "it is the shop's own page");

    assert_eq!(host.final_state("abc123").await, "ready");
    let second = host.visit("abc123").await;
    second.is_hit();
    assert_eq!(second.header("x-wand-source"), "local");
    assert_ne!(first.body, second.body);
}

#[tokio::test]
async fn personal_pages_are_not_cached_by_others() {
    let host = Host::open().await;
    for _ in 0..2 {
        let page = host.visit("abc123").await;
        assert_eq!(page.header("cache-control"), "private, no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        host.final_state("abc123").await;
    }
}

#[tokio::test]
async fn many_visits_before_the_page_is_made_are_one_job() {
    let host = Host::builder().settings(|settings| settings.pool.size = 1).open().await;
    let visits: Vec<_> = (0..20).map(|_| host.visit("abc123")).collect();
    for visit in visits {
        visit.await;
    }
    host.final_state("abc123").await;
    let jobs =
        host.deployment.capabilities.jobs.list(Filter::default(), 100).await.expect("the jobs are listed");
    assert_eq!(jobs.len(), 1, "{jobs:?}");
}

#[tokio::test]
async fn a_catalog_that_changed_makes_pages_stale_and_they_are_rendered_again_from_their_plan() {
    let host = Host::open().await;
    host.visit("abc123").await;
    host.final_state("abc123").await;
    let asked_before = host.controls.llm.requests().len();

    host::pages::bump_catalog_version(&host.deployment, "magic-wands")
        .await
        .expect("the catalog version is bumped");
    let stale = host.visit("abc123").await;
    assert_eq!(
        (stale.status, stale.header("x-cache"), stale.header("x-generation-triggered")),
        (200, "STALE", "true")
    );

    host.final_state("abc123").await;
    host.visit("abc123").await.is_hit();
    assert_eq!(host.controls.llm.requests().len(), asked_before, "rendering again asks no language model");
}

#[tokio::test]
async fn a_page_that_is_too_old_is_served_stale_and_planned_anew() {
    let host = Host::open().await;
    host.visit("abc123").await;
    host.final_state("abc123").await;

    host.controls.clock.advance(std::time::Duration::from_secs(86_401));
    assert_eq!(host.visit("abc123").await.header("x-cache"), "STALE");
    host.final_state("abc123").await;
    host.visit("abc123").await.is_hit();
}

#[tokio::test]
async fn a_page_that_left_short_term_storage_comes_back_from_long_term_storage() {
    let host = Host::open().await;
    host.visit("abc123").await;
    host.final_state("abc123").await;

    host.controls.clock.advance(std::time::Duration::from_secs(3_601));
    let key = "ui:magic-wands:abc123";
    assert!(host.deployment.capabilities.kv.get("UI_CACHE", key).await.expect("kv answers").is_none());
    host.visit("abc123").await.is_hit();
    assert!(host.deployment.capabilities.kv.get("UI_CACHE", key).await.expect("kv answers").is_some());
}

#[tokio::test]
async fn a_shopper_who_hunts_deals_gets_another_page_than_one_who_is_loyal() {
    let host = Host::open().await;
    let signals = |shopper: &str, events: &str| {
        host.post(
            "/api/shopper/track",
            format!(r#"{{"store":"magic-wands","shopper":"{shopper}","events":[{events}]}}"#),
        )
    };
    let hunting = r#"{"type":"search","term":"sale"},{"type":"sort","value":"price-asc"},{"type":"filter","value":"discount"}"#;
    let tracked = signals("hunter", hunting).await;
    assert_eq!((tracked.status, tracked.json("stored")), (200, 3.into()));
    let visits = [r#"{"type":"visit"}"#; 12].join(",");
    signals("regular", &format!(r#"{visits},{{"type":"purchase","product":"willow-whisper"}}"#)).await;

    for shopper in ["hunter", "regular"] {
        host.visit(shopper).await;
        host.final_state(shopper).await;
    }
    assert_eq!(host.visit("hunter").await.header("x-wand-persona"), "dealhunter");
    assert_eq!(host.visit("regular").await.header("x-wand-persona"), "loyalist");
}

#[tokio::test]
async fn a_full_pool_lets_the_fallback_page_stand_and_says_so() {
    let host = Host::builder()
        .settings(|settings| {
            settings.pool.size = 1;
            settings.pool.depth_max = 1;
        })
        .open()
        .await;
    host.controls.llm.hold();
    assert_eq!(host.visit("first").await.header("x-generation-triggered"), "true");
    let second = host.visit("second").await;
    second.is_fallback();
    assert_eq!(second.header("x-generation-triggered"), "false");
    host.controls.llm.release();
    host.final_state("first").await;
    assert_eq!(host.visit("second").await.header("x-generation-triggered"), "true");
}

#[tokio::test]
async fn server_sent_events_report_each_state_until_the_page_is_ready() {
    let host = Host::open().await;
    host.visit("abc123").await;
    let events = host
        .request(|client, host| {
            let target = "/api/generation/status?store=magic-wands&shopper=abc123&wait=20";
            client.get(host + target).header("accept", "text/event-stream")
        })
        .await;
    assert_eq!(events.header("content-type"), "text/event-stream");
    let last = events.body.trim_end().rsplit("data: ").next().expect("there are events");
    assert!(last.contains(r#""state":"ready""#), "{}", events.body);
}
