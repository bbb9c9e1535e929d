//! Responses that contain no page of a shop, and refusals.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use shopify::{Rejection, ShopDomain};

use crate::pages::{self, Policy};
use crate::query;

/// The query parameter with the time at which the page was bounced, in seconds since the epoch.
const BOUNCED: &str = "bounced";
/// The lifetime of a session token, one minute. A token refused within it was not too old, and another would be
/// refused too.
const BOUNCED_S: u64 = 60;
/// The Shopify query parameters that a page keeps when App Bridge reloads it.
const KEPT: [&str; 4] = ["shop", "host", "embedded", "locale"];
/// The header that tells App Bridge to retry the request with a new session token.
const RETRY: &str = "x-shopify-retry-invalid-session-request";

/// A refused request. The text may be shown to its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The status of the response.
    pub status: StatusCode,
    /// The reason.
    pub why: String,
}

impl Refused {
    /// Creates a refusal.
    pub fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(status, rejection.to_string())
    }
}

/// Redirects a document to the bounce page, which fetches a session token and returns to the document.
pub fn to_bounce(shop: &ShopDomain, public_url: &str, query: &str, now_s: u64) -> Response<Body> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in KEPT {
        if let Some(value) = query::parameter(query, name) {
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

/// Returns whether the page was bounced a moment ago. If a new session token did not help, another one will not.
pub fn was_bounced(query: &str, now_s: u64) -> bool {
    let bounced_s = query::parameter(query, BOUNCED).and_then(|text| text.parse::<u64>().ok());
    bounced_s.is_some_and(|bounced_s| now_s.saturating_sub(bounced_s) <= BOUNCED_S)
}

/// Returns whether an address is that of the admin page.
pub fn is_ours(address: &str, public_url: &str) -> bool {
    let path = address.strip_prefix(public_url).unwrap_or(address);
    path == "/admin" || path.starts_with("/admin?")
}

/// Refuses a request that is not for a document. App Bridge retries it if a new token may help.
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

/// Returns a static file, which holds no personal data.
pub fn asset(kind: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
