//! Responses in HTML and their headers.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use shopify::ShopDomain;

use crate::refused::Why;
use crate::wording::Words;

/// Shopify's App Bridge script, which connects the page to the surrounding admin.
pub(crate) const APP_BRIDGE: &str = "https://cdn.shopify.com/shopifycloud/app-bridge.js";
/// Shopify's Polaris script, which supplies the web components.
pub(crate) const POLARIS: &str = "https://cdn.shopify.com/shopifycloud/polaris.js";

/// The content security policy of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// It may run Wandstore's and Shopify's scripts.
    Scripts,
    /// It may do nothing: no scripts, no forms, no origin of its own.
    Sandbox,
}

/// A page that only loads App Bridge, which fetches a session token.
#[derive(Template)]
#[template(path = "bounce.html")]
pub(crate) struct Bounce<'a> {
    /// The app's client id.
    pub key: &'a str,
    /// The words of the merchant's language.
    pub words: &'static Words,
}

/// A page that says why a request was refused.
#[derive(Template)]
#[template(path = "refused.html")]
struct Refusal {
    words: &'static Words,
    why: String,
}

/// The placeholder for a persona's preview that does not exist yet.
#[derive(Template)]
#[template(path = "nothing.html")]
pub(crate) struct Nothing {
    /// The words of the merchant's language.
    pub words: &'static Words,
}

/// Returns an HTML response that is never cached. Only the shop's admin may frame it; without a shop, nobody may.
pub(crate) fn html(
    status: StatusCode,
    shop: Option<&ShopDomain>,
    origin: Option<&str>,
    policy: Policy,
    text: String,
) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        // Domains and origins are parsed, so they are visible ASCII.
        headers.insert(name, HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static("")));
    };
    set(header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(header::CONTENT_SECURITY_POLICY, &content_policy(shop, origin, policy));
    set(header::CACHE_CONTROL, "no-store");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    if shop.is_none() {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    response
}

/// Returns a page that says why a request was refused. It can be framed by the admin of `shop`, if there is one.
pub(crate) fn refused(
    status: StatusCode,
    why: &Why,
    words: &'static Words,
    shop: Option<&ShopDomain>,
) -> Response<Body> {
    let page = Refusal { words, why: why.text(words) };
    html(status, shop, None, Policy::Sandbox, page.render().unwrap_or_default())
}

fn content_policy(shop: Option<&ShopDomain>, origin: Option<&str>, policy: Policy) -> String {
    let ancestors = shop.map_or_else(
        || "'none'".to_owned(),
        |shop| {
            let simulator = origin.map(|origin| format!(" {origin}")).unwrap_or_default();
            format!("https://{shop} https://admin.shopify.com{simulator}")
        },
    );
    let rest = match policy {
        Policy::Scripts => {
            "script-src 'self' https://cdn.shopify.com; object-src 'none'; base-uri 'none'; form-action 'self'"
        }
        Policy::Sandbox => {
            "sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src * data:"
        }
    };
    format!("frame-ancestors {ancestors}; {rest};")
}
