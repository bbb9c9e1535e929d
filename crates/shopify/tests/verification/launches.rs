//! Queries with which the admin opens the app, and manipulated variants.

use proptest::prelude::*;
use shopify_verify::oauth::{self, Launch};
use shopify_verify::{Rejection, domain};

use crate::signing::{hex, mac};

const NOW_S: u64 = 1_700_000_000;
const QUERY: &str = "shop=a.myshopify.com&timestamp=1700000000";

fn check(message: &[u8], code: &[u8]) -> bool {
    mac("hush", message) == code
}

fn code(message: &str) -> String {
    hex(&mac("hush", message.as_bytes()))
}

fn signed(query: &str) -> String {
    format!("{query}&hmac={}", code(&oauth::message(query).unwrap()))
}

fn verify(query: &str) -> Result<Launch, Rejection> {
    Launch::verify(query, NOW_S, check)
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}

#[test]
fn a_launch_of_the_admin_is_verified() {
    let query = signed(&format!("host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYQ&{QUERY}"));
    assert_eq!(verify(&query).unwrap().host.unwrap().as_str(), "admin.shopify.com/store/a");
    assert_eq!(verify(&query.replace("=a.my", "=b.my")), Err(Rejection::Forged));
    let again = query.rsplit_once('&').unwrap().1;
    assert_eq!(verify(&format!("{query}&{again}")), Err(Rejection::Repeated("hmac")));
}

#[test]
fn special_characters_are_accepted_in_both_spellings_and_orders() {
    for (parameters, message) in [
        ("x=it%27s+5%7E", "&x=it%27s%205%7E"),
        ("x=it%27s+5%7E", "&x=it's 5~"),
        ("x=%C3%A9", "&x=%C3%A9"),
        ("x=%C3%A9", "&x=é"),
        ("x%3D%26y=1%3D%26%25", "&x%3D%26y=1%3D%26%25"),
        ("x%3D%26y=1%3D%26%25", "&x%3D%26y=1=%26%25"),
        ("x=1&x-y=2", "&x-y=2&x=1"),
        ("x=1&x-y=2", "&x=1&x-y=2"),
        ("x[]=%26%25%22&x[]=2", r#"&x=["%26%25\"", "2"]"#),
    ] {
        let code = code(&format!("{QUERY}{message}"));
        assert!(verify(&format!("{parameters}&{QUERY}&hmac={code}")).is_ok(), "{message}");
    }
}

#[test]
fn a_launch_that_is_not_utf_8_is_refused() {
    assert_eq!(verify(&format!("x=%FF&{QUERY}&hmac={}", "0".repeat(64))), Err(Rejection::Malformed("query")));
}

#[test]
fn a_list_cannot_be_cut_into_parameters_that_nobody_signed() {
    let host = domain::host_param("admin.shopify.com/store/a").replace('=', "");
    let query = signed(&format!("a[]={}&{QUERY}", encoded(&format!("1&host={host}&p="))));
    assert_eq!(verify(&query).unwrap().host, None);
    let (_, code) = query.rsplit_once('&').unwrap();
    let cut = format!("a={}&host={host}&p={}&{QUERY}&{code}", encoded("[\"1"), encoded("\"]"));
    assert_eq!(verify(&cut), Err(Rejection::Forged));
}

proptest! {
    #[test]
    fn a_launch_that_was_changed_is_refused_or_means_the_same(
        (name, value) in ("x[a-z=&%+ \\[\\]-]{0,4}", ".{0,12}"),
        at in any::<prop::sample::Index>(),
        byte in 32..127u8,
    ) {
        let query = signed(&format!("{}={}&{QUERY}", encoded(&name), encoded(&value)));
        let launch = verify(&query).unwrap();
        let mut changed = query.into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        if let Ok(accepted) = verify(&String::from_utf8(changed).unwrap()) {
            prop_assert_eq!(accepted, launch);
        }
    }
}
