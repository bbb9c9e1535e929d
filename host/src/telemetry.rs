//! The metrics of the host.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::logging;
use runtime::deployment::Deployment;

/// The metrics of this process.
#[derive(Clone)]
pub struct Telemetry {
    handle: PrometheusHandle,
}

/// How long the queue may take to report its depth.
const QUEUE_PATIENCE: Duration = Duration::from_secs(1);
/// Bounds of the time histograms, in seconds.
const SECONDS: [f64; 14] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0];

impl Telemetry {
    /// Starts counting. May be called once per process.
    pub fn install() -> anyhow::Result<Self> {
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS)?;
        Ok(Self { handle: builder.install_recorder()? })
    }

    /// Returns the metrics in Prometheus' text format, with the current depth of the queue.
    pub async fn render(&self, deployment: &Deployment) -> String {
        // If storage hangs, the queue's numbers stay as they were.
        let _ = tokio::time::timeout(QUEUE_PATIENCE, measure_queue(deployment)).await;
        metrics::counter!("wandstore_log_lines_lost_total").absolute(logging::lines_lost());
        self.handle.run_upkeep();
        self.handle.render()
    }
}

async fn measure_queue(deployment: &Deployment) {
    let now_ms = deployment.capabilities.clock.now_ms();
    for member in deployment.capabilities.settings.now().pool.members() {
        let Ok(depth) = deployment.capabilities.jobs.stats(&member).await else { return };
        let age_ms = depth.oldest_ms.map_or(0, |oldest_ms| now_ms.saturating_sub(oldest_ms));
        let gauge =
            |name: &'static str, value: f64| metrics::gauge!(name, "member" => member.clone()).set(value);
        gauge("wandstore_queue_queued", depth.queued.into());
        gauge("wandstore_queue_running", depth.running.into());
        gauge("wandstore_queue_dead", depth.dead.into());
        gauge("wandstore_queue_oldest_seconds", Duration::from_millis(age_ms).as_secs_f64());
    }
}

/// Requests, by route and cache outcome.
pub struct Requests {
    counters: Vec<[Counter; CACHE.len()]>,
    seconds: Vec<Histogram>,
    refused: Counter,
}

const ROUTES: [(&str, &str); 10] = [
    ("/s/", "page"),
    ("/proxy/fragment", "fragment"),
    ("/proxy/status", "proxy-status"),
    ("/proxy/track", "proxy-track"),
    ("/proxy", "proxy"),
    ("/webhook", "webhook"),
    ("/api/generation/status", "status"),
    ("/api/shopper/track", "track"),
    ("/debug/", "debug"),
    ("", "other"),
];
const CACHE: [&str; 4] = ["HIT", "MISS", "STALE", "none"];

impl Requests {
    /// Creates the counters.
    pub fn new() -> Self {
        let counters = |(_, route)| {
            CACHE.map(
                |cache| metrics::counter!("wandstore_requests_total", "route" => route, "cache" => cache),
            )
        };
        let seconds = |(_, route)| metrics::histogram!("wandstore_request_seconds", "route" => route);
        Self {
            counters: ROUTES.into_iter().map(counters).collect(),
            seconds: ROUTES.into_iter().map(seconds).collect(),
            refused: metrics::counter!("wandstore_requests_refused_total"),
        }
    }

    /// Counts a request that was answered.
    pub fn count(&self, path: &str, headers: &HeaderMap, status: StatusCode, took: Duration) {
        let route =
            ROUTES.iter().position(|(prefix, _)| path.starts_with(prefix)).unwrap_or(ROUTES.len() - 1);
        let cache = headers.get("x-cache").map_or("none".as_bytes(), |value| value.as_bytes());
        let cache = CACHE.iter().position(|name| name.as_bytes() == cache).unwrap_or(CACHE.len() - 1);
        self.counters[route][cache].increment(1);
        self.seconds[route].record(took.as_secs_f64());
        if status.is_client_error() {
            self.refused.increment(1);
        }
    }
}

impl Default for Requests {
    fn default() -> Self {
        Self::new()
    }
}
