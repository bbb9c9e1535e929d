//! Counters of storage reads, by tier and outcome.

use std::sync::LazyLock;

use metrics::Counter;

/// Reads by tier and outcome.
pub(super) struct Reads {
    pub(super) memory: Outcomes,
    pub(super) kv: Outcomes,
    pub(super) blob: Outcomes,
}

/// The outcomes of reading a tier.
pub(super) struct Outcomes {
    pub(super) hit: Counter,
    pub(super) miss: Counter,
    error: Counter,
}

pub(super) fn reads() -> &'static Reads {
    static READS: LazyLock<Reads> = LazyLock::new(|| {
        let counter = |tier: &'static str, outcome: &'static str| metrics::counter!("wandstore_cache_reads_total", "tier" => tier, "outcome" => outcome);
        let outcomes = |tier| Outcomes {
            hit: counter(tier, "hit"),
            miss: counter(tier, "miss"),
            error: counter(tier, "error"),
        };
        Reads { memory: outcomes("memory"), kv: outcomes("kv"), blob: outcomes("blob") }
    });
    &READS
}

impl Outcomes {
    pub(super) fn count<T, E>(&self, found: &Result<Option<T>, E>) {
        let counter = match found {
            Ok(Some(_)) => &self.hit,
            Ok(None) => &self.miss,
            Err(_) => &self.error,
        };
        counter.increment(1);
    }
}
