//! A language model that streams, stalls, fails and lies: the page comes, the job is settled, the
//! error is on record.

use std::sync::Arc;
use std::time::Duration;

use capabilities::Secret;
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

fn plan() -> String {
    serde_json::json!({
        "title": "Wands for the curious",
        "blocks": [
            {"type": "hero", "headline": "Something for curious hands", "text": "A wand that finds you first.", "product": null},
        ],
    })
    .to_string()
}

#[tokio::test]
async fn whatever_the_model_says_there_is_a_page_and_the_error_is_on_record() {
    let lies = [
        Saying::Text("I am sorry, I cannot do that.".into()),
        Saying::Text("{\"title\": \"half a plan\", \"blocks\": [{\"type\": \"her".into()),
        Saying::Text(r#"{"wrong": "schema"}"#.into()),
        Saying::Text(plan().replace("null", "\"no-such-product\"")),
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
        let jobs = host
            .deployment
            .capabilities
            .jobs
            .list(Default::default(), 10)
            .await
            .expect("the jobs are listed");
        assert!(jobs.iter().all(|job| job.state.name() == "done"), "{shown}: {jobs:?}");
    }
}
