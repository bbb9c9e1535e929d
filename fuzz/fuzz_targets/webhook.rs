//! Headers and bodies of webhooks, and what Shopify answers to a request for tokens.
#![no_main]

use fuzz::request::Request;
use libfuzzer_sys::fuzz_target;
use shopify::payload::{DataRequest, Redaction, check_shop};
use shopify::token_request;
use shopify::webhook::{Topic, Webhook};
use shopify::{Rejection, ShopDomain};

fuzz_target!(|input: &[u8]| {
    let request = Request::read(input);
    let (header, body) = (|name: &str| request.field(name), request.content());
    if let Ok(webhook) = Webhook::verify(header, body, |_, _| true) {
        assert!(!body.is_empty() && webhook.id.bytes().all(|byte| byte.is_ascii_graphic()));
        let _ = check_shop(body, &webhook.topic, &webhook.shop);
    }
    assert!(Webhook::verify(header, body, |_, _| false).is_err());
    let shop = ShopDomain::parse("a.myshopify.com").unwrap();
    // What names a customer is an object, so that it could be asked for its shop.
    assert!(
        Redaction::read(body).is_err()
            || check_shop(body, &Topic::AppUninstalled, &shop) != Err(Rejection::Malformed("body"))
    );
    let _ = DataRequest::read(body);
    for status in [200, 400, 503] {
        let _ = token_request::read(status, body);
    }
});
