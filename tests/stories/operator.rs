//! The operator's tools: debug routes, metrics, the command line.

use std::sync::Arc;

use capabilities::Secret;
use capabilities::signatures::Secrets;

use crate::harness::{Host, eventually, process};

const TOKEN: &str = "a token that nobody guesses";

#[tokio::test]
async fn debug_routes_do_not_exist_for_strangers() {
    let host = Host::builder()
        .settings(|settings| settings.development = false)
        .backends(|capabilities| {
            capabilities.signatures =
                Arc::new(Secrets::new([7; 32], [("DEBUG_TOKEN".to_owned(), vec![Secret::new(TOKEN)])]));
        })
        .open()
        .await;
    for route in ["/debug/pool", "/debug/errors", "/debug/generate?store=magic-wands&shopper=abc123"] {
        let ask = |token: &'static str| {
            host.request(move |client, host| {
                client.get(host + route).header("authorization", format!("Bearer {token}"))
            })
        };
        host.get(route).await.is_refusal(404);
        ask("a token that somebody guessed").await.is_refusal(404);
        assert!(ask(TOKEN).await.status < 300, "{route}");
    }
}

#[tokio::test]
async fn the_debug_routes_show_the_pool_and_start_a_generation() {
    let host = Host::open().await;
    let started = host.post("/debug/generate?store=magic-wands&shopper=abc123", "").await;
    assert_eq!(started.status, 202, "{}", started.body);
    assert_eq!(host.final_state("abc123").await, "ready");
    let pool = host.get("/debug/pool").await;
    assert!(pool.body.contains("pool-0") && pool.body.contains("pool-9"), "{}", pool.body);
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_outcome_and_component_calls() {
    let host = Host::open().await;
    host.visit("abc123").await;
    host.final_state("abc123").await;
    host.visit("abc123").await.is_hit();
    let metrics = host.get("/metrics").await;
    for line in [
        "wandstore_requests_total{route=\"page\",cache=\"HIT\"}",
        "wandstore_requests_total{route=\"page\",cache=\"MISS\"}",
        "wandstore_component_calls_total{component=\"routing\"}",
        "wandstore_component_failures_total{component=\"generation\",failure=\"trap\"}",
        "wandstore_cache_reads_total{tier=",
        "wandstore_queue_queued{member=\"pool-0\"}",
        "wandstore_queue_oldest_seconds{member=\"pool-0\"}",
        "wandstore_generation_seconds",
    ] {
        assert!(metrics.body.contains(line), "{line} is missing in\n{}", metrics.body);
    }
}

#[tokio::test]
async fn health_names_the_version_and_every_components_digest() {
    let host = Host::open().await;
    let health = host.get("/health").await;
    assert_eq!(health.json("version"), env!("CARGO_PKG_VERSION"));
    let components = health.json("components");
    let roles: Vec<_> =
        components.as_array().expect("a list").iter().map(|entry| entry["role"].clone()).collect();
    assert_eq!(roles, ["routing", "caching", "queueing", "generation", "catalog"]);
}

#[tokio::test]
async fn with_an_address_of_their_own_metrics_and_details_are_not_on_the_public_one() {
    let host = Host::builder().admin_address().open().await;
    host.visit("abc123").await.is_fallback();
    let metrics = host.get_as_operator("/metrics").await;
    assert!(metrics.body.contains("wandstore_requests_total{route=\"page\""), "{}", metrics.body);
    host.get("/metrics").await.is_refusal(404);
    host.get_as_operator("/s/magic-wands?shopper=abc123").await.is_refusal(404);

    let says = async |public: &str| (host.get("/health").await.body == public).then_some(());
    eventually("all is well", async || says(r#"{"status":"ok"}"#).await).await;
    host.controls.blob.break_all();
    eventually("the public is told", async || says(r#"{"status":"degraded"}"#).await).await;
    let details = host.get_as_operator("/health").await;
    assert_eq!(
        (details.json("status"), details.json("checks")["blob"].clone()),
        ("degraded".into(), "failing".into())
    );
    assert_eq!(details.json("version"), env!("CARGO_PKG_VERSION"));
}

#[test]
fn an_address_of_the_operator_that_is_taken_is_named_with_its_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let mut serve = process::wandstore(folder.path());
    serve.env("WANDSTORE_ADMIN_LISTEN", &address).args(["serve", "--listen", "127.0.0.1:0"]);
    let output = serve.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr);
    let reason = format!("server.admin_listen: cannot listen on {address}");
    assert!(!output.status.success() && text.contains(&reason), "{text}");
}

#[test]
fn check_says_what_each_component_may_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = process::run(folder.path(), &["check"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        text.contains("may use wandstore:capabilities/llm@0.1.0") && text.contains("shops: magic-wands"),
        "{text}"
    );
}

#[test]
fn an_unknown_key_is_an_error_that_names_the_nearest_one() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wandstore.toml"), "[pool]\nsise = 3\n").expect("it is written");
    let output = process::run(folder.path(), &["check"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains("did you mean `pool.size`?"), "{text}");
}

#[test]
fn a_variable_that_is_no_number_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let output =
        process::wandstore(folder.path()).env("POOL_SIZE", "many").arg("check").output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains("POOL_SIZE"), "{text}");
}

#[test]
fn unknown_jobs_differ_from_jobs_that_are_not_dead() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["show", "retry", "bury"] {
        let output = process::run(folder.path(), &["jobs", command, "0"]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && text.contains("there is no job 0"), "{command}: {text}");
    }
}
