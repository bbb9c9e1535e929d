//! When to ask the storefront: Spin has room for so many instances, and answers 500 beyond.

/// How long the first request of an instance waits to see whether Spin is busy.
pub const LOOK_MS: u64 = 5;
/// Spin is busy if it wakes an instance this much later than asked.
const LATE_MS_MIN: u64 = 2;
/// Requests of a burst are spread over so many times the delay that the burst causes, and over this time at most.
const SPREAD: u64 = 60;
const SPREAD_MS_MAX: u64 = 2_000;

/// The first pause. Each later one is twice as long, up to the longest.
const PAUSE_MS_MIN: u64 = 100;
const PAUSE_MS_MAX: u64 = 1_000;
/// No attempt begins later than this.
const BEGIN_MS_MAX: u64 = 8_000;

/// Returns how long a request waits for its turn, if Spin is busy: it woke the instance `late_ms` later than asked.
pub fn turn_ms(late_ms: u64, random: u64) -> Option<u64> {
    let spread_ms = (late_ms * SPREAD).min(SPREAD_MS_MAX);
    (late_ms >= LATE_MS_MIN).then(|| random % spread_ms)
}

/// Returns how long jobs that a request enqueued wait before they are started, so that the other shoppers of a burst go
/// first.
pub fn jobs_pause_ms(is_busy: bool, random: u64) -> u64 {
    if is_busy { random % SPREAD_MS_MAX } else { 0 }
}

/// Returns the pause before the next attempt, or `None` if there is no further attempt. `random` spreads the attempts of requests that
/// failed together.
pub fn pause_ms(attempts: u32, elapsed_ms: u64, random: u64) -> Option<u64> {
    let longest_ms = (PAUSE_MS_MIN << attempts.saturating_sub(1).min(10)).min(PAUSE_MS_MAX);
    let pause_ms = longest_ms / 2 + random % longest_ms;
    (elapsed_ms + pause_ms <= BEGIN_MS_MAX).then_some(pause_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_of_a_burst_wait_for_their_turn() {
        assert_eq!(turn_ms(0, 7), None);
        assert_eq!(turn_ms(1, 7), None);
        assert_eq!(turn_ms(10, 599), Some(599));
        assert_eq!(turn_ms(10, 600), Some(0));
        assert_eq!(turn_ms(60_000, 2_100), Some(100));
    }

    #[test]
    fn jobs_start_at_once_unless_spin_is_busy() {
        assert_eq!(jobs_pause_ms(false, 1_234), 0);
        assert_eq!(jobs_pause_ms(true, 2_100), 100);
    }

    #[test]
    fn attempts_are_spread_and_end() {
        assert_eq!(pause_ms(1, 0, 0), Some(50));
        assert_eq!(pause_ms(1, 0, 99), Some(149));
        assert_eq!(pause_ms(3, 100, 0), Some(200));
        assert_eq!(pause_ms(u32::MAX, 100, 0), Some(500));
        assert_eq!(pause_ms(9, 7_501, 0), None);
    }
}
