//! A language model that streams, stalls, fails and gives wrong answers: the page is made, the job is
//! completed, and the error is recorded.

use std::sync::Arc;
use std::time::Duration;

use capabilities::Secret;
use capabilities::clock::millis;
use capabilities::jobs::Filter;
use capabilities::llm::{Client, Settings};

use crate::harness::{BUSY, Host, LlmServer, Process, Saying};

const KEY: &str = "sk-this-is-never-to-be-seen";

pub async fn host(server: &LlmServer) -> Host {
    host_that_waits(server, Duration::from_millis(250) * BUSY).await
}

async fn host_that_waits(server: &LlmServer, timeout: Duration) -> Host {
    let settings = Settings {
        base_url: Some(server.url.clone()),
        model: "scripted-1".into(),
        timeout_ms: millis(timeout),
        retries: 0,
        backoff_ms: 1,
        concurrency: 4,
        breaker_failures: 1_000,
        breaker_cooldown_ms: 10,
        ..Settings::default()
    };
    Host::builder()
        .settings(|settings| {
            settings.pool.attempts_max = 2;
            settings.pool.backoff_ms = 1;
            settings.pool.backoff_ms_max = 1;
        })
        .backends(move |capabilities| {
            let (clock, random) = (capabilities.clock.clone(), capabilities.random.clone());
            let llm = Client::new(&settings, Some(&Secret::new(KEY)), clock, random);
            capabilities.llm = Arc::new(llm.expect("the settings are right").expect("there is a model"));
        })
        .open()
        .await
}

/// Visits repeatedly, and advances the clock, until the page is made.
pub async fn page_of(host: &Host) -> crate::harness::Answer {
    host.visit("abc123").await.is_fallback();
    while host.status("abc123", 1).await != "ready" {
        host.controls.clock.advance(Duration::from_secs(1));
    }
    let page = host.visit("abc123").await;
    assert_eq!(page.header("x-generated"), "true");
    page
}

/// A valid plan.
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
async fn a_plan_with_a_fault_is_mended_and_half_of_it_is_enough() {
    let cut = plan();
    for faulty in [
        plan().replace("ember-plume", "no-such-product"),
        plan().replace("Wands for the curious", "Wands for $5"),
        plan().replace("Looking for something?", "<script>alert(1)</script> {{ 7 | times: 7 }}"),
        format!("<think>{{ or not }}</think>{}", plan()),
        serde_json::json!({ "plan": plan() }).to_string(),
        cut[..cut.len() - 40].to_owned(),
    ] {
        let server = LlmServer::open([Saying::Text(faulty.clone())]).await;
        let host = host(&server).await;
        let page = page_of(&host).await;
        assert_eq!(page.header("x-wand-source"), "llm", "{faulty}");
        assert!(page.body.contains("Something for curious hands"), "{faulty}");
        assert!(!page.body.contains("<script>alert") && !page.body.contains("{{"), "{faulty}");
        assert_eq!(server.requests().len(), 1, "{faulty}");
        let log = format!("{:?}", host.controls.log.lines());
        assert!(log.contains("a plan was mended"), "{faulty}: {log}");
    }
}

#[tokio::test]
async fn a_plan_of_which_too_little_is_left_is_sent_back_once_and_the_second_is_the_page() {
    let faulty = plan().replace("Something for", "$5 for").replace("A wand", "For $6, a wand");
    let faulty = faulty.replace("To begin", "For $5");
    let server = LlmServer::open([Saying::Text(faulty), Saying::Text(plan())]).await;
    let host = host(&server).await;
    assert_eq!(page_of(&host).await.header("x-wand-source"), "llm");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let complaint =
        requests[1]["messages"].as_array().and_then(|messages| messages.last()).expect("it is there");
    assert!(complaint["content"].as_str().is_some_and(|text| text.contains("hero.headline")), "{complaint}");
}

#[tokio::test]
async fn a_recovered_model_is_used_again() {
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
        Saying::Text(
            plan()
                .replace("Something for", "$5 for")
                .replace("A wand", "For $6, a wand")
                .replace("To begin", "<script>alert(1)</script>"),
        ),
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
            !errors.body.contains(KEY) && !format!("{:?}", host.controls.log.lines()).contains(KEY),
            "{shown}"
        );
        let jobs = &host.deployment.capabilities.jobs;
        let jobs = jobs.list(Filter::default(), 10).await.expect("the jobs are listed");
        assert!(jobs.iter().all(|job| job.state.name() == "done"), "{shown}: {jobs:?}");
    }
}

/// Longer than any scripted answer takes.
const PATIENT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_refused_question_is_asked_again_after_ten_minutes_and_the_page_is_the_models() {
    for saying in [
        Saying::Error(401, r#"{"error":{"message":"Incorrect API key provided"}}"#),
        Saying::Error(429, r#"{"error":{"message":"m","type":"insufficient_quota"}}"#),
        Saying::Raw(br#"{"error":{"code":404,"message":"no such model"}}"#.to_vec()),
    ] {
        let shown = format!("{saying:?}");
        let server = LlmServer::open([saying, Saying::Text(plan())]).await;
        let host = host_that_waits(&server, PATIENT).await;
        assert_eq!(page_of(&host).await.header("x-wand-source"), "local", "{shown}");
        host.controls.clock.advance(Duration::from_mins(10));
        assert_eq!(server.requests().len(), 1, "{shown}");
        assert_eq!(host.visit("abc123").await.header("x-cache"), "STALE", "{shown}");
        assert_eq!(host.final_state("abc123").await, "ready", "{shown}");
        let page = host.visit("abc123").await;
        assert_eq!((page.header("x-cache"), page.header("x-wand-source")), ("HIT", "llm"), "{shown}");
        host.controls.clock.advance(Duration::from_hours(23));
        assert_eq!(host.visit("abc123").await.header("x-cache"), "HIT", "{shown}");
    }
}

#[tokio::test]
async fn a_stand_in_is_served_from_cache_for_less_than_ten_minutes() {
    let server = LlmServer::open([Saying::Status(401, "")]).await;
    let host = host_that_waits(&server, PATIENT).await;
    page_of(&host).await;
    host.controls.clock.advance(Duration::from_mins(9));
    assert_eq!(host.visit("abc123").await.header("x-cache"), "HIT");
    assert_eq!(server.requests().len(), 1, "a visit sends no new question");
}

/// A fault of an endpoint, the code of its cause, and words that the journal has of it.
type Fault = (Saying, &'static str, &'static str);

/// Faults that the endpoint's status tells, or the words beside it.
fn refused_requests() -> Vec<Fault> {
    let error = |status, body, cause, words| (Saying::Error(status, body), cause, words);
    vec![
        error(
            401,
            r#"{"error":{"message":"no such key\nsk-this-is-never-to-be-seen"}}"#,
            "auth",
            "no such key (key)",
        ),
        error(403, r#"{"error":{"message":"not your project"}}"#, "auth", "status 403: not your project"),
        error(200, r#"{"error":{"code":401,"message":"key expired"}}"#, "auth", "key expired"),
        error(404, r#"{"error":{"message":"no such model"}}"#, "model", "status 404: no such model"),
        error(400, r#"{"error":{"message":"kimi is not a valid model ID"}}"#, "model", "not a valid model"),
        error(402, "pay first", "quota", "status 402: pay first"),
        error(
            429,
            r#"{"error":{"message":"over your plan","type":"insufficient_quota"}}"#,
            "quota",
            "over your plan",
        ),
        (Saying::Status(429, "retry-after: 60\r\n"), "rate", "status 429: as told"),
        error(403, r#"{"error":{"message":"flagged by moderation"}}"#, "filter", "flagged by moderation"),
        error(
            400,
            r#"{"error":{"message":"4096 tokens at most","code":"context_length_exceeded"}}"#,
            "context",
            "4096 tokens",
        ),
        error(
            400,
            r#"{"error":{"message":"max_tokens is too large","param":"max_tokens"}}"#,
            "length",
            "max_tokens is too large",
        ),
        (Saying::Status(500, ""), "unreachable", "status 500: as told"),
        (Saying::Status(503, ""), "unreachable", "status 503: as told"),
    ]
}

/// Faults of answers that look like success.
fn useless_answers() -> Vec<Fault> {
    let choice = |choice: &str| Saying::Raw(format!(r#"{{"choices":[{choice}]}}"#).into_bytes());
    let claims = ["Something for", "A wand that", "To begin", "Looking for"]
        .iter()
        .fold(plan(), |plan, words| plan.replace(words, &format!("$5 off: {}", words.to_lowercase())));
    vec![
        (choice(r#"{"message":{"refusal":"I cannot"}}"#), "refusal", "I cannot"),
        (
            choice(r#"{"message":{"content":"","reasoning_content":"hm"},"finish_reason":"length"}"#),
            "thinking",
            "on thinking",
        ),
        (choice(r#"{"message":{"content":""},"finish_reason":"length"}"#), "length", "cut off"),
        (choice(r#"{"message":{"content":null},"finish_reason":"content_filter"}"#), "filter", "filter"),
        (Saying::Text("I am sorry.".into()), "format", "refused"),
        (Saying::Raw(b"<html>Welcome!</html>".to_vec()), "format", "Welcome!"),
        (Saying::Text(claims), "claims", "at hero.headline"),
        (Saying::Break, "unreachable", "broke off"),
    ]
}

#[tokio::test]
async fn each_of_twenty_faults_is_named_from_the_journal_alone() {
    let faults: Vec<_> = refused_requests().into_iter().chain(useless_answers()).collect();
    assert!(faults.len() >= 20, "{}", faults.len());
    let mut wrong = Vec::new();
    for (saying, cause, words) in faults {
        let shown = format!("{saying:?}");
        let server = LlmServer::open([saying]).await;
        let host = host_that_waits(&server, PATIENT).await;
        page_of(&host).await;
        let errors = host.get("/debug/errors").await;
        let error = &serde_json::from_str::<serde_json::Value>(&errors.body).expect("it is JSON")[0];
        let reason = error["reason"].as_str().unwrap_or_default();
        let jobs = &host.deployment.capabilities.jobs;
        let jobs = jobs.list(Filter::default(), 10).await.expect("the jobs are listed");
        let of_job = jobs.first().and_then(|job| job.error.clone()).unwrap_or_default();
        if error["cause"] != cause || !reason.contains(words) || !of_job.starts_with(&format!("{cause}: ")) {
            wrong.push(format!("{shown}: expected {cause} and {words:?}: {error}; the job has {of_job:?}"));
        }
        assert!(!errors.body.contains(KEY), "{}", errors.body);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let host = Host::open().await;
    let metrics = host.get("/metrics").await.body;
    assert!(metrics.contains(r#"wandstore_llm_requests_total{outcome="auth"}"#), "{metrics}");
}

#[tokio::test]
async fn an_endpoint_with_ways_of_its_own_makes_the_page_and_is_understood_from_then_on() {
    let newer = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}"#;
    let no_form = r#"{"detail":[{"loc":["body","response_format"],"msg":"Extra inputs are not permitted"}]}"#;
    let chunk =
        serde_json::json!({ "choices": [{ "delta": { "content": plan() }, "finish_reason": "stop" }] });
    let stream = format!(": PROCESSING\n\ndata: {chunk}\n\ndata: [DONE]\n\n");
    let sayings = [
        Saying::Error(400, newer),
        Saying::Error(422, no_form),
        Saying::Error(422, no_form),
        Saying::Raw(stream.into_bytes()),
    ];
    let server = LlmServer::open(sayings).await;
    let host = host_that_waits(&server, PATIENT).await;
    assert_eq!(page_of(&host).await.header("x-wand-source"), "llm");
    assert_eq!(server.requests().len(), 4);
    host.visit("another").await;
    assert_eq!(host.final_state("another").await, "ready");
    assert_eq!(host.visit("another").await.header("x-wand-source"), "llm");
    let requests = server.requests();
    assert_eq!(requests.len(), 5);
    assert!(requests[4].get("response_format").is_none() && requests[4].get("max_tokens").is_none());
    assert_eq!(requests[4]["max_completion_tokens"], 1500);
}

/// Each call reports a cost of 1200 tokens, so the budget has room for at most nine.
const TOKENS: &str = "[llm]\ntokens_per_day_max = 11000\nmodel = \"scripted-1\"\n[pool]\nsize = 2\n";
/// A million tokens cost a dollar, so the same number of calls costs a cent.
const MONEY: &str = "[llm]\nmodel = \"scripted-1\"\nprice_in_microdollars = 1000000\n\
    price_out_microdollars = 1000000\n[pool]\nsize = 2\n[shops.magic-wands]\nbudget_per_month = \"0.01\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_holds_across_restarts_also_where_the_process_was_killed() {
    holds_across_restarts(TOKENS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shops_budget_of_a_month_holds_across_restarts_too() {
    holds_across_restarts(MONEY).await;
}

async fn holds_across_restarts(limit: &str) {
    let server = LlmServer::open([Saying::Text(plan())]).await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wandstore.toml"), limit).expect("it is written");
    let mut calls = Vec::new();
    for start in 0..3 {
        let environment = [("LLM_BASE_URL", server.url.as_str()), ("ENVIRONMENT", "development")];
        let process = Process::start(folder.path(), &environment);
        for index in 0..12 {
            let target = format!("store=magic-wands&shopper=shopper-{start}-{index}");
            process
                .get(&format!("/s/{}", target.replacen("store=magic-wands&", "magic-wands?", 1)))
                .await
                .expect("it serves");
            let status = format!("/api/generation/status?{target}&wait=20");
            assert_eq!(process.get(&status).await.expect("it serves").json("state"), "ready");
        }
        let errors = process.get("/debug/errors").await.expect("it serves").body;
        assert!(errors.contains(r#""cause":"quota""#), "{errors}");
        calls.push(server.requests().len());
        process.kill();
    }
    assert!((1..=9).contains(&calls[0]), "{calls:?}");
    assert!(calls.iter().all(|count| *count == calls[0]), "a restart renews nothing: {calls:?}");
}
