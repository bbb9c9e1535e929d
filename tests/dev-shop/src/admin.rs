//! The admin: a frame that contains the app. Requests to the app go through the shop, because a browser does not let a
//! page of 127.0.0.1 frame a page that only Shopify may frame.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Deserialize;

use crate::shop::{Shop, now_s};

const APP_BRIDGE: &str = "https://cdn.shopify.com/shopifycloud/app-bridge.js";

#[derive(Deserialize)]
pub(crate) struct Whose {
    shop: Option<String>,
}

/// Returns a session token, as App Bridge would.
pub(crate) async fn session_token(State(shop): State<Arc<Shop>>, Query(whose): Query<Whose>) -> String {
    token(&shop, whose.shop.as_deref().unwrap_or(&shop.options.shop))
}

fn token(shop: &Shop, domain: &str) -> String {
    signing::session_token(&shop.options.api_secret, &signing::claims(&shop.options.api_key, domain, now_s()))
}

/// How the admin is opened.
#[derive(Deserialize)]
pub(crate) struct Opened {
    /// The merchant's language.
    locale: Option<String>,
}

/// Serves the admin with the app's first page in a frame.
pub(crate) async fn frame(
    State(shop): State<Arc<Shop>>,
    Path((name, _)): Path<(String, String)>,
    Query(how): Query<Opened>,
) -> Html<String> {
    framed(&shop, &name, "admin", &how)
}

/// Serves the admin with another page of the app: what follows the app's handle is its path.
pub(crate) async fn frame_at(
    State(shop): State<Arc<Shop>>,
    Path((name, _, path)): Path<(String, String, String)>,
    Query(how): Query<Opened>,
) -> Html<String> {
    let is_path = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-".contains(&byte));
    framed(&shop, &name, if is_path { &path } else { "admin" }, &how)
}

fn framed(shop: &Shop, name: &str, path: &str, how: &Opened) -> Html<String> {
    let query = opened(shop, name, how.locale.as_deref().unwrap_or("en"));
    let source = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    Html(format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Admin</title>\
         <style>body{{margin:0;background:#1a1a1a}}iframe{{display:block;width:100%;height:calc(100vh - 3rem);border:0;\
         background:#f1f1f1;border-radius:.75rem .75rem 0 0}}p{{margin:0;line-height:3rem;padding:0 1rem;color:#fff;\
         font-family:sans-serif}}</style><p>Simulated admin</p><iframe title=Wandstore src=\"/{path}?{source}\"></iframe>"
    ))
}

/// Returns the query parameters with which the admin opens an app.
fn opened(shop: &Shop, name: &str, locale: &str) -> Vec<(String, String)> {
    let options = &shop.options;
    let values = [
        ("embedded", "1".to_owned()),
        ("host", STANDARD_NO_PAD.encode(format!("admin.shopify.com/store/{name}"))),
        ("id_token", token(shop, &options.shop)),
        ("locale", locale.to_owned()),
        ("session", "simulated-session".to_owned()),
        ("shop", options.shop.clone()),
        ("timestamp", now_s().to_string()),
    ];
    let mut query: Vec<_> = values.map(|(key, value)| (key.to_owned(), value)).into();
    query.push(("hmac".into(), signing::launch(&options.api_secret, &query)));
    query
}

/// Forwards a request to the app's admin pages.
pub(crate) async fn pass(
    State(shop): State<Arc<Shop>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path_and_query().map_or("/admin", |path| path.as_str());
    let mut request = shop.http.request(method, format!("{}{path}", shop.options.app)).body(body);
    for name in [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT] {
        if let Some(value) = headers.get(&name) {
            request = request.header(name, value);
        }
    }
    match request.send().await {
        Ok(answer) => answered(answer).await,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("The app does not answer: {error}")).into_response(),
    }
}

async fn answered(answer: reqwest::Response) -> Response {
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    for name in [header::TRANSFER_ENCODING, header::CONNECTION, header::CONTENT_LENGTH] {
        headers.remove(name);
    }
    if let Some(policy) = headers.get(header::CONTENT_SECURITY_POLICY).and_then(framed_here) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let body = answer.bytes().await.unwrap_or_default();
    let is_page =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let mut response = Response::new(if is_page { bridged(&body) } else { Body::from(body) });
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}

/// Replaces Shopify's App Bridge in a page by the simulator's, because Shopify's works only in Shopify's admin.
fn bridged(page: &[u8]) -> Body {
    Body::from(String::from_utf8_lossy(page).replace(APP_BRIDGE, "/simulator/app-bridge.js"))
}

/// Serves App Bridge, as far as apps need it for session tokens.
pub(crate) async fn app_bridge() -> impl IntoResponse {
    let script = include_str!("../theme/app-bridge.js");
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], script)
}

/// Returns the policy with Shopify's admin replaced by this shop.
fn framed_here(policy: &HeaderValue) -> Option<HeaderValue> {
    let directives = policy.to_str().ok()?.split(';').map(str::trim).map(|directive| {
        let is_for_admin =
            directive.starts_with("frame-ancestors") && directive.contains("https://admin.shopify.com");
        if is_for_admin { "frame-ancestors 'self'" } else { directive }
    });
    HeaderValue::from_str(&directives.collect::<Vec<_>>().join("; ")).ok()
}
