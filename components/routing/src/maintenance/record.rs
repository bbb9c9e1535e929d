//! Where a maintenance task is, and what is kept of it once it is done.

use std::collections::BTreeMap;

use names::{EventId, Key, StoreId};
use serde::{Deserialize, Serialize};

use crate::capabilities::{Failure, Storage};

/// How long the tally of a maintenance task outlives its last part: longer than any maintenance task is tried.
const TALLY_TTL_SECONDS: u32 = 30 * 24 * 60 * 60;
/// More than any tally is long.
const BYTES_MAX: u32 = 4096;

/// How far a maintenance task is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// How many steps are done.
    pub(super) step: usize,
    /// How far into its step it is, where that cannot be seen from what is left.
    pub(super) after: Option<String>,
    /// How much was forgotten or reported, by what it is.
    counts: BTreeMap<String, u32>,
}

/// What is kept of a maintenance task that is done: what, when, how much; never whose.
#[derive(Serialize)]
struct Audit<'a> {
    what: &'static str,
    done_ms: u64,
    counts: &'a BTreeMap<String, u32>,
}

impl Tally {
    /// Where the maintenance task was left. One that was never begun, or cannot be read, begins at its beginning.
    pub(super) fn recall(storage: &impl Storage, store: &StoreId, cause: &EventId) -> Result<Self, Failure> {
        let found = storage.read(Key::Tally(store, cause), BYTES_MAX)?;
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

    pub(super) fn keep(
        &self,
        storage: &impl Storage,
        store: &StoreId,
        cause: &EventId,
    ) -> Result<(), Failure> {
        storage.put(Key::Tally(store, cause), &json(self), Some(TALLY_TTL_SECONDS))
    }

    /// Leaves the audit record in place of the tally.
    pub(super) fn close(
        &self,
        storage: &impl Storage,
        store: &StoreId,
        cause: &EventId,
        what: &'static str,
        now_ms: u64,
    ) -> Result<(), Failure> {
        let audit = Audit { what, done_ms: now_ms, counts: &self.counts };
        storage.put(Key::Audit(store, now_ms, cause), &json(&audit), None)?;
        let tally = Key::Tally(store, cause);
        storage.remove(tally.store(), &tally.to_string()).map(|_removed| ())
    }
}

fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("a document of plain fields has a JSON form")
}
