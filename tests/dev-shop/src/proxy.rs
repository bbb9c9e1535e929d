//! The app proxy: signs requests, removes cookies, and renders Liquid inside the theme.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::failures::Door;
use crate::pages;
use crate::place::Place;
use crate::shop::{Shop, now_s};
use crate::theme::Page;

/// The header fields that Shopify removes from responses.
const NOT_FROM_APP: [&str; 10] = [
    "accept-ranges",
    "connection",
    "content-length",
    "date",
    "server",
    "set-cookie",
    "trailer",
    "transfer-encoding",
    "warning",
    "x-powered-by",
];
/// The header fields that it does not forward to the app.
const NOT_TO_APP: [&str; 6] =
    ["accept-encoding", "connection", "content-length", "cookie", "host", "transfer-encoding"];

/// The IP address of every shopper, from a range for documentation (RFC 5737).
const SHOPPER_IP: &str = "203.0.113.7";

pub(crate) async fn forward(
    State(shop): State<Arc<Shop>>,
    place: Place,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let rest = uri.path().strip_prefix(&shop.options.path_prefix()).unwrap_or_default();
    let door = {
        let mut state = shop.state();
        state.asked.push(format!("{method} {rest}"));
        state.door
    };
    if let Some(answer) = pages::in_place_of_the_app(&shop, &place, door) {
        return answer;
    }
    let target = format!("{}/proxy{rest}?{}", shop.options.app, signed(&shop, &uri, &headers));
    let request = shop.http.request(method, target).headers(to_app(&shop, &headers)).body(body);
    match request.send().await {
        Ok(answer) => from_app(&shop, &place, door, answer).await,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("The app does not answer: {error}")).into_response(),
    }
}

/// Returns the shopper's query with Shopify's own parameters and the signature.
fn signed(shop: &Shop, uri: &Uri, headers: &HeaderMap) -> String {
    let options = &shop.options;
    let mut query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let own = [
        ("shop", options.shop.clone()),
        ("logged_in_customer_id", customer(headers)),
        ("path_prefix", options.path_prefix()),
        ("timestamp", now_s().to_string()),
    ];
    query.extend(own.map(|(key, value)| (key.to_owned(), value)));
    let signature = signing::proxy(&options.api_secret, &query);
    query.push(("signature".into(), signature));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish()
}

/// Returns the customer who is logged in, by the theme's own cookie; empty if nobody is.
pub(crate) fn customer(headers: &HeaderMap) -> String {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_logged_in = cookies.split("; ").any(|cookie| cookie == "customer=1");
    if is_logged_in { "7001".into() } else { String::new() }
}

fn to_app(shop: &Shop, headers: &HeaderMap) -> HeaderMap {
    let mut sent: HeaderMap = without(headers, &NOT_TO_APP);
    let own = [("x-forwarded-for", SHOPPER_IP), ("x-forwarded-host", shop.options.shop.as_str())];
    for (name, value) in own {
        if let Ok(value) = value.parse() {
            sent.insert(HeaderName::from_static(name), value);
        }
    }
    sent
}

fn without(headers: &HeaderMap, names: &[&str]) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

async fn from_app(shop: &Shop, place: &Place, door: Door, answer: reqwest::Response) -> Response {
    let (status, headers) = (answer.status(), without(answer.headers(), &NOT_FROM_APP));
    let Ok(body) = answer.bytes().await else {
        return (StatusCode::BAD_GATEWAY, "The app broke off").into_response();
    };
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/liquid") {
        let (mut head, body) = rendered(shop, place, &String::from_utf8_lossy(&body)).into_parts();
        if head.status.is_success() {
            head.status = status;
        }
        return Response::from_parts(head, body);
    }
    let size = if door == Door::Truncated { body.len() / 2 } else { body.len() };
    let mut response = Response::new(Body::from(body.slice(..size)));
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}

fn rendered(shop: &Shop, place: &Place, template: &str) -> Response {
    let globals = pages::with_products(shop, |_| Some(("Storefront", Vec::new()))).unwrap_or_default();
    let page = Page { kind: "app_proxy", title: "Storefront", place, globals };
    pages::answer(shop.theme.around(&shop.options, template, page))
}
