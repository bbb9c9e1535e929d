//! The progress of a maintenance task, and its audit record.

use std::collections::BTreeMap;

use model::{EventId, Key, ShopId};
use serde::{Deserialize, Serialize};

use super::LATE_MS;
use crate::capabilities::{Failure, Storage};
use crate::http::json;

/// How long a tally outlives the task's last part: longer than any maintenance task is tried.
const TALLY_TTL_SECONDS: u32 = 30 * 24 * 60 * 60;
/// An upper bound on the size of a tally.
const BYTES_MAX: u32 = 4096;

/// The progress of a maintenance task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// The number of steps that are done.
    pub(super) step: usize,
    /// The last key that the current step looked at, if the step cannot tell its progress from what is left.
    pub(super) after: Option<String>,
    /// How many items were deleted or reported, by kind.
    counts: BTreeMap<String, u32>,
    /// The time of the audit record, if that was written before the last step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded_ms: Option<u64>,
}

/// The audit record of a finished task: what was done, when, and how many items; never whose they were.
#[derive(Serialize)]
struct Audit<'a> {
    what: &'static str,
    done_ms: u64,
    counts: &'a BTreeMap<String, u32>,
}

impl Tally {
    /// Reads the tally of a task. A task without a tally, or with an unreadable one, starts at the beginning.
    pub(super) fn recall(storage: &impl Storage, shop: &ShopId, cause: &EventId) -> Result<Self, Failure> {
        let found = storage.read(Key::Tally(shop, cause), BYTES_MAX)?;
        Ok(found.and_then(|found| serde_json::from_slice(&found.bytes).ok()).unwrap_or_default())
    }

    pub(super) fn add(&mut self, what: &str, count: u32) {
        let sum = self.counts.entry(what.to_owned()).or_default();
        *sum = sum.saturating_add(count);
    }

    pub(super) fn begin_next(&mut self) {
        self.step += 1;
        self.after = None;
    }

    /// Returns how long the last step has to wait, if it does. If the clock was set back, no longer than from its start.
    pub(super) fn wait_ms(&self, now_ms: u64) -> Option<u64> {
        let due_ms = self.recorded_ms?.saturating_add(LATE_MS);
        Some(due_ms.saturating_sub(now_ms).min(LATE_MS)).filter(|wait_ms| *wait_ms > 0)
    }

    /// Returns whether the audit record was written.
    pub(super) fn is_recorded(&self) -> bool {
        self.recorded_ms.is_some()
    }

    pub(super) fn keep(&self, storage: &impl Storage, shop: &ShopId, cause: &EventId) -> Result<(), Failure> {
        storage.put(Key::Tally(shop, cause), &json(self), Some(TALLY_TTL_SECONDS))
    }

    /// Writes the audit record before the last step. If only that fails, it is written at the end.
    pub(super) fn record(
        &mut self,
        storage: &impl Storage,
        shop: &ShopId,
        cause: &EventId,
        what: &'static str,
        now_ms: u64,
    ) -> Result<(), Failure> {
        self.recorded_ms = Some(now_ms);
        self.keep(storage, shop, cause)?;
        self.audit(storage, shop, cause, what, now_ms)
    }

    /// Replaces the tally with the audit record, or with its final version.
    pub(super) fn close(
        &self,
        storage: &impl Storage,
        shop: &ShopId,
        cause: &EventId,
        what: &'static str,
        now_ms: u64,
    ) -> Result<(), Failure> {
        self.audit(storage, shop, cause, what, self.recorded_ms.unwrap_or(now_ms))?;
        let tally = Key::Tally(shop, cause);
        storage.remove(tally.store(), &tally.to_string()).map(|_removed| ())
    }

    fn audit(
        &self,
        storage: &impl Storage,
        shop: &ShopId,
        cause: &EventId,
        what: &'static str,
        done_ms: u64,
    ) -> Result<(), Failure> {
        let audit = Audit { what, done_ms, counts: &self.counts };
        storage.put(Key::Audit(shop, done_ms, cause), &json(&audit), None)
    }
}
