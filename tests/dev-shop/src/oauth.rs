//! Token exchange, and refresh tokens that rotate.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::shop::{Shop, now_s};

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// The app's configuration, which names the scopes that the merchant granted.
const CONFIGURATION: &str = include_str!("../../../shopify/shopify.app.toml");

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
    let claims = signing::read_session_token(&options.api_secret, &options.api_key, token, now_s());
    let is_ours = claims.is_some_and(|claims| claims["dest"] == format!("https://{}", options.shop));
    if is_ours { issued(shop, None) } else { refused("invalid_subject_token") }
}

fn refresh(shop: &Shop, token: &str) -> Response {
    let is_good = shop.state().refresh_with(token);
    if is_good { issued(shop, Some(token)) } else { refused("invalid_grant") }
}

/// Issues tokens, which replace those with the refresh token `former`.
fn issued(shop: &Shop, former: Option<&str>) -> Response {
    let mut state = shop.state();
    let (access, refresh) = (state.issue("shpat"), state.issue("shprt"));
    state.storefront.insert(access.clone());
    state.refresh.insert(refresh.clone(), former.map(str::to_owned));
    Json(json!({
        "access_token": access, "scope": scopes(&state.granted), "expires_in": 3600,
        "refresh_token": refresh, "refresh_token_expires_in": 7_776_000,
    }))
    .into_response()
}

/// `POST /simulator/scopes`: the merchant grants optional scopes, which tokens have that are issued afterwards.
pub(crate) async fn grant(State(shop): State<Arc<Shop>>, Json(asked): Json<Vec<String>>) -> Json<Value> {
    let optional = configured("optional_scopes");
    let are_optional = asked.iter().all(|scope| optional.contains(scope));
    if are_optional {
        shop.state().granted.extend(asked);
    }
    Json(json!({ "result": if are_optional { "granted-all" } else { "declined-all" } }))
}

fn scopes(granted: &BTreeSet<String>) -> String {
    let mut scopes = configured("scopes");
    scopes.extend(granted.iter().cloned());
    scopes.join(",")
}

fn configured(key: &str) -> Vec<String> {
    let line = CONFIGURATION.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    let list = line.unwrap_or_default().trim_matches(['[', ']', '"']);
    list.split(',').map(|scope| scope.trim_matches([' ', '"']).to_owned()).collect()
}

fn refused(error: &str) -> Response {
    let body = json!({ "error": error, "error_description": "The simulator does not take it." });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}
