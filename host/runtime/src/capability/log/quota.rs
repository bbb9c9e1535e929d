//! The log quota of a component, so that one that logs too much neither fills a disk nor slows its callers down. Time
//! is an argument.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most events of one call.
pub const EVENTS_PER_CALL_MAX: u32 = 100;
/// The most events of all calls of a component in a minute, and the most bytes of their texts.
const EVENTS_PER_MINUTE_MAX: u32 = 6_000;
const BYTES_PER_MINUTE_MAX: usize = 1 << 20;
/// The most bytes that an event counts: a longer one is cut when it is logged.
const BYTES_PER_EVENT_MAX: usize = 16 << 10;
const MINUTE: Duration = Duration::from_mins(1);

/// The events of one component in the current minute.
#[derive(Debug, Default)]
pub struct Quota(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: Option<Instant>,
    admitted: u32,
    bytes: usize,
    dropped: u64,
}

/// The decision about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The event is logged. If events were dropped before, their number is logged too.
    Logged {
        /// Events that were dropped in an earlier minute.
        dropped_before: u64,
    },
    /// The event is dropped and counted.
    Dropped,
}

impl Quota {
    /// Decides about an event with texts of so many bytes. `may_log` says whether the call has events of its own left.
    pub fn judge(&self, may_log: bool, bytes: usize, now: Instant) -> Verdict {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut dropped_before = 0;
        if window.began.is_none_or(|began| now.saturating_duration_since(began) >= MINUTE) {
            dropped_before = window.dropped;
            *window = Window { began: Some(now), ..Window::default() };
        }
        let bytes = bytes.min(BYTES_PER_EVENT_MAX);
        let has_room = window.admitted < EVENTS_PER_MINUTE_MAX
            && window.bytes.saturating_add(bytes) <= BYTES_PER_MINUTE_MAX;
        if may_log && has_room {
            window.admitted += 1;
            window.bytes += bytes;
            return Verdict::Logged { dropped_before };
        }
        window.dropped += 1 + dropped_before;
        Verdict::Dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_over_the_minutes_quota_are_dropped_and_counted() {
        let (quota, now) = (Quota::default(), Instant::now());
        for _ in 0..EVENTS_PER_MINUTE_MAX {
            assert_eq!(quota.judge(true, 9, now), Verdict::Logged { dropped_before: 0 });
        }
        for _ in 0..3 {
            assert_eq!(quota.judge(true, 9, now + MINUTE / 2), Verdict::Dropped);
        }
        assert_eq!(quota.judge(true, 9, now + MINUTE), Verdict::Logged { dropped_before: 3 });
        assert_eq!(quota.judge(true, 9, now + MINUTE), Verdict::Logged { dropped_before: 0 });
    }

    #[test]
    fn a_minutes_texts_have_a_limit() {
        let (quota, now) = (Quota::default(), Instant::now());
        for bytes in [BYTES_PER_EVENT_MAX, usize::MAX] {
            let quota = Quota::default();
            let logged = (0..100).filter(|_| quota.judge(true, bytes, now) != Verdict::Dropped).count();
            assert_eq!(logged, 64);
        }
        assert_eq!(quota.judge(true, 9, now), Verdict::Logged { dropped_before: 0 });
    }

    #[test]
    fn events_dropped_in_a_call_are_counted() {
        let (quota, now) = (Quota::default(), Instant::now());
        assert_eq!(quota.judge(false, 9, now), Verdict::Dropped);
        assert_eq!(quota.judge(false, 9, now + MINUTE), Verdict::Dropped);
        assert_eq!(quota.judge(true, 9, now + MINUTE * 2), Verdict::Logged { dropped_before: 2 });
    }
}
