//! Signatures like Shopify's.

use signing::{hex, mac};

use super::{FakeRequest, NOW_MS};

/// A Shopify shop.
pub(crate) const SHOP: &str = "magic-wands.myshopify.com";

/// The secrets of a deployment, by name.
const SECRETS: [(&str, &str); 3] =
    [("SHOPIFY_API_SECRET", "hush"), ("SHOPIFY_API_SECRET", "hush-before"), ("WEBHOOK_SECRET", "hook")];

/// Returns whether the code was made with one of the secrets of that name.
pub(crate) fn verifies(name: &str, message: &[u8], code: &[u8]) -> bool {
    SECRETS.iter().any(|(given, secret)| *given == name && mac(secret, message) == code)
}

/// Returns a target with the parameters that Shopify adds to a shop's query now. `parameters` is the browser's query.
pub(crate) fn signed(path: &str, parameters: &str) -> String {
    let timestamp = NOW_MS / 1000;
    let shopifys = format!("shop={SHOP}&path_prefix=%2Fapps%2Fwand&timestamp={timestamp}");
    let has_customer = parameters.contains("logged_in_customer_id=");
    let customer = if has_customer { "" } else { "&logged_in_customer_id=" };
    sign(path, &[parameters, customer, "&", &shopifys].concat().trim_start_matches('&').replace("&&", "&"))
}

/// Returns a target with this query and its signature.
pub(crate) fn sign(path: &str, query: &str) -> String {
    let message = shopify::proxy::message(query).expect("a query");
    format!("{path}?{query}&signature={}", hex(&mac("hush", &message)))
}

/// Returns a webhook about a shop.
pub(crate) fn webhook(topic: &str, id: &str, body: &str) -> FakeRequest {
    let headers = vec![
        ("x-shopify-hmac-sha256", signing::webhook("hook", body.as_bytes())),
        ("x-shopify-topic", topic.to_owned()),
        ("x-shopify-shop-domain", SHOP.to_owned()),
        ("x-shopify-webhook-id", id.to_owned()),
        ("x-shopify-event-id", format!("event-of-{id}")),
        ("x-shopify-api-version", "2026-10".to_owned()),
    ];
    FakeRequest { headers, body: Ok(body.as_bytes().to_vec()) }
}
