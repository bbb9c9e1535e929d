//! What Spin and WASI supply, with the names and shapes of `wit/platform`.

pub(crate) mod outbound;
mod pause;
pub(crate) mod sql;

pub(crate) use crate::ambient::{clock, log, random};

use crate::Component;
use crate::bindings::exports::wandstore::capabilities::settings;

/// Returns the most jobs under lease at once: one for each member of the pool. Each takes an instance, and the room for
/// instances is the shoppers'.
#[expect(clippy::unnecessary_wraps, reason = "other platforms have no limit")]
pub(crate) fn leases_max() -> Option<u32> {
    Some(<Component as settings::Guest>::pool().size)
}

/// Takes one from each of these counters, or from none if one of them is used up. Returns whether it did.
pub(crate) fn take(counters: &[model::limits::Counter]) -> Result<bool, String> {
    crate::backends::take(counters).map_err(|failure| failure.to_string())
}

/// How long a reported mistake is not reported again.
const NEWS_SECONDS: u32 = 3_600;

/// Returns whether a mistake was not reported within the last hour by any instance: an instance lives for seconds.
pub(crate) fn is_news(mistake: &str) -> bool {
    crate::backends::set_if_absent(&format!("mistake:{mistake}"), NEWS_SECONDS)
}

pub(crate) mod timer {
    use crate::lease;
    use crate::platform::pause::pause;

    /// Waits, and extends the lease of the job meanwhile.
    pub(crate) fn sleep(ms: u32) {
        let mut left_ms = u64::from(ms);
        while left_ms > 0 {
            let part_ms = lease::due_in_ms().map_or(left_ms, |due_ms| left_ms.min(due_ms.max(1)));
            pause(part_ms).block();
            left_ms -= part_ms;
            lease::keep();
        }
    }
}

pub(crate) mod variables {
    use std::cell::RefCell;

    use crate::bindings::fermyon::spin::variables;

    /// The variable that holds the address of the client, as in `wit/platform`.
    const CLIENT: &str = "REMOTE_ADDR";

    thread_local! {
        static ADDRESS: RefCell<Option<String>> = const { RefCell::new(None) };
    }

    pub(crate) fn set_client(address: Option<String>) {
        ADDRESS.set(address);
    }

    /// Returns a variable. Spin's names are in lower case. A name that the manifest lacks is not set.
    pub(crate) fn get(name: &str) -> Option<String> {
        if name == CLIENT {
            return ADDRESS.with_borrow(Clone::clone);
        }
        variables::get(&name.to_ascii_lowercase()).ok().filter(|value| !value.is_empty())
    }
}
