//! Whole requests to routing: every request gets an answer, and none is a server error, also
//! where everything is out of order. Every signature is good here.
#![no_main]

use fuzz::request::Request;
use fuzz::world::{Bytes, World};
use libfuzzer_sys::fuzz_target;
use routes::{Caller, Route};
use routing::{Body, Reply};

fuzz_target!(|input: &[u8]| {
    let request = Request::read(input);
    for broken in [false, true] {
        let world = World::new(broken);
        let (method, target) = request.target();
        let reply = routing::handle(&world, method, target, &request);
        check(&reply);
        assert_eq!(reply.route, Route::at(target.split('?').next().unwrap_or_default()));
        for key in world.keys() {
            assert!(key.split(':').count() >= 2 && !key.contains("..") && !key.contains(char::is_whitespace));
        }
    }
});

fn check(Reply { response, route, .. }: &Reply<Bytes>) {
    // Only webhooks, which Shopify repeats, and the operator's routes may fail.
    let caller = route.map(|route| route.rule().caller);
    let may_fail = matches!(caller, Some(Caller::Shopify | Caller::Operator));
    assert!(response.status < 500 || may_fail, "{}", response.status);
    for line in response.headers.lines() {
        let (name, value) = line.split_once(": ").expect("a field line");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        assert!(!value.contains(char::is_control), "{line}");
    }
    if route.is_some_and(|route| route.rule().trusts_forwarded) {
        let content = match &response.body {
            Body::Empty => &[][..],
            Body::Bytes(bytes) | Body::Value(Bytes(bytes)) => bytes,
        };
        let content = String::from_utf8_lossy(content);
        let is_liquid = response.headers.contains("application/liquid");
        let content = if is_liquid { within_theme(&content) } else { &content };
        let runs = content.contains("{{") || content.contains("{%");
        assert!(response.status != 200 || !runs, "Liquid that would be run");
    }
}

/// Returns the content of a page within a theme, without the Liquid around it.
fn within_theme(page: &str) -> &str {
    let (_, rest) = page.split_once("{%- capture content -%}").unwrap_or_default();
    rest.rsplit_once("{%- endcapture -%}").unwrap_or_default().0
}
