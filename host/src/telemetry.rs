//! The metrics of the host.

use std::time::Duration;

use http::StatusCode;
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use routes::RULES;

use crate::http::{CacheOutcome, Outcome};
use crate::{logging, otlp, worker};
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
    /// Starts counting, with failures at 0. May be called once per process.
    pub fn install() -> anyhow::Result<Self> {
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS)?;
        let handle = builder.install_recorder()?;
        capabilities::register_metrics();
        otlp::register_metrics();
        worker::register_metrics();
        Ok(Self { handle })
    }

    /// Returns the metrics in Prometheus' text format, with the current depth of the queue.
    pub async fn render(&self, deployment: &Deployment) -> String {
        // If storage hangs, the queue's numbers stay as they were.
        let _ = tokio::time::timeout(QUEUE_PATIENCE, measure_queue(deployment)).await;
        self.render_counted()
    }

    /// Returns the metrics in the same format, without asking storage for the queue's.
    pub fn render_counted(&self) -> String {
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
    /// The meters of each route, in the order of the table.
    routes: Vec<Meters>,
    /// The meters of paths without a route.
    other: Meters,
    refused: Counter,
}

/// The meters of a route.
struct Meters {
    hit: Counter,
    stale: Counter,
    miss: Counter,
    no_page: Counter,
    seconds: Histogram,
}

impl Meters {
    fn new(route: &'static str) -> Self {
        let counter = |cache: &'static str| metrics::counter!("wandstore_requests_total", "route" => route, "cache" => cache);
        Self {
            hit: counter("HIT"),
            stale: counter("STALE"),
            miss: counter("MISS"),
            no_page: counter("none"),
            seconds: metrics::histogram!("wandstore_request_seconds", "route" => route),
        }
    }

    fn count(&self, cache: Option<CacheOutcome>, took: Duration) {
        let counter = match cache {
            Some(CacheOutcome::Hit) => &self.hit,
            Some(CacheOutcome::Stale) => &self.stale,
            Some(CacheOutcome::Miss) => &self.miss,
            None => &self.no_page,
        };
        counter.increment(1);
        self.seconds.record(took.as_secs_f64());
    }
}

impl Requests {
    /// Creates the counters.
    pub fn new() -> Self {
        Self {
            routes: RULES.iter().map(|rule| Meters::new(rule.label)).collect(),
            other: Meters::new("other"),
            refused: metrics::counter!("wandstore_requests_refused_total"),
        }
    }

    /// Counts a request that was answered.
    pub fn count(&self, outcome: &Outcome, status: StatusCode, took: Duration) {
        let meters = outcome.route.and_then(|route| self.routes.get(route as usize)).unwrap_or(&self.other);
        meters.count(outcome.cache, took);
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
