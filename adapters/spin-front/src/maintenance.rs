//! Runs a maintenance task part by part and renews its lease meanwhile. It knows nothing about the work itself.

/// The operations that run a maintenance task.
pub trait Run {
    /// How a maintenance task ended.
    type Outcome;

    /// Runs a part. Returns the outcome if it was the last one.
    fn part(&self) -> Option<Self::Outcome>;
    /// Renews the lease. Returns false if it was lost. An error is a text for the log.
    fn extend_lease(&self) -> Result<bool, String>;
    /// Returns the milliseconds since the epoch.
    fn now_ms(&self) -> u64;
}

/// Runs a task to its end and extends the lease whenever `keep_ms` have passed. Returns `None` if the lease was lost.
pub fn run<R: Run>(maintenance: &R, keep_ms: u64) -> Option<R::Outcome> {
    let mut kept_ms = maintenance.now_ms();
    loop {
        if let Some(outcome) = maintenance.part() {
            return Some(outcome);
        }
        let now_ms = maintenance.now_ms();
        if now_ms.saturating_sub(kept_ms) >= keep_ms {
            // If the queue does not answer, the lease may still be valid. Completing the job finds out.
            if maintenance.extend_lease() == Ok(false) {
                return None;
            }
            kept_ms = now_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A maintenance task with this many parts, each of which takes a second.
    struct Parts {
        left: Cell<u32>,
        kept: Cell<u32>,
        answer: Result<bool, String>,
    }

    impl Run for Parts {
        type Outcome = &'static str;

        fn part(&self) -> Option<&'static str> {
            self.left.set(self.left.get() - 1);
            (self.left.get() == 0).then_some("done")
        }

        fn extend_lease(&self) -> Result<bool, String> {
            self.kept.set(self.kept.get() + 1);
            self.answer.clone()
        }

        fn now_ms(&self) -> u64 {
            u64::from(100 - self.left.get()) * 1_000
        }
    }

    fn parts(left: u32, answer: Result<bool, String>) -> Parts {
        Parts { left: Cell::new(left), kept: Cell::new(0), answer }
    }

    #[test]
    fn every_part_is_done_and_the_lease_is_extended_now_and_then() {
        let maintenance = parts(10, Ok(true));
        assert_eq!(run(&maintenance, 3_000), Some("done"));
        assert_eq!((maintenance.left.get(), maintenance.kept.get()), (0, 3));
    }

    #[test]
    fn work_whose_lease_was_lost_is_dropped() {
        let maintenance = parts(10, Ok(false));
        assert_eq!(run(&maintenance, 3_000), None);
        assert_eq!(maintenance.left.get(), 7);
    }

    #[test]
    fn a_queue_that_does_not_answer_ends_nothing() {
        let maintenance = parts(10, Err("down".into()));
        assert_eq!(run(&maintenance, 3_000), Some("done"));
    }
}
