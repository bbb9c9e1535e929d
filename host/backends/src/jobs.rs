//! Durable jobs: the mechanism. The caller's policy decides which queues there are, how deep they may get,
//! when to retry and when to give up.
//!
//! A job is *live* from its enqueuing until it is completed as done or dead. There is at most one live job
//! per key. Times are milliseconds since the Unix epoch and come from the caller: no backend
//! reads a clock.

#[cfg(test)]
mod battery;
#[cfg(test)]
mod kill;
mod memory;
mod postgres;
mod scripted;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::migrate::Migrator;

use crate::kind::kinds;

kinds!("jobs", dyn Jobs: [sqlite, postgres, memory]);

pub use memory::Memory;
pub use model::Range;
pub use model::jobs::{Completion, QueueStats, State, Status};
pub use postgres::Postgres;
pub use scripted::Scripted;
pub use sql::jobs::{PAYLOAD_BYTES_MAX, new_id};
pub use sqlite::Sqlite;

pub use crate::watch::{Reports, Watcher};

/// The store in reports of jobs whose key is a queue that accepted a job.
pub const QUEUED: &str = "queued";
/// The store in reports of completed jobs, whatever their outcome.
pub const COMPLETED: &str = "completed";

/// Returns the migrations of the file of the kind `sqlite`.
pub(crate) fn sqlite_migrations() -> &'static Migrator {
    &sqlite::MIGRATIONS
}

/// A job to be queued.
pub type NewJob = model::jobs::NewJob<Bytes>;
/// A job under lease.
pub type Claimed = model::jobs::Claimed<Bytes>;
/// The result of a claim.
pub type ClaimResult = model::jobs::ClaimResult<Bytes>;

/// The result of an enqueue. Unlike that of the interface, it names the queue, which the host announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// Durably queued.
    Accepted {
        /// Its id.
        id: String,
        /// The queue that accepted it.
        queue: String,
    },
    /// The key has a live job with this id; nothing was queued.
    Live(String),
    /// Every queue is full; nothing was queued.
    Full,
}

impl From<Record> for Claimed {
    fn from(record: Record) -> Self {
        let Record { id, key, claims: token, attempt, crashes, payload, .. } = record;
        Self { id, key, token, attempt, crashes, payload }
    }
}

/// Everything about a job, for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// The queue it is in.
    pub queue: String,
    /// Its state.
    pub state: State,
    /// The number of attempts since it was enqueued or requeued.
    pub attempt: u32,
    /// How many claims in a row ended without a report.
    pub crashes: u32,
    /// The total number of claims, which is also the token of its newest claim.
    pub claims: u64,
    /// The process that holds its lease, if it has one.
    pub holder: Option<String>,
    /// When it was enqueued, or requeued.
    pub enqueued_ms: u64,
    /// When it may be claimed; for a running job, when its lease ends.
    pub due_ms: u64,
    /// The clock's time when `due_ms` was set.
    pub set_ms: u64,
    /// When it was completed.
    pub completed_ms: Option<u64>,
    /// Where it is in the order of claims.
    pub turn: u64,
    /// The last error.
    pub error: Option<String>,
    /// The enqueued payload; empty once it is done.
    pub payload: Bytes,
}

/// Which jobs to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this queue.
    pub queue: Option<String>,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Done,
    /// It is a dead letter.
    Dead,
}

impl Ended {
    fn state(self) -> State {
        match self {
            Self::Done => State::Done,
            Self::Dead => State::Dead,
        }
    }
}

/// How a process lost its leases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It stopped, and gave them back.
    Stopped,
    /// It died. Any of its jobs may have been the reason, so it counts as a crash of each.
    Died,
}

/// The result of an operator's requeue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requeued {
    /// It is queued again, with all its attempts.
    Done,
    /// There is no such job.
    NotThere,
    /// It is not dead, but in this state.
    NotDead(State),
    /// Its key has another live job, with this id, which stays.
    Live(String),
}

/// The result of an operator's burial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buried {
    /// It is among the dead letters; a worker that holds it can no longer complete it.
    Done,
    /// There is no such job.
    NotThere,
    /// It is not live, but in this state.
    NotLive(State),
}

/// Why an operation was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The payload is over this limit, in bytes: enqueue less.
    #[error("the payload is over the limit of {0} bytes")]
    TooLarge(u64),
    /// The backend did not answer: go on without, or try later.
    #[error("job storage is unavailable: {0}")]
    Unavailable(String),
}

/// A job backend. Every change is durable when the call returns.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Reports from now on the changes of jobs by other processes, as changes of the stores [`QUEUED`] and
    /// [`COMPLETED`], and tells them what this one does. Called once, when there are other processes.
    fn watch(&self, _watcher: Arc<dyn Watcher>) -> Reports {
        Reports::Nothing
    }

    /// Queues a job in the first queue that has room.
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, Error>;

    /// Leases the due job whose turn is next, whatever its queue. Owners take turns. A job with an expired lease is
    /// due, and the expiry counts as a crash. If the clock was set back, a job's remaining wait counts from `now_ms`. A
    /// caller that goes away before the answer arrives leaves no lease behind.
    async fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Error>;

    /// Ends the leases of a stopped or dead process, so that its jobs are due at once, and returns how many there
    /// were. The interrupted claims do not count as attempts.
    async fn release(&self, holder: &str, end: End, now_ms: u64) -> Result<u64, Error>;

    /// Returns the job that was claimed with this token, as the claim returned it; `None` if it was claimed again since,
    /// or deleted. It may be completed already: then it has no payload if it is done.
    async fn leased(&self, id: &str, token: u64) -> Result<Option<Claimed>, Error> {
        Ok(self.show(id).await?.filter(|job| job.claims == token).map(Claimed::from))
    }

    /// Extends a lease; returns false if the caller no longer holds it.
    async fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Error>;

    /// Completes a job and returns its key. If the caller no longer holds it, nothing changes and the result
    /// is `None`. If this claim has completed the job so before, nothing changes and the result is the key: a caller
    /// that got no answer repeats the call.
    async fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: Completion,
    ) -> Result<Option<String>, Error>;

    /// Returns the newest job of `key`, live or completed.
    async fn latest(&self, key: &str) -> Result<Option<Status>, Error>;

    /// Returns the newest job of each of these keys, in their order.
    async fn newest(&self, keys: &[String]) -> Result<Vec<Option<Status>>, Error> {
        let mut newest = Vec::with_capacity(keys.len());
        for key in keys {
            newest.push(self.latest(key).await?);
        }
        Ok(newest)
    }

    /// Returns whether a claim would find a job, unless another one comes first.
    async fn is_due(&self, now_ms: u64) -> Result<bool, Error>;

    /// Removes up to `limit` jobs with those keys, live or completed and in any queue, and returns how
    /// many. A worker that holds one of them loses it.
    async fn delete(&self, keys: Range, limit: u32) -> Result<u64, Error>;

    /// Returns how full `queue` is.
    async fn stats(&self, queue: &str) -> Result<QueueStats, Error>;

    /// Returns at most `limit` jobs that match `filter`, newest first.
    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Record>, Error>;

    /// Returns the job with this id.
    async fn show(&self, id: &str) -> Result<Option<Record>, Error>;

    /// Inserts a job of another backend as it was there, except that no process holds it. Returns false, and changes
    /// nothing, if the job is here, or another live job with its key.
    async fn import(&self, job: &Record) -> Result<bool, Error>;

    /// Puts a dead job back into its queue, even if the queue is full.
    async fn requeue(&self, id: &str, now_ms: u64) -> Result<Requeued, Error>;

    /// Spreads the live jobs of all other queues evenly over `queues`, even if those are full, and
    /// returns how many it moved. Leases and due times stay. If `queues` is empty, nothing moves.
    async fn adopt(&self, queues: &[String]) -> Result<u64, Error>;

    /// Moves a live job to the dead letters.
    async fn bury(&self, id: &str, reason: &str, now_ms: u64) -> Result<Buried, Error>;

    /// Removes at most `limit` jobs that ended in this way before this time, oldest first, and returns how many.
    async fn prune(&self, ended: Ended, before_ms: u64, limit: u32) -> Result<u64, Error>;

    /// Writes something that belongs to no job, to check that the backend can write. Called about once a second.
    async fn probe(&self) -> Result<(), Error>;
}

fn check_size(payload: &Bytes) -> Result<(), Error> {
    let size = payload.len() as u64;
    if size > PAYLOAD_BYTES_MAX { Err(Error::TooLarge(PAYLOAD_BYTES_MAX)) } else { Ok(()) }
}
