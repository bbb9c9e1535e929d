//! A wrapper around any job backend, with faults on command.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Buried, ClaimResult, Completion, End, Ended, Enqueued, Error, Filter, Jobs, NewJob, QueueStats, Range,
    Record, Reports, Requeued, Status, Watcher,
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
        self.faults.pass().await.map_err(|fault| Error::Unavailable(fault.to_string()))?;
        Ok(&*self.inner)
    }
}

#[async_trait]
impl Jobs for Scripted {
    fn watch(&self, watcher: Arc<dyn Watcher>) -> Reports {
        self.inner.watch(watcher)
    }

    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, Error> {
        self.pass().await?.enqueue(job).await
    }

    async fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Error> {
        self.pass().await?.claim(now_ms, lease_ms).await
    }

    async fn release(&self, holder: &str, end: End, now_ms: u64) -> Result<u64, Error> {
        self.pass().await?.release(holder, end, now_ms).await
    }

    async fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Error> {
        self.pass().await?.extend_lease(id, token, now_ms, lease_ms).await
    }

    async fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: Completion,
    ) -> Result<Option<String>, Error> {
        self.pass().await?.complete(id, token, now_ms, completion).await
    }

    async fn latest(&self, key: &str) -> Result<Option<Status>, Error> {
        self.pass().await?.latest(key).await
    }

    async fn newest(&self, keys: &[String]) -> Result<Vec<Option<Status>>, Error> {
        self.pass().await?.newest(keys).await
    }

    async fn is_due(&self, now_ms: u64) -> Result<bool, Error> {
        self.pass().await?.is_due(now_ms).await
    }

    async fn delete(&self, keys: Range, limit: u32) -> Result<u64, Error> {
        self.pass().await?.delete(keys, limit).await
    }

    async fn stats(&self, queue: &str) -> Result<QueueStats, Error> {
        self.pass().await?.stats(queue).await
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Record>, Error> {
        self.pass().await?.list(filter, limit).await
    }

    async fn show(&self, id: &str) -> Result<Option<Record>, Error> {
        self.pass().await?.show(id).await
    }

    async fn import(&self, job: &Record) -> Result<bool, Error> {
        self.pass().await?.import(job).await
    }

    async fn requeue(&self, id: &str, now_ms: u64) -> Result<Requeued, Error> {
        self.pass().await?.requeue(id, now_ms).await
    }

    async fn adopt(&self, queues: &[String]) -> Result<u64, Error> {
        self.pass().await?.adopt(queues).await
    }

    async fn bury(&self, id: &str, reason: &str, now_ms: u64) -> Result<Buried, Error> {
        self.pass().await?.bury(id, reason, now_ms).await
    }

    async fn prune(&self, ended: Ended, before_ms: u64, limit: u32) -> Result<u64, Error> {
        self.pass().await?.prune(ended, before_ms, limit).await
    }

    async fn probe(&self) -> Result<(), Error> {
        self.pass().await?.probe().await
    }
}
