//! An adapter: settings, secrets, upstreams and the language model, for platforms that have variables, outbound HTTP and a
//! timer, such as Cloudflare Workers. `crates/deployment` has the logic.
//!
//! It keeps nothing between calls except the variables, so that any number of its instances may run at once.
#![cfg(target_arch = "wasm32")]
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/platform"],
        world: "wandstore:platform/services",
        generate_all,
    });
}
mod guest;

/// The platform's interfaces.
mod platform {
    pub(crate) use crate::bindings::wandstore::capabilities::{clock, log, random};
    pub(crate) use crate::bindings::wandstore::platform::{outbound, timer, variables};

    /// Takes one from each of these counters, or from none if one of them is used up. Returns whether it did.
    pub(crate) fn take(counters: &[model::limits::Counter]) -> Result<bool, String> {
        let counters: Vec<_> = counters.iter().cloned().map(Into::into).collect();
        crate::bindings::wandstore::platform::counters::take(&counters)
    }

    /// Returns whether a mistake was not reported before. An instance lives long enough to report each.
    pub(crate) fn is_news(_: &str) -> bool {
        true
    }
}

model::conversions!(struct model::limits::Counter as bindings::wandstore::platform::counters::Counter {
    key, interval_ms, burst
});

struct Component;

bindings::export!(Component with_types_in bindings);
