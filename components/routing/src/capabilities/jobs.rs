//! Generation requests, maintenance tasks, and the pool that works on them.

use model::jobs::{Ending, Enqueued, GenerationRequest, MaintenanceTask, State};
use model::pages::Deleted;
use model::{Cause, ShopId, ShopperId};
use serde::Serialize;

use super::Failure;

/// The pool of generation workers.
pub trait Queue {
    /// Queues a generation request, durably before it returns.
    fn enqueue(&self, request: GenerationRequest) -> Result<Enqueued, Failure>;
    /// Queues a maintenance task, durably before it returns. There is one task per cause.
    fn enqueue_maintenance(&self, task: MaintenanceTask) -> Result<(), Failure>;
    /// Deletes some generation requests of a shop: of all shoppers, or of one shopper in every market.
    fn delete_jobs(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure>;
    /// Returns the state of a shopper's newest job; `None` if there is none.
    fn status(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<State>, Failure>;
    /// Returns how full each member of the pool is.
    fn pool(&self) -> Result<Vec<Member>, Failure>;
    /// Returns the latest errors of jobs, newest first, at most `limit`.
    fn errors(&self, limit: u32) -> Result<Vec<JobError>, Failure>;
}

/// A member of the pool, and its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The name: `pool-0` and so on.
    pub name: String,
    /// The number of jobs that wait.
    pub queued: u32,
    /// The number of jobs under lease.
    pub running: u32,
    /// The number of dead letters.
    pub dead: u32,
    /// The most live jobs that it takes.
    pub depth_max: u32,
    /// The time at which its oldest live job was enqueued.
    pub oldest_ms: Option<u64>,
}

/// An error of a job, and its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobError {
    /// The time of the error.
    pub at_ms: u64,
    /// The id of the job.
    pub job: String,
    /// The shop.
    #[serde(rename = "store")]
    pub shop: String,
    /// Why the language model gave no plan; `None` if the error has another cause.
    pub cause: Option<Cause>,
    /// The error in words.
    pub reason: String,
    /// The outcome of the job. The name in JSON is that of the original deployment.
    #[serde(rename = "settled")]
    pub ending: Ending,
}
