//! A language model that streams, stalls, fails and lies: the page comes, the job is settled, the
//! error is on record.

use std::sync::Arc;
use std::time::Duration;

use capabilities::Secret;
use capabilities::jobs::Filter;
use capabilities::llm::{Config, OpenAi};

use crate::harness::{Host, LlmServer, Saying};

const KEY: &str = "sk-this-is-never-to-be-seen";

async fn host(server: &LlmServer) -> Host {
    let config = Config {
        timeout: Duration::from_millis(300),
        retries: 0,
        backoff: Duration::from_millis(1),
        concurrency: 4,
        breaker_failures: 1_000,
        breaker_cooldown: Duration::from_millis(10),
        ..Config::new(&server.url, "scripted-1", Some(Secret::new(KEY)))
    };
    Host::wish()
        .settings(|settings| {
            settings.pool.attempts_max = 2;
            settings.pool.backoff_ms = 1;
            settings.pool.backoff_ms_max = 1;
        })
        .backends(move |capabilities| {
            let llm = OpenAi::new(config, capabilities.clock.clone(), capabilities.ids.clone());
            capabilities.llm = Arc::new(llm.expect("the configuration is right"));
        })
        .open()
        .await
}

/// Visits until the page is there, while time passes.
async fn page_of(host: &Host) -> crate::harness::Answer {
    host.visit("abc123").await.is_fallback();
    while host.status("abc123", 1).await != "ready" {
        host.strings.clock.advance(Duration::from_secs(1));
    }
    let page = host.visit("abc123").await;
    assert_eq!(page.header("x-generated"), "true");
    page
}

/// A plan without fault.
pub fn plan() -> String {
    serde_json::json!({
        "title": "Wands for the curious",
        "blocks": [
            {"type": "hero", "headline": "Something for curious hands", "text": "A wand that finds you first.", "product": null},
            {"type": "grid", "heading": "To begin with", "products": ["willow-whisper", "ember-plume"]},
            {"type": "search", "heading": "Looking for something?", "terms": ["wands"]},
        ],
    })
    .to_string()
}

#[tokio::test]
async fn a_plan_without_fault_is_the_page_however_slowly_it_is_sent() {
    for saying in
        [Saying::Text(plan()), Saying::Dribble(plan()), Saying::Text(format!("```json\n{}\n```", plan()))]
    {
        let server = LlmServer::open([saying]).await;
        let host = host(&server).await;
        let page = page_of(&host).await;
        assert_eq!(page.header("x-wand-source"), "llm");
        assert!(
            page.body.contains("Something for curious hands") && page.body.contains("$64.00"),
            "{}",
            page.body
        );
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0]["response_format"]["json_schema"]["name"], "storefront_plan");
    }
}

#[tokio::test]
async fn a_plan_with_a_fault_is_sent_back_once_and_the_mended_one_is_the_page() {
    let faulty = plan().replace("ember-plume", "no-such-product");
    let server = LlmServer::open([Saying::Text(faulty), Saying::Text(plan())]).await;
    let host = host(&server).await;
    assert_eq!(page_of(&host).await.header("x-wand-source"), "llm");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let complaint =
        requests[1]["messages"].as_array().and_then(|messages| messages.last()).expect("it is told");
    assert!(
        complaint["content"].as_str().is_some_and(|text| text.contains("blocks[1].products[1]")),
        "{complaint}"
    );
}

#[tokio::test]
async fn a_model_that_is_well_again_is_asked_again() {
    let server = LlmServer::open([Saying::Status(503, ""), Saying::Text(plan())]).await;
    let host = host(&server).await;
    assert_eq!(page_of(&host).await.header("x-wand-source"), "llm");
}

#[tokio::test]
async fn whatever_the_model_says_there_is_a_page_and_the_error_is_on_record() {
    let lies = [
        Saying::Text("I am sorry, I cannot do that.".into()),
        Saying::Text("{\"title\": \"half a plan\", \"blocks\": [{\"type\": \"her".into()),
        Saying::Text(r#"{"wrong": "schema"}"#.into()),
        Saying::Text(plan().replace("ember-plume", "no-such-product")),
        Saying::Text(plan().replace("curious hands", "<script>alert(1)</script> {{ 7 | times: 7 }}")),
        Saying::Text(String::new()),
        Saying::Text("x".repeat(1 << 20)),
        Saying::Raw(b"\xff\xfe not JSON".to_vec()),
        Saying::Status(500, ""),
        Saying::Status(401, ""),
        Saying::Status(429, "retry-after: 1\r\n"),
        Saying::Break,
        Saying::Stall,
    ];
    for lie in lies {
        let shown = format!("{lie:?}").chars().take(80).collect::<String>();
        let server = LlmServer::open([lie]).await;
        let host = host(&server).await;
        let page = page_of(&host).await;
        assert_eq!(page.header("x-wand-source"), "local", "{shown}");
        assert!(!page.body.contains("<script>alert") && !page.body.contains("{{"), "{shown}");
        let errors = host.get("/debug/errors").await;
        assert!(errors.body.contains("\"reason\""), "{shown}: {}", errors.body);
        assert!(
            !errors.body.contains(KEY) && !format!("{:?}", host.strings.log.lines()).contains(KEY),
            "{shown}"
        );
        let jobs = &host.deployment.capabilities.jobs;
        let jobs = jobs.list(Filter::default(), 10).await.expect("the jobs are listed");
        assert!(jobs.iter().all(|job| job.state.name() == "done"), "{shown}: {jobs:?}");
    }
}
