//! The monotonic clock, in milliseconds.

use spin_sdk::wasip3::clocks::monotonic_clock;

const NS_PER_MS: u64 = 1_000_000;

/// Waits.
pub(crate) async fn pause(ms: u64) {
    monotonic_clock::wait_for(ms * NS_PER_MS).await;
}

/// Returns the milliseconds of the monotonic clock.
pub(crate) fn now_ms() -> u64 {
    monotonic_clock::now() / NS_PER_MS
}
