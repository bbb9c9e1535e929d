//! Headers and bodies of webhooks: lines of `name: value`, an empty line, the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shopify::payload::{DataRequest, Redaction, check_shop};
use shopify::token_request;
use shopify::webhook::Webhook;
use shopify::{Rejection, ShopDomain};

fuzz_target!(|input: &[u8]| {
    let end = input.windows(2).position(|two| two == b"\n\n").unwrap_or(input.len());
    let (head, body) = input.split_at(end);
    let body = body.get(2..).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let header = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|field| field.0.eq_ignore_ascii_case(name)).map(|field| field.1.to_owned())
    };
    if let Ok(webhook) = Webhook::verify(header, body, |_, _| true) {
        assert!(!body.is_empty() && webhook.id.bytes().all(|byte| byte.is_ascii_graphic()));
        let _ = check_shop(body, &webhook.shop);
    }
    assert!(Webhook::verify(header, body, |_, _| false).is_err());
    let shop = ShopDomain::parse("a.myshopify.com").unwrap();
    // What names a customer is an object, so that it could be asked for its shop.
    assert!(Redaction::read(body).is_err() || check_shop(body, &shop) != Err(Rejection::Malformed("body")));
    let _ = DataRequest::read(body);
    for status in [200, 400, 503] {
        let _ = token_request::read(status, body);
    }
});
