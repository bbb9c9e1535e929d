//! An adapter: key-value storage, blob storage and jobs, for platforms that have a database in `SQLite` and hosts of their
//! own around it, such as the Durable Objects of Cloudflare Workers. `crates/storage` has the logic.
#![cfg(target_arch = "wasm32")]
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/platform"],
        world: "wandstore:platform/backends",
        generate_all,
    });
}
mod guest;

use bindings::exports::wandstore::platform::counters;

/// The platform's interfaces.
mod platform {
    pub(crate) use crate::bindings::wandstore::capabilities::{clock, random};
    pub(crate) use crate::bindings::wandstore::platform::{outbound, sql, variables};

    /// Returns the most jobs under lease at once: no limit, because the host around this component has its own.
    pub(crate) fn leases_max() -> Option<u32> {
        None
    }
}

struct Component;

impl counters::Guest for Component {
    fn take(counters: Vec<counters::Counter>) -> Result<bool, String> {
        let counters: Vec<_> = counters.into_iter().map(Into::into).collect();
        guest::take(&counters).map_err(|failure| failure.to_string())
    }
}

model::conversions!(struct model::limits::Counter as counters::Counter { key, interval_ms, burst });

bindings::export!(Component with_types_in bindings);
