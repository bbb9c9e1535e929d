//! Shopify App Pricing: the page on which a merchant chooses a plan, and the Admin API, as far as it tells the app's
//! subscription and Rollouts (this shop has no Rollouts), keeps its web pixel and tells Shopify Flow.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::flow;
use crate::shop::{Shop, now_s};
use crate::subscription::Subscription;

/// The states that Shopify knows
/// (<https://shopify.dev/docs/api/admin-graphql/latest/enums/AppSubscriptionStatus>).
const STATUSES: [&str; 6] = ["ACTIVE", "CANCELLED", "DECLINED", "EXPIRED", "FROZEN", "PENDING"];

/// How a merchant subscribes.
#[derive(Deserialize)]
pub(crate) struct How {
    #[serde(default)]
    trial_days: u32,
    /// The page to show next.
    then: Option<String>,
}

/// Shows the plans, as Shopify's page for their selection does.
pub(crate) async fn plans(
    State(shop): State<Arc<Shop>>,
    Path((name, _)): Path<(String, String)>,
) -> Html<String> {
    let current = shop.state().subscription.as_ref().map(|subscription| subscription.plan.clone());
    let offer = |plan: &str, trial: u32| {
        let is_current = current.as_deref().unwrap_or("free") == plan;
        let button =
            if is_current { "<button disabled>Current plan</button>" } else { "<button>Choose</button>" };
        format!(
            "<form method=post action=\"/simulator/subscription/{plan}/ACTIVE?trial_days={trial}&then=/store/{name}/apps/wand\">\
             <h2>{plan}</h2>{button}</form>"
        )
    };
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Plans</title><h1>Simulated selection of plans</h1>{}{}",
        offer("free", 0),
        offer("pro", 14)
    ))
}

/// Gives the shop a subscription in any state.
pub(crate) async fn subscribe(
    State(shop): State<Arc<Shop>>,
    Path((plan, status)): Path<(String, String)>,
    Query(how): Query<How>,
) -> Response {
    if !STATUSES.contains(&status.as_str()) {
        return (StatusCode::NOT_FOUND, format!("The states are {}", STATUSES.join(", "))).into_response();
    }
    let subscription = Subscription { plan, status, trial_days: how.trial_days, created_s: now_s() };
    shop.state().subscription = Some(subscription);
    match how.then.filter(|then| then.starts_with("/store/")) {
        Some(then) => Redirect::to(&then).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// Answers a request to the Admin API.
pub(crate) async fn admin_api(State(shop): State<Arc<Shop>>, Json(request): Json<Value>) -> Json<Value> {
    let query = request["query"].as_str().unwrap_or_default();
    if query.contains("activeSubscriptions") {
        let subscriptions: Vec<_> = shop.state().subscription.iter().map(told).collect();
        let installation = json!({ "activeSubscriptions": subscriptions });
        return Json(json!({ "data": { "currentAppInstallation": installation } }));
    }
    if query.contains("flowTriggerReceive") {
        let received = flow::receive(&shop, &request["variables"]);
        return Json(json!({ "data": { "flowTriggerReceive": received } }));
    }
    if query.contains("rollouts(") {
        return Json(json!({ "data": { "rollouts": { "nodes": [] } } }));
    }
    let done = json!({ "userErrors": [], "webPixel": { "id": "gid://shopify/WebPixel/1" } });
    Json(json!({ "data": { "webPixelCreate": done } }))
}

fn told(subscription: &Subscription) -> Value {
    let created = i64::try_from(subscription.created_s).unwrap_or_default();
    json!({
        "status": subscription.status,
        "trialDays": subscription.trial_days,
        "createdAt": jiff::Timestamp::from_second(created).unwrap_or_default().to_string(),
        "lineItems": [{ "plan": { "pricingDetails": { "planHandle": subscription.plan } } }],
    })
}
