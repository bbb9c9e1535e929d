//! The answers to Sidekick, Shopify's assistant: whether pages are shown, their cost and their effect, with links to
//! the pages of the app (<https://shopify.dev/docs/apps/build/sidekick/build-app-data>). The extension
//! `shopify/extensions/sidekick` asks, in the name of the merchant who asks it, and changes nothing. It has no page, so
//! its words are English.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, Response, StatusCode, header};
use model::microdollars;
use serde::Serialize;
use serde_json::{Value, json};

use crate::budget::{Level, Spent};
use crate::pages::{Comparison, Waiting, waiting};
use crate::place::Place;
use crate::refused::Refused;
use crate::visit::Visit;
use crate::wording::Words;
use crate::{PricingPlan, html};

/// A page of the app, in Shopify's admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Link {
    title: &'static str,
    url: String,
}

/// Answers a tool of Sidekick.
pub(crate) async fn answer(visit: Visit, Path(tool): Path<String>) -> Response<Body> {
    let visit = Visit { words: Words::of("en"), ..visit };
    let told = match tool.as_str() {
        "status" => status(&visit).await,
        "cost" => Ok(cost(&visit).await),
        "effect" => Ok(effect(&visit).await),
        _ => return from_anywhere(Response::default(), StatusCode::NOT_FOUND),
    };
    match told {
        Ok(told) => json_of(&told),
        Err(Refused { status, why }) => {
            from_anywhere(html::refused(status, &why, visit.words, Some(&visit.caller.domain)), status)
        }
    }
}

/// Allows the request that follows: the extension runs in a sandbox of Shopify's, which is another origin.
pub(crate) async fn allow() -> Response<Body> {
    let mut response = from_anywhere(Response::default(), StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, accept"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

async fn status(visit: &Visit) -> Result<Value, Refused> {
    let Visit { admin, caller, .. } = visit;
    let (shop, settings) = (&caller.shop, visit.settings().await?);
    let subscription = admin.installations().subscription(shop).await.ok().flatten();
    let plan = admin.app.billing.plan(subscription.as_ref());
    let pages_waiting = match waiting(visit, &settings).await {
        Waiting::Plans(plans) => Some(plans),
        Waiting::Off | Waiting::Unknown => None,
    };
    let paused: Vec<_> = settings.personas_paused.iter().map(|persona| persona.name()).collect();
    Ok(json!({
        "connected": admin.status(shop).await.is_ok(),
        "paused": settings.paused,
        "plan": if plan == PricingPlan::Paid { "paid" } else { "free" },
        "uses_language_model": plan == PricingPlan::Paid && admin.storefronts.model_trouble(shop).is_none(),
        "pages_waiting": pages_waiting,
        "paused_shoppers": paused,
        "links": [link(visit, Place::Home), link(visit, Place::Approval)],
    }))
}

async fn cost(visit: &Visit) -> Value {
    let spending = match visit.settings().await {
        Ok(settings) => visit.spending(&settings).await,
        Err(_) => None,
    };
    let of = |spent: fn(&crate::budget::Spending) -> Spent| spending.as_ref().map(spent);
    let (today, month) = (of(|spending| spending.today), of(|spending| spending.month));
    json!({
        "today": today.map(|spent| microdollars::number(spent.used)),
        "budget_per_day": today.and_then(|spent| spent.limit).map(microdollars::number),
        "month": month.map(|spent| microdollars::number(spent.used)),
        "budget_per_month": month.and_then(|spent| spent.limit).map(microdollars::number),
        "month_forecast": spending.as_ref().and_then(|spending| Some(microdollars::number(spending.forecast?.month))),
        "is_spent": spending.as_ref().map(|spending| spending.level() == Level::All),
        "links": [link(visit, Place::Settings)],
    })
}

async fn effect(visit: &Visit) -> Value {
    let told = Comparison::told(visit).await;
    let rows = told.iter().flat_map(|told| &told.rows).map(|row| {
        let [(held_out, _), (personal, _)] = &row.groups;
        json!({
            "shoppers": row.who, "measure": row.measure, "held_out": held_out, "personal": personal,
            "difference": row.difference, "verdict": row.verdict,
        })
    });
    json!({
        "days": told.as_ref().map(|told| told.days),
        "notes": told.as_ref().map(|told| told.notes.clone()).unwrap_or_default(),
        "rows": rows.collect::<Vec<_>>(),
        "links": [link(visit, Place::Experiments)],
    })
}

/// Returns the address of a page in Shopify's admin: what follows the app is relative to the app's origin
/// (<https://shopify.dev/docs/apps/build/admin/admin-links>).
fn link(visit: &Visit, place: Place) -> Link {
    let Visit { admin, caller, words, .. } = visit;
    let store = caller.domain.as_str();
    let store = store.strip_suffix(".myshopify.com").unwrap_or(store);
    let (key, path) = (&admin.app.key, place.path());
    Link {
        title: place.title(words),
        url: format!("https://admin.shopify.com/store/{store}/apps/{key}{path}"),
    }
}

fn json_of(told: &Value) -> Response<Body> {
    let mut response = from_anywhere(Response::new(Body::from(told.to_string())), StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Returns the response with a status, for scripts of any origin: a session token in a header authorizes a request, and no
/// cookie does.
fn from_anywhere(mut response: Response<Body>, status: StatusCode) -> Response<Body> {
    *response.status_mut() = status;
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
