//! Approval: in a shop that shows only what its merchant approved, every page is of a plan that was approved.

use std::collections::BTreeSet;

use super::{Verdict, ensure};

/// The approved plans: their blocks and texts, as JSON, without their origin.
#[derive(Debug, Default)]
pub(crate) struct Approvals(BTreeSet<String>);

impl Approvals {
    /// Records that a plan is being approved.
    pub(crate) fn approved(&mut self, plan: &str) {
        let plan: serde_json::Value = serde_json::from_str(plan).expect("what waits is a plan");
        self.0.insert(plan["plan"].to_string());
    }

    /// Checks the plan of a page that was stored: the object with it, as JSON.
    pub(crate) fn stored(&self, name: &str, object: &[u8]) -> Verdict {
        let object = std::str::from_utf8(object).unwrap_or_default();
        let is_approved = self.0.iter().any(|plan| object.contains(plan.as_str()));
        ensure!(is_approved, "{name} has a plan that nobody approved");
        Ok(())
    }
}
