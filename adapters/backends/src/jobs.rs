//! Jobs over a database. Time and randomness are arguments.

use portable::sql::jobs::{PAYLOAD_BYTES_MAX, new_id};
use portable::sql::{first_after, jobs as sql};
use serde_json::json;

use crate::database::{Database, Row, Sql, Value};
use crate::{Failure, within};

/// How often queuing a job also deletes jobs that were done long ago: once in this many, at random.
const PRUNE_ONE_IN: u64 = 8;
/// How many it deletes: few, since a shopper may wait for it, but more than are enqueued meanwhile.
const PRUNE_JOBS_MAX: u32 = 16;
/// How long jobs that are done are kept. Dead letters stay.
const DONE_KEPT_MS: u64 = 7 * 86_400_000;

/// A job to queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The queues that may take it, in order of preference.
    pub queues: Vec<String>,
    /// A queue with this many live jobs is full.
    pub queue_depth_max: u32,
    /// What the job is about: one live job per key.
    pub key: String,
    /// The job itself, opaque here.
    pub payload: Vec<u8>,
    /// The current time, from which on it may be claimed.
    pub now_ms: u64,
}

/// How enqueuing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// Durably queued, under this id.
    Accepted(String),
    /// The key already has this live job.
    Live(String),
    /// Every queue is full.
    Full,
}

/// A job under lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// Proof of this claim.
    pub token: u64,
    /// The number of the attempt. Crashes do not count.
    pub attempt: u32,
    /// The number of crashes in a row: claims that ended without a report.
    pub crashes: u32,
    /// The payload that was queued.
    pub payload: Vec<u8>,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A job, leased to the caller.
    Job(Claimed),
    /// There is nothing to do before this time.
    Idle(Option<u64>),
}

/// The outcome of a claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completion {
    /// It is done; the text says what went wrong on the way, if anything.
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
    /// It is given up, with the reason.
    Dead(String),
}

/// The newest job of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// `queued`, `running`, `done` or `dead`.
    pub state: String,
    /// How many times it was claimed.
    pub attempt: u32,
    /// When it was completed, or else when it was queued.
    pub since_ms: u64,
}

/// A selection of jobs by their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// The jobs of exactly this key.
    Exactly(String),
    /// The jobs whose keys start with this prefix.
    StartingWith(String),
}

/// How full a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueStats {
    /// Jobs that wait.
    pub queued: u32,
    /// Jobs under lease.
    pub running: u32,
    /// Dead letters.
    pub dead: u32,
    /// When the oldest live job was enqueued.
    pub oldest_ms: Option<u64>,
}

/// Jobs.
pub struct Jobs<'a, S>(pub &'a Database<S>);

impl<S: Sql> Jobs<'_, S> {
    /// Queues a job in the first queue that has room. Looks for the key's live job first, because that is the usual
    /// answer and costs no write.
    pub fn enqueue(&self, job: &NewJob, random: u64) -> Result<Enqueued, Failure> {
        within(&job.payload, PAYLOAD_BYTES_MAX)?;
        self.prune_by_chance(job.now_ms, random);
        if let Some(mut row) = self.0.first(sql::LIVE_OF_KEY, &[job.key.as_str().into()])? {
            return Ok(Enqueued::Live(row.text()?));
        }
        let id = new_id(job.now_ms, random);
        let parameters = [
            id.as_str().into(),
            job.key.as_str().into(),
            job.payload.as_slice().into(),
            job.now_ms.into(),
            json!(job.queues).to_string().as_str().into(),
            job.queue_depth_max.into(),
        ];
        let Some(mut row) = self.0.first(sql::ENQUEUE, &parameters)? else { return Ok(Enqueued::Full) };
        let live = row.text()?;
        Ok(if live == id { Enqueued::Accepted(id) } else { Enqueued::Live(live) })
    }

    /// Leases the job that has been due longest, whatever its queue. A job whose lease expired is due. The platforms do
    /// not distinguish processes, so no lease names one.
    pub fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<Claim, Failure> {
        let due_ms = self.next_due(now_ms)?;
        if due_ms.is_none_or(|due_ms| due_ms > now_ms) {
            return Ok(Claim::Idle(due_ms));
        }
        let parameters = [now_ms.into(), lease_end(now_ms, lease_ms), Value::Null];
        let Some(mut row) = self.0.first(sql::CLAIM, &parameters)? else {
            return Ok(Claim::Idle(self.next_due(now_ms)?));
        };
        Ok(Claim::Job(claimed(&mut row)?))
    }

    /// Returns the job that was claimed with this token, unless it was claimed again since or deleted.
    pub fn leased(&self, id: &str, token: u64) -> Result<Option<Claimed>, Failure> {
        self.0.first(sql::LEASED, &[id.into(), token.into()])?.map(|mut row| claimed(&mut row)).transpose()
    }

    /// Returns when the next job is due, corrected if the clock was set back since then.
    fn next_due(&self, now_ms: u64) -> Result<Option<u64>, Failure> {
        let (due_ms, set_ms) = self.due_and_set()?;
        if set_ms.is_some_and(|set_ms| sql::was_set_back(set_ms, now_ms)) {
            self.0.execute(sql::SET_BACK, &[now_ms.into()])?;
            return Ok(self.due_and_set()?.0);
        }
        Ok(due_ms)
    }

    fn due_and_set(&self) -> Result<(Option<u64>, Option<u64>), Failure> {
        let Some(mut row) = self.0.first(sql::NEXT_DUE, &[])? else { return Ok((None, None)) };
        Ok((row.number_if_any()?, row.number_if_any()?))
    }

    /// Extends a lease. Returns false if the caller lost it.
    pub fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Failure> {
        let parameters = [id.into(), token.into(), now_ms.into(), lease_end(now_ms, lease_ms)];
        Ok(self.0.first(sql::EXTEND, &parameters)?.is_some())
    }

    /// Completes a job. Returns false, and changes nothing, if the caller lost its lease.
    pub fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: &Completion,
    ) -> Result<bool, Failure> {
        let (state, completed_ms, due_ms, error) = match completion {
            Completion::Done(error) => ("done", Some(now_ms), None, error.as_deref()),
            Completion::Dead(reason) => ("dead", Some(now_ms), None, Some(reason.as_str())),
            Completion::Retry { at_ms, reason } => ("queued", None, Some(*at_ms), Some(reason.as_str())),
            Completion::Postponed(at_ms) => ("queued", None, Some(*at_ms), None),
        };
        let is_postponed = matches!(completion, Completion::Postponed(_));
        let parameters = [
            id.into(),
            token.into(),
            state.into(),
            completed_ms.into(),
            due_ms.into(),
            error.into(),
            now_ms.into(),
            u64::from(is_postponed).into(),
        ];
        Ok(self.0.first(sql::COMPLETE, &parameters)?.is_some())
    }

    /// Returns the newest job of `key`, live or completed.
    pub fn latest(&self, key: &str) -> Result<Option<Status>, Failure> {
        let status = |mut row: Row| {
            Ok(Status { id: row.text()?, state: row.text()?, attempt: row.count()?, since_ms: row.number()? })
        };
        self.0.first(sql::LATEST, &[key.into()])?.map(status).transpose()
    }

    /// Deletes up to `limit` jobs of those keys from all queues. Returns how many were deleted.
    pub fn delete(&self, keys: &Keys, limit: u32) -> Result<u32, Failure> {
        let (first, after) = keys.range();
        let forgotten =
            self.0.execute(sql::DELETE, &[first.into(), after.as_deref().into(), limit.into()])?;
        Ok(u32::try_from(forgotten.len()).unwrap_or(u32::MAX))
    }

    /// Returns how full `queue` is.
    pub fn stats(&self, queue: &str) -> Result<QueueStats, Failure> {
        let depth = |mut row: Row| {
            Ok(QueueStats {
                queued: row.count()?,
                running: row.count()?,
                dead: row.count()?,
                oldest_ms: row.number_if_any()?,
            })
        };
        self.0.first(sql::STATS, &[queue.into()])?.map_or(Ok(QueueStats::default()), depth)
    }

    /// Deletes old jobs now and then. A failure is ignored, because the new job must be queued all the same and a later
    /// one tries again.
    fn prune_by_chance(&self, now_ms: u64, random: u64) {
        if random.is_multiple_of(PRUNE_ONE_IN) {
            let before_ms = now_ms.saturating_sub(DONE_KEPT_MS);
            let _ = self.0.execute(sql::PRUNE, &[before_ms.into(), PRUNE_JOBS_MAX.into()]);
        }
    }
}

impl Keys {
    /// Returns the first of these keys, and the first text after all of them, if there is one.
    fn range(&self) -> (&str, Option<String>) {
        match self {
            Self::Exactly(key) => (key, Some(format!("{key}\0"))),
            Self::StartingWith(prefix) => (prefix, first_after(prefix)),
        }
    }
}

fn claimed(row: &mut Row) -> Result<Claimed, Failure> {
    Ok(Claimed {
        id: row.text()?,
        key: row.text()?,
        token: row.number()?,
        attempt: row.count()?,
        crashes: row.count()?,
        payload: row.bytes()?,
    })
}

fn lease_end(now_ms: u64, lease_ms: u32) -> Value {
    now_ms.saturating_add(lease_ms.into()).into()
}
