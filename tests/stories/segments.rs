//! Shoppers of a segment share a plan: it costs one call of the model, and each of them sees what is theirs.

use std::sync::Arc;
use std::time::Duration;

use capabilities::Secret;
use capabilities::llm::{Client, Settings};
use host::pages;
use model::shop::PlansPer;

use crate::harness::{Answer, Host, LlmServer, Saying};
use crate::llm::plan;

/// A host with a model, where each segment has a plan.
async fn host(server: &LlmServer) -> Host {
    let settings = Settings { base_url: Some(server.url.clone()), retries: 0, ..Settings::default() };
    Host::builder()
        .settings(|settings| settings.plans_per = PlansPer::Segment)
        .backends(move |capabilities| {
            let (clock, random) = (capabilities.clock.clone(), capabilities.random.clone());
            let llm = Client::new(&settings, Some(&Secret::new("sk-segments")), clock, random);
            capabilities.llm = Arc::new(llm.expect("the settings are right").expect("there is a model"));
        })
        .open()
        .await
}

/// Visits until the page is made.
async fn page_of(host: &Host, shopper: &str) -> Answer {
    host.visit(shopper).await;
    assert_eq!(host.final_state(shopper).await, "ready");
    host.visit(shopper).await
}

/// Reports four views of products, which request another page, and waits for it.
async fn look_at(host: &Host, shopper: &str, products: &[&str]) {
    let view = |product: &&str| format!(r#"{{"type":"view","product":"{product}"}}"#);
    let events = products.iter().map(view).collect::<Vec<_>>().join(",");
    let body = format!(r#"{{"store":"magic-wands","shopper":"{shopper}","events":[{events}]}}"#);
    let reported = host.request(|client, address| {
        let post = client.post(format!("{address}/api/shopper/track"));
        post.header("content-type", "application/json").body(body)
    });
    assert_eq!(reported.await.status, 200);
    host.final_state(shopper).await;
}

#[tokio::test]
async fn the_shoppers_of_a_segment_cost_one_call_and_each_sees_what_is_theirs() {
    let server = LlmServer::open([Saying::Text(plan())]).await;
    let host = host(&server).await;
    assert_eq!(page_of(&host, "first").await.header("x-wand-source"), "llm");
    for shopper in ["second", "third"] {
        assert_eq!(page_of(&host, shopper).await.header("x-wand-source"), "shared");
    }
    let shown = pages::show(&host.deployment, "magic-wands", "second").await.expect("it works");
    assert_eq!(shown.expect("a page").source, "the language model, for all shoppers of the segment");

    let viewed = ["willow-whisper", "first-spark", "ember-plume", "moonstone-reach"];
    look_at(&host, "second", &viewed).await;
    let theirs = host.visit("second").await;
    assert_eq!(theirs.header("x-wand-source"), "shared");
    assert!(theirs.body.contains("Seen before"), "{}", theirs.body);
    assert!(!host.visit("third").await.body.contains("Seen before"));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_catalog_that_changed_costs_a_segment_no_call() {
    let server = LlmServer::open([Saying::Text(plan())]).await;
    let host = host(&server).await;
    page_of(&host, "first").await;
    pages::bump_catalog_version(&host.deployment, "magic-wands").await.expect("it is bumped");
    assert_eq!(host.visit("first").await.header("x-cache"), "STALE");
    host.final_state("first").await;
    host.visit("first").await.is_hit();
    page_of(&host, "second").await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_model_that_comes_back_plans_for_the_segment() {
    let server = LlmServer::open([Saying::Status(401, ""), Saying::Text(plan())]).await;
    let host = host(&server).await;
    assert_eq!(page_of(&host, "first").await.header("x-wand-source"), "local");
    host.controls.clock.advance(Duration::from_hours(1));
    assert_eq!(page_of(&host, "second").await.header("x-wand-source"), "llm");
    assert_eq!(page_of(&host, "first").await.header("x-wand-source"), "shared");
    assert_eq!(server.requests().len(), 2);
}
