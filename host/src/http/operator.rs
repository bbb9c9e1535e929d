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
    /// The work that is shed while memory is short.
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

/// The routers of the server's sides.
pub struct Routers {
    /// What everybody reaches: the merchants' routes and health, and without a side of the operator's own, its routes.
    pub public: Router,
    /// What only the operator reaches.
    pub admin: Option<Router>,
}

/// Returns the routers of the operator's and the merchants' routes. If the operator has a side of its own, the public one
/// says only whether all is well.
pub fn routers(operator: Operator, has_own_side: bool) -> Routers {
    let merchants = operator.merchants.clone();
    let watch = Watch { health: Arc::new(Health::watch(probes(&operator))), operator };
    let public_health = Router::new().route(HEALTH, get(status_now)).with_state(watch.clone());
    let all = Router::new().route(HEALTH, get(health_now)).route(METRICS, get(metrics)).with_state(watch);
    let (own, admin) =
        if has_own_side { (public_health, Some(all.fallback(nothing_here))) } else { (all, None) };
    let public = match merchants {
        Some(merchants) => own.merge(merchants.router()),
        None => own.fallback(nothing_here),
    };
    Routers { public, admin }
}

fn probes(operator: &Operator) -> Vec<Probe> {
    let mut probes = Probe::of(&operator.deployment.capabilities);
    if operator.overload.has_limit() {
        let overload = operator.overload.clone();
        probes.push(Probe::new("memory", overload, |overload| async move { overload.probe() }));
    }
    if let Some(merchants) = operator.merchants.clone() {
        probes.push(Probe::new("shops", merchants, |merchants| async move { merchants.probe().await }));
    }
    probes
}

async fn nothing_here() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "there is nothing here\n")
}

/// What strangers may know.
#[derive(Serialize)]
struct Status {
    status: &'static str,
}

impl Status {
    fn of(health: &Health) -> Self {
        let all_healthy = health.checks().all(|(_, is_healthy)| is_healthy);
        Self { status: if all_healthy { "ok" } else { "degraded" } }
    }
}

#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    status: Status,
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
async fn status_now(State(Watch { health, .. }): State<Watch>) -> Json<Status> {
    Json(Status::of(&health))
}

/// Returns the same with the details.
async fn health_now(State(Watch { operator, health }): State<Watch>) -> Json<Document> {
    let named = |is_healthy: bool| if is_healthy { "ok" } else { "failing" };
    let backends = health.checks().map(|(backend, is_healthy)| (backend, named(is_healthy)));
    let llm = if operator.plans_with_llm { "configured" } else { "local planner" };
    let component = |loaded: &runtime::component::Loaded| Component {
        role: loaded.role.name(),
        sha256: loaded.digest.to_string(),
        origin: loaded.origin.clone(),
    };
    Json(Document {
        status: Status::of(&health),
        version: env!("CARGO_PKG_VERSION"),
        checks: backends.chain([("llm", llm)]).collect(),
        components: operator.deployment.loaded().iter().map(component).collect(),
    })
}

/// Returns the metrics in Prometheus' text format.
async fn metrics(State(Watch { operator, .. }): State<Watch>) -> Response {
    let text = operator.telemetry.render(&operator.deployment).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
