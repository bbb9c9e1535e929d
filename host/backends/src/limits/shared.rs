//! Allowances that all hosts share, counted in Redis.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ::redis::Script;
use async_trait::async_trait;
use model::limits::{Allowance, Taker};
use tokio::time::timeout;

use super::{DiskNearlyFull, InMemory, Limits, count_refusal};
use crate::redis::Redis;

/// How long a shopper waits for Redis to count. After that only this host counts.
const PATIENCE: Duration = Duration::from_millis(50);

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take.lua")));

/// Limits that are counted in Redis. Each host counts in memory too: a request that it refuses by itself needs no round
/// trip, and while Redis does not answer, it goes on with its own count.
pub struct Shared {
    limits: model::limits::Limits,
    here: InMemory,
    server: Arc<Redis>,
}

impl Shared {
    /// Counts what `here` admits among all hosts.
    pub fn new(limits: model::limits::Limits, here: InMemory, server: Arc<Redis>) -> Self {
        Self { limits, here, server }
    }

    /// Returns the first of the allowances that is used up, if one is.
    async fn first_used_up(&self, allowances: &[Allowance], by: &Taker<'_>) -> Option<Allowance> {
        let counted: Vec<_> = allowances
            .iter()
            .filter_map(|allowance| Some((*allowance, self.limits.counters([*allowance], by).pop()?)))
            .collect();
        if counted.is_empty() {
            return None;
        }
        let mut call = TAKE.prepare_invoke();
        for (_, counter) in &counted {
            let name = format!("limit:{}", counter.key);
            call.key(self.server.key(&name)).arg(counter.interval_ms).arg(counter.burst);
        }
        match timeout(PATIENCE, self.server.run::<usize>(&call)).await {
            Ok(Ok(number)) => counted.get(number.checked_sub(1)?).map(|(allowance, _)| *allowance),
            Ok(Err(error)) => {
                tracing::debug!(%error, "limits are counted by this host alone");
                None
            }
            Err(_) => None,
        }
    }
}

#[async_trait]
impl Limits for Shared {
    async fn take(&self, allowances: &[Allowance], by: &Taker<'_>) -> bool {
        if !self.here.take(allowances, by).await {
            return false;
        }
        let used_up = self.first_used_up(allowances, by).await;
        used_up.inspect(|allowance| count_refusal(*allowance)).is_none()
    }

    fn watches_disk(&self) -> bool {
        self.here.watches_disk()
    }

    async fn probe(&self) -> Result<(), DiskNearlyFull> {
        self.here.probe().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::limits::tests::{SETTINGS, taken};
    use crate::redis::server::Space;
    use crate::wire::Wire;

    fn host(server: Arc<Redis>) -> Shared {
        Shared::new(SETTINGS, InMemory::new(&SETTINGS), server)
    }

    #[tokio::test]
    async fn allowances_that_strangers_take_at_one_host_are_taken_at_all() {
        let Some(space) = Space::create().await else { return };
        let hosts = [host(space.server()), host(space.server())];
        for limits in &hosts {
            limits.server.start().await.unwrap();
        }
        assert_eq!(taken(&hosts[0], "192.0.2.1", 6).await, 6);
        assert_eq!(taken(&hosts[1], "192.0.2.1", 100).await, 4, "a client has ten at once");
        assert_eq!(taken(&hosts[1], "192.0.2.2", 100).await, 10);
        assert_eq!(taken(&hosts[0], "192.0.2.3", 100).await, 0, "the shop has twenty in all");
    }

    #[tokio::test]
    async fn a_request_that_one_counter_refuses_is_taken_from_no_other() {
        let Some(space) = Space::create().await else { return };
        let hosts = [host(space.server()), host(space.server()), host(space.server())];
        for limits in &hosts {
            limits.server.start().await.unwrap();
        }
        assert_eq!(taken(&hosts[0], "192.0.2.1", 10).await, 10);
        assert_eq!(taken(&hosts[1], "192.0.2.1", 10).await, 0, "refused by the client's counter");
        assert_eq!(taken(&hosts[2], "192.0.2.2", 10).await, 10, "so the shop's is not used up");
    }

    #[tokio::test]
    async fn while_redis_does_not_answer_a_host_counts_by_itself_and_nobody_waits() {
        let Some(space) = Space::create().await else { return };
        let (wire, url) = Wire::to(&space.url, 6379).await;
        let limits = host(space.server_at(&url));
        limits.server.start().await.unwrap();
        assert_eq!(taken(&limits, "192.0.2.1", 3).await, 3);
        wire.stall();
        let began = Instant::now();
        assert_eq!(taken(&limits, "192.0.2.1", 100).await, 7, "with what it has counted before");
        assert!(began.elapsed() < PATIENCE * 7 * 4, "{:?}", began.elapsed());
    }
}
