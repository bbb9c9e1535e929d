//! Prometheus scrapes a host: the alert rules and the panels of `deploy/monitoring` find what they look for.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::process::warm;
use crate::harness::programs::{Program, free_address, unpacked};
use crate::harness::{Process, eventually};

const DASHBOARD: &str = include_str!("../../deploy/monitoring/dashboard.json");
const ALERTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/monitoring/alerts.yaml");

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
    let host = Process::start(folder, &[]);
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
