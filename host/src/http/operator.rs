//! The operator's side: health and metrics; and the merchants', where this deployment is an app.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use capabilities::jobs;
use serde::Serialize;

use crate::deployment::Deployment;
use crate::telemetry::Telemetry;

/// What the operator's routes look at.
#[derive(Clone)]
pub struct Operator {
    /// What is looked after.
    pub deployment: Arc<Deployment>,
    /// Whether there is a language model.
    pub plans_with_llm: bool,
    /// What was counted.
    pub telemetry: Telemetry,
}

/// How long a check may take before it counts as failed.
const CHECK: Duration = Duration::from_secs(2);

/// Where the operator's routes are.
const HEALTH: &str = "/health";
const METRICS: &str = "/metrics";
const ADMIN: &str = "/admin";

/// Whether a path is the operator's, or the merchants'.
pub fn owns(path: &str) -> bool {
    path == HEALTH
        || path == METRICS
        || path.strip_prefix(ADMIN).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The operator's routes, and the merchants'.
pub fn router(operator: Operator) -> Router {
    let merchants = operator.deployment.merchants.get().map(|merchants| merchants.router());
    let own = Router::new().route(HEALTH, get(health)).route(METRICS, get(metrics)).with_state(operator);
    match merchants {
        Some(merchants) => own.merge(merchants),
        None => own.fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here\n") }),
    }
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    checks: Checks,
    components: Vec<Component>,
}

#[derive(Serialize)]
struct Checks {
    kv: &'static str,
    blob: &'static str,
    jobs: &'static str,
    llm: &'static str,
}

#[derive(Serialize)]
struct Component {
    role: &'static str,
    sha256: String,
    origin: String,
}

/// `ok` or `degraded`, always 200: shoppers are served either way, and a restart mends no backend.
async fn health(State(operator): State<Operator>) -> Json<Health> {
    let capabilities = &operator.deployment.capabilities;
    let (kv, blob, jobs) = tokio::join!(
        check(capabilities.kv.get("UI_CACHE", "health")),
        check(capabilities.blob.get("UI_STORAGE", "health")),
        check(capabilities.jobs.list(jobs::Filter::default(), 1)),
    );
    let llm = if operator.plans_with_llm { "configured" } else { "local planner" };
    let healthy = [kv, blob, jobs].iter().all(|check| *check == "ok");
    let component = |loaded: &crate::deployment::Loaded| Component {
        role: loaded.role.name(),
        sha256: loaded.digest.to_string(),
        origin: loaded.origin.clone(),
    };
    Json(Health {
        status: if healthy { "ok" } else { "degraded" },
        version: env!("CARGO_PKG_VERSION"),
        checks: Checks { kv, blob, jobs, llm },
        components: operator.deployment.loaded.iter().map(component).collect(),
    })
}

async fn check<T, E>(answer: impl Future<Output = Result<T, E>>) -> &'static str {
    match tokio::time::timeout(CHECK, answer).await {
        Ok(Ok(_)) => "ok",
        Ok(Err(_)) => "failing",
        Err(_) => "slow",
    }
}

/// Prometheus' text format.
async fn metrics(State(operator): State<Operator>) -> Response {
    let text = operator.telemetry.render(&operator.deployment).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
