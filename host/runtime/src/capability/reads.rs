//! Counters of storage reads, by tier and outcome.

use metrics::Counter;

/// The outcomes of reading a tier.
pub(super) struct Outcomes {
    pub(super) hit: Counter,
    pub(super) miss: Counter,
    error: Counter,
}

impl Outcomes {
    /// Creates the counters of a tier.
    pub(super) fn of(tier: &'static str) -> Self {
        let counter = |outcome: &'static str| metrics::counter!("wandstore_cache_reads_total", "tier" => tier, "outcome" => outcome);
        Self { hit: counter("hit"), miss: counter("miss"), error: counter("error") }
    }

    pub(super) fn count<T, E>(&self, found: &Result<Option<T>, E>) {
        let counter = match found {
            Ok(Some(_)) => &self.hit,
            Ok(None) => &self.miss,
            Err(_) => &self.error,
        };
        counter.increment(1);
    }
}
