//! Faults on command, shared by all scripted backends.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The faults of a backend. Share it by `Arc` with the backend that it breaks.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Plan>);

#[derive(Debug, Default, Clone, Copy)]
struct Plan {
    broken: bool,
    fail_next: u32,
    delay: Option<Duration>,
}

/// An operation failed on command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("scripted failure")]
pub(crate) struct Injected;

impl Faults {
    /// Fails the next `count` operations, but not those after them.
    pub fn fail_next(&self, count: u32) {
        self.plan(|plan| plan.fail_next = count);
    }

    /// Fails every operation until [`restore`](Self::restore).
    pub fn break_all(&self) {
        self.plan(|plan| plan.broken = true);
    }

    /// Delays every operation by `delay` until [`restore`](Self::restore).
    pub fn delay(&self, delay: Duration) {
        self.plan(|plan| plan.delay = Some(delay));
    }

    /// Removes all faults.
    pub fn restore(&self) {
        self.plan(|plan| *plan = Plan::default());
    }

    /// Returns whether there are no faults.
    pub(crate) fn healthy(&self) -> bool {
        self.plan(|plan| !plan.broken && plan.fail_next == 0 && plan.delay.is_none())
    }

    /// Waits and fails as planned. Backends call it before each operation.
    pub(crate) async fn pass(&self) -> Result<(), Injected> {
        let (delay, fails) = self.plan(Plan::next);
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        if fails { Err(Injected) } else { Ok(()) }
    }

    fn plan<T>(&self, change: impl FnOnce(&mut Plan) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Plan {
    fn next(&mut self) -> (Option<Duration>, bool) {
        let fails = self.broken || self.fail_next > 0;
        self.fail_next = self.fail_next.saturating_sub(1);
        (self.delay, fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn exactly_the_given_number_of_operations_fails() {
        let faults = Faults::default();
        faults.fail_next(2);
        assert!(faults.pass().await.is_err());
        assert!(faults.pass().await.is_err());
        assert!(faults.pass().await.is_ok());
    }

    #[tokio::test]
    async fn delay_lasts_until_it_is_restored() {
        let faults = Faults::default();
        faults.delay(Duration::from_millis(10));
        let start = tokio::time::Instant::now();
        assert!(faults.pass().await.is_ok());
        assert!(start.elapsed() >= Duration::from_millis(10));
        faults.restore();
        assert!(faults.healthy());
    }
}
