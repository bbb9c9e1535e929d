//! Durable jobs. Changes are announced to those who wait for them.

use bytes::Bytes;
use capabilities::jobs as jobs_backend;
use wasmtime::Result;

use super::view;
use super::waits::{Waits, waits};
use crate::bindings::wandstore::capabilities::jobs;
use crate::changes::{Changes, Topic};
use crate::patience::Backend;

model::jobs_conversions!(jobs, Bytes);
model::conversions!(enum jobs_backend::Error as jobs::Error { TooLarge(bytes_max), Unavailable(reason) });

impl From<jobs_backend::Enqueued> for jobs::Enqueued {
    fn from(enqueued: jobs_backend::Enqueued) -> Self {
        match enqueued {
            jobs_backend::Enqueued::Accepted { id, .. } => Self::Accepted(id),
            jobs_backend::Enqueued::Live(id) => Self::Live(id),
            jobs_backend::Enqueued::Full => Self::Full,
        }
    }
}

struct View<'a> {
    backend: &'a dyn jobs_backend::Jobs,
    changes: &'a Changes,
    waits: Waits<'a>,
}

view!(jobs, View, |context| View {
    backend: &*context.capabilities.jobs,
    changes: &context.links.changes,
    waits: waits!(context),
});

impl jobs::Host for View<'_> {
    async fn enqueue(&mut self, job: jobs::NewJob) -> Result<Result<jobs::Enqueued, jobs::Error>> {
        let enqueued =
            self.waits.wait(Backend::Jobs, "enqueue", None, self.backend.enqueue(job.into())).await;
        if let Ok(jobs_backend::Enqueued::Accepted { id, queue }) = &enqueued {
            if let Some(trace) = self.waits.cause().trace() {
                trace.enqueued(id);
            }
            self.changes.announce(Topic::Queue(queue));
            self.changes.announce(Topic::Pool);
        }
        Ok(enqueued.map(Into::into).map_err(Into::into))
    }

    async fn claim(&mut self, now_ms: u64, lease_ms: u32) -> Result<Result<jobs::ClaimResult, jobs::Error>> {
        let claimed =
            self.waits.wait(Backend::Jobs, "claim", None, self.backend.claim(now_ms, lease_ms)).await;
        if let Ok(jobs_backend::ClaimResult::Job(job)) = &claimed {
            self.changes.announce(Topic::Key(&job.key));
        }
        Ok(claimed.map(Into::into).map_err(Into::into))
    }

    async fn leased(&mut self, id: String, token: u64) -> Result<Result<Option<jobs::Claimed>, jobs::Error>> {
        let leased = self.waits.wait(Backend::Jobs, "leased", None, self.backend.leased(&id, token)).await;
        Ok(leased.map(|claimed| claimed.map(Into::into)).map_err(Into::into))
    }

    async fn extend_lease(
        &mut self,
        id: String,
        token: u64,
        now_ms: u64,
        lease_ms: u32,
    ) -> Result<Result<bool, jobs::Error>> {
        let extend = self.backend.extend_lease(&id, token, now_ms, lease_ms);
        Ok(self.waits.wait(Backend::Jobs, "extend_lease", None, extend).await.map_err(Into::into))
    }

    async fn complete(
        &mut self,
        id: String,
        token: u64,
        now_ms: u64,
        completion: jobs::Completion,
    ) -> Result<Result<bool, jobs::Error>> {
        let complete = self.backend.complete(&id, token, now_ms, completion.into());
        Ok(match self.waits.wait(Backend::Jobs, "complete", None, complete).await {
            Ok(Some(key)) => {
                self.changes.announce(Topic::Key(&key));
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(error) => Err(error.into()),
        })
    }

    /// Ignores the queues, because one database holds all of them and finds the key by itself.
    async fn latest(
        &mut self,
        key: String,
        _queues: Vec<String>,
    ) -> Result<Result<Option<jobs::Status>, jobs::Error>> {
        let newest = self.waits.wait(Backend::Jobs, "latest", None, self.backend.latest(&key)).await;
        Ok(newest.map(|newest| newest.map(Into::into)).map_err(Into::into))
    }

    /// Does not wake requests that wait for a deleted job, because there is no outcome.
    async fn delete(
        &mut self,
        keys: jobs::Keys,
        _queues: Vec<String>,
        limit: u32,
    ) -> Result<Result<u32, jobs::Error>> {
        let deleted =
            self.waits.wait(Backend::Jobs, "delete", None, self.backend.delete(keys.into(), limit)).await;
        Ok(deleted.map(|count| u32::try_from(count).unwrap_or(u32::MAX)).map_err(Into::into))
    }

    async fn stats(&mut self, queue: String) -> Result<Result<jobs::QueueStats, jobs::Error>> {
        let stats = self.waits.wait(Backend::Jobs, "stats", None, self.backend.stats(&queue)).await;
        Ok(stats.map(Into::into).map_err(Into::into))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use capabilities::Capabilities;
    use futures_util::FutureExt as _;

    use super::*;
    use crate::context::Cause;
    use crate::patience::Patience;

    const T: u64 = 1_700_000_000_000;
    /// The process that holds the leases.
    const HOLDER: &str = "here";

    struct Stage {
        capabilities: Capabilities,
        changes: Changes,
        patience: Patience,
    }

    impl Stage {
        fn new() -> Self {
            let (capabilities, _) = Capabilities::scripted();
            let jobs = jobs_backend::Memory::new(capabilities.random.clone()).held_by(Some(HOLDER.into()));
            let capabilities = Capabilities { jobs: Arc::new(jobs), ..capabilities };
            Self { capabilities, changes: Changes::new(), patience: Patience::new(Duration::from_mins(1)) }
        }

        fn view(&self) -> View<'_> {
            let waits = Waits::new(&self.patience, &Cause::Operator);
            View { backend: &*self.capabilities.jobs, changes: &self.changes, waits }
        }
    }

    async fn claim(stage: &Stage) -> jobs::Claimed {
        let job = jobs_backend::NewJob {
            queues: vec!["pool-0".into()],
            queue_depth_max: 1,
            key: "k".into(),
            payload: "p".into(),
            now_ms: T,
        };
        stage.capabilities.jobs.enqueue(job).await.expect("it is well");
        match jobs::Host::claim(&mut stage.view(), T, 1_000).await.expect("no trap").expect("it is well") {
            jobs::ClaimResult::Job(claimed) => claimed,
            jobs::ClaimResult::Idle(_) => panic!("a job is due"),
        }
    }

    async fn complete(stage: &Stage, claimed: &jobs::Claimed) -> bool {
        let done = jobs::Completion::Done(None);
        let completed =
            jobs::Host::complete(&mut stage.view(), claimed.id.clone(), claimed.token, T + 9, done).await;
        completed.expect("no trap").expect("it is well")
    }

    /// The first time, the lock is held for longer than the worker waits, and the completion is written after that.
    #[tokio::test]
    async fn a_completion_that_was_written_late_is_announced_the_next_time() {
        let stage = Stage::new();
        let claimed = claim(&stage).await;
        let late = jobs_backend::Completion::Done(None);
        let written = stage.capabilities.jobs.complete(&claimed.id, claimed.token, T + 5, late).await;
        assert_eq!(written, Ok(Some("k".to_owned())));

        let mut announced = Box::pin(stage.changes.next(Topic::Key("k")));
        assert!(complete(&stage, &claimed).await, "it stands");
        assert!(announced.as_mut().now_or_never().is_some());
    }

    /// A process that stops, or is found dead, gives its jobs back; a worker of it may still report.
    #[tokio::test]
    async fn a_released_job_is_not_mistaken_for_a_retried_one() {
        for end in [jobs_backend::End::Stopped, jobs_backend::End::Died] {
            let stage = Stage::new();
            let claimed = claim(&stage).await;
            let released = stage.capabilities.jobs.release(HOLDER, end, T + 5).await;
            assert_eq!(released, Ok(1));
            let retry = jobs::Retry { at_ms: T + 9_000, reason: "it broke".into() };
            for completion in [jobs::Completion::Retry(retry), jobs::Completion::Postponed(T + 9_000)] {
                let (id, token) = (claimed.id.clone(), claimed.token);
                let completed = jobs::Host::complete(&mut stage.view(), id, token, T + 9, completion).await;
                assert!(
                    !completed.expect("no trap").expect("it is well"),
                    "it is not this worker's any more"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_retry_that_was_written_late_is_announced_the_next_time() {
        let stage = Stage::new();
        let claimed = claim(&stage).await;
        let late = jobs_backend::Completion::Retry { at_ms: T + 900, reason: "it broke".into() };
        let written = stage.capabilities.jobs.complete(&claimed.id, claimed.token, T + 5, late).await;
        assert_eq!(written, Ok(Some("k".to_owned())));
        let again = jobs::Retry { at_ms: T + 1_000, reason: "it broke".into() };
        let completion = jobs::Completion::Retry(again);
        let completed =
            jobs::Host::complete(&mut stage.view(), claimed.id.clone(), claimed.token, T + 9, completion)
                .await;
        assert!(completed.expect("no trap").expect("it is well"));
    }

    #[tokio::test]
    async fn a_job_that_another_worker_has_is_not_announced() {
        let stage = Stage::new();
        let lost = claim(&stage).await;
        let taken = stage.capabilities.jobs.claim(T + 1_000, 1_000).await;
        assert!(matches!(taken, Ok(jobs_backend::ClaimResult::Job(_))));

        let mut announced = Box::pin(stage.changes.next(Topic::Key("k")));
        assert!(!complete(&stage, &lost).await);
        assert!(announced.as_mut().now_or_never().is_none());
    }
}
