//! Programs of others watch a host. A collector of OpenTelemetry takes its traces, metrics and log. Prometheus scrapes it, and the alert
//! rules and the panels of `deploy/monitoring` find what they look for.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::collector::Collector;
use crate::harness::process::warm;
use crate::harness::programs::{Program, free_address, unpacked};
use crate::harness::{Process, eventually};
use crate::telemetry::{all_signals, counter};
use crate::traces::sum;

const DASHBOARD: &str = include_str!("../../deploy/monitoring/dashboard.json");
const ALERTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/monitoring/alerts.yaml");

/// A shopper's id that stands nowhere else.
const SHOPPER: &str = "shopper-4711";

/// Prometheus, and its address.
struct Prometheus {
    _program: Program,
    address: String,
}

impl Prometheus {
    /// Starts it with its data in `folder`. It scrapes `target`, and evaluates the alert rules.
    async fn start(folder: &Path, target: &str) -> Option<Self> {
        let (address, config) = (free_address(), folder.join("prometheus.yaml"));
        let text = format!(
            "global: {{scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 1s}}\n\
             rule_files: [{ALERTS:?}]\n\
             scrape_configs: [{{job_name: wandstore, static_configs: [{{targets: [{target:?}]}}]}}]\n"
        );
        std::fs::write(&config, text).expect("the folder is there");
        let own = unpacked("prometheus").join("usr/bin/prometheus");
        let mut command = Command::new(if own.exists() { own } else { "prometheus".into() });
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()));
        command.arg(format!("--web.listen-address={address}"));
        let program = Program::start(&mut command, &folder.join("prometheus.log"), &address).await?;
        Some(Self { _program: program, address })
    }

    /// Asks its API.
    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let answer = reqwest::get(format!("http://{}/api/v1/{path}?{query}", self.address)).await;
        let answer = answer.expect("it answers").text().await.expect("it is text");
        let answer: Value = serde_json::from_str(&answer).expect("it is JSON");
        assert_eq!(answer["status"], "success", "{query:?}: {answer}");
        answer["data"].clone()
    }

    /// Returns how many values a query has now.
    async fn values(&self, query: &str) -> usize {
        let data = self.ask("query", &[("query", query)]).await;
        data["result"].as_array().map_or(0, Vec::len)
    }
}

/// The panels' queries, as Grafana sends them.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let queries = targets.map(|target| target["expr"].as_str().expect("a query is a text"));
    queries.map(|query| query.replace("$job", "wandstore").replace("$__rate_interval", "10s")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_panel_and_every_alert_works_on_what_prometheus_scrapes() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    warm(folder);
    let host = crate::measured::compared(folder).await;
    let Some(prometheus) = Prometheus::start(folder, &host.address).await else { return };
    let visit = async || {
        host.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
    };
    visit().await;
    host.made("abc123").await.expect("the page is made");
    eventually("it is scraped twice", async || {
        visit().await;
        let rate = "sum(rate(wandstore_requests_total{cache=\"HIT\"}[10s])) > 0";
        (prometheus.values(rate).await > 0).then_some(())
    })
    .await;

    let mut without_values = Vec::new();
    for query in queries() {
        if prometheus.values(&query).await == 0 {
            without_values.push(query);
        }
    }
    assert!(without_values.is_empty(), "no values: {without_values:#?}");

    let rules = eventually("the rules are evaluated", async || {
        let data = prometheus.ask("rules", &[]).await;
        let rules = data["groups"][0]["rules"].as_array().cloned().unwrap_or_default();
        rules.iter().all(|rule| rule["health"] != "unknown").then_some(rules)
    })
    .await;
    assert!(rules.len() > 5, "{rules:?}");
    for rule in &rules {
        assert_eq!(rule["health"], "ok", "{rule}");
        assert_eq!(rule["state"], "inactive", "nothing is wrong: {rule}");
    }
}

/// Starts rotel, a collector that is not ours. It passes on what it takes to another one. Returns its address.
async fn rotel(folder: &Path, to: &str) -> Option<(Program, String)> {
    let (http, grpc) = (free_address(), free_address());
    let mut command = Command::new(unpacked("collector").join("rotel/rotel-agent"));
    command.env_clear().args(["start", "--otlp-http-endpoint", &http, "--otlp-grpc-endpoint", &grpc]);
    command.arg("--pid-file").arg(folder.join("rotel.pid"));
    command.args(["--exporter", "otlp", "--otlp-exporter-protocol", "http", "--otlp-exporter-endpoint", to]);
    let program = Program::start(&mut command, &folder.join("rotel.log"), &http).await?;
    Some((program, format!("http://{http}")))
}

/// What a real collector understood and sent on is what the host recorded, counted and logged.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_real_collector_takes_every_span_metric_and_log_line() {
    let end = Collector::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let Some((_rotel, url)) = rotel(folder.path(), &end.url).await else { return };
    warm(folder.path());
    let environment = [&all_signals(&url)[..], &[("OTEL_SERVICE_NAME", "storefront")]].concat();
    let process = Process::start(folder.path(), &environment);
    process.get(&format!("/s/magic-wands?shopper={SHOPPER}")).await.expect("it answers").is_fallback();
    process.made(SHOPPER).await.expect("the page is made");

    let request = end.tree("GET /s/{store}").await;
    assert!(request.names().contains("\n  routing.handle\n    caching.get\n"), "{}", request.names());
    assert_eq!(request.attributes("GET /s/{store}")["http.response.status_code"], "IntValue(200)");
    let job = end.tree("job page").await;
    assert!(job.names().contains("\n  generation.generate\n"), "{}", job.names());
    let [link] = &job.root.links[..] else { panic!("it links to the request: {:?}", job.root.links) };
    assert_eq!(link.trace_id, request.root.trace_id);

    let misses = [("cache", "MISS"), ("route", "page")];
    eventually("the metrics arrive", async || {
        (counter(&end, "wandstore_requests_total", &misses) == Some(1)).then_some(())
    })
    .await;
    eventually("the log arrives", async || {
        let records = end.records();
        records.into_iter().find(|record| record.span_id == job.root.span_id)
    })
    .await;
    assert!(end.text().contains("storefront") && !end.text().contains(SHOPPER), "{}", end.text());

    // All that the host sent went through, and nothing was lost.
    eventually("every span and log record arrives", async || {
        let spans = process.metric("wandstore_spans_sent_total").await;
        let records = process.metric("wandstore_log_records_sent_total").await;
        let arrived = (end.spans().len() as u64, end.records().len() as u64);
        (spans > 0 && records > 0 && arrived == (spans, records)).then_some(())
    })
    .await;
    let metrics = process.get("/metrics").await.expect("it serves").body;
    for name in [
        "wandstore_spans_lost_total",
        "wandstore_metric_points_lost_total",
        "wandstore_log_records_lost_total",
    ] {
        assert_eq!(sum(&metrics, name), 0, "{name}");
    }
    let said = std::fs::read_to_string(folder.path().join("rotel.log")).expect("it has a log");
    assert!(!said.contains("ERROR") && !said.contains("WARN"), "{said}");
}
