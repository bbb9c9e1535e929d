//! The capabilities that the queue needs from its host. Times are milliseconds since the epoch.

use model::jobs::{ClaimResult, Claimed, Completion, Enqueued, NewJob, QueueStats, Status};
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

/// Durable jobs under lease.
pub trait Jobs {
    /// Queues a job, durably before it returns.
    fn enqueue(&self, job: NewJob) -> Result<Enqueued, Failure>;
    /// Leases the due job whose turn is next, in any queue. A job whose lease expired is due.
    fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Failure>;
    /// Returns the job that was claimed with this token, as the claim returned it; `None` if it was claimed again since,
    /// or deleted. It may be completed already: then it has no payload if it is done.
    fn leased(&self, id: &str, token: u64) -> Result<Option<Claimed>, Failure>;
    /// Extends a lease. Returns false if the caller no longer holds it.
    fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Failure>;
    /// Completes a job. Returns false, and changes nothing, if the caller no longer holds its lease. Returns true, and
    /// changes nothing, if the caller has completed the job so before.
    fn complete(&self, id: &str, token: u64, now_ms: u64, completion: Completion) -> Result<bool, Failure>;
    /// Returns the newest job of `key` in any of `queues`, which are in order of preference.
    fn latest(&self, key: &str, queues: &[String]) -> Result<Option<Status>, Failure>;
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
