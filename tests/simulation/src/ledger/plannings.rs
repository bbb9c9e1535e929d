//! Planning for segments: one job at a time has the lease on it, and a shared plan has nothing of any shopper.

use std::collections::BTreeMap;

use super::{SKEW_MS, Verdict, ensure};
use crate::page::Facts;

/// The lease of each segment: the job that has it, and until when.
#[derive(Debug, Default)]
pub(crate) struct Plannings(BTreeMap<String, (String, u64)>);

impl Plannings {
    /// Records a lease that was written at this time.
    pub(crate) fn leased(&mut self, key: &str, bytes: &[u8], now_ms: u64) -> Verdict {
        let lease = str::from_utf8(bytes).ok().and_then(|text| text.split_once(' '));
        let (job, until_ms) = lease.ok_or_else(|| format!("{key} is no lease"))?;
        let until_ms = until_ms.parse().map_err(|_| format!("{key} has no end"))?;
        let before = self.0.insert(key.to_owned(), (job.to_owned(), until_ms));
        if until_ms > now_ms + caching::PLANNING_MS + SKEW_MS {
            // The clock was set back after the job read it. Any lease before then seemed to be over, and this one seems to
            // last too long.
            self.0.remove(key);
            return Ok(());
        }
        let is_theirs = before.is_some_and(|(other, until_ms)| other != job && until_ms > now_ms + SKEW_MS);
        ensure!(!is_theirs, "{key} was leased to {job} while another job has it");
        Ok(())
    }

    /// Records that a lease was deleted, as with its shop.
    pub(crate) fn deleted(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Records that the clock was set back: a lease that then seems to last too long is as good as over.
    pub(crate) fn set_back(&mut self) {
        self.0.clear();
    }

    /// Checks a plan that was stored for a segment.
    pub(crate) fn shared(key: &str, plan: Option<&Facts>) -> Verdict {
        let plan = plan.ok_or_else(|| format!("{key} is no plan"))?;
        let is_shops = key.split(':').nth(1) == Some(plan.shop.as_str());
        ensure!(is_shops, "{key} has a plan of {}", plan.shop);
        let is_nobodys = plan.shopper.is_empty() && plan.job.is_empty() && plan.views.is_empty();
        ensure!(is_nobodys, "{key} has data of a shopper: {plan:?}");
        Ok(())
    }
}
