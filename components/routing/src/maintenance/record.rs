//! The progress of a maintenance task, and its audit record.

use std::collections::BTreeMap;

use model::{EventId, Key, ShopId};
use serde::{Deserialize, Serialize};

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

    /// Replaces the tally with the audit record.
    pub(super) fn close(
        &self,
        storage: &impl Storage,
        shop: &ShopId,
        cause: &EventId,
        what: &'static str,
        now_ms: u64,
    ) -> Result<(), Failure> {
        let audit = Audit { what, done_ms: now_ms, counts: &self.counts };
        storage.put(Key::Audit(shop, now_ms, cause), &json(&audit), None)?;
        let tally = Key::Tally(shop, cause);
        storage.remove(tally.store(), &tally.to_string()).map(|_removed| ())
    }
}
