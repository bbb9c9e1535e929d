//! A wrapper around any job backend, with faults on command.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Buried, ClaimResult, Depth, End, Error, Filter, Jobs, Keys, NewJob, Offered, Record, Requeued,
    Settlement, Status,
};
use crate::faults::Faults;

/// A backend that fails on command; a failed operation changes nothing.
pub struct Scripted {
    inner: Arc<dyn Jobs>,
    faults: Arc<Faults>,
}

impl Scripted {
    /// Puts `faults` in front of `inner`.
    pub fn new(inner: Arc<dyn Jobs>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }

    async fn pass(&self) -> Result<&dyn Jobs, Error> {
        self.faults.pass().await.map_err(Error::Unavailable)?;
        Ok(&*self.inner)
    }
}

#[async_trait]
impl Jobs for Scripted {
    async fn offer(&self, job: NewJob) -> Result<Offered, Error> {
        self.pass().await?.offer(job).await
    }

    async fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Error> {
        self.pass().await?.claim(now_ms, lease_ms).await
    }

    async fn release(&self, holder: &str, end: End, now_ms: u64) -> Result<u64, Error> {
        self.pass().await?.release(holder, end, now_ms).await
    }

    async fn extend(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Error> {
        self.pass().await?.extend(id, token, now_ms, lease_ms).await
    }

    async fn settle(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        settlement: Settlement,
    ) -> Result<Option<String>, Error> {
        self.pass().await?.settle(id, token, now_ms, settlement).await
    }

    async fn newest(&self, key: &str) -> Result<Option<Status>, Error> {
        self.pass().await?.newest(key).await
    }

    async fn forget(&self, keys: Keys, limit: u32) -> Result<u64, Error> {
        self.pass().await?.forget(keys, limit).await
    }

    async fn measure(&self, lane: &str) -> Result<Depth, Error> {
        self.pass().await?.measure(lane).await
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Record>, Error> {
        self.pass().await?.list(filter, limit).await
    }

    async fn show(&self, id: &str) -> Result<Option<Record>, Error> {
        self.pass().await?.show(id).await
    }

    async fn requeue(&self, id: &str, now_ms: u64) -> Result<Requeued, Error> {
        self.pass().await?.requeue(id, now_ms).await
    }

    async fn adopt(&self, lanes: &[String]) -> Result<u64, Error> {
        self.pass().await?.adopt(lanes).await
    }

    async fn bury(&self, id: &str, reason: &str, now_ms: u64) -> Result<Buried, Error> {
        self.pass().await?.bury(id, reason, now_ms).await
    }

    async fn prune(&self, settled_before_ms: u64, limit: u32) -> Result<u64, Error> {
        self.pass().await?.prune(settled_before_ms, limit).await
    }

    async fn probe(&self) -> Result<(), Error> {
        self.pass().await?.probe().await
    }
}
