//! Jobs on a real database, and the journal.

use model::jobs::{ClaimResult, Claimed, Completion, Enqueued, NewJob, QueueStats, Status};
use model::{Access, Key, Range, Store};
use queueing::{Failure, Jobs, Kv, Operator};
use sql::jobs::SET_BACK_MS_MIN;

use super::Actor;
use crate::Bug;
use crate::bytes::Bytes;
use crate::generation::WAIT_MS_MAX;
use crate::ledger::{SKEW_MS, Verdict};
use crate::world::World;

/// How rarely waits are judged: once in this many calls.
const JUDGED_ONE_IN: u64 = 4;
/// How rarely a planted bug loses a job.
const LOSS_ONE_IN: u64 = 8;

fn down(reason: String) -> Failure {
    Failure::Unavailable(reason)
}

fn sql(failure: &storage::Failure) -> Failure {
    Failure::Invalid(format!("the database refused a statement: {failure}"))
}

impl World {
    fn jobs(&self) -> storage::jobs::Jobs<'_, crate::sqlite::Sqlite> {
        storage::jobs::Jobs(&self.database)
    }

    fn enqueue(&self, host: usize, job: &NewJob) -> Result<Enqueued, storage::Failure> {
        let random = self.random.borrow_mut().next();
        let is_page = !job.key.starts_with("errand/");
        let key = match self.bug {
            Some(Bug::EnqueueIgnoresLiveJob) if is_page => format!("{}#{random}", job.key),
            Some(Bug::EnqueueAnswersFirst) if is_page && random.is_multiple_of(LOSS_ONE_IN) => {
                return Ok(Enqueued::Accepted(format!("lost-{random}")));
            }
            _ => job.key.clone(),
        };
        let enqueued = self.jobs().enqueue(&NewJob { key, ..job.clone() }, random)?;
        if let Enqueued::Accepted(id) = &enqueued {
            let row = self.database.first("SELECT queue FROM jobs WHERE id = ?1", &[id.as_str().into()])?;
            let queue = row.map_or(Ok(String::new()), |mut row| row.text())?;
            self.stored(&format!("job {id}"), &job.payload);
            self.judge(self.ledger.borrow_mut().jobs.enqueued(id, job, queue));
            self.announce(host);
        }
        Ok(enqueued)
    }

    fn claim(&self, host: usize, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, storage::Failure> {
        let process = self.processes.borrow()[host].clone();
        self.claimant.replace(Some(process.clone()));
        // A call that comes late looks like one after the clock was set back.
        let late_ms = self.wall_ms(host).saturating_sub(now_ms);
        if late_ms + SKEW_MS >= SET_BACK_MS_MIN {
            self.ledger.borrow_mut().jobs.set_back(late_ms);
        }
        let claimed = self.jobs().claim(now_ms, lease_ms, None)?;
        self.judge(self.judge_waits(now_ms.max(self.wall_ms(host)))?);
        if let ClaimResult::Job(claimed) = &claimed {
            let latest_ms = self.true_wall_ms().max(now_ms);
            let until_ms = self.true_wall_ms().min(now_ms) + u64::from(lease_ms);
            self.judge(self.ledger.borrow_mut().jobs.claimed(claimed, &process, latest_ms, until_ms));
        }
        Ok(claimed)
    }

    /// Checks now and then that no page waits longer than its longest pause, even if the clocks were set.
    fn judge_waits(&self, now_ms: u64) -> Result<Verdict, storage::Failure> {
        const LATEST: &str =
            "SELECT max(due_ms) FROM jobs WHERE state IN ('queued', 'running') AND key NOT LIKE 'errand/%'";
        if self.day.is_some() || !self.step.get().is_multiple_of(JUDGED_ONE_IN) {
            return Ok(Ok(()));
        }
        let latest_ms =
            self.database.first(LATEST, &[])?.map(|mut row| row.number_if_any()).transpose()?.flatten();
        let wait_ms = latest_ms.unwrap_or(0).saturating_sub(now_ms);
        let is_fine = wait_ms <= WAIT_MS_MAX + SET_BACK_MS_MIN + SKEW_MS;
        Ok(if is_fine { Ok(()) } else { Err(format!("a page waits for {wait_ms} ms")) })
    }

    fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: &Completion,
    ) -> Result<bool, storage::Failure> {
        let newest = match self.bug {
            Some(Bug::CompletionIgnoresLease) => {
                let row = self.database.first("SELECT claims FROM jobs WHERE id = ?1", &[id.into()])?;
                row.map_or(Ok(token), |mut row| row.number())?
            }
            _ => token,
        };
        let is_ours = self.jobs().complete(id, newest, now_ms, completion.clone())?;
        if is_ours && !self.ledger.borrow().jobs.is_repeated(id, token, completion) {
            let mut ledger = self.ledger.borrow_mut();
            // If the clocks were set back during the call, the job comes back as much earlier.
            let ahead_ms = now_ms.saturating_sub(self.true_wall_ms());
            self.judge(ledger.jobs.completed(id, token, completion, ahead_ms));
            let done = ledger.jobs.cause(id).filter(|_| matches!(completion, Completion::Done(_)));
            if let Some(cause) = done {
                ledger.data.maintenance_done(&cause, self.now_ms.get());
            }
            if self.day.is_some() {
                ledger.jobs.forget_ended(id);
            }
        }
        Ok(is_ours)
    }
}

impl Jobs for &Actor<'_> {
    fn enqueue(&self, job: NewJob) -> Result<Enqueued, Failure> {
        let call = || format!("jobs.enqueue {} {}", job.key, String::from_utf8_lossy(&job.payload));
        let enqueued = self
            .call(call, || self.world.enqueue(self.host, &job))
            .map_err(down)?
            .map_err(|failure| sql(&failure))?;
        self.world.note(|| format!("    {enqueued:?}"));
        if let Enqueued::Accepted(id) | Enqueued::Live(id) = &enqueued {
            let promised = self.world.ledger.borrow().jobs.promised(id, &job.payload);
            self.world.judge(promised);
        }
        Ok(enqueued)
    }

    fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Failure> {
        let claim = || self.world.claim(self.host, now_ms, lease_ms);
        let claimed =
            self.call(|| "jobs.claim".to_owned(), claim).map_err(down)?.map_err(|failure| sql(&failure))?;
        if let ClaimResult::Job(Claimed { id, key, token, attempt, crashes, .. }) = &claimed {
            self.world.note(|| {
                format!("    claim {token} of {id} for {key}, attempt {attempt}, {crashes} crashes")
            });
        }
        Ok(claimed)
    }

    fn leased(&self, id: &str, token: u64) -> Result<Option<Claimed>, Failure> {
        let leased = || self.world.jobs().leased(id, token);
        self.call(|| format!("jobs.leased {id} {token}"), leased)
            .map_err(down)?
            .map_err(|failure| sql(&failure))
    }

    fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Failure> {
        let extend = || {
            let is_ours = self.world.jobs().extend_lease(id, token, now_ms, lease_ms)?;
            if is_ours {
                let until_ms = self.world.true_wall_ms().min(now_ms) + u64::from(lease_ms);
                self.world.judge(self.world.ledger.borrow_mut().jobs.extended(id, token, until_ms));
            }
            Ok(is_ours)
        };
        self.call(|| format!("jobs.extend {id} {token}"), extend)
            .map_err(down)?
            .map_err(|failure| sql(&failure))
    }

    fn complete(&self, id: &str, token: u64, now_ms: u64, completion: Completion) -> Result<bool, Failure> {
        let call = || format!("jobs.complete {id} {token} {completion:?}");
        let complete = || self.world.complete(id, token, now_ms, &completion);
        self.call(call, complete).map_err(down)?.map_err(|failure| sql(&failure))
    }

    fn latest(&self, key: &str, _queues: &[String]) -> Result<Option<Status>, Failure> {
        self.call(|| format!("jobs.latest {key}"), || self.world.jobs().latest(key))
            .map_err(down)?
            .map_err(|failure| sql(&failure))
    }

    fn delete(&self, keys: &Range, _queues: &[String], limit: u32) -> Result<u32, Failure> {
        let delete = || {
            let deleted = self.world.jobs().delete(keys, limit)?;
            if let Some((shop, shopper)) = &*self.deletes.borrow() {
                let stored = self.world.job_ids();
                let mut ledger = self.world.ledger.borrow_mut();
                self.world.judge(ledger.jobs.deleted(|id| stored.contains(id), shop, shopper.as_ref()));
            }
            Ok(deleted)
        };
        self.call(|| format!("jobs.delete {keys:?}"), delete).map_err(down)?.map_err(|failure| sql(&failure))
    }

    fn stats(&self, queue: &str) -> Result<QueueStats, Failure> {
        self.call(|| format!("jobs.stats {queue}"), || self.world.jobs().stats(queue))
            .map_err(down)?
            .map_err(|failure| sql(&failure))
    }
}

impl Kv for &Actor<'_> {
    fn set(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), Failure> {
        let value = Bytes(bytes.into());
        self.put_entry(Access::QUEUEING, key.store(), &key.to_string(), &value, Some(ttl_seconds))
            .map_err(down)
    }

    fn get(&self, key: &str, peek: u32) -> Result<Option<Vec<u8>>, Failure> {
        let found = self.get_entry(Access::QUEUEING, Store::GenerationQueue, key).map_err(down)?;
        Ok(found.map(|entry| entry.bytes.head(peek)))
    }

    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        self.list_entries(Access::QUEUEING, Store::GenerationQueue, prefix, Some(after), limit).map_err(down)
    }
}

impl Operator for &Actor<'_> {
    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        self.world.note(|| format!("    {message} {particulars:?}"));
    }
}
