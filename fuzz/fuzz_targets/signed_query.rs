//! Queries that Shopify signs, for the app proxy and for the admin.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shopify::ShopDomain;
use shopify::oauth::{self, Launch};
use shopify::proxy::{self, Prefix, Signed};

const NOW_S: u64 = 1_700_000_000;

fuzz_target!(|query: &str| {
    if let Ok(signed) = Signed::verify(query, NOW_S, |_, _| true) {
        assert_eq!(ShopDomain::parse(signed.shop.as_str()).as_ref(), Ok(&signed.shop));
        assert!(
            signed.prefix.as_ref().is_none_or(|prefix| Prefix::parse(prefix.as_str()).as_ref() == Ok(prefix))
        );
        assert!(signed.timestamp_s.abs_diff(NOW_S) <= shopify::WINDOW_S);
        assert!(signed.get("shop").is_none() && signed.get("signature").is_none());
    }
    assert!(Signed::verify(query, NOW_S, |_, _| false).is_err());
    if let Ok(launch) = Launch::verify(query, NOW_S, |_, _| true) {
        assert_eq!(ShopDomain::parse(launch.shop.as_str()), Ok(launch.shop));
    }
    // The signature does not sign itself.
    let again = format!("{query}&signature=0");
    assert_eq!(proxy::message(query), proxy::message(&again));
    let _ = oauth::message(query);
});
