//! The progress of a maintenance task, and its audit record.

use std::collections::BTreeMap;

use model::{EventId, Key, ShopId};
use serde::{Deserialize, Serialize};

use crate::capabilities::{Clock, Failure, Storage};
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
    /// When the task was done, except for a last look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done_ms: Option<u64>,
    /// How many items were deleted or reported, by kind.
    counts: BTreeMap<String, u32>,
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

    pub(super) fn keep(&self, storage: &impl Storage, shop: &ShopId, cause: &EventId) -> Result<(), Failure> {
        storage.put(Key::Tally(shop, cause), &json(self), Some(TALLY_TTL_SECONDS))
    }

    /// Returns how long to wait until `after_ms` have passed since the task was done, which is now unless an earlier part
    /// said so; `None` if they have passed.
    pub(super) fn wait_ms(&mut self, now_ms: u64, after_ms: u64) -> Option<u64> {
        let done_ms = *self.done_ms.get_or_insert(now_ms);
        let left_ms = done_ms.saturating_add(after_ms).saturating_sub(now_ms);
        // The clock may have been set back.
        (left_ms > 0).then_some(left_ms.min(after_ms))
    }

    /// Writes the audit record.
    pub(super) fn record(
        &self,
        deployment: &(impl Storage + Clock),
        shop: &ShopId,
        cause: &EventId,
        what: &'static str,
    ) -> Result<(), Failure> {
        let done_ms = self.done_ms.unwrap_or_else(|| deployment.now_ms());
        let audit = Audit { what, done_ms, counts: &self.counts };
        deployment.put(Key::Audit(shop, done_ms, cause), &json(&audit), None)
    }

    /// Replaces the tally with the audit record.
    pub(super) fn close(
        &self,
        deployment: &(impl Storage + Clock),
        shop: &ShopId,
        cause: &EventId,
        what: &'static str,
    ) -> Result<(), Failure> {
        self.record(deployment, shop, cause, what)?;
        let tally = Key::Tally(shop, cause);
        deployment.remove(tally.store(), &tally.to_string()).map(|_removed| ())
    }
}
