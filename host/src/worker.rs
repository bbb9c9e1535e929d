//! The workers: each pool member claims jobs, runs them and completes them. Generation makes the pages, and routing
//! runs the maintenance tasks.
//!
//! The queueing component decides which job is next, when it is tried again and when it is given up.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bindings::wandstore::storefront::job_types::{
    Claimed, Job, Lease, MaintenanceTask, Outcome, Progress, QueueError, Retry, Task, Trouble,
};
use crate::changes::Topic;
use crate::component::{Failure, call};
use crate::context::{Cause, Spent};
use crate::deployment::Deployment;
use crate::merchants::NotReleased;

/// How often a member looks for jobs of other processes, which are not announced here.
const LOOK: Duration = Duration::from_secs(2);
/// How long a job is left to its own member before another member that is free takes it.
const YIELD: Duration = Duration::from_millis(50);
/// How long a member rests when the queue does not answer.
const REST: Duration = Duration::from_secs(1);
/// The niceness of background threads, which give way to shoppers (`setpriority(2)`: 19 gives way most).
#[cfg(target_os = "linux")]
const BACKGROUND_NICENESS: i32 = 15;
/// How often completing a job is tried before its lease is left to expire.
const COMPLETE_ATTEMPTS: u32 = 5;
/// How long shutdown waits for jobs that are dropped.
const DROP: Duration = Duration::from_millis(500);
/// A maintenance task with more parts continues in another attempt.
const PARTS_MAX: u32 = 10_000;

/// Creates the threads for background work. The system prefers the threads that serve shoppers.
pub fn background() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_name("background")
        .on_thread_start(|| {
            // Only Linux has a priority for each thread. Where it cannot be set, all threads are equal.
            #[cfg(target_os = "linux")]
            let _ = rustix::process::setpriority_process(None, BACKGROUND_NICENESS);
        })
        .enable_all()
        .build()
}

/// The workers of a deployment, until they are told to stop.
pub struct Workers {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Workers {
    /// Starts a task for each member on `runtime`; each works on at most `jobs_per_member` jobs at once.
    pub fn start(deployment: &Arc<Deployment>, jobs_per_member: usize, runtime: &Handle) -> Self {
        let workers = Self { stop: CancellationToken::new(), tasks: TaskTracker::new() };
        for name in deployment.capabilities.settings.now().pool.members() {
            let member = Member {
                name,
                deployment: deployment.clone(),
                slots: Arc::new(Semaphore::new(jobs_per_member)),
                tasks: workers.tasks.clone(),
                stop: workers.stop.clone(),
            };
            workers.tasks.spawn_on(member.run(), runtime);
        }
        workers
    }

    /// Stops claiming, and drops the running jobs: jobs are durable, and the worker that takes them up continues them.
    /// Waits for `DROP` at most for jobs that are computing right now.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(DROP, self.tasks.wait()).await;
    }
}

struct Member {
    name: String,
    deployment: Arc<Deployment>,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Member {
    async fn run(self) {
        let claims = async {
            loop {
                let Ok(slot) = self.slots.clone().acquire_owned().await else { return };
                // A panic is logged where it happens. It must not end the member, because its slots would stay idle.
                if AssertUnwindSafe(self.claim(slot)).catch_unwind().await.is_err() {
                    tokio::time::sleep(REST).await;
                }
            }
        };
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = claims => {}
        }
    }

    /// Starts the next job, or waits until there may be one.
    async fn claim(&self, slot: OwnedSemaphorePermit) {
        let changes = &self.deployment.changes;
        let (own, any) = (changes.next(Topic::Queue(&self.name)), changes.next(Topic::Pool));
        let pool = &self.deployment.queueing;
        let answer =
            call!(pool, Cause::Operator, |guest, instance| guest.leases.call_claim(instance, &self.name));
        let rest = match answer {
            Ok(Ok(Claimed::Job(job))) => {
                let (deployment, stop) = (self.deployment.clone(), self.stop.clone());
                self.tasks.spawn(async move {
                    let _ = stop.run_until_cancelled(work(&deployment, job)).await;
                    drop(slot);
                });
                return;
            }
            Ok(Ok(Claimed::Idle(due_ms))) => {
                let now_ms = self.deployment.capabilities.clock.now_ms();
                due_ms.map_or(LOOK, |due_ms| Duration::from_millis(due_ms.saturating_sub(now_ms)).min(LOOK))
            }
            Ok(Err(error)) => {
                tracing::warn!(member = self.name, error = %describe(&error), "the queue gave no job");
                REST
            }
            Err(_logged) => REST,
        };
        drop(slot);
        let others = async {
            any.await;
            tokio::time::sleep(YIELD).await;
        };
        tokio::select! {
            () = own => {}
            () = others => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// Runs one job and completes it, and logs the outcome only afterwards.
async fn work(deployment: &Deployment, job: Job) {
    let (started, spent) = (Instant::now(), Arc::<Spent>::default());
    let lease = &job.lease;
    let outcome = tokio::select! {
        outcome = AssertUnwindSafe(perform(deployment, &job, &spent)).catch_unwind() => {
            Some(outcome.unwrap_or_else(|_| again("the host panicked")))
        }
        () = lost(deployment, lease) => None,
    };
    if let Some(outcome) = &outcome {
        complete(deployment, lease, outcome).await;
    }
    count(deployment, &job, outcome.as_ref(), &spent);
    let Some(outcome) = outcome else {
        tracing::warn!(job = lease.id, "the lease was lost; its work is dropped");
        return;
    };
    let name = match &outcome {
        Outcome::Done(None) => "done",
        Outcome::Done(Some(_)) => "done_with_error",
        Outcome::Retry(_) => "retry",
        Outcome::Postponed(_) => "postponed",
        Outcome::Failed(_) => "failed",
    };
    let took = match &job.task {
        Task::Page(_) => metrics::histogram!("wandstore_generation_seconds", "outcome" => name),
        Task::Maintenance(_) => metrics::histogram!("wandstore_maintenance_seconds", "outcome" => name),
    };
    took.record(started.elapsed().as_secs_f64());
    tracing::info!(
        job = lease.id,
        attempt = job.attempt,
        outcome = name,
        ms = started.elapsed().as_millis(),
        "a job ended"
    );
}

/// Counts for the merchant the cost of an attempt at a page, and its outcome unless the work was dropped.
fn count(deployment: &Deployment, job: &Job, outcome: Option<&Outcome>, spent: &Spent) {
    let (Some(merchants), Task::Page(request)) = (deployment.merchants.get(), &job.task) else { return };
    merchants.spent(&request.shop, spent);
    if let Some(outcome) = outcome {
        merchants.made(&request.shop, job, outcome);
    }
}

async fn perform(deployment: &Deployment, job: &Job, spent: &Arc<Spent>) -> Outcome {
    match &job.task {
        Task::Page(_) => generate(deployment, job, spent).await,
        Task::Maintenance(maintenance) => {
            match release_shop(deployment, maintenance).await {
                Ok(()) => {}
                Err(NotReleased::Invalid(wrong)) => return Outcome::Failed(wrong.to_string()),
                Err(NotReleased::Unavailable(error)) => return again(&error.to_string()),
            }
            run(deployment, job).await.unwrap_or_else(|failure| again(&failure.to_string()))
        }
    }
}

async fn generate(deployment: &Deployment, job: &Job, spent: &Arc<Spent>) -> Outcome {
    loop {
        let cause = Cause::Job(job.lease.id.as_str().into(), spent.clone());
        let pool = &deployment.generation;
        match call!(pool, cause, |guest, instance| guest.call_generate(instance, job)) {
            Ok(outcome) => return outcome,
            // The job was not tried, so this costs no attempt.
            Err(Failure::Skipped) => pool.is_callable().await,
            Err(failure) => return again(&failure.to_string()),
        }
    }
}

/// Has the admin remove a shop that uninstalled the app or is redacted, before the maintenance task begins.
async fn release_shop(deployment: &Deployment, maintenance: &MaintenanceTask) -> Result<(), NotReleased> {
    match deployment.merchants.get() {
        Some(merchants) => merchants.release_shop(maintenance).await,
        None => Ok(()),
    }
}

/// Runs a maintenance task part by part, so that no instance is held for longer than one part takes.
async fn run(deployment: &Deployment, job: &Job) -> Result<Outcome, Failure> {
    for _ in 0..PARTS_MAX {
        let cause = Cause::job(&job.lease.id);
        match call!(deployment.routing, cause, |guest, instance| guest.maintenance.call_run(instance, job)) {
            Ok(Progress::More) => {}
            Ok(Progress::Over(outcome)) => return Ok(outcome),
            Err(Failure::Skipped) => deployment.routing.is_callable().await,
            Err(failure) => return Err(failure),
        }
    }
    Ok(again("the maintenance task has more parts than one attempt may have"))
}

fn again(reason: &str) -> Outcome {
    let trouble = Trouble { cause: None, reason: reason.to_owned() };
    Outcome::Retry(Retry { after_ms: None, trouble })
}

/// Renews the lease, and returns once it is lost.
async fn lost(deployment: &Deployment, lease: &Lease) {
    let length = Duration::from_millis(deployment.capabilities.settings.now().pool.lease_ms.into());
    loop {
        tokio::time::sleep(length / 3).await;
        let pool = &deployment.queueing;
        let cause = Cause::job(&lease.id);
        if let Ok(Ok(false)) = call!(pool, cause, |guest, instance| guest.leases.call_extend(instance, lease))
        {
            return;
        }
    }
}

async fn complete(deployment: &Deployment, lease: &Lease, outcome: &Outcome) {
    for attempt in 1..=COMPLETE_ATTEMPTS {
        let pool = &deployment.queueing;
        let cause = Cause::job(&lease.id);
        match call!(pool, cause, |guest, instance| guest.leases.call_complete(instance, lease, outcome)) {
            Ok(Ok(true)) => return,
            Ok(Ok(false)) => {
                tracing::warn!(job = lease.id, "the job was completed by another worker");
                return;
            }
            Ok(Err(error)) => {
                tracing::warn!(job = lease.id, attempt, error = %describe(&error), "the job was not completed");
            }
            Err(_logged) => {}
        }
        tokio::time::sleep(REST).await;
    }
}

fn describe(error: &QueueError) -> &str {
    match error {
        QueueError::Invalid(reason) | QueueError::Unavailable(reason) => reason,
    }
}
