//! Session tokens: arbitrary bytes, and well-formed tokens with arbitrary claims.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use shopify::ShopDomain;
use shopify::session_token::{bearer, verify};

const NOW_S: u64 = 1_700_000_000;

fuzz_target!(|input: &str| {
    let _ = bearer(input);
    let _ = verify(input, "key", NOW_S, |_, _| true);
    let claims = URL_SAFE_NO_PAD.encode(input);
    let token = format!("eyJhbGciOiJIUzI1NiJ9.{claims}.AAAA");
    assert!(verify(&token, "key", NOW_S, |_, _| false).is_err());
    if let Ok(session) = verify(&token, "key", NOW_S, |_, _| true) {
        assert!(session.expires_s.saturating_add(10) > NOW_S);
        assert_eq!(ShopDomain::parse(session.shop.as_str()), Ok(session.shop));
    }
    let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
    assert!(verify(&unsigned, "key", NOW_S, |_, _| true).is_err());
});
