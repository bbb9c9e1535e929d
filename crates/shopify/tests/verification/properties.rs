//! Properties for any input: nothing panics, signed input passes, changed input does not.

use proptest::prelude::*;
use shopify_verify::payload::{self, DataRequest, Redaction};
use shopify_verify::proxy::{self, Signed};
use shopify_verify::webhook::{Family, Topic, Webhook};
use shopify_verify::{AdminHost, Rejection, ShopDomain, oauth, session_token, token_request};

use crate::signing::{self, hex, mac};

const NOW_S: u64 = 1_700_000_000;

fn check(message: &[u8], code: &[u8]) -> bool {
    mac("hush", message) == code
}

fn signed(query: &str) -> String {
    format!("{query}&signature={}", hex(&mac("hush", &proxy::message(query).unwrap())))
}

fn verify(query: &str) -> Result<Signed, Rejection> {
    Signed::verify(query, NOW_S, check)
}

const QUERY: &str = "path_prefix=%2Fapps%2Freviews&shop=a.myshopify.com&timestamp=1700000000";

#[test]
fn a_signed_request_says_who_is_asking() {
    let query = format!("context=home&visitor=%C3%A9&wait=1&wait=2&logged_in_customer_id=42&{QUERY}");
    let request = verify(&signed(&query)).unwrap();
    assert_eq!(request.shop.as_str(), "a.myshopify.com");
    assert_eq!(request.customer.unwrap().to_string(), "42");
    assert_eq!(request.prefix.as_ref().unwrap().as_str(), "/apps/reviews");
    assert_eq!(request.get("visitor"), Some("é"));
    assert_eq!((request.get("wait"), request.get("shop"), request.get("x")), (None, None, None));
    assert_eq!(request.parameters().count(), 4);
}

#[test]
fn an_anonymous_shopper_has_no_customer() {
    assert_eq!(verify(&signed(&format!("logged_in_customer_id=&{QUERY}"))).unwrap().customer, None);
    assert_eq!(verify(&signed(QUERY)).unwrap().customer, None);
}

#[test]
fn signed_but_wrong_requests_are_refused() {
    for (query, expected) in [
        ("shop=a.myshopify.com", Rejection::Malformed("timestamp")),
        ("shop=a.myshopify.com&timestamp=", Rejection::Malformed("timestamp")),
        ("shop=a.myshopify.com&timestamp=%2B1700000000", Rejection::Malformed("timestamp")),
        ("shop=a.myshopify.com&timestamp=99999999999999999999", Rejection::Malformed("timestamp")),
        ("shop=a.myshopify.com&timestamp=1699999909", Rejection::Expired),
        ("shop=a.myshopify.com&timestamp=1700000091", Rejection::Expired),
        ("timestamp=1700000000", Rejection::Malformed("shop")),
        ("shop=a.myshopify.com.evil.example&timestamp=1700000000", Rejection::NotAShop),
        ("shop=a%252emyshopify.com&timestamp=1700000000", Rejection::NotAShop),
        ("shop=%FF&timestamp=1700000000", Rejection::NotAShop),
        (
            "logged_in_customer_id=x&shop=a.myshopify.com&timestamp=1700000000",
            Rejection::Malformed("logged_in_customer_id"),
        ),
        (
            "logged_in_customer_id=042&shop=a.myshopify.com&timestamp=1700000000",
            Rejection::Malformed("logged_in_customer_id"),
        ),
        (
            "path_prefix=%2F%2Fevil&shop=a.myshopify.com&timestamp=1700000000",
            Rejection::Malformed("path_prefix"),
        ),
    ] {
        assert_eq!(verify(&signed(query)), Err(expected), "{query}");
    }
}

#[test]
fn a_repeat_is_refused_however_it_is_encoded() {
    for (name, encoded) in [
        ("shop", "sho%70"),
        ("timestamp", "%74imestamp"),
        ("signature", "signature"),
        ("path_prefix", "path%5Fprefix"),
        ("logged_in_customer_id", "logged_in_customer_i%64"),
        ("hmac", "hmac"),
    ] {
        let query = signed(&format!("{name}=1&{encoded}=2"));
        assert_eq!(verify(&query), Err(Rejection::Repeated(name)));
    }
}

#[test]
fn a_request_without_a_signature_of_its_shape_is_forged() {
    let code = hex(&mac("hush", &proxy::message(QUERY).unwrap()));
    assert!(verify(&format!("{QUERY}&signature={code}")).is_ok());
    for wrong in
        [String::new(), code.to_uppercase(), format!("{code}0"), code[..62].to_owned(), format!(" {code}")]
    {
        assert_eq!(verify(&format!("{QUERY}&signature={wrong}")), Err(Rejection::Forged), "{wrong}");
    }
    assert_eq!(verify(QUERY), Err(Rejection::Forged));
    assert_eq!(verify(&format!("{QUERY}&hmac={code}")), Err(Rejection::Forged));
    assert_eq!(verify(&format!("x={}", "a".repeat(16 * 1024))), Err(Rejection::Malformed("query")));
}

fn webhook(topic: &str, family: Family, body: &[u8]) -> Result<Webhook, Rejection> {
    let code = signing::webhook("hush", body);
    let header = |name: &str| {
        let value = match name.strip_prefix(family.prefix())? {
            "hmac-sha256" => &code,
            "topic" => topic,
            "action" => "update",
            "shop-domain" => "a.myshopify.com",
            "api-version" => "2026-10",
            "webhook-id" | "event-id" => "b54557e4",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Webhook::verify(header, body, check)
}

#[test]
fn both_families_of_webhooks_name_the_topic() {
    for (topic, family, expected) in [
        ("products/update", Family::Classic, Topic::Products),
        ("PRODUCTS_DELETE", Family::Classic, Topic::Products),
        ("Product", Family::Events, Topic::Products),
        ("collections/create", Family::Classic, Topic::Collections),
        ("inventory_levels/update", Family::Classic, Topic::Inventory),
        ("shop/update", Family::Classic, Topic::ShopUpdate),
        ("Shop", Family::Events, Topic::ShopUpdate),
        ("app/uninstalled", Family::Classic, Topic::AppUninstalled),
        ("customers/data_request", Family::Classic, Topic::CustomersDataRequest),
        ("customers/redact", Family::Events, Topic::CustomersRedact),
        ("shop/redact", Family::Classic, Topic::ShopRedact),
        ("products.update", Family::Classic, Topic::Products),
        ("Orders/Paid", Family::Classic, Topic::Other("orders/paid".to_owned())),
    ] {
        let webhook = webhook(topic, family, b"{}").unwrap();
        assert_eq!((webhook.topic, webhook.family), (expected, family), "{topic}");
    }
}

#[test]
fn an_empty_body_is_no_webhook_although_it_is_signed() {
    assert_eq!(webhook("products/update", Family::Classic, b""), Err(Rejection::Malformed("body")));
}

#[test]
fn compliance_webhooks_name_a_customer() {
    let body = br#"{"shop_id":9,"shop_domain":"a.myshopify.com","customer":{"id":191167,"email":"x"},"data_request":{"id":9999}}"#;
    assert_eq!(Redaction::read(body).unwrap().customer.to_string(), "191167");
    assert_eq!(DataRequest::read(body).unwrap().request, 9999);
    for body in [
        "",
        "[]",
        "null",
        "{}",
        r#"{"customer":null}"#,
        r#"{"customer":{}}"#,
        r#"{"customer":{"id":0}}"#,
        r#"{"customer":{"id":-1}}"#,
        r#"{"customer":{"id":1.5}}"#,
        r#"{"customer":{"id":"01"}}"#,
        r#"{"customer":{"id":[1]}}"#,
        r#"{"customer":{"id":1},"customer":{"id":2}}"#,
        r#"{"customer":[1]}"#,
        r#"[{"id":1},null,null,null]"#,
    ] {
        assert_eq!(Redaction::read(body.as_bytes()).unwrap_err().status(), 400, "{body}");
    }
}

/// Shop, other name and number of a webhook from a.myshopify.com.
fn named(topic: &str, body: &str) -> Result<(String, Option<String>, Option<u64>), Rejection> {
    let webhook = webhook(topic, Family::Classic, body.as_bytes())?;
    payload::check_shop_and_topic(body.as_bytes(), &webhook.topic)?;
    Ok((webhook.shop.to_string(), webhook.also.map(|also| also.to_string()), webhook.number))
}

#[test]
fn the_shop_is_the_one_of_the_signed_body_and_the_header_s_is_another_name_of_it() {
    let (a, b) = ("a.myshopify.com", "b.myshopify.com");
    for (topic, body, shop, also, number) in [
        ("products/update", r#"{"id":1,"title":"Cup"}"#, a, None, None),
        (
            "shop/update",
            r#"{"id":7,"myshopify_domain":"A.myshopify.com","domain":"cups.example"}"#,
            a,
            None,
            Some(7),
        ),
        ("shop/update", r#"{"id":7,"myshopify_domain":"b.myshopify.com"}"#, b, Some(a), Some(7)),
        ("app/uninstalled", r#"{"id":7,"myshopify_domain":"b.myshopify.com"}"#, b, Some(a), Some(7)),
        ("customers/redact", r#"{"shop_id":7,"shop_domain":"b.myshopify.com"}"#, b, Some(a), Some(7)),
        ("shop/redact", r#"{"shop_id":"7","shop_domain":"{shop}.myshopify.com"}"#, a, None, None),
        (
            "shop/redact",
            r#"{"shop_domain":"b.myshopify.com","myshopify_domain":"b.myshopify.com"}"#,
            b,
            Some(a),
            None,
        ),
    ] {
        let expected = (shop.to_owned(), also.map(str::to_owned), number);
        assert_eq!(named(topic, body), Ok(expected), "{topic} {body}");
    }
    let two = r#"{"shop_domain":"a.myshopify.com","myshopify_domain":"b.myshopify.com"}"#;
    assert_eq!(named("shop/update", two), Err(Rejection::Malformed("shop of the body")));
    assert_eq!(named("shop/update", "not JSON"), Err(Rejection::Malformed("body")));
}

#[test]
fn a_shop_that_only_the_header_names_is_told_apart() {
    for (body, is_named) in [
        (r#"{"id":7,"myshopify_domain":"b.myshopify.com"}"#, true),
        (r#"{"id":7,"myshopify_domain":"a.myshopify.com"}"#, true),
        (r#"{"id":7,"domain":"b.myshopify.com"}"#, false),
        (r#"{"id":7,"myshopify_domain":null}"#, false),
    ] {
        let webhook = webhook("app/uninstalled", Family::Classic, body.as_bytes()).unwrap();
        assert_eq!(webhook.is_named_by_body, is_named, "{body}");
    }
}

#[test]
fn a_body_that_names_the_shop_makes_up_for_a_header_that_does_not() {
    let body = br#"{"shop_id":7,"shop_domain":"b.myshopify.com"}"#;
    let send = |shop: Option<&str>, body: &[u8]| {
        let code = signing::webhook("hush", body);
        let header = |name: &str| match name.strip_prefix("x-shopify-")? {
            "hmac-sha256" => Some(code.clone()),
            "topic" => Some("customers/redact".to_owned()),
            "shop-domain" => shop.map(str::to_owned),
            _ => Some("1".to_owned()),
        };
        Webhook::verify(header, body, check).map(|webhook| (webhook.shop.to_string(), webhook.also))
    };
    for header in [None, Some(""), Some("www.cups.example")] {
        assert_eq!(send(header, body), Ok(("b.myshopify.com".to_owned(), None)), "{header:?}");
    }
    let unnamed = br#"{"shop_domain":"{shop}.myshopify.com"}"#;
    assert_eq!(send(None, unnamed), Err(Rejection::Malformed("shop-domain")));
    assert_eq!(send(Some("www.cups.example"), unnamed), Err(Rejection::NotAShop));
}

#[test]
fn the_signature_is_judged_before_anything_else() {
    for body in ["", "{", "[]", "not JSON", r#"{"id":1}"#] {
        for (header, value) in
            [("none", ""), ("topic", ""), ("topic", "a b"), ("shop-domain", "evil.example")]
        {
            let answer = |code: &str| {
                let header = |name: &str| match name.strip_prefix("x-shopify-")? {
                    "hmac-sha256" => Some(code.to_owned()),
                    name if name == header => Some(value.to_owned()),
                    _ => None,
                };
                Webhook::verify(header, body.as_bytes(), check).unwrap_err()
            };
            let wrong = signing::webhook("guess", body.as_bytes());
            for code in [wrong.as_str(), "", "AAAA", "!"] {
                assert_eq!(answer(code), Rejection::Forged, "{body:?} {header} {code}");
            }
            assert_eq!(answer(&signing::webhook("hush", body.as_bytes())).status(), 400, "{body:?} {header}");
        }
    }
}

#[test]
fn nothing_is_erased_because_of_a_body_that_names_no_shop() {
    for topic in ["shop/redact", "customers/redact", "customers/data_request"] {
        for (body, fits) in [
            (r#"{"shop_domain":"a.myshopify.com"}"#, true),
            (r#"{"shop_domain":"{shop}.myshopify.com"}"#, true),
            (r#"{"id":1,"title":"Cup"}"#, false),
            (r#"{"myshopify_domain":"a.myshopify.com"}"#, false),
            (r#"{"shop_domain":null}"#, false),
        ] {
            assert_eq!(named(topic, body).is_ok(), fits, "{topic} {body}");
        }
    }
}

#[test]
fn parameters_of_a_signed_query_that_are_not_text_are_left_out() {
    let query = signed("utm=%FF&%FF=a&page=2&shop=a.myshopify.com&timestamp=1700000000");
    let request = verify(&query).unwrap();
    assert_eq!(request.parameters().collect::<Vec<_>>(), [("page", "2")]);
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,200}", body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Signed::verify(&text, NOW_S, |_, _| true);
        let _ = oauth::Launch::verify(&text, NOW_S, |_, _| true);
        let _ = (ShopDomain::parse(&text), AdminHost::parse(&text));
        let _ = session_token::verify(&text, "key", NOW_S, |_, _| true);
        let _ = Webhook::verify(|_| Some(text.clone()), &body, |_, _| true);
        let _ = (Redaction::read(&body).is_ok(), DataRequest::read(&body).is_ok(), token_request::read(200, &body).is_ok());
    }

    #[test]
    fn signed_parameters_are_accepted_in_any_order(
        values in proptest::collection::vec(".{0,12}", 0..6),
        turn in 0..6usize,
    ) {
        let own = values.iter().enumerate().map(|(at, value)| format!("p{at}={}", encoded(value)));
        let mut pairs: Vec<_> = own.chain(signed(QUERY).split('&').take(3).map(str::to_owned)).collect();
        let query = signed(&pairs.join("&"));
        let first = verify(&query).unwrap();
        for (at, value) in values.iter().enumerate() {
            prop_assert_eq!(first.get(&format!("p{at}")), Some(value.as_str()));
        }
        let turn = turn % pairs.len();
        pairs.rotate_left(turn);
        let code = query.rsplit_once('&').unwrap().1;
        let turned = format!("{code}&{}", pairs.join("&"));
        prop_assert!(verify(&turned).is_ok());
    }

    /// A change may be another spelling of the same request, such as `%2f` for `%2F`.
    #[test]
    fn a_changed_byte_is_refused_or_means_the_same(value in ".{0,12}", at in any::<prop::sample::Index>(), byte in 32..127u8) {
        let query = signed(&format!("x={}&logged_in_customer_id=7&{QUERY}", encoded(&value)));
        let mut changed = query.clone().into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        let changed = String::from_utf8(changed).unwrap();
        if let Ok(accepted) = verify(&changed) {
            prop_assert_eq!(accepted, verify(&query).unwrap());
        }
    }
}
