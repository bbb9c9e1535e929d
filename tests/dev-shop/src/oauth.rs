//! Token exchange, rotating refresh tokens, and the one mutation of the Admin API that the app uses.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::shop::{Shop, now_s};
use crate::sign;

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const SCOPES: &str = "unauthenticated_read_product_inventory,unauthenticated_read_product_listings,\
                      unauthenticated_read_product_tags,write_app_proxy";

/// `POST /admin/oauth/access_token`, as JSON or as a form.
pub(crate) async fn access_token(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = fields(&headers, &body);
    let text = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    let options = &shop.options;
    if text("client_id") != options.api_key || text("client_secret") != options.api_secret {
        return refused("invalid_client");
    }
    match text("grant_type") {
        TOKEN_EXCHANGE => exchange(&shop, text("subject_token")),
        "refresh_token" => refresh(&shop, text("refresh_token")),
        _ => refused("unsupported_grant_type"),
    }
}

fn fields(headers: &HeaderMap, body: &[u8]) -> Map<String, Value> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return serde_json::from_slice(body).unwrap_or_default();
    }
    form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), json!(value))).collect()
}

fn exchange(shop: &Shop, token: &str) -> Response {
    let options = &shop.options;
    let claims = sign::read_session_token(&options.api_secret, &options.api_key, token, now_s());
    let is_ours = claims.is_some_and(|claims| claims["dest"] == format!("https://{}", options.shop));
    if is_ours { issued(shop) } else { refused("invalid_subject_token") }
}

/// A refresh token is good once.
fn refresh(shop: &Shop, token: &str) -> Response {
    let was_good = shop.state().refresh.remove(token);
    if was_good { issued(shop) } else { refused("invalid_grant") }
}

fn issued(shop: &Shop) -> Response {
    let mut state = shop.state();
    let (access, refresh) = (state.issue("shpat"), state.issue("shprt"));
    state.access.insert(access.clone());
    state.refresh.insert(refresh.clone());
    Json(json!({
        "access_token": access, "scope": SCOPES, "expires_in": 3600,
        "refresh_token": refresh, "refresh_token_expires_in": 7_776_000,
    }))
    .into_response()
}

fn refused(error: &str) -> Response {
    let body = json!({ "error": error, "error_description": "The simulator does not take it." });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// `POST /admin/api/…/graphql.json`: creates a token for the Storefront API.
pub(crate) async fn admin_api(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: String) -> Response {
    let token =
        headers.get("x-shopify-access-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut state = shop.state();
    if !state.access.contains(token) {
        let body = json!({ "errors": "[API] Invalid API key or access token (unrecognized login or wrong password)" });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    if !body.contains("delegateAccessTokenCreate") {
        return Json(json!({ "errors": [{ "message": "The simulator does not know this." }] }))
            .into_response();
    }
    let token = state.issue("shpdt");
    state.storefront.insert(token.clone());
    let token = json!({ "accessToken": token, "createdAt": "2026-11-24T00:00:00Z" });
    let payload = json!({ "delegateAccessToken": token, "userErrors": [] });
    Json(json!({ "data": { "delegateAccessTokenCreate": payload } })).into_response()
}
