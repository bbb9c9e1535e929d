//! The circuit breaker of a component: a component that fails on every call is skipped for a while.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use capabilities::breaker::Breaker;

/// After this many failures in a row …
const FAILURES_MAX: u32 = 5;
/// … a component is skipped for this long, and for twice as long after each probe that fails …
const COOLDOWN: Duration = Duration::from_secs(2);
/// … up to this.
const COOLDOWN_MAX: Duration = Duration::from_mins(1);

/// A circuit breaker that costs nothing while no call fails.
pub struct Fuse {
    is_troubled: AtomicBool,
    breaker: Mutex<Breaker>,
}

impl Fuse {
    /// Creates a closed breaker.
    pub fn new() -> Self {
        let breaker = Breaker::new(FAILURES_MAX, COOLDOWN).doubling_to(COOLDOWN_MAX);
        Self { is_troubled: AtomicBool::new(false), breaker: Mutex::new(breaker) }
    }

    /// Admits a call, or returns how long calls are still skipped.
    pub fn admit(&self) -> Result<(), Duration> {
        if self.is_troubled.load(Ordering::Relaxed) { self.breaker().admit(Instant::now()) } else { Ok(()) }
    }

    /// Returns how long calls are still skipped.
    pub fn remaining(&self) -> Option<Duration> {
        self.breaker().remaining(Instant::now())
    }

    /// Records a call that was answered.
    pub fn succeeded(&self) {
        if self.is_troubled.load(Ordering::Relaxed) {
            self.breaker().succeeded();
            self.is_troubled.store(false, Ordering::Relaxed);
        }
    }

    /// Records a call that failed. Returns how long the component is now skipped, if it is.
    pub fn failed(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut breaker = self.breaker();
        self.is_troubled.store(true, Ordering::Relaxed);
        breaker.failed(now);
        breaker.remaining(now)
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
