//! Every case that was gathered from Shopify's documentation and libraries.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use shopify::proxy::{self, Prefix, Signed};
use shopify::token_request::{self, Request};
use shopify::webhook::{Topic, Webhook};
use shopify::{AdminHost, Rejection, ShopDomain, liquid, oauth, session_token};

const VECTORS: &str = include_str!("../../../tests/vectors/shopify.json");
const CASES: usize = 79;

#[test]
fn every_case_has_the_outcome_that_shopify_gives_it() {
    let cases: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    for case in &cases {
        println!("{} {}", case["kind"], case["name"]);
        check(case);
    }
    assert_eq!(cases.len(), CASES);
}

fn check(case: &Value) {
    match text(&case["kind"]) {
        "app_proxy" => app_proxy(case),
        "app_proxy_ordering_corner" => ordering(case),
        "oauth_hmac" | "oauth_hmac_nonconforming" => launch(case),
        "webhook" => webhook(case),
        "hmac_sha256_hex" => assert_eq!(hex(&sign(case, input(case).as_bytes())), expected(case)),
        "webhook_headers" => webhook_headers(case),
        "shop_domain" => shop_domain(case),
        "host_param" => assert_eq!(case["expected"], AdminHost::parse(input(case)).is_ok()),
        "session_token" => token(case),
        "app_proxy_liquid" => liquid_body(case),
        "app_proxy_liquid_rewrite" => {
            assert_eq!(liquid::with_trailing_slashes(input(case)), expected(case));
        }
        "liquid_escape" => assert_eq!(liquid::escape(input(case)), expected(case)),
        "path_prefix_shape" => assert_eq!(case["expected"], Prefix::parse(input(case)).is_ok()),
        "token_request" => token_request(case),
        kind => panic!("nothing checks cases of kind {kind}"),
    }
}

fn app_proxy(case: &Value) {
    let query = with_code(case, "signature");
    if let Some(message) = case["signed_message"].as_str() {
        assert_eq!(proxy::message(&query).unwrap(), message.as_bytes());
    }
    check_signed(case, Signed::verify(&query, now(case), checker(case)).map(|_| ()));
}

/// Both orders are a proof of the secret; a code of neither is not.
fn ordering(case: &Value) {
    for code in case["expected"].as_object().unwrap().values() {
        let query = format!("{}&signature={}", input(case), text(code));
        assert!(Signed::verify(&query, now(case), checker(case)).is_ok(), "{code}");
    }
    let documented = text(&case["signed_message"]["pairs"]);
    assert_eq!(proxy::message(input(case)).unwrap(), documented.as_bytes());
}

fn launch(case: &Value) {
    let query = with_code(case, "hmac");
    match case["signed_message"].as_str() {
        Some(_) if text(&case["kind"]) == "oauth_hmac_nonconforming" => {}
        Some(message) => assert_eq!(oauth::message(&query).unwrap(), message),
        None => {}
    }
    check_signed(case, oauth::Launch::verify(&query, now(case), checker(case)).map(|_| ()));
}

/// A signature of the documentation's may be valid although its shop or its time is made up.
fn check_signed(case: &Value, outcome: Result<(), Rejection>) {
    let valid = match outcome {
        Ok(()) | Err(Rejection::NotAShop) => true,
        Err(Rejection::Malformed("timestamp")) => case["reject"].is_null(),
        Err(Rejection::Forged | Rejection::Repeated(_) | Rejection::Expired) => false,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(case["valid"], valid);
    assert_eq!(case["reject"].is_null(), valid || outcome == Err(Rejection::Forged));
    let made_up = input(case).contains("the+shop") || input(case).contains("the%20shop");
    assert!(!valid || outcome != Err(Rejection::NotAShop) || made_up);
    assert!(!valid || outcome.is_ok() || made_up || !input(case).contains("timestamp"));
}

fn webhook(case: &Value) {
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

/// Every one of the headers is needed; without the code the request is forged.
fn webhook_headers(case: &Value) {
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

fn shop_domain(case: &Value) {
    let shop = ShopDomain::parse(input(case));
    match &case["expected"] {
        Value::String(domain) => assert_eq!(shop.unwrap().as_str(), domain),
        valid => assert_eq!(*valid, shop.is_ok()),
    }
}

fn token(case: &Value) {
    let authorization = match input(case) {
        token if token.contains('.') => format!("Bearer {token}"),
        header => header.to_owned(),
    };
    let key = case["expected_aud"].as_str().unwrap_or_default();
    let session = session_token::bearer(&authorization)
        .and_then(|token| session_token::verify(token, key, now(case), checker(case)));
    assert_eq!(expected(case) == "accept", session.is_ok(), "{session:?}");
    if let Ok(session) = session {
        assert_eq!((session.shop.as_str(), session.user.as_str()), ("exampleshop.myshopify.com", "42"));
    }
}

fn liquid_body(case: &Value) {
    let wanted = text(&case["expected"]["body"]);
    match &case["input"] {
        Value::String(body) => assert_eq!(liquid::with_trailing_slashes(body), wanted),
        input => assert_eq!(liquid::without_layout(text(&input["body"])), wanted),
    }
}

fn token_request(case: &Value) {
    let request = match input(case) {
        "refresh" => Request::refresh("…", "…", "…"),
        _ => Request::exchange("…", "…", "<session token>"),
    };
    assert_eq!(serde_json::to_value(&request).unwrap(), case["expected"]["body"]);
    assert_eq!(token_request::PATH, case["expected"]["path"]);
    if let Some(error) = case["expected"]["error"].as_object() {
        let body = serde_json::json!({ "error": error["error"] }).to_string();
        let outcome = token_request::read(400, body.as_bytes());
        assert_eq!(outcome.err(), Some(token_request::Refusal::InvalidGrant));
    }
}

/// The query of a case, with its code if that is told apart from it.
fn with_code(case: &Value, name: &str) -> String {
    let separate = !input(case).contains(&format!("{name}="));
    let code = case["expected"].as_str().filter(|_| separate);
    code.map_or(input(case).to_owned(), |code| format!("{}&{name}={code}", input(case)))
}

/// The time of a case, or the time of its query.
fn now(case: &Value) -> u64 {
    let told = input(case).split('&').find_map(|pair| pair.strip_prefix("timestamp="));
    case["now"].as_u64().or_else(|| told?.parse().ok()).unwrap_or_default()
}

fn checker(case: &Value) -> impl Fn(&[u8], &[u8]) -> bool {
    |message, code| hmac_of(case).chain_update(message).verify_slice(code).is_ok()
}

fn sign(case: &Value, message: &[u8]) -> Vec<u8> {
    hmac_of(case).chain_update(message).finalize().into_bytes().to_vec()
}

fn hmac_of(case: &Value) -> Hmac<Sha256> {
    Hmac::new_from_slice(case["secret"].as_str().unwrap_or_default().as_bytes()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn input(case: &Value) -> &str {
    case["input"].as_str().unwrap_or_default()
}

fn expected(case: &Value) -> &str {
    text(&case["expected"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
