//! Backends that break: healthy, broken, restored.

use crate::harness::{Host, eventually};

#[tokio::test]
async fn without_key_value_storage_pages_come_from_blob_storage() {
    let host = Host::open().await;
    host.visit("abc123").await;
    host.final_state("abc123").await;

    host.controls.kv.break_all();
    host.visit("abc123").await.is_hit();

    host.controls.kv.restore();
    host.visit("abc123").await.is_hit();
}

#[tokio::test]
async fn without_any_storage_there_is_the_fallback_page() {
    let host = Host::open().await;
    host.visit("abc123").await;
    host.final_state("abc123").await;

    for faults in [&host.controls.kv, &host.controls.blob, &host.controls.jobs] {
        faults.break_all();
    }
    let page = host.visit("abc123").await;
    page.is_fallback();
    assert_eq!(page.header("x-generation-triggered"), "false");
    assert_eq!(host.status("abc123", 0).await, "unknown");
    let tracked = r#"{"store":"magic-wands","shopper":"abc123","events":[{"type":"visit"}]}"#;
    assert_eq!(host.post("/api/shopper/track", tracked).await.json("stored"), 0);

    for faults in [&host.controls.kv, &host.controls.blob, &host.controls.jobs] {
        faults.restore();
    }
    host.visit("abc123").await.is_hit();
}

#[tokio::test]
async fn a_page_that_cannot_be_stored_is_tried_again_until_it_can() {
    let host = Host::builder()
        .settings(|settings| {
            settings.pool.backoff_ms = 1;
            settings.pool.backoff_ms_max = 1;
            settings.pool.attempts_max = 1_000;
        })
        .open()
        .await;
    host.controls.blob.break_all();
    host.visit("abc123").await.is_fallback();
    assert_ne!(host.status("abc123", 1).await, "ready");

    host.controls.blob.restore();
    while host.status("abc123", 1).await != "ready" {
        host.controls.clock.advance(std::time::Duration::from_secs(1));
    }
    host.visit("abc123").await.is_hit();
}

#[tokio::test]
async fn health_names_the_failing_backend_and_shoppers_are_served() {
    let host = Host::open().await;
    assert_eq!(host.get("/health").await.json("status"), "ok");
    host.controls.blob.break_all();
    let is = async |status: &str| {
        let health = host.get("/health").await;
        (health.json("status") == status).then_some(health)
    };
    let health = eventually("health reports it", async || is("degraded").await).await;
    assert_eq!((health.status, health.json("checks")["blob"].clone()), (200, "failing".into()));
    assert_eq!(health.json("checks")["kv"], "ok");
    host.visit("abc123").await.is_fallback();
    host.controls.blob.restore();
    eventually("all is well again", async || is("ok").await).await;
}
