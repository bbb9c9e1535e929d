//! A shop's domain is checked in two places: when data from Shopify is parsed (`ShopDomain`), and here, before a
//! request sends a shop's token. They agree on every shop that a merchant can have.

use proptest::prelude::*;
use shopify::ShopDomain;
use upstream::is_shop_domain;

/// Checks whether each of the two accepts a text, unchanged, as a shop's domain.
#[track_caller]
fn check(text: &str, is_parsed: bool, is_asked: bool) {
    let as_it_is = ShopDomain::parse(text).is_ok_and(|shop| shop.as_str() == text);
    assert_eq!((as_it_is, is_shop_domain(text)), (is_parsed, is_asked), "{text:?}");
}

#[test]
fn only_merchants_shops_are_requested() {
    for shop in ["a", "7", "magic-wands", "a--b", &"a".repeat(63)] {
        check(&format!("{shop}.myshopify.com"), true, true);
    }
    for neither in [
        "",
        "myshopify.com",
        ".myshopify.com",
        "-a.myshopify.com",
        "_a.myshopify.com",
        "A.myshopify.com",
        "a.b.myshopify.com",
        "a.myshopify.com.",
        "a.myshopify.com\n",
        "a.myshopify.com:443",
        "https://a.myshopify.com",
        "evil.example/.myshopify.com",
        "a.myshopify.com.evil.example",
        "admin.shopify.com/store/a",
        "а.myshopify.com", // Cyrillic
        &format!("{}.myshopify.com", "a".repeat(64)),
    ] {
        check(neither, false, false);
    }
    // These belong to Shopify's developers. Its libraries accept them, but no token is sent there.
    for parsed in
        ["a.myshopify.io", "a.dev-api.shop.dev", "a.shop.dev", "a_b.myshopify.com", "a-.myshopify.com"]
    {
        check(parsed, true, false);
    }
}

proptest! {
    #[test]
    fn a_merchants_shop_is_parsed_and_asked(label in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?") {
        check(&format!("{label}.myshopify.com"), true, true);
    }

    #[test]
    fn every_requested_domain_parses_to_itself(
        label in "[a-zA-Z0-9_.-]{0,66}",
        suffix in prop::sample::select(vec![".myshopify.com", ".myshopify.io", ".dev-api.shop.dev", ".shop.dev", ".example"]),
    ) {
        let text = label + suffix;
        if is_shop_domain(&text) {
            check(&text, true, true);
        }
    }
}
