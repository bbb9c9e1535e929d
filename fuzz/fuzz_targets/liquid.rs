//! Text and markup on their way into a theme.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shopify::liquid::{escape, with_trailing_slashes};

fuzz_target!(|text: &str| {
    assert!(!escape(text).contains(['"', '\'', '<', '>', '{', '}', '%']));
    let once = with_trailing_slashes(text);
    assert_eq!(once.replace('/', ""), text.replace('/', ""));
    assert_eq!(with_trailing_slashes(&once), once);
});
