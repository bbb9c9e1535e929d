//! Responses that contain no page of a shop.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use shopify::ShopDomain;

use crate::html::{self, Policy};
use crate::place::Place;
use crate::query;
use crate::refused::Refused;

/// The query parameter with the time at which the page was bounced, in seconds since the epoch.
const BOUNCED: &str = "bounced";
/// The lifetime of a session token, one minute. A token refused within it was not too old, and another would be
/// refused too.
const BOUNCED_S: u64 = 60;
/// The Shopify query parameters that a page keeps when App Bridge reloads it.
const KEPT: [&str; 4] = ["shop", "host", "embedded", "locale"];
/// The header that tells App Bridge to retry the request with a new session token.
const RETRY: &str = "x-shopify-retry-invalid-session-request";

/// Redirects a document to the bounce page, which fetches a session token and returns to the document.
pub fn to_bounce(path: &str, shop: &ShopDomain, public_url: &str, query: &str, now_s: u64) -> Response<Body> {
    let kept = kept(query);
    let again = format!("{public_url}{path}?{kept}&{BOUNCED}={now_s}");
    let reload =
        form_urlencoded::Serializer::new(String::new()).append_pair("shopify-reload", &again).finish();
    let mut response = html::html(StatusCode::FOUND, Some(shop), None, Policy::Sandbox, String::new());
    let location = HeaderValue::from_str(&format!("/admin/session?{kept}&{reload}"));
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Returns the parameters of Shopify's in a query that every link between pages keeps.
pub fn kept(query: &str) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in KEPT {
        if let Some(value) = query::parameter(query, name) {
            kept.append_pair(name, &value);
        }
    }
    kept.finish()
}

/// Returns whether the page was bounced a moment ago. If a new session token did not help, another one will not.
pub fn was_bounced(query: &str, now_s: u64) -> bool {
    let bounced_s = query::parameter(query, BOUNCED).and_then(|text| text.parse::<u64>().ok());
    bounced_s.is_some_and(|bounced_s| now_s.saturating_sub(bounced_s) <= BOUNCED_S)
}

/// Returns whether an address is that of a page of the admin.
pub fn is_ours(address: &str, public_url: &str) -> bool {
    let address = address.strip_prefix(public_url).unwrap_or(address);
    Place::at(address.split('?').next().unwrap_or_default()).is_some()
}

/// Refuses a request that is not for a document. App Bridge retries it if a new token may help.
pub fn unauthorized(refused: &Refused, query: &str) -> Response<Body> {
    let mut response = html::refused(refused.status, &refused.why, query::words(query), None);
    if refused.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(RETRY, HeaderValue::from_static("1"));
    }
    response
}

/// Returns a report on a customer, as a file.
pub fn download(report: Vec<u8>) -> Response<Body> {
    file(report, "application/json", "attachment; filename=\"report.json\"")
}

/// Returns a table as a file of comma-separated values.
pub fn download_csv(lines: &[String]) -> Response<Body> {
    // RFC 4180 ends every line with both characters.
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
    file(text.into_bytes(), "text/csv; charset=utf-8", "attachment; filename=\"wandstore.csv\"")
}

fn file(content: Vec<u8>, kind: &'static str, disposition: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
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
