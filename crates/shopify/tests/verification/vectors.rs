//! All test vectors gathered from Shopify's documentation and libraries.

use serde_json::Value;
use shopify_verify::proxy::{self, Prefix, Signed};
use shopify_verify::token_request::{self, Refusal, Request};
use shopify_verify::{AdminHost, Rejection, ShopDomain, oauth, session_token};

use crate::signing;

mod webhooks;

#[test]
fn every_case_has_the_outcome_that_shopify_gives_it() {
    check_all(include_str!("../vectors/documented.json"), 72);
}

/// Cases from the libraries' own tests, and attacks. If libraries differ, a case says which one it follows.
#[test]
fn every_further_case_has_the_safest_outcome_that_shopifys_libraries_give_it() {
    check_all(include_str!("../vectors/further.json"), 300);
}

#[expect(clippy::print_stdout, reason = "shown only for the case that fails")]
fn check_all(vectors: &str, at_least: usize) {
    let cases: Vec<Value> = serde_json::from_str(vectors).unwrap();
    for case in &cases {
        println!("{} {} {}", case["kind"], case["name"], case["input"]);
        check(case);
    }
    assert!(cases.len() >= at_least);
}

fn check(case: &Value) {
    match text(&case["kind"]) {
        "app_proxy" => app_proxy(case),
        "app_proxy_ordering_corner" => ordering(case),
        "oauth_hmac" | "oauth_hmac_nonconforming" => launch(case),
        "webhook" => webhooks::signed(case),
        "hmac_sha256_hex" => assert_eq!(signing::hex(&sign(case, input(case).as_bytes())), expected(case)),
        "webhook_headers" => webhooks::headers(case),
        "webhook_request" => webhooks::request(case),
        "shop_domain" => shop_domain(case),
        "host_param" => assert_eq!(case["expected"], AdminHost::parse(input(case)).is_ok()),
        "session_token" => token(case),
        "path_prefix_shape" => assert_eq!(case["expected"], Prefix::parse(input(case)).is_ok()),
        "token_request" => token_request(case),
        "token_response" => token_response(case),
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

/// Both sort orders prove the secret; a MAC of neither does not.
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
    if let (true, Some(message)) = (case["valid"] == true, case["signed_message"].as_str()) {
        assert_eq!(signing::hex(&sign(case, message.as_bytes())), expected(case));
    }
    match case["signed_message"].as_str() {
        Some(message) if text(&case["kind"]) == "oauth_hmac" && case["spelling"].is_null() => {
            assert_eq!(oauth::message(&query).unwrap(), message);
        }
        _ => {}
    }
    check_signed(case, oauth::Launch::verify(&query, now(case), checker(case)).map(|_| ()));
}

/// A signature in the documentation may be valid although its shop, host or time is made up.
fn check_signed(case: &Value, outcome: Result<(), Rejection>) {
    let valid = match outcome {
        Ok(()) => true,
        Err(Rejection::Forged | Rejection::Repeated(_) | Rejection::Expired) => false,
        Err(Rejection::NotAShop | Rejection::Malformed(_)) => case["reject"].is_null(),
    };
    assert_eq!(case["valid"], valid, "{outcome:?}");
    assert_eq!(case["reject"].is_null(), valid || outcome == Err(Rejection::Forged), "{outcome:?}");
    let made_up = ["the+shop", "the%20shop", "host=host&"].iter().any(|text| input(case).contains(text));
    assert!(!valid || outcome.is_ok() || made_up || !input(case).contains("timestamp"), "{outcome:?}");
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
        assert_eq!(outcome.err(), Some(Refusal::InvalidGrant));
    }
}

fn token_response(case: &Value) {
    let status = case["input"]["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap();
    let outcome = token_request::read(status, text(&case["input"]["body"]).as_bytes());
    let told = match &outcome {
        Ok(tokens) => tokens.access_token.as_str(),
        Err(Refusal::InvalidSubjectToken) => "invalid_subject_token",
        Err(Refusal::InvalidGrant) => "invalid_grant",
        Err(Refusal::InvalidClient) => "invalid_client",
        Err(Refusal::Unavailable(_)) => "unavailable",
        Err(Refusal::Other(_)) => "other",
        Err(Refusal::Unreadable) => "unreadable",
    };
    assert_eq!(told, expected(case));
}

/// The query of a case, with its MAC if the case states it separately.
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
    |message, code| sign(case, message) == code
}

fn sign(case: &Value, message: &[u8]) -> [u8; 32] {
    signing::mac(case["secret"].as_str().unwrap_or_default(), message)
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
