//! Answers that hold no page of a shop.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use shopify::ShopDomain;

use crate::pages::{self, Policy};
use crate::session::{self, Refused};

/// When a page was sent to be loaded again, in seconds since the epoch: a parameter of its address.
const BOUNCED: &str = "bounced";
/// A session token lives for a minute: one that is refused within it was not too old, and another would be refused too.
const BOUNCED_S: u64 = 60;
/// Parameters of Shopify's that a page keeps when App Bridge loads it again.
const KEPT: [&str; 4] = ["shop", "host", "embedded", "locale"];
/// Tells App Bridge to send the request again with a new session token.
const RETRY: &str = "x-shopify-retry-invalid-session-request";

/// Sends a document to the page that brings a session token, and from there back to itself.
pub fn to_bounce(shop: &ShopDomain, public_url: &str, query: &str, now_s: u64) -> Response<Body> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in KEPT {
        if let Some(value) = session::parameter(query, name) {
            kept.append_pair(name, &value);
        }
    }
    let kept = kept.finish();
    let again = format!("{public_url}/admin?{kept}&{BOUNCED}={now_s}");
    let reload =
        form_urlencoded::Serializer::new(String::new()).append_pair("shopify-reload", &again).finish();
    let mut response = pages::html(StatusCode::FOUND, Some(shop), None, Policy::Sandbox, String::new());
    let location = HeaderValue::from_str(&format!("/admin/session?{kept}&{reload}"));
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Whether the page was loaded again a moment ago: what a new session token did not mend, the next one will not.
pub fn was_bounced(query: &str, now_s: u64) -> bool {
    let bounced_s = session::parameter(query, BOUNCED).and_then(|text| text.parse::<u64>().ok());
    bounced_s.is_some_and(|bounced_s| now_s.saturating_sub(bounced_s) <= BOUNCED_S)
}

/// Whether an address is that of the page.
pub fn is_ours(address: &str, public_url: &str) -> bool {
    let path = address.strip_prefix(public_url).unwrap_or(address);
    path == "/admin" || path.starts_with("/admin?")
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
