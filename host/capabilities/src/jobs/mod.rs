//! Durable jobs: the mechanism. Which lanes there are, how deep they may get, when to try again
//! and when to give up is the caller's policy.
//!
//! A job is *live* from its offer until it is settled as done or dead. Of live jobs there is at
//! most one per key. Times are milliseconds since the Unix epoch and are the caller's: no backend
//! reads a clock.

#[cfg(test)]
mod battery;
#[cfg(test)]
mod kill;
mod memory;
mod scripted;
mod sqlite;

use async_trait::async_trait;
use bytes::Bytes;

pub use memory::Memory;
pub use portable::sql::jobs::{PAYLOAD_BYTES_MAX, new_id};
pub use scripted::Scripted;
pub use sqlite::Sqlite;

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The lanes that may take it, in order of preference.
    pub lanes: Vec<String>,
    /// A lane with this many live jobs is full.
    pub lane_depth_max: u32,
    /// What the job is about: one live job per key.
    pub key: String,
    /// The job itself; opaque here.
    pub payload: Bytes,
    /// Now, which is also when it may first be claimed.
    pub now_ms: u64,
}

/// How an offer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// Durably queued.
    Accepted {
        /// Its id.
        id: String,
        /// The lane that took it.
        lane: String,
    },
    /// The id of the key's live job, which stands; nothing was queued.
    Live(String),
    /// Every lane is full; nothing was queued.
    Full,
}

/// A job under lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// Proof of this claim; it grows with every claim of the job and never returns.
    pub token: u64,
    /// The attempt's number, from 1, since the job was offered or requeued. Claims that crashed are not counted.
    pub attempt: u32,
    /// How many claims in a row, before this one, ended without a word.
    pub crashes: u32,
    /// What was offered.
    pub payload: Bytes,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimResult {
    /// A job, leased to the caller.
    Job(Claimed),
    /// Nothing to do before this time; `None` where no job is live.
    Idle(Option<u64>),
}

/// What became of a claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is done, and its payload goes. The text, if any, is what went wrong on the way.
    Done(Option<String>),
    /// It may be claimed again.
    Retry {
        /// From when on.
        at_ms: u64,
        /// What went wrong.
        reason: String,
    },
    /// It may be claimed again from this time on, and this claim was no attempt.
    Postponed(u64),
    /// It is given up and kept among the dead letters, with the reason.
    Dead(String),
}

impl Settlement {
    /// Where it leaves the job.
    pub fn state(&self) -> State {
        match self {
            Self::Done(_) => State::Done,
            Self::Retry { .. } | Self::Postponed(_) => State::Queued,
            Self::Dead(_) => State::Dead,
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Waiting to be claimed.
    Queued,
    /// Under lease.
    Running,
    /// Settled, for good.
    Done,
    /// Given up.
    Dead,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Done, Self::Dead];

    /// Its name in storage and to operators.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the job is yet to be settled.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// The newest job of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// How many attempts there were at it since it was offered or requeued.
    pub attempt: u32,
    /// When it was offered, or settled if it is settled.
    pub since_ms: u64,
}

/// How full a lane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Jobs that wait.
    pub queued: u32,
    /// Jobs under lease.
    pub running: u32,
    /// Dead letters.
    pub dead: u32,
    /// When the oldest live job was offered.
    pub oldest_ms: Option<u64>,
}

/// Everything about a job, for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// The lane it is in.
    pub lane: String,
    /// Where it stands.
    pub state: State,
    /// How many attempts there were at it since it was offered or requeued.
    pub attempt: u32,
    /// How many claims in a row ended without a word.
    pub crashes: u32,
    /// How many times it was claimed in all; the token of its newest claim.
    pub claims: u64,
    /// The process that holds its lease, if it has one.
    pub holder: Option<String>,
    /// When it was offered, or requeued.
    pub offered_ms: u64,
    /// When it may be claimed: while it runs, when its lease ends.
    pub due_ms: u64,
    /// What the clock read when that was decided.
    pub set_ms: u64,
    /// When it was settled.
    pub settled_ms: Option<u64>,
    /// What went wrong last.
    pub error: Option<String>,
    /// What was offered; empty once it is done.
    pub payload: Bytes,
}

/// Which jobs to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this lane.
    pub lane: Option<String>,
}

/// Which jobs are meant, by their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// Those of this very key.
    Exactly(String),
    /// Those whose keys start like this.
    StartingWith(String),
}

/// How a process came to hold its leases no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It stopped, and gave them back.
    Stopped,
    /// It died. Each of its jobs may have been the reason, so that this counts as a crash of each.
    Died,
}

/// How an operator's requeueing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requeued {
    /// It waits again, with all its attempts.
    Done,
    /// There is no such job.
    NotThere,
    /// It is not dead: this is where it stands.
    NotDead(State),
    /// Its key has another live job, which stands: this is its id.
    Live(String),
}

/// How an operator's burial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buried {
    /// It is among the dead letters; who holds it can no longer settle it.
    Done,
    /// There is no such job.
    NotThere,
    /// It is not live: this is where it stands.
    NotLive(State),
}

/// Why an operation was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The payload is over this limit, in bytes: offer less.
    #[error("the payload is over the limit of {0} bytes")]
    TooLarge(u64),
    /// The backend did not answer: go on without, or try later.
    #[error("job storage is unavailable: {0}")]
    Unavailable(String),
}

/// A job backend. Every change is durable when the call returns.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Queues a job in the first lane that has room.
    async fn offer(&self, job: NewJob) -> Result<Offered, Error>;

    /// Leases the job that has been due longest, whatever its lane. A job whose lease ran out is due, and that
    /// counts as a crash. Where the clock was set back, what a job still has to wait is counted from `now_ms`. A
    /// caller who goes before the answer arrives leaves no lease behind.
    async fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Error>;

    /// Ends the leases of a process that holds them no longer, so that its jobs are due at once; how many they
    /// were. What it had under way was no attempt.
    async fn release(&self, holder: &str, end: End, now_ms: u64) -> Result<u64, Error>;

    /// Prolongs a lease; false if it is no longer the caller's.
    async fn extend(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Error>;

    /// Settles a job and returns its key; `None` if it is no longer the caller's, and then nothing
    /// changed.
    async fn settle(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        settlement: Settlement,
    ) -> Result<Option<String>, Error>;

    /// The newest job of `key`, live or settled.
    async fn newest(&self, key: &str) -> Result<Option<Status>, Error>;

    /// Removes up to `limit` jobs of those keys, live or settled, whatever lane they are or were in; how
    /// many. Whoever holds one of them has lost it.
    async fn forget(&self, keys: Keys, limit: u32) -> Result<u64, Error>;

    /// How full `lane` is.
    async fn measure(&self, lane: &str) -> Result<Depth, Error>;

    /// The jobs that `filter` lets through, newest first, at most `limit`.
    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Record>, Error>;

    /// The job of that id.
    async fn show(&self, id: &str) -> Result<Option<Record>, Error>;

    /// Puts a dead job back into its lane, however full that is.
    async fn requeue(&self, id: &str, now_ms: u64) -> Result<Requeued, Error>;

    /// Spreads the live jobs whose lane is none of `lanes` evenly over `lanes`, however full those
    /// are; how many they were. Leases and due times stay. Without `lanes` nothing moves.
    async fn adopt(&self, lanes: &[String]) -> Result<u64, Error>;

    /// Gives up a live job.
    async fn bury(&self, id: &str, reason: &str, now_ms: u64) -> Result<Buried, Error>;

    /// Forgets jobs that were done before this time, at most `limit`, the oldest first; how many they were. Dead
    /// letters stay.
    async fn prune(&self, settled_before_ms: u64, limit: u32) -> Result<u64, Error>;

    /// Writes something that is no job's, to find out whether the backend can. Called every second or so.
    async fn probe(&self) -> Result<(), Error>;
}

fn check_size(payload: &Bytes) -> Result<(), Error> {
    let size = payload.len() as u64;
    if size > PAYLOAD_BYTES_MAX { Err(Error::TooLarge(PAYLOAD_BYTES_MAX)) } else { Ok(()) }
}
