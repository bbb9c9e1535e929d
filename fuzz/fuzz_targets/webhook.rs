//! Headers and bodies of webhooks, and Shopify's answers to token requests.
#![no_main]

use fuzz::request::Request;
use libfuzzer_sys::fuzz_target;
use shopify::Rejection;
use shopify::order::{Order, Refund};
use shopify::payload::{self, DataRequest, Redaction};
use shopify::token_request;
use shopify::webhook::Webhook;

fuzz_target!(|input: &[u8]| {
    let request = Request::read(input);
    let (header, body) = (|name: &str| request.field(name), request.content());
    if let Ok(webhook) = Webhook::verify(header, body, |_, _| true) {
        assert!(!body.is_empty() && webhook.id.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(webhook.also.as_ref() != Some(&webhook.shop));
        assert!(webhook.is_named_by_body || webhook.also.is_none());
        let _ = payload::check_shop_and_topic(body, &webhook.topic);
    }
    assert_eq!(Webhook::verify(header, body, |_, _| false).err(), Some(Rejection::Forged));
    let _ = (Redaction::read(body).is_ok(), DataRequest::read(body).is_ok());
    if let Ok(order) = Order::read(body) {
        assert!(order.id > 0 && order.total.currency.len() == 3);
    }
    let _ = Refund::read(body).map(|refund| refund.amount_in("USD"));
    for status in [200, 400, 503] {
        let _ = token_request::read(status, body);
    }
});
