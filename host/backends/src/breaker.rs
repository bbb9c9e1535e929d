//! A circuit breaker: after a number of failures in a row it rejects calls for a while, then admits one as a probe.
//! Time is an argument.

use std::time::{Duration, Instant};

/// Decides whether to call an endpoint or a component.
#[derive(Debug)]
pub struct Breaker {
    failures_max: u32,
    /// The first, the next and the longest cool-down.
    cooldown_first: Duration,
    cooldown: Duration,
    cooldown_max: Duration,
    failures: u32,
    open_until: Option<Instant>,
    is_probed: bool,
}

impl Breaker {
    /// Returns a closed breaker that opens for `cooldown` after `failures_max` failures in a row.
    pub fn new(failures_max: u32, cooldown: Duration) -> Self {
        Self {
            failures_max: failures_max.max(1),
            cooldown_first: cooldown,
            cooldown,
            cooldown_max: cooldown,
            failures: 0,
            open_until: None,
            is_probed: false,
        }
    }

    /// Doubles the cool-down after each failed probe, up to `cooldown_max`.
    #[must_use]
    pub fn doubling_to(self, cooldown_max: Duration) -> Self {
        Self { cooldown_max, ..self }
    }

    /// Returns how long it stays open; `None` if it is not open.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        let left = self.open_until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Admits a call, or returns how long the breaker stays open. The first call after a cool-down is the
    /// probe; no other call is admitted for another cool-down, unless the probe succeeds.
    pub fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        if let Some(left) = self.remaining(now) {
            return Err(left);
        }
        if self.open_until.is_some() {
            self.open_until = Some(now + self.cooldown);
            self.is_probed = true;
        }
        Ok(())
    }

    /// Records a success and closes the breaker.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
        self.is_probed = false;
        self.cooldown = self.cooldown_first;
    }

    /// Records a failure, and opens the breaker once there are `failures_max` in a row.
    pub fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.failures_max {
            if std::mem::take(&mut self.is_probed) {
                self.cooldown = (self.cooldown * 2).min(self.cooldown_max);
            }
            self.open_until = Some(now + self.cooldown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(10);

    fn open_at(now: Instant) -> Breaker {
        let mut breaker = Breaker::new(3, COOLDOWN);
        for _ in 0..3 {
            assert_eq!(breaker.admit(now), Ok(()));
            breaker.failed(now);
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row() {
        let now = Instant::now();
        let mut breaker = open_at(now);
        assert_eq!(breaker.admit(now), Err(COOLDOWN));
        assert_eq!(breaker.admit(now + COOLDOWN / 2), Err(COOLDOWN / 2));
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let now = Instant::now();
        let mut breaker = Breaker::new(3, COOLDOWN);
        for _ in 0..10 {
            breaker.failed(now);
            breaker.failed(now);
            breaker.succeeded();
        }
        assert_eq!(breaker.admit(now), Ok(()));
    }

    #[test]
    fn after_the_cooldown_there_is_one_probe() {
        let now = Instant::now();
        let mut breaker = open_at(now);
        let later = now + COOLDOWN;
        assert_eq!(breaker.admit(later), Ok(()));
        assert_eq!(breaker.admit(later), Err(COOLDOWN));
    }

    #[test]
    fn a_probe_that_succeeds_closes_it_and_one_that_fails_does_not() {
        let now = Instant::now();
        let later = now + COOLDOWN;

        let mut breaker = open_at(now);
        breaker.admit(later).unwrap();
        breaker.failed(later);
        assert_eq!(breaker.admit(later), Err(COOLDOWN));

        let mut breaker = open_at(now);
        breaker.admit(later).unwrap();
        breaker.succeeded();
        assert_eq!((breaker.admit(later), breaker.admit(later)), (Ok(()), Ok(())));
    }

    #[test]
    fn the_cooldown_doubles_with_each_probe_that_fails_up_to_the_longest() {
        let mut now = Instant::now();
        let mut breaker = Breaker::new(1, COOLDOWN).doubling_to(COOLDOWN * 3);
        breaker.failed(now);
        for cooldown in [COOLDOWN, COOLDOWN * 2, COOLDOWN * 3, COOLDOWN * 3] {
            assert_eq!(breaker.remaining(now), Some(cooldown));
            now += cooldown;
            breaker.admit(now).unwrap();
            breaker.failed(now);
            // An answer to a question from before the breaker opened is not a probe.
            breaker.failed(now);
        }
        breaker.succeeded();
        breaker.failed(now);
        assert_eq!(breaker.remaining(now), Some(COOLDOWN));
    }

    #[test]
    fn a_probe_that_never_comes_back_is_followed_by_another() {
        let now = Instant::now();
        let mut breaker = open_at(now);
        breaker.admit(now + COOLDOWN).unwrap();
        assert_eq!(breaker.admit(now + COOLDOWN * 2), Ok(()));
    }
}
