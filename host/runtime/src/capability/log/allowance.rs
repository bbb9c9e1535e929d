//! The log quota of an instance, for its current call.

use std::sync::Arc;
use std::time::Instant;

use super::quota::{EVENTS_PER_CALL_MAX, Quota, Verdict};

/// An instance's remaining log quota.
#[derive(Debug, Default)]
pub struct Allowance {
    /// The quota of the component, which all of its instances share.
    pub quota: Arc<Quota>,
    /// Events that the current call may still log.
    events_left: u32,
}

impl Allowance {
    /// Gives the next call its events.
    pub fn begin_call(&mut self) {
        self.events_left = EVENTS_PER_CALL_MAX;
    }

    /// Decides about an event with texts of so many bytes.
    pub(super) fn judge(&mut self, bytes: usize) -> Verdict {
        let verdict = self.quota.judge(self.events_left > 0, bytes, Instant::now());
        if verdict != Verdict::Dropped {
            self.events_left = self.events_left.saturating_sub(1);
        }
        verdict
    }
}
