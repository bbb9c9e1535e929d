//! Session tokens that are forged, or meant for another app or shop.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shopify_verify::session_token::{Error, Session, bearer, verify};

use crate::signing;

const NOW_S: u64 = 1_700_000_000;

fn token(header: &Value, claims: &Value) -> String {
    signing::token("hush", header, claims)
}

fn claims() -> Value {
    json!({
        "iss": "https://a.myshopify.com/admin",
        "dest": "https://a.myshopify.com",
        "aud": "key",
        "sub": "42",
        "exp": NOW_S + 60,
        "nbf": NOW_S,
        "iat": NOW_S,
        "jti": "f8912129",
        "sid": "aaea182f",
    })
}

/// The claims with one of them changed, or removed by null.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let fields = claims.as_object_mut().unwrap();
    fields.insert(name.to_owned(), value);
    fields.retain(|_, value| !value.is_null());
    claims
}

fn read(token: &str) -> Result<Session, Error> {
    verify(token, "key", NOW_S, |message, code| signing::mac("hush", message) == code)
}

fn of(claims: &Value) -> Result<Session, Error> {
    read(&token(&json!({ "alg": "HS256", "typ": "JWT" }), claims))
}

#[test]
fn a_token_says_who_is_asking() {
    let session = of(&claims()).unwrap();
    assert_eq!((session.shop.as_str(), session.user.as_str()), ("a.myshopify.com", "42"));
    assert_eq!(session.expires_s, NOW_S + 60);
}

#[test]
fn a_token_signed_in_another_way_is_refused_before_it_is_checked() {
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "None" }),
        json!({ "alg": "hs256" }),
        json!({ "alg": "HS512" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "" }),
        json!({ "alg": "HS256", "crit": ["exp"] }),
        json!({ "alg": "HS256", "crit": [] }),
        json!({ "alg": "HS256", "crit": null }),
    ] {
        let unchecked = verify(&token(&header, &claims()), "key", NOW_S, |_, _| panic!("checked"));
        assert_eq!(unchecked, Err(Error::Algorithm), "{header}");
    }
    assert_eq!(read(&token(&json!({}), &claims())), Err(Error::Malformed));
}

#[test]
fn a_token_of_an_invalid_shop_is_refused() {
    for dest in [
        "https://a.myshopify.com.evil.example",
        "https://evil.example",
        "https://A.myshopify.com",
        "http://a.myshopify.com",
        "https://a.myshopify.com/",
        "https://user@a.myshopify.com",
        "a.myshopify.com",
    ] {
        let mut claims = with("dest", dest.into());
        claims["iss"] = format!("{dest}/admin").into();
        assert_eq!(of(&claims), Err(Error::Issuer), "{dest}");
    }
    for iss in ["https://b.myshopify.com/admin", "https://a.myshopify.com", "https://a.myshopify.com/admin/"]
    {
        assert_eq!(of(&with("iss", iss.into())), Err(Error::Issuer), "{iss}");
    }
}

#[test]
fn a_token_for_another_app_is_refused() {
    assert_eq!(of(&with("aud", "other".into())), Err(Error::Audience));
    assert_eq!(of(&with("aud", json!(["key"]))), Err(Error::Malformed));
    let unconfigured =
        verify(&token(&json!({ "alg": "HS256" }), &with("aud", "".into())), "", NOW_S, |_, _| true);
    assert_eq!(unconfigured, Err(Error::Audience));
}

#[test]
fn ten_seconds_are_forgiven() {
    for (name, value, expected) in [
        ("exp", NOW_S - 9, None),
        ("exp", NOW_S - 10, Some(Error::Expired)),
        ("nbf", NOW_S + 10, None),
        ("nbf", NOW_S + 11, Some(Error::Expired)),
        ("exp", u64::MAX, None),
        ("nbf", u64::MAX, Some(Error::Expired)),
    ] {
        assert_eq!(of(&with(name, value.into())).err(), expected, "{name} {value}");
    }
}

#[test]
fn a_token_with_a_missing_or_mistyped_claim_is_refused() {
    for name in ["iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid"] {
        assert_eq!(of(&with(name, Value::Null)), Err(Error::Malformed), "{name}");
    }
    for name in ["exp", "nbf", "iat"] {
        for value in [json!("1700000000"), json!(true), json!([NOW_S])] {
            assert_eq!(of(&with(name, value.clone())), Err(Error::Malformed), "{name} {value}");
        }
    }
    for sub in ["", "gid://shopify/Customer/42", "-42", "4 2", "٤٢", "123456789012345678901"] {
        assert_eq!(of(&with("sub", sub.into())), Err(Error::Malformed), "{sub}");
    }
}

#[test]
fn an_array_is_no_token_although_its_elements_are_the_claims() {
    let claims = claims();
    let values = ["iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid"].map(|name| &claims[name]);
    assert_eq!(of(&json!(values)), Err(Error::Malformed));
    assert_eq!(read(&token(&json!(["HS256", false]), &claims)), Err(Error::Malformed));
}

#[test]
fn a_time_may_have_a_fraction_and_counts_to_the_disadvantage_of_the_token() {
    let session = of(&with("exp", json!(1_700_000_059.75))).unwrap();
    assert_eq!(session.expires_s, NOW_S + 59);
    for (name, value, expected) in [
        ("exp", json!(1_699_999_990.999), Some(Error::Expired)),
        ("exp", json!(1_699_999_991.001), None),
        ("exp", json!(-1), Some(Error::Expired)),
        ("exp", json!(1e300), None),
        ("nbf", json!(1_700_000_009.5), None),
        ("nbf", json!(1_700_000_010.5), Some(Error::Expired)),
        ("nbf", json!(-1e300), None),
        ("iat", json!(1_700_000_010), None),
        ("iat", json!(1_700_000_010.5), Some(Error::Expired)),
    ] {
        assert_eq!(of(&with(name, value.clone())).err(), expected, "{name} {value}");
    }
}

#[test]
fn a_changed_token_is_forged_and_one_without_three_parts_is_malformed() {
    let token = token(&json!({ "alg": "HS256" }), &claims());
    let (signed, mac) = token.rsplit_once('.').unwrap();
    let (header, body) = signed.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(with("sub", "43".into()).to_string());
    assert_eq!(read(&format!("{header}.{other}.{mac}")), Err(Error::Forged));
    assert_eq!(read(&format!("{signed}.")), Err(Error::Forged));
    for wrong in [
        String::new(),
        signed.to_owned(),
        format!("{token}.x"),
        format!("{token}="),
        format!("{header}.{body}.+/"),
    ] {
        assert_eq!(read(&wrong), Err(Error::Malformed), "{wrong}");
    }
    assert_eq!(read(&format!("{token}{}", "A".repeat(8192))), Err(Error::Malformed));
}

#[test]
fn only_a_bearer_has_a_token() {
    assert_eq!(bearer("Bearer a.b.c"), Ok("a.b.c"));
    assert_eq!(bearer("bearer a.b.c"), Ok("a.b.c"));
    for header in
        ["", "Bearer", "Bearer ", "Basic a.b.c", "Bearer a b", "Bearer  a", "a.b.c", "Bad auth header"]
    {
        assert_eq!(bearer(header), Err(Error::Malformed), "{header:?}");
    }
}
