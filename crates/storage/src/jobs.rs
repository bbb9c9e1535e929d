//! Jobs over a database. Time and randomness are arguments.

use ::sql::jobs::{PAYLOAD_BYTES_MAX, new_id};
use ::sql::{first_after, jobs as sql};
use model::Range;
use model::jobs::{ClaimResult, Claimed, Completion, Enqueued, NewJob, QueueStats, State, Status};
use serde_json::json;

use crate::database::{Database, Row, Sql, Value};
use crate::{Failure, within};

/// How often queuing a job also deletes jobs that were done long ago: once in this many, at random.
const PRUNE_ONE_IN: u64 = 8;
/// How many it deletes: few, since a shopper may wait for it, but more than are enqueued meanwhile.
const PRUNE_JOBS_MAX: u32 = 16;
/// How long jobs that are done are kept, and dead letters.
const DONE_KEPT_MS: u64 = 7 * 86_400_000;
const DEAD_KEPT_MS: u64 = 90 * 86_400_000;

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
            job.owner().into(),
            first_after(job.owner()).as_deref().into(),
            job.reserve().into(),
        ];
        let Some(mut row) = self.0.first(sql::ENQUEUE, &parameters)? else { return Ok(Enqueued::Full) };
        let live = row.text()?;
        Ok(if live == id { Enqueued::Accepted(id) } else { Enqueued::Live(live) })
    }

    /// Leases the due job whose turn is next, whatever its queue. A job whose lease expired is due. The platforms do
    /// not distinguish processes, so no lease names one. If `leases_max` jobs are under lease, none is claimed.
    pub fn claim(&self, now_ms: u64, lease_ms: u32, leases_max: Option<u32>) -> Result<ClaimResult, Failure> {
        let due_ms = self.next_due(now_ms)?;
        if due_ms.is_none_or(|due_ms| due_ms > now_ms) {
            return Ok(ClaimResult::Idle(due_ms));
        }
        // The claim itself holds to the limit. To look first spares a full pool the wait for the database's write lock.
        if let Some(max) = leases_max
            && self.running(now_ms)? >= max.into()
        {
            return Ok(ClaimResult::Idle(due_ms));
        }
        let leases_max = leases_max.map_or(Value::Null, |max| u64::from(max).into());
        let parameters = [now_ms.into(), lease_end(now_ms, lease_ms), Value::Null, leases_max];
        let Some(mut row) = self.0.first(sql::CLAIM, &parameters)? else {
            return Ok(ClaimResult::Idle(self.next_due(now_ms)?));
        };
        Ok(ClaimResult::Job(claimed(&mut row)?))
    }

    /// Returns the job that was claimed with this token, unless it was claimed again since or deleted.
    pub fn leased(&self, id: &str, token: u64) -> Result<Option<Claimed>, Failure> {
        self.0.first(sql::LEASED, &[id.into(), token.into()])?.map(|mut row| claimed(&mut row)).transpose()
    }

    fn running(&self, now_ms: u64) -> Result<u64, Failure> {
        self.0.first(sql::RUNNING, &[now_ms.into()])?.map_or(Ok(0), |mut row| row.number())
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

    /// Completes a job. Returns false, and changes nothing, if the caller lost its lease. Returns true, and changes
    /// nothing, if the claim has completed the job so before.
    pub fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: Completion,
    ) -> Result<bool, Failure> {
        let sql::Completed { state, completed_ms, due_ms, error, is_postponed } =
            sql::Completed::of(completion, now_ms);
        let parameters = [
            id.into(),
            token.into(),
            state.name().into(),
            completed_ms.into(),
            due_ms.into(),
            error.as_deref().into(),
            now_ms.into(),
            u64::from(is_postponed).into(),
        ];
        if self.0.first(sql::COMPLETE, &parameters)?.is_some() {
            return Ok(true);
        }
        let claim_and_state = [id.into(), token.into(), state.name().into()];
        Ok(self.0.first(sql::COMPLETED_BEFORE, &claim_and_state)?.is_some())
    }

    /// Returns the newest job of `key`, live or completed.
    pub fn latest(&self, key: &str) -> Result<Option<Status>, Failure> {
        let status = |mut row: Row| {
            let (id, state) = (row.text()?, state(&row.text()?)?);
            Ok(Status { id, state, attempt: row.count()?, since_ms: row.number()? })
        };
        self.0.first(sql::LATEST, &[key.into()])?.map(status).transpose()
    }

    /// Deletes up to `limit` jobs of those keys from all queues. Returns how many were deleted.
    pub fn delete(&self, keys: &Range, limit: u32) -> Result<u32, Failure> {
        let (first, after) = bounds(keys);
        let deleted = self.0.execute(sql::DELETE, &[first.into(), after.as_deref().into(), limit.into()])?;
        Ok(u32::try_from(deleted.len()).unwrap_or(u32::MAX))
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
            for (statement, kept_ms) in [(sql::PRUNE_DONE, DONE_KEPT_MS), (sql::PRUNE_DEAD, DEAD_KEPT_MS)] {
                let before_ms = now_ms.saturating_sub(kept_ms);
                let _ = self.0.execute(statement, &[before_ms.into(), PRUNE_JOBS_MAX.into()]);
            }
        }
    }
}

/// Returns the first of these keys, and the first text after all of them, if there is one.
fn bounds(keys: &Range) -> (&str, Option<String>) {
    match keys {
        Range::Exactly(key) => (key, Some(format!("{key}\0"))),
        Range::StartingWith(prefix) => (prefix, first_after(prefix)),
    }
}

fn state(name: &str) -> Result<State, Failure> {
    State::parse(name).ok_or_else(|| Failure::Unavailable(format!("unknown state of a job: {name}")))
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
