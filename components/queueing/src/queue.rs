//! The operations of the queue.

use std::fmt;

use names::{Cause, Scope, ShopperId, StoreId};

use crate::capabilities::{
    Answer, Depth, Failure, Jobs, Kv, Leased, NewJob, Offered, Operator, Settlement, State,
};
use crate::generation_request::{self, GenerationRequest};
use crate::journal::{self, Record};
use crate::maintenance::MaintenanceTask;
use crate::policy::{Pool, member_index, member_name, pause_ms, rotation};
use crate::task::Task;

/// How many jobs one call forgets at most.
const FORGOTTEN_MAX: u32 = 200;
/// How many jobs one claim may bury before it leaves the rest to the next.
const BURIALS_MAX: u32 = 16;

/// The queue over its storage.
#[derive(Debug)]
pub struct Queue<J, K, O> {
    /// Where jobs are durable.
    pub jobs: J,
    /// Where it is kept what went wrong.
    pub kv: K,
    /// Who hears of what could not be kept.
    pub operator: O,
}

/// A task under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Proof that it is the holder's to settle.
    pub token: u64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Whether there will be no other.
    pub last: bool,
    /// Whether a worker died over it since it was last tried.
    pub crashed: bool,
    /// What is to be done.
    pub task: Task,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// A job to be done.
    Job(Box<Job>),
    /// Nothing to do before this time; `None` where nothing waits.
    Idle(Option<u64>),
}

/// What went wrong in a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Why the language model gave no plan; `None` where it was something else.
    pub cause: Option<Cause>,
    /// What went wrong, in words.
    pub reason: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause {
            Some(cause) => write!(f, "{}: {}", cause.name(), self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done. What went wrong on the way, if anything.
    Done(Option<Trouble>),
    /// Worth another attempt.
    Retry {
        /// Not sooner than in so many milliseconds.
        after_ms: Option<u64>,
        /// What went wrong.
        trouble: Trouble,
    },
    /// Not tried: to be claimed again in so many milliseconds. That is no attempt.
    Postponed(u64),
    /// Not worth another attempt, with the reason.
    Failed(String),
}

/// What of a scope was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// How many jobs.
    pub count: u32,
    /// Whether there may be more.
    pub more: bool,
}

/// A member of the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `pool-0` and so on.
    pub name: String,
    /// How full it is.
    pub depth: Depth,
}

/// Why the queue did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The pool has no member of that name: a mistake of the caller's.
    #[error("the pool has no such member")]
    NoSuchMember,
    /// Storage did not answer: try later.
    #[error(transparent)]
    Unavailable(#[from] Failure),
}

impl<J: Jobs, K: Kv, O: Operator> Queue<J, K, O> {
    /// Takes a generation request, durably before it returns. A full member passes it on to the next.
    pub fn offer(&self, request: GenerationRequest, pool: Pool, now_ms: u64) -> Result<Offered, Error> {
        let key = request.key();
        let offered = self.jobs.offer(NewJob {
            lanes: lanes(&key, pool),
            lane_depth_max: pool.depth_max,
            payload: GenerationRequest { signals: request.signals.bounded(), ..request }.encode(),
            key,
            now_ms,
        })?;
        Ok(offered)
    }

    /// Takes a maintenance task, durably before it returns. All of a shop's are offered to the same member. They are begun in
    /// their order as far as they succeed.
    ///
    /// One that was taken before stands, also when it is over, as long as its job is kept: what asks twice
    /// does not want it done twice. Only one that was given up is taken anew.
    pub fn entrust(&self, maintenance: &MaintenanceTask, pool: Pool, now_ms: u64) -> Result<Offered, Error> {
        let pool = pool.for_maintenance();
        let (key, lanes) = (maintenance.key(), lanes(maintenance.store.as_str(), pool));
        if let Some(newest) = self.jobs.newest(&key, &lanes)?
            && newest.state != State::Dead
        {
            return Ok(Offered::Live(newest.id));
        }
        let (payload, lane_depth_max) = (maintenance.encode(), pool.depth_max);
        Ok(self.jobs.offer(NewJob { lanes, lane_depth_max, key, payload, now_ms })?)
    }

    /// Leases the next job for a member that is free: the one that has been due longest, whichever member it was
    /// offered to, so that no job waits for a member that is full or is no more while another is free. Jobs that
    /// cannot be done are buried on the way: those that hold no task, and those whose process died too often.
    pub fn claim(&self, member: &str, pool: Pool, now_ms: u64) -> Result<Claimed, Error> {
        member_index(member, pool.size).ok_or(Error::NoSuchMember)?;
        for _ in 0..BURIALS_MAX {
            let leased = match self.jobs.claim(now_ms, pool.lease_ms)? {
                Answer::Job(leased) => leased,
                Answer::Idle(until_ms) => return Ok(Claimed::Idle(until_ms)),
            };
            match admit(leased, pool) {
                Ok(job) => return Ok(Claimed::Job(Box::new(job))),
                Err(hopeless) => self.bury(&hopeless, now_ms)?,
            }
        }
        Ok(Claimed::Idle(Some(now_ms)))
    }

    fn bury(&self, hopeless: &Hopeless, now_ms: u64) -> Result<(), Error> {
        let Hopeless { id, token, store, reason } = hopeless;
        if self.jobs.settle(id, *token, now_ms, &Settlement::Dead(reason.clone()))? {
            let trouble = Trouble { cause: None, reason: reason.clone() };
            self.record(&Record::new(now_ms, id, store.as_ref(), &trouble, "dead"));
        }
        Ok(())
    }

    /// Prolongs the lease of a job that is still being worked on; false if it is no longer ours.
    pub fn keep(&self, job: &Job, pool: Pool, now_ms: u64) -> Result<bool, Error> {
        Ok(self.jobs.extend(&job.id, job.token, now_ms, pool.lease_ms)?)
    }

    /// Settles a job; false if it was no longer ours, and then nothing changed. `random` spreads
    /// the retries of jobs that failed together.
    pub fn settle(
        &self,
        job: &Job,
        outcome: &Outcome,
        pool: Pool,
        now_ms: u64,
        random: u64,
    ) -> Result<bool, Error> {
        let backoff = job.task.terms(pool).backoff;
        let trouble = trouble(job, outcome);
        let settlement = settlement(job, outcome, trouble.as_ref(), now_ms, |after_ms| {
            pause_ms(job.attempt, backoff, after_ms, random)
        });
        let ours = self.jobs.settle(&job.id, job.token, now_ms, &settlement)?;
        if let (true, Some(trouble)) = (ours, trouble) {
            let store = Some(job.task.store());
            self.record(&Record::new(now_ms, &job.id, store, &trouble, name(&settlement)));
        }
        Ok(ours)
    }

    /// The job is settled already: what cannot be recorded is told to the operator and let go.
    fn record(&self, record: &Record) {
        if let Err(failure) = journal::write(&self.kv, record) {
            let particulars = [
                ("job", &*record.job),
                ("settled", &*record.settled),
                ("reason", &*record.reason),
                ("cause", &*failure.0),
            ];
            self.operator.warn("what went wrong in a job was not recorded", &particulars);
        }
    }

    /// Where a shopper's newest job stands; `None` if there is none.
    pub fn status(&self, store: &StoreId, shopper: &ShopperId, pool: Pool) -> Result<Option<State>, Error> {
        let key = generation_request::job_key(store, shopper);
        Ok(self.jobs.newest(&key, &lanes(&key, pool))?.map(|newest| newest.state))
    }

    /// Forgets some generation requests in `scope`, whether live or over. Whoever works on one has lost it. Maintenance tasks stay.
    ///
    /// Of a shopper whose id is the forgotten one's, `_` and more, generation requests may go with them: they
    /// are requested again, as after any other miss.
    pub fn forget(&self, scope: Scope<'_>, pool: Pool) -> Result<Forgotten, Error> {
        let lanes: Vec<String> = (0..pool.size.max(1)).map(member_name).collect();
        let mut count = 0;
        for keys in scope.jobs() {
            let limit = FORGOTTEN_MAX.saturating_sub(count);
            if limit > 0 {
                count += self.jobs.forget(&keys, &lanes, limit)?;
            }
        }
        Ok(Forgotten { count, more: count >= FORGOTTEN_MAX })
    }

    /// How full each member is.
    pub fn members(&self, pool: Pool) -> Result<Vec<Member>, Error> {
        let measured = (0..pool.size).map(member_name).map(|name| {
            let depth = self.jobs.measure(&name)?;
            Ok(Member { name, depth })
        });
        measured.collect()
    }

    /// What went wrong lately, newest first, at most `limit` and never more than 100.
    pub fn errors(&self, limit: u32, now_ms: u64) -> Result<Vec<Record>, Error> {
        Ok(journal::newest(&self.kv, now_ms, limit)?)
    }
}

/// The lanes that may hold a job about `key`, in order of preference.
fn lanes(key: &str, pool: Pool) -> Vec<String> {
    rotation(key, pool.size).map(member_name).collect()
}

/// A job that is not handed out again.
struct Hopeless {
    id: String,
    token: u64,
    store: Option<StoreId>,
    reason: String,
}

fn admit(leased: Leased, pool: Pool) -> Result<Job, Hopeless> {
    let Leased { id, token, attempt, crashes, payload } = leased;
    let task = match Task::decode(&payload) {
        Ok(task) => task,
        Err(wrong) => return Err(Hopeless { id, token, store: None, reason: wrong.to_string() }),
    };
    let Pool { attempts_max, crashes_max, .. } = task.terms(pool);
    let hopeless = if crashes >= crashes_max {
        Some(format!("its process died {crashes} times in a row while it ran"))
    } else if attempt > attempts_max {
        // The pool was configured to try less often meanwhile.
        Some(format!("it was tried {} times, and may be tried {attempts_max} times", attempt - 1))
    } else {
        None
    };
    if let Some(reason) = hopeless {
        return Err(Hopeless { id, token, store: Some(task.store().clone()), reason });
    }
    Ok(Job { id, token, attempt, last: attempt == attempts_max, crashed: crashes > 0, task })
}

/// What went wrong in a job. It is kept and shown, and so names no customer.
fn trouble(job: &Job, outcome: &Outcome) -> Option<Trouble> {
    let trouble = match outcome {
        Outcome::Done(trouble) => trouble.clone()?,
        Outcome::Retry { trouble, .. } => trouble.clone(),
        Outcome::Postponed(_) => return None,
        Outcome::Failed(reason) => Trouble { cause: None, reason: reason.clone() },
    };
    Some(Trouble { reason: job.task.impersonal(trouble.reason), ..trouble })
}

/// What an outcome comes to: after the last attempt there is no retry.
fn settlement(
    job: &Job,
    outcome: &Outcome,
    trouble: Option<&Trouble>,
    now_ms: u64,
    pause_ms: impl FnOnce(Option<u64>) -> u64,
) -> Settlement {
    let text = trouble.map(ToString::to_string);
    match outcome {
        Outcome::Done(_) => Settlement::Done(text),
        Outcome::Retry { after_ms, .. } if !job.last => {
            let at_ms = now_ms.saturating_add(pause_ms(*after_ms));
            Settlement::Retry { at_ms, reason: text.unwrap_or_default() }
        }
        Outcome::Postponed(after_ms) => Settlement::Postponed(now_ms.saturating_add(*after_ms)),
        Outcome::Retry { .. } | Outcome::Failed(_) => Settlement::Dead(text.unwrap_or_default()),
    }
}

/// How a settlement is called in the journal.
fn name(settlement: &Settlement) -> &'static str {
    match settlement {
        Settlement::Done(_) => "done",
        Settlement::Retry { .. } => "retry",
        Settlement::Postponed(_) => "postponed",
        Settlement::Dead(_) => "dead",
    }
}

#[cfg(test)]
mod tests;
