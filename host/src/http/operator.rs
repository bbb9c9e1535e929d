//! The operator's routes, health and metrics, and the merchants' routes if this deployment is an app.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use routes::HEALTH;
use serde::Serialize;

use crate::health::{Health, Probe};
use crate::merchants::Merchants;
use crate::overload::Overload;
use crate::telemetry::Telemetry;
use runtime::deployment::Deployment;

/// The data of the operator's routes.
#[derive(Clone)]
pub struct Operator {
    /// The deployment that they report on.
    pub deployment: Arc<Deployment>,
    /// The merchants, if this deployment is an app.
    pub merchants: Option<Arc<Merchants>>,
    /// Whether there is a language model.
    pub plans_with_llm: bool,
    /// What is shed while memory is short.
    pub overload: Arc<Overload>,
    /// The metrics.
    pub telemetry: Telemetry,
}

/// The paths that only this host answers itself.
const METRICS: &str = "/metrics";
const ADMIN: &str = "/admin";

/// Returns whether a path belongs to the operator or the merchants.
pub fn owns(path: &str) -> bool {
    path == HEALTH
        || path == METRICS
        || path.strip_prefix(ADMIN).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The state of a route.
#[derive(Clone)]
struct Watch {
    operator: Operator,
    health: Arc<Health>,
}

/// Returns the router of the operator's and the merchants' routes.
pub fn router(operator: Operator) -> Router {
    let merchants = operator.merchants.clone();
    let mut probes = Probe::of(&operator.deployment.capabilities);
    if operator.overload.has_limit() {
        let overload = operator.overload.clone();
        probes.push(Probe::new("memory", overload, |overload| async move { overload.probe() }));
    }
    if let Some(merchants) = merchants.clone() {
        probes.push(Probe::new("shops", merchants, |merchants| async move { merchants.probe().await }));
    }
    let health = Arc::new(Health::watch(probes));
    let watch = Watch { operator, health };
    let own = Router::new().route(HEALTH, get(health_now)).route(METRICS, get(metrics)).with_state(watch);
    match merchants {
        Some(merchants) => own.merge(merchants.router()),
        None => own.fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here\n") }),
    }
}

#[derive(Serialize)]
struct Document {
    status: &'static str,
    version: &'static str,
    /// The health of each backend, and what plans pages.
    checks: BTreeMap<&'static str, &'static str>,
    components: Vec<Component>,
}

#[derive(Serialize)]
struct Component {
    role: &'static str,
    sha256: String,
    origin: String,
}

/// Returns `ok` or `degraded`, always with 200: shoppers are served either way, and a restart repairs no backend.
async fn health_now(State(Watch { operator, health }): State<Watch>) -> Json<Document> {
    let named = |is_healthy: bool| if is_healthy { "ok" } else { "failing" };
    let backends = health.checks().map(|(backend, is_healthy)| (backend, named(is_healthy)));
    let llm = if operator.plans_with_llm { "configured" } else { "local planner" };
    let component = |loaded: &runtime::deployment::Loaded| Component {
        role: loaded.role.name(),
        sha256: loaded.digest.to_string(),
        origin: loaded.origin.clone(),
    };
    Json(Document {
        status: if health.checks().all(|(_, is_healthy)| is_healthy) { "ok" } else { "degraded" },
        version: env!("CARGO_PKG_VERSION"),
        checks: backends.chain([("llm", llm)]).collect(),
        components: operator.deployment.loaded.iter().map(component).collect(),
    })
}

/// Returns the metrics in Prometheus' text format.
async fn metrics(State(Watch { operator, .. }): State<Watch>) -> Response {
    let text = operator.telemetry.render(&operator.deployment).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
