//! A rate limit for a log line that anybody can trigger.

use std::sync::atomic::{AtomicU64, Ordering};

/// The minimum time between two lines.
const PAUSE_S: u64 = 60;

/// A log line's limiter, which holds when the line may be written again, in seconds since the epoch.
#[derive(Debug, Default)]
pub struct LogLimit(AtomicU64);

impl LogLimit {
    /// Returns whether the line may be written now, and if so starts a new pause.
    pub fn is_due(&self, now_s: u64) -> bool {
        let due = |not_before_s| (now_s >= not_before_s).then_some(now_s + PAUSE_S);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, due).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_once_a_minute() {
        let limit = LogLimit::default();
        let due = [1_000, 1_000, 1_059, 1_060, 1_061].map(|now_s| limit.is_due(now_s));
        assert_eq!(due, [true, false, false, true, false]);
    }
}
