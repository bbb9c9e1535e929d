//! Domains of shops, `host` parameters, prefixes, and ids of stores.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{ShopId, ShopperId};
use shopify::domain::host_param;
use shopify::proxy::Prefix;
use shopify::{AdminHost, ShopDomain};

fuzz_target!(|text: &str| {
    if let Ok(shop) = ShopDomain::parse(text) {
        let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        assert!(shop.as_str().bytes().all(fits) && !shop.as_str().starts_with('.'));
        assert_eq!(ShopDomain::parse(shop.as_str()), Ok(shop));
    }
    let _ = AdminHost::parse(text);
    if let Ok(host) = AdminHost::parse(&host_param(text)) {
        assert_eq!(host.as_str(), text);
        assert!(
            text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(['@', ':', '?', '#', '\\'])
        );
    }
    if Prefix::parse(text).is_ok() {
        assert!(text.starts_with('/') && !text.starts_with("//"));
    }
    if ShopId::parse(text).is_ok() || ShopperId::parse(text).is_ok() {
        assert!(!text.contains([':', '/', '%', '\0']) && !text.contains(".."));
    }
});
