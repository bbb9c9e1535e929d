//! Answers that hold no page of a shop.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use shopify::ShopDomain;

use crate::pages::{self, Policy};
use crate::session::{self, Refused};

/// Parameters of Shopify's that a page keeps when App Bridge loads it again.
const KEPT: [&str; 4] = ["shop", "host", "embedded", "locale"];
/// Tells App Bridge to send the request again with a new session token.
const RETRY: &str = "x-shopify-retry-invalid-session-request";

/// Sends a document to the page that brings a session token, and from there back to itself.
pub fn to_bounce(shop: &ShopDomain, headers: &HeaderMap, query: &str) -> Response<Body> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in KEPT {
        if let Some(value) = session::parameter(query, name) {
            kept.append_pair(name, &value);
        }
    }
    let kept = kept.finish();
    let again = format!("{}/admin?{kept}", origin(headers));
    let reload =
        form_urlencoded::Serializer::new(String::new()).append_pair("shopify-reload", &again).finish();
    let mut response = pages::html(StatusCode::FOUND, Some(shop), None, Policy::Sandbox, String::new());
    let location = HeaderValue::from_str(&format!("/admin/session?{kept}&{reload}"));
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Whether an address is that of the page.
pub fn is_ours(address: &str, headers: &HeaderMap) -> bool {
    let origin = origin(headers);
    let path = if origin.is_empty() { address } else { address.strip_prefix(&origin).unwrap_or(address) };
    path == "/admin" || path.starts_with("/admin?")
}

/// Where this host is, as whoever asks knows it; empty if they do not say. They only ever send themselves
/// there.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(fits) {
        return String::new();
    }
    let local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host.starts_with(name));
    format!("{}://{host}", if local { "http" } else { "https" })
}

/// A request that is no document is refused: App Bridge sends it again if a new token may help.
pub fn unauthorized(refused: &Refused) -> Response<Body> {
    let mut response = pages::refused(refused.status, &refused.why, None);
    if refused.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(RETRY, HeaderValue::from_static("1"));
    }
    response
}

pub fn download(report: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(report));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"report.json\""),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A file that holds nothing of anybody.
pub fn asset(kind: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
