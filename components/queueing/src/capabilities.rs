//! What the queue needs of its host. Times are milliseconds since the epoch.

use names::{Key, Range};

/// The backend did not do it. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The lanes that may take it, in order of preference.
    pub lanes: Vec<String>,
    /// A lane with this many live jobs is full.
    pub lane_depth_max: u32,
    /// What the job is about: one live job per key.
    pub key: String,
    /// The job itself.
    pub payload: Vec<u8>,
    /// Now.
    pub now_ms: u64,
}

/// How an offer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// Durably queued, under this id.
    Accepted(String),
    /// The live job of the same key, which stands.
    Live(String),
    /// Every lane is full.
    Full,
}

/// A job under lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// Its id.
    pub id: String,
    /// Proof of this claim.
    pub token: u64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How many claims in a row, before this one, ended without a word.
    pub crashes: u32,
    /// What was offered.
    pub payload: Vec<u8>,
}

/// What is answered to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A job, leased.
    Job(Leased),
    /// Nothing to do before this time; `None` where no job is live.
    Idle(Option<u64>),
}

/// What becomes of a claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is done. The text, if any, is what went wrong on the way.
    Done(Option<String>),
    /// It may be claimed again from this time on, for this reason.
    Retry {
        /// From when on.
        at_ms: u64,
        /// What went wrong.
        reason: String,
    },
    /// It may be claimed again from this time on, and this claim was no attempt.
    Postponed(u64),
    /// It is given up, for this reason.
    Dead(String),
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits.
    Queued,
    /// It is under lease.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Dead,
}

/// The newest job of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: State,
}

/// How full a lane is, in jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// That wait.
    pub queued: u32,
    /// Under lease.
    pub running: u32,
    /// Given up.
    pub dead: u32,
    /// When the oldest live one was offered.
    pub oldest_ms: Option<u64>,
}

/// Durable jobs under lease.
pub trait Jobs {
    /// Queues a job, durably before it returns.
    fn offer(&self, job: NewJob) -> Result<Offered, Failure>;
    /// Leases the job that has been due longest, whatever its lane. A job whose lease ran out is due.
    fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<Answer, Failure>;
    /// Prolongs a lease; false if it is no longer the caller's.
    fn extend(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Failure>;
    /// Settles a job; false if it is no longer the caller's, and then nothing changed.
    fn settle(&self, id: &str, token: u64, now_ms: u64, settlement: &Settlement) -> Result<bool, Failure>;
    /// The newest job of `key`, which is in one of `lanes`, in their order of preference.
    fn newest(&self, key: &str, lanes: &[String]) -> Result<Option<Newest>, Failure>;
    /// Removes up to `limit` jobs of `lanes` whose keys are in `keys`, live or settled; how many.
    fn forget(&self, keys: &Range, lanes: &[String], limit: u32) -> Result<u32, Failure>;
    /// How full `lane` is.
    fn measure(&self, lane: &str) -> Result<Depth, Failure>;
}

/// Short-term storage of what went wrong.
pub trait Kv {
    /// Writes `key`, to expire after `ttl_seconds`.
    fn set(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), Failure>;
    /// The first `peek` bytes of what `key`, as listed, holds.
    fn get(&self, key: &str, peek: u32) -> Result<Option<Vec<u8>>, Failure>;
    /// The keys that start with `prefix` and sort after `after`, in byte order, at most `limit`.
    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure>;
}

/// The one who runs the deployment, and hears what went wrong and was dealt with.
pub trait Operator {
    /// Tells of an event, in words that do not vary, with particulars as name and value.
    fn warn(&self, message: &str, particulars: &[(&str, &str)]);
}
