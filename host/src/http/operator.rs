//! The operator's side: health and metrics; and the merchants', where this deployment is an app.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde::Serialize;

use crate::deployment::Deployment;
use crate::health::Health;
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

/// What a route is given.
#[derive(Clone)]
struct Watch {
    operator: Operator,
    health: Arc<Health>,
}

/// The operator's routes, and the merchants'.
pub fn router(operator: Operator) -> Router {
    let merchants = operator.deployment.merchants.get().map(|merchants| merchants.router());
    let health = Arc::new(Health::watch(&operator.deployment));
    let watch = Watch { operator, health };
    let own = Router::new().route(HEALTH, get(health_now)).route(METRICS, get(metrics)).with_state(watch);
    match merchants {
        Some(merchants) => own.merge(merchants),
        None => own.fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here\n") }),
    }
}

#[derive(Serialize)]
struct Document {
    status: &'static str,
    version: &'static str,
    /// By backend, and what plans pages.
    checks: BTreeMap<&'static str, &'static str>,
    components: Vec<Component>,
}

#[derive(Serialize)]
struct Component {
    role: &'static str,
    sha256: String,
    origin: String,
}

/// `ok` or `degraded`, always 200: shoppers are served either way, and a restart mends no backend.
async fn health_now(State(Watch { operator, health }): State<Watch>) -> Json<Document> {
    let named = |is_well: bool| if is_well { "ok" } else { "failing" };
    let backends = health.checks().map(|(backend, is_well)| (backend.name(), named(is_well)));
    let llm = if operator.plans_with_llm { "configured" } else { "local planner" };
    let component = |loaded: &crate::deployment::Loaded| Component {
        role: loaded.role.name(),
        sha256: loaded.digest.to_string(),
        origin: loaded.origin.clone(),
    };
    Json(Document {
        status: if health.checks().all(|(_, is_well)| is_well) { "ok" } else { "degraded" },
        version: env!("CARGO_PKG_VERSION"),
        checks: backends.chain([("llm", llm)]).collect(),
        components: operator.deployment.loaded.iter().map(component).collect(),
    })
}

/// Prometheus' text format.
async fn metrics(State(Watch { operator, .. }): State<Watch>) -> Response {
    let text = operator.telemetry.render(&operator.deployment).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
