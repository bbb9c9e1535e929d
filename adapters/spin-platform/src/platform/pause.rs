//! Pauses on the monotonic clock of WASI.

use wasi::clocks::monotonic_clock;
use wasi::io::poll::Pollable;

/// The clocks of WASI count nanoseconds.
pub(crate) const NS_PER_MS: u64 = 1_000_000;

/// Returns what is ready after so many milliseconds.
pub(crate) fn pause(ms: u64) -> Pollable {
    monotonic_clock::subscribe_duration(ms * NS_PER_MS)
}
