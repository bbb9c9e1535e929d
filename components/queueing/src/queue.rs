//! The operations of the queue.

use model::jobs::{
    self, ClaimResult, Completion, Ending, Enqueued, GenerationRequest, Lease, MaintenanceTask, NewJob,
    Outcome, QueueStats, State, Trouble,
};
use model::pages::Deleted;
use model::{Scope, ShopId, ShopperId};

use crate::capabilities::{Failure, Jobs, Kv, Operator};
use crate::generation_request;
use crate::journal::{self, Record};
use crate::maintenance;
use crate::policy::{Pool, member_index, member_name, pause_ms, rotation};
use crate::task::Task;

/// The most jobs that one call deletes.
const DELETED_MAX: u32 = 200;
/// The most jobs that one claim may give up before it leaves the rest to the next claim.
const BURIALS_MAX: u32 = 16;

/// The queue, on top of its storage.
#[derive(Debug)]
pub struct Queue<J, K, O> {
    /// The durable jobs.
    pub jobs: J,
    /// The storage of errors.
    pub kv: K,
    /// The operator's log, for errors that could not be stored.
    pub operator: O,
}

/// A claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its lease.
    pub lease: Lease,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// Whether this is the last attempt.
    pub last: bool,
    /// Whether the job crashed since its last attempt.
    pub crashed: bool,
    /// The task of the job.
    pub task: Task,
}

/// The result of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// A job to work on.
    Job(Box<Job>),
    /// No job is due before this time; `None` if no job waits.
    Idle(Option<u64>),
}

/// A member of the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name: `pool-0` and so on.
    pub name: String,
    /// The depth of its queue.
    pub depth: QueueStats,
}

/// A failure of the queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The pool has no member of that name, which is the caller's mistake.
    #[error("the pool has no such member")]
    NoSuchMember,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] Failure),
}

impl<J: Jobs, K: Kv, O: Operator> Queue<J, K, O> {
    /// Queues a generation request, durably before it returns. If a member is full, the next one takes it.
    pub fn enqueue(&self, request: GenerationRequest, pool: Pool, now_ms: u64) -> Result<Enqueued, Error> {
        let key = generation_request::key(&request);
        let enqueued = self.jobs.enqueue(NewJob {
            queues: queues(&key, pool),
            queue_depth_max: pool.depth_max,
            payload: generation_request::encode(GenerationRequest {
                signals: request.signals.bounded(),
                ..request
            }),
            key,
            now_ms,
        })?;
        Ok(enqueued)
    }

    /// Queues a maintenance task, durably before it returns. All tasks of a shop go to the same member, which starts
    /// them in order as far as they succeed.
    ///
    /// A task that was queued before is not queued again while its job is stored, even if the job is over, because a
    /// caller that asks twice does not want the task done twice. Only a task that was given up is queued again.
    pub fn enqueue_maintenance(
        &self,
        task: &MaintenanceTask,
        pool: Pool,
        now_ms: u64,
    ) -> Result<Enqueued, Error> {
        let pool = pool.for_maintenance();
        let (key, queues) = (maintenance::job_key(task), queues(task.shop.as_str(), pool));
        if let Some(newest) = self.jobs.latest(&key, &queues)?
            && newest.state != State::Dead
        {
            return Ok(Enqueued::Live(newest.id));
        }
        let (payload, queue_depth_max) = (maintenance::encode(task), pool.depth_max);
        Ok(self.jobs.enqueue(NewJob { queues, queue_depth_max, key, payload, now_ms })?)
    }

    /// Leases the next job for a free member: the due job whose turn is next, in any queue. So no job waits for a
    /// member that is full or no longer exists while another member is free. Gives up hopeless jobs on the way: those
    /// without a readable task, with too many crashes, or with too many attempts.
    pub fn claim(&self, member: &str, pool: Pool, now_ms: u64) -> Result<Claimed, Error> {
        member_index(member, pool.size).ok_or(Error::NoSuchMember)?;
        for _ in 0..BURIALS_MAX {
            let leased = match self.jobs.claim(now_ms, pool.lease_ms)? {
                ClaimResult::Job(leased) => leased,
                ClaimResult::Idle(until_ms) => return Ok(Claimed::Idle(until_ms)),
            };
            match admit(leased, pool) {
                Ok(job) => return Ok(Claimed::Job(Box::new(job))),
                Err(hopeless) => self.bury(&hopeless, now_ms)?,
            }
        }
        Ok(Claimed::Idle(Some(now_ms)))
    }

    fn bury(&self, hopeless: &Hopeless, now_ms: u64) -> Result<(), Error> {
        let Hopeless { lease, shop, reason } = hopeless;
        if self.end(lease, now_ms, Completion::Dead(reason.clone()))? {
            let trouble = Trouble { cause: None, reason: reason.clone() };
            self.record(&Record::new(now_ms, &lease.id, shop.as_ref(), &trouble, Ending::Dead));
        }
        Ok(())
    }

    /// Extends the lease of a job that is still being worked on. Returns false if the caller no longer holds it.
    pub fn extend_lease(&self, lease: &Lease, pool: Pool, now_ms: u64) -> Result<bool, Error> {
        Ok(self.jobs.extend_lease(&lease.id, lease.token, now_ms, pool.lease_ms)?)
    }

    /// Completes a job. Returns false, and changes nothing, if the caller no longer holds its lease. A caller that got no
    /// answer repeats the call, which then returns true if the first call was carried out. `random` spreads the retries
    /// of jobs that failed together.
    pub fn complete(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        pool: Pool,
        now_ms: u64,
        random: u64,
    ) -> Result<bool, Error> {
        match outcome {
            Outcome::Done(None) => self.end(lease, now_ms, Completion::Done(None)),
            Outcome::Postponed(after_ms) => {
                self.end(lease, now_ms, Completion::Postponed(now_ms.saturating_add(*after_ms)))
            }
            Outcome::Done(Some(trouble)) => self.end_with(lease, trouble, now_ms, |trouble, _| {
                (Ending::Done, Completion::Done(Some(trouble.to_string())))
            }),
            Outcome::Retry { after_ms, trouble } => {
                self.end_with(lease, trouble, now_ms, |trouble, attempt| {
                    attempt.retry_or_bury(trouble, pool, *after_ms, now_ms, random)
                })
            }
            Outcome::Failed(reason) => {
                let trouble = Trouble { cause: None, reason: reason.clone() };
                self.end_with(lease, &trouble, now_ms, |trouble, _| {
                    (Ending::Dead, Completion::Dead(trouble.to_string()))
                })
            }
        }
    }

    fn end(&self, lease: &Lease, now_ms: u64, completion: Completion) -> Result<bool, Error> {
        Ok(self.jobs.complete(&lease.id, lease.token, now_ms, completion)?)
    }

    /// Completes a job that had trouble, and records the trouble in the journal. What this takes to know about the job
    /// is read from storage, so that a worker reports an outcome and nothing else.
    fn end_with(
        &self,
        lease: &Lease,
        trouble: &Trouble,
        now_ms: u64,
        completing: impl FnOnce(&Trouble, &Attempt) -> (Ending, Completion),
    ) -> Result<bool, Error> {
        let Some(leased) = self.jobs.leased(&lease.id, lease.token)? else { return Ok(false) };
        let Ok(task) = Task::decode(&leased.payload) else {
            // A job under lease has a readable task. This one is done, by a call whose answer got lost.
            return self.end(lease, now_ms, Completion::Done(None));
        };
        let trouble = Trouble { reason: task.impersonal(trouble.reason.clone()), ..*trouble };
        let attempt = Attempt { number: leased.attempt, task };
        let (ending, completion) = completing(&trouble, &attempt);
        let ours = self.end(lease, now_ms, completion)?;
        if ours {
            let shop = Some(attempt.task.shop());
            self.record(&Record::new(now_ms, &lease.id, shop, &trouble, ending));
        }
        Ok(ours)
    }

    /// Writes an error to the journal. If that fails, only logs it, because the job is already completed.
    fn record(&self, record: &Record) {
        if let Err(failure) = journal::write(&self.kv, record) {
            let particulars = [
                ("job", &*record.job),
                ("ending", record.ending.name()),
                ("reason", &*record.reason),
                ("cause", &*failure.to_string()),
            ];
            self.operator.warn("cannot record why a job failed", &particulars);
        }
    }

    /// Returns the state of a shopper's newest job; `None` if there is none.
    pub fn status(&self, shop: &ShopId, shopper: &ShopperId, pool: Pool) -> Result<Option<State>, Error> {
        let key = generation_request::job_key(shop, shopper);
        Ok(self.jobs.latest(&key, &queues(&key, pool))?.map(|newest| newest.state))
    }

    /// Deletes some generation requests in `scope`, live or over, which takes them from their workers. Keeps
    /// maintenance tasks.
    ///
    /// May also delete generation requests of a shopper whose id is the given one's, `_` and more. They are
    /// requested again, like after any miss.
    pub fn delete(&self, scope: Scope<'_>, pool: Pool) -> Result<Deleted, Error> {
        let queues: Vec<String> = (0..pool.size.max(1)).map(member_name).collect();
        let mut count = 0;
        for keys in scope.jobs() {
            let limit = DELETED_MAX.saturating_sub(count);
            if limit > 0 {
                count += self.jobs.delete(&keys, &queues, limit)?;
            }
        }
        Ok(Deleted { count, more: count >= DELETED_MAX })
    }

    /// Returns the depth of each member.
    pub fn members(&self, pool: Pool) -> Result<Vec<Member>, Error> {
        let stats = (0..pool.size).map(member_name).map(|name| {
            let depth = self.jobs.stats(&name)?;
            Ok(Member { name, depth })
        });
        stats.collect()
    }

    /// Returns at most `limit` of the latest errors, newest first, and never more than 100.
    pub fn errors(&self, limit: u32, now_ms: u64) -> Result<Vec<Record>, Error> {
        Ok(journal::newest(&self.kv, now_ms, limit)?)
    }
}

/// Returns the queues that may hold a job with this key, in order of preference.
fn queues(key: &str, pool: Pool) -> Vec<String> {
    rotation(key, pool.size).map(member_name).collect()
}

/// An attempt at a task, as storage knows it.
struct Attempt {
    /// The number of the attempt, from 1.
    number: u32,
    task: Task,
}

impl Attempt {
    /// Returns the completion of an attempt that failed. The last one is not followed by another.
    fn retry_or_bury(
        &self,
        trouble: &Trouble,
        pool: Pool,
        after_ms: Option<u64>,
        now_ms: u64,
        random: u64,
    ) -> (Ending, Completion) {
        let terms = self.task.terms(pool);
        let reason = trouble.to_string();
        if self.number >= terms.attempts_max {
            return (Ending::Dead, Completion::Dead(reason));
        }
        let pause_ms = pause_ms(self.number, terms.backoff, after_ms, random);
        (Ending::Retry, Completion::Retry { at_ms: now_ms.saturating_add(pause_ms), reason })
    }
}

/// A job that must not be handed out again.
struct Hopeless {
    lease: Lease,
    shop: Option<ShopId>,
    reason: String,
}

fn admit(claimed: jobs::Claimed, pool: Pool) -> Result<Job, Hopeless> {
    let jobs::Claimed { id, token, attempt, crashes, payload, .. } = claimed;
    let lease = Lease { id, token };
    let task = match Task::decode(&payload) {
        Ok(task) => task,
        Err(wrong) => return Err(Hopeless { lease, shop: None, reason: wrong.to_string() }),
    };
    let Pool { attempts_max, crashes_max, .. } = task.terms(pool);
    let hopeless = if crashes >= crashes_max {
        Some(format!("its process died {crashes} times in a row while it ran"))
    } else if attempt > attempts_max {
        // The limit was lowered meanwhile.
        Some(format!("{} attempts failed, and the limit is {attempts_max}", attempt - 1))
    } else {
        None
    };
    if let Some(reason) = hopeless {
        return Err(Hopeless { lease, shop: Some(task.shop().clone()), reason });
    }
    Ok(Job { lease, attempt, last: attempt == attempts_max, crashed: crashes > 0, task })
}

#[cfg(test)]
mod tests;
