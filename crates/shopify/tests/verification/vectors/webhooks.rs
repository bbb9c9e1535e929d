//! Cases of webhooks.

use serde_json::Value;
use shopify_verify::Rejection;
use shopify_verify::webhook::{Topic, Webhook};

use super::{checker, expected, input, text};

/// A webhook with all its headers, and its expected topic or rejection status.
pub fn request(case: &Value) {
    let header = |name: &str| case["headers"][name].as_str().map(str::to_owned);
    let outcome = Webhook::verify(header, input(case).as_bytes(), checker(case));
    match &case["expected"] {
        Value::String(topic) => assert_eq!(told(&outcome.unwrap().topic), topic),
        status => assert_eq!(*status, outcome.unwrap_err().status()),
    }
}

fn told(topic: &Topic) -> &'static str {
    match topic {
        Topic::Products => "products",
        Topic::Collections => "collections",
        Topic::Inventory => "inventory",
        Topic::ShopUpdate => "shop_update",
        Topic::AppUninstalled => "app_uninstalled",
        Topic::OrdersCreate => "orders_create",
        Topic::OrdersCancelled => "orders_cancelled",
        Topic::RefundsCreate => "refunds_create",
        Topic::CustomersDataRequest => "customers_data_request",
        Topic::CustomersRedact => "customers_redact",
        Topic::ShopRedact => "shop_redact",
        Topic::Other(_) => "other",
    }
}

pub fn signed(case: &Value) {
    let topic = case["headers"]["X-Shopify-Topic"].as_str().unwrap_or("products/update");
    let outcome = Webhook::verify(
        |name| match name {
            "x-shopify-hmac-sha256" => Some(expected(case).to_owned()),
            name => classic(name, topic),
        },
        input(case).as_bytes(),
        checker(case),
    );
    assert_eq!(case["valid"], outcome.is_ok(), "{outcome:?}");
    if let Ok(webhook) = outcome {
        assert_eq!(webhook.topic, Topic::of(topic, None));
    }
}

/// Every header is required; without the MAC the request is forged.
pub fn headers(case: &Value) {
    let names: Vec<_> =
        case["input"].as_array().unwrap().iter().map(|name| text(name).to_lowercase()).collect();
    assert!(with_headers(&names).is_ok());
    for (at, missing) in names.iter().enumerate() {
        let mut rest = names.clone();
        rest.remove(at);
        let code = missing.ends_with("hmac-sha256");
        assert_eq!(with_headers(&rest).unwrap_err().status(), if code { 401 } else { 400 }, "{missing}");
    }
}

fn with_headers(names: &[String]) -> Result<Webhook, Rejection> {
    let code = "Knm8rWjeSXNIt2H0AOMT7DQ8/YSy8sQi/pEjbuUmGMs=";
    Webhook::verify(
        |name| {
            let known = names.iter().any(|known| known == name);
            let value = match name {
                name if name.ends_with("hmac-sha256") => Some(code.to_owned()),
                name => classic(&name.replacen("x-shopify-", "", 1).replacen("shopify-", "", 1), "a/b"),
            };
            value.filter(|_| known)
        },
        b"{}",
        |_, _| true,
    )
}

fn classic(name: &str, topic: &str) -> Option<String> {
    let value = match name.strip_prefix("x-shopify-").unwrap_or(name) {
        "topic" => topic,
        "shop-domain" => "a.myshopify.com",
        "api-version" => "2026-10",
        "webhook-id" => "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "event-id" => "98880550-7158-44d4-b7cd-2c97c8a091b5",
        _ => return None,
    };
    Some(value.to_owned())
}
