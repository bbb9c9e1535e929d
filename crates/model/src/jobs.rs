//! Durable jobs: the vocabulary of `jobs` in `wit/capabilities` and `job-types` in `wit/storefront`.
//!
//! Every backend of jobs, the queue on top of them, and the components whose work is in the jobs use these types. A
//! payload is bytes in whatever type the crate holds them.

mod conversions;
mod generation_request;
mod maintenance;
mod outcome;

pub use generation_request::{GenerationRequest, InvalidRequest, Work};
pub use maintenance::{CustomerId, MaintenanceKind, MaintenanceTask};
pub use outcome::{Ending, Lease, Outcome, Trouble};

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob<P = Vec<u8>> {
    /// The queues that may take it, in order of preference.
    pub queues: Vec<String>,
    /// The number of live jobs at which a queue is full.
    pub queue_depth_max: u32,
    /// The job's key. Each key has at most one live job.
    pub key: String,
    /// The content of the job, opaque to the backend.
    pub payload: P,
    /// The current time, from which the job may be claimed.
    pub now_ms: u64,
}

/// Of how many places of a queue one is kept for each owner.
const PLACES_PER_RESERVED: u32 = 10;

impl<P> NewJob<P> {
    /// Returns the prefix of the keys of all jobs of this job's owner: the key up to and including its first `:`.
    pub fn owner(&self) -> &str {
        self.key.split_inclusive(':').next().unwrap_or_default()
    }

    /// Returns the number of live jobs of this job's owner up to which a full queue still takes it, so that one shop
    /// cannot fill the queues of all. A queue with twice as many jobs as make it full takes none at all.
    pub fn reserve(&self) -> u32 {
        self.queue_depth_max / PLACES_PER_RESERVED
    }

    /// Returns whether a queue has room for this job that holds so many live jobs in all and of its owner.
    pub fn fits(&self, live: usize, of_owner: impl FnOnce() -> usize) -> bool {
        let depth_max = self.queue_depth_max as usize;
        live < depth_max || live < 2 * depth_max && of_owner() < self.reserve() as usize
    }
}

/// The result of an enqueue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// The job is durably queued, under this id.
    Accepted(String),
    /// Nothing was queued, because the key already has a live job: this is its id.
    Live(String),
    /// Nothing was queued, because every queue is full.
    Full,
}

/// A job under lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed<P = Vec<u8>> {
    /// The job's id.
    pub id: String,
    /// The job's key.
    pub key: String,
    /// Proof of this claim. It grows with every claim of the job and is never reused.
    pub token: u64,
    /// The number of this attempt, from 1, counted since the job was enqueued or an operator queued it again. A claim
    /// that ended without a report does not count.
    pub attempt: u32,
    /// How many claims in a row, just before this one, ended without a report.
    pub crashes: u32,
    /// The payload, as it was enqueued.
    pub payload: P,
}

/// The result of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimResult<P = Vec<u8>> {
    /// A job, leased to the caller.
    Job(Claimed<P>),
    /// No job is due before this time; `None` if no job is live.
    Idle(Option<u64>),
}

/// What a claimed job is completed as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completion {
    /// The job is done, and its payload is deleted. The text, if any, says what went wrong on the way.
    Done(Option<String>),
    /// The attempt failed, and the job may be claimed again.
    Retry {
        /// The earliest time of the next claim, in milliseconds since the epoch.
        at_ms: u64,
        /// What went wrong.
        reason: String,
    },
    /// The job may be claimed again from this time on. This claim does not count as an attempt.
    Postponed(u64),
    /// The job is given up and kept as a dead letter, with this reason.
    Dead(String),
}

impl Completion {
    /// Returns the state of the job after the completion.
    pub fn state(&self) -> State {
        match self {
            Self::Done(_) => State::Done,
            Self::Retry { .. } | Self::Postponed(_) => State::Queued,
            Self::Dead(_) => State::Dead,
        }
    }
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Waiting to be claimed.
    Queued,
    /// Under lease.
    Running,
    /// Completed as done.
    Done,
    /// Given up: a dead letter.
    Dead,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Done, Self::Dead];

    /// Returns its name in storage and for operators.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// Returns the state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Returns whether the job is not completed yet.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// The newest job of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The job's id.
    pub id: String,
    /// The job's state.
    pub state: State,
    /// The number of attempts since it was enqueued or queued again.
    pub attempt: u32,
    /// When the job was completed or, if it is live, when it was enqueued.
    pub since_ms: u64,
}

/// The load of a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// The number of waiting jobs.
    pub queued: u32,
    /// The number of jobs under lease.
    pub running: u32,
    /// The number of dead letters.
    pub dead: u32,
    /// When the oldest live job was enqueued.
    pub oldest_ms: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_by_the_names_that_they_are_written_by() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
        assert_eq!(State::parse("lost"), None);
    }
}
