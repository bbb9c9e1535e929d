//! The capabilities that the queue needs from its host. Times are milliseconds since the epoch.

use model::{Key, Range};

/// A failure of the backend. The texts are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The call is invalid and can never succeed.
    #[error("{0}")]
    Invalid(String),
    /// The backend did not answer. A later call may succeed.
    #[error("{0}")]
    Unavailable(String),
}

/// A job to queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The queues that may take the job, in order of preference.
    pub queues: Vec<String>,
    /// A queue with this many live jobs is full.
    pub queue_depth_max: u32,
    /// The key of the job. There is at most one live job per key.
    pub key: String,
    /// The content of the job.
    pub payload: Vec<u8>,
    /// The current time.
    pub now_ms: u64,
}

/// The result of an enqueue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// The job is durably queued under this id.
    Accepted(String),
    /// The key already has this live job, which stays as it is.
    Live(String),
    /// Every queue is full.
    Full,
}

/// A job under lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// The id of the job.
    pub id: String,
    /// The token that proves this claim.
    pub token: u64,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// How many claims in a row before this one ended without a report.
    pub crashes: u32,
    /// The content of the job, as it was enqueued.
    pub payload: Vec<u8>,
}

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A leased job.
    Job(Leased),
    /// No job is due before this time; `None` if no job is live.
    Idle(Option<u64>),
}

/// The completion of a claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completion {
    /// The job is done. The text, if any, says what went wrong on the way.
    Done(Option<String>),
    /// The job is retried from this time on, for this reason.
    Retry {
        /// The earliest time of the next claim.
        at_ms: u64,
        /// The reason for the retry.
        reason: String,
    },
    /// The job may be claimed again from this time on. This claim does not count as an attempt.
    Postponed(u64),
    /// The job is given up, for this reason.
    Dead(String),
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The job waits.
    Queued,
    /// The job is under lease.
    Running,
    /// The job is done.
    Done,
    /// The job was given up.
    Dead,
}

/// The newest job of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// The id of the job.
    pub id: String,
    /// The state of the job.
    pub state: State,
}

/// The depth of a queue, in jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// The number of jobs that wait.
    pub queued: u32,
    /// The number of jobs under lease.
    pub running: u32,
    /// The number of dead letters.
    pub dead: u32,
    /// The time at which the oldest live job was enqueued.
    pub oldest_ms: Option<u64>,
}

/// Durable jobs under lease.
pub trait Jobs {
    /// Queues a job, durably before it returns.
    fn enqueue(&self, job: NewJob) -> Result<Enqueued, Failure>;
    /// Leases the job that has been due longest, in any queue. A job whose lease expired is due.
    fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<Answer, Failure>;
    /// Returns the job that was claimed with this token, as the claim returned it; `None` if it was claimed again since,
    /// or deleted. It may be completed already: then it has no payload if it is done.
    fn leased(&self, id: &str, token: u64) -> Result<Option<Leased>, Failure>;
    /// Extends a lease. Returns false if the caller no longer holds it.
    fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Failure>;
    /// Completes a job. Returns false, and changes nothing, if the caller no longer holds its lease.
    fn complete(&self, id: &str, token: u64, now_ms: u64, completion: &Completion) -> Result<bool, Failure>;
    /// Returns the newest job of `key` in any of `queues`, which are in order of preference.
    fn latest(&self, key: &str, queues: &[String]) -> Result<Option<Latest>, Failure>;
    /// Deletes up to `limit` jobs of `queues` whose keys are in `keys`, live or completed. Returns how many.
    fn delete(&self, keys: &Range, queues: &[String], limit: u32) -> Result<u32, Failure>;
    /// Returns the depth of `queue`.
    fn stats(&self, queue: &str) -> Result<QueueStats, Failure>;
}

/// Short-term storage of errors.
pub trait Kv {
    /// Writes `key`, which expires after `ttl_seconds`.
    fn set(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), Failure>;
    /// Returns the first `peek` bytes of the entry under a listed key.
    fn get(&self, key: &str, peek: u32) -> Result<Option<Vec<u8>>, Failure>;
    /// Lists at most `limit` keys that start with `prefix` and sort after `after`, in byte order.
    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure>;
}

/// The log for the operator of the deployment: failures that the queue handled.
pub trait Operator {
    /// Logs an event: a constant message, and its details as pairs of name and value.
    fn warn(&self, message: &str, particulars: &[(&str, &str)]);
}
