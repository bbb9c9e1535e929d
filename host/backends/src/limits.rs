//! Allowances of strangers, counted in memory, or across hosts in Redis.

mod shared;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use model::limits::{Allowance, Taker};

use crate::disk;
pub use shared::Shared;

/// Too little is free on the data folder's disk.
#[derive(Debug, thiserror::Error)]
#[error("{free_mib} MiB are free on the disk of {}, fewer than retention.disk_free_mib_min ({min_mib})", folder.display())]
pub struct DiskNearlyFull {
    folder: PathBuf,
    free_mib: u64,
    min_mib: u64,
}

/// How much strangers can make the deployment do.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Takes one from each of these allowances, in this order, until one is used up. Returns whether none was.
    async fn take(&self, allowances: &[Allowance], by: &Taker<'_>) -> bool;

    /// Returns whether the disk is watched.
    fn watches_disk(&self) -> bool {
        false
    }

    /// Looks how much is free on the disk. While it is too little, nothing can be taken. Called about once a second.
    async fn probe(&self) -> Result<(), DiskNearlyFull> {
        Ok(())
    }
}

/// No limits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlimited;

#[async_trait]
impl Limits for Unlimited {
    async fn take(&self, _: &[Allowance], _: &Taker<'_>) -> bool {
        true
    }
}

/// The limiter of an allowance, which has at most 65,536 counters (see [`Allowance::counter`]).
type Limiter = RateLimiter<u16, DashMapStateStore<u16>, DefaultClock>;

/// Limits that are counted in this process.
pub struct InMemory {
    limiters: [Option<Limiter>; Allowance::ALL.len()],
    /// The data folder, and how much must be free on its disk.
    disk: Option<(PathBuf, u64)>,
    is_disk_nearly_full: AtomicBool,
}

impl InMemory {
    /// Creates the limits, with every allowance full.
    pub fn new(limits: &model::limits::Limits) -> Self {
        let limiter = |allowance| {
            let quota = limits.quota(allowance)?;
            let quota = Quota::per_minute(quota.per_minute).allow_burst(quota.burst);
            Some(RateLimiter::dashmap(quota))
        };
        Self {
            limiters: Allowance::ALL.map(limiter),
            disk: None,
            is_disk_nearly_full: AtomicBool::new(false),
        }
    }

    /// Lets nothing be taken while less than `free_mib_min` is free on the disk of `folder`; 0 watches no disk.
    #[must_use]
    pub fn watching(self, folder: PathBuf, free_mib_min: u64) -> Self {
        Self { disk: Some((folder, free_mib_min)).filter(|(_, min)| *min > 0), ..self }
    }
}

#[async_trait]
impl Limits for InMemory {
    async fn take(&self, allowances: &[Allowance], by: &Taker<'_>) -> bool {
        if self.is_disk_nearly_full.load(Ordering::Relaxed) {
            return false;
        }
        allowances.iter().all(|allowance| {
            let counted = self.limiters[*allowance as usize].as_ref().zip(allowance.counter(by));
            let is_admitted = counted.is_none_or(|(limiter, counter)| limiter.check_key(&counter).is_ok());
            if !is_admitted {
                count_refusal(*allowance);
            }
            is_admitted
        })
    }

    fn watches_disk(&self) -> bool {
        self.disk.is_some()
    }

    async fn probe(&self) -> Result<(), DiskNearlyFull> {
        let Some((folder, min_mib)) = self.disk.clone() else { return Ok(()) };
        let free_mib = disk::free_bytes(folder.clone()).await.map(|bytes| bytes >> 20);
        let short = free_mib.filter(|free_mib| *free_mib < min_mib);
        self.is_disk_nearly_full.store(short.is_some(), Ordering::Relaxed);
        short.map_or(Ok(()), |free_mib| Err(DiskNearlyFull { folder, free_mib, min_mib }))
    }
}

fn count_refusal(allowance: Allowance) {
    refusals(allowance).increment(1);
}

fn refusals(allowance: Allowance) -> metrics::Counter {
    metrics::counter!("wandstore_limits_reached_total", "allowance" => allowance.name())
}

/// Lets the metrics start at 0.
pub(crate) fn register_metrics() {
    for allowance in Allowance::ALL {
        refusals(allowance).increment(0);
    }
}

#[cfg(test)]
mod tests {
    use model::limits::Limits as Settings;

    use super::*;

    pub(super) const SETTINGS: Settings =
        Settings { generations_per_client: 2, generations_per_shop: 4, ..Settings::NONE };
    const OF_PAGE: [Allowance; 3] =
        [Allowance::ClientGenerations, Allowance::ShopperGenerations, Allowance::ShopGenerations];

    /// Returns how many pages a client may order, of so many.
    pub(super) async fn taken(limits: &dyn Limits, client: &str, times: usize) -> usize {
        let by = Taker { client: client.parse().ok(), shop: "magic-wands", shopper: "abc123" };
        let mut taken = 0;
        for _ in 0..times {
            taken += usize::from(limits.take(&OF_PAGE, &by).await);
        }
        taken
    }

    #[tokio::test]
    async fn a_refusal_of_one_client_is_not_taken_from_the_others() {
        let limits = InMemory::new(&SETTINGS);
        assert_eq!(taken(&limits, "192.0.2.1", 1_000).await, 10, "five minutes' worth");
        assert_eq!(taken(&limits, "192.0.2.2", 1_000).await, 10, "the shop has 20 in all");
        assert_eq!(taken(&limits, "192.0.2.3", 1).await, 0);
    }

    #[tokio::test]
    async fn nothing_is_taken_while_the_disk_is_nearly_full() {
        let folder = tempfile::tempdir().unwrap();
        let watching =
            |free_mib_min| InMemory::new(&SETTINGS).watching(folder.path().to_owned(), free_mib_min);
        for (free_mib_min, is_short) in [(0, false), (1, false), (u64::MAX, true)] {
            let limits = watching(free_mib_min);
            assert_eq!(limits.watches_disk(), free_mib_min > 0);
            assert_eq!(limits.probe().await.is_err(), is_short);
            assert_eq!(taken(&limits, "192.0.2.1", 1).await, usize::from(!is_short), "{free_mib_min}");
        }
    }

    #[tokio::test]
    async fn without_a_limit_nothing_is_counted() {
        let limits = InMemory::new(&Settings::NONE);
        assert_eq!(taken(&limits, "192.0.2.1", 1_000).await, 1_000);
    }
}
