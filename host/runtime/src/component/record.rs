//! How the calls of a component ended.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// The reason why a call failed. The failure is logged where it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failure {
    /// The component trapped.
    #[error("the component trapped")]
    Trap,
    /// The component computed for too long.
    #[error("the component exceeded its time limit")]
    Compute,
    /// The component waited for too long.
    #[error("the component did not answer in time")]
    Wall,
    /// The component asked for more memory than its limit.
    #[error("the component ran out of memory")]
    Memory,
    /// No instance was free.
    #[error("no instance of the component is free")]
    Busy,
    /// The component failed on every call before this one, and was not called.
    #[error("the component failed on every call and is skipped for a while")]
    Skipped,
}

impl Failure {
    /// Returns the name in metrics and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Compute => "compute_deadline",
            Self::Wall => "wall_deadline",
            Self::Memory => "memory_limit",
            Self::Busy => "busy",
            Self::Skipped => "skipped",
        }
    }

    pub(super) const ALL: [Self; 6] =
        [Self::Trap, Self::Compute, Self::Wall, Self::Memory, Self::Busy, Self::Skipped];
}

/// How many calls of a version ended, and how many of them failed.
#[derive(Debug, Default)]
pub struct Record {
    calls: AtomicU64,
    failures: AtomicU64,
}

impl Record {
    /// Counts a call. Returns how many there are now.
    pub fn count(&self, has_failed: bool) -> u64 {
        if has_failed {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Returns the number of calls, and how many of them failed.
    pub fn counts(&self) -> [u64; 2] {
        [self.calls.load(Ordering::Relaxed), self.failures.load(Ordering::Relaxed)]
    }

    /// Returns whether a greater share of these calls failed than of the other version's. One that was never called
    /// never failed.
    pub fn is_worse_than(&self, other: &Self) -> bool {
        let ([calls, failures], [others, others_failures]) = (self.counts(), other.counts());
        failures.saturating_mul(others.max(1)) > others_failures.saturating_mul(calls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(calls: u64, failures: u64) -> Record {
        Record { calls: calls.into(), failures: failures.into() }
    }

    #[test]
    fn shares_of_failures_are_compared() {
        for (new, old, is_worse) in [
            ((3, 3), (0, 0), true),
            ((3, 0), (0, 0), false),
            ((100, 3), (1_000, 30), false),
            ((100, 3), (1_000, 29), true),
            ((3, 3), (10, 10), false),
            ((u64::MAX, 1), (u64::MAX, 0), true),
        ] {
            let [new_record, old_record] = [new, old].map(|(calls, failures)| record(calls, failures));
            assert_eq!(new_record.is_worse_than(&old_record), is_worse, "{new:?} after {old:?}");
        }
    }
}
