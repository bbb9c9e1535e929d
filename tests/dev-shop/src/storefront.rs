//! The Storefront API over the shop's products, with simulated failures.

mod execute;
mod values;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(crate) use values::Market;

use crate::failures::Trouble;
use crate::shop::Shop;

/// A GraphQL request.
#[derive(Deserialize)]
pub(crate) struct Question {
    query: String,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
}

pub(crate) async fn answer(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    Json(question): Json<Question>,
) -> Response {
    let trouble = {
        let mut state = shop.state();
        state.questions += 1;
        state.trouble
    };
    match trouble {
        Trouble::Hang => tokio::time::sleep(Duration::from_mins(1)).await,
        Trouble::Throttled => return throttled(),
        Trouble::Security => return (status(430), "Shopify Security Rejection").into_response(),
        Trouble::Down => return (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Trouble::Garbage => return "<!doctype html><title>Oops</title>".into_response(),
        Trouble::None | Trouble::Partial => {}
    }
    told(&shop, &headers, &question, trouble)
}

fn told(shop: &Shop, headers: &HeaderMap, question: &Question, trouble: Trouble) -> Response {
    let state = shop.state();
    let token = headers.get("shopify-storefront-private-token").and_then(|value| value.to_str().ok());
    if token.is_some_and(|token| !state.storefront.contains(token)) {
        let body = json!({ "errors": [{ "message": "", "extensions": { "code": "UNAUTHORIZED" } }] });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    let variables = question.variables.clone().unwrap_or_default();
    let mut body = execute::execute(&state.goods, token.is_some(), &question.query, &variables);
    if trouble == Trouble::Partial {
        let error = json!({ "message": "Internal error", "extensions": { "code": "INTERNAL_SERVER_ERROR" } });
        body["errors"] = json!([error]);
    }
    Json(body).into_response()
}

fn throttled() -> Response {
    let error = json!({ "message": "Throttled", "extensions": { "code": "THROTTLED" } });
    Json(json!({ "errors": [error] })).into_response()
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST)
}
