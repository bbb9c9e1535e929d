//! Jobs in this process's memory, for tests and development: durable as long as the value lives, and seen by no other
//! process.

use std::cmp::Reverse;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use sql::jobs::was_set_back;

use super::{
    Buried, ClaimResult, Claimed, Completion, End, Ended, Enqueued, Error, Filter, Jobs, NewJob, QueueStats,
    Range, Record, Requeued, State, Status, check_size, new_id,
};
use crate::kind::{Opened, Site};
use crate::random::Random;

pub(super) use crate::kind::NoOptions as Options;

/// Creates empty queues.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Jobs>> {
    let memory = Memory::new(site.random.clone()).held_by(site.process.clone());
    let memory: Arc<dyn Jobs> = Arc::new(memory);
    ready(Ok(memory))
}

/// Jobs in memory, oldest first.
pub struct Memory {
    random: Arc<dyn Random>,
    holder: Option<String>,
    jobs: Mutex<Vec<Record>>,
}

impl Memory {
    /// Creates an empty backend that draws job ids from `random`.
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self { random, holder: None, jobs: Mutex::default() }
    }

    /// Names the process that holds the leases.
    #[must_use]
    pub fn held_by(self, process: Option<String>) -> Self {
        Self { holder: process, ..self }
    }

    fn jobs(&self) -> MutexGuard<'_, Vec<Record>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn live_of_key<'a>(jobs: &'a [Record], key: &str) -> Option<&'a Record> {
    jobs.iter().find(|job| job.key == key && job.state.is_live())
}

fn live_of_queue<'a>(jobs: &'a [Record], queue: &str) -> impl Iterator<Item = &'a Record> {
    jobs.iter().filter(move |job| job.queue == queue && job.state.is_live())
}

/// Returns the turn of a new job: the next one after those that run now and after its owner's last.
fn next_turn(jobs: &[Record], owner: &str) -> u64 {
    let live = || jobs.iter().filter(|job| job.state.is_live());
    let running = live().filter(|job| job.state == State::Running).map(|job| job.turn).max();
    let current = running.or_else(|| live().map(|job| job.turn).min());
    let last = live().filter(|job| job.key.starts_with(owner)).map(|job| job.turn).max();
    1 + current.max(last).unwrap_or(0)
}

fn live(jobs: &mut [Record]) -> impl Iterator<Item = &mut Record> {
    jobs.iter_mut().filter(|job| job.state.is_live())
}

/// Returns the job that the claim with `token` holds.
fn held<'a>(jobs: &'a mut [Record], id: &str, token: u64) -> Option<&'a mut Record> {
    jobs.iter_mut().find(|job| job.id == id && job.claims == token && job.state == State::Running)
}

impl Record {
    fn complete(&mut self, state: State, error: Option<String>, now_ms: u64) {
        self.state = state;
        self.completed_ms = Some(now_ms);
        self.error = error.or(self.error.take());
        self.holder = None;
        self.set_ms = now_ms;
    }

    /// Returns whether the newest claim ended by [`Jobs::release`]: the job is then due since it was enqueued.
    fn was_released(&self) -> bool {
        self.state == State::Queued && self.due_ms == self.set_ms && self.due_ms <= self.enqueued_ms
    }

    /// Restarts its remaining wait from `now_ms`, because the clock was set back after its due time was set.
    fn set_back(&mut self, now_ms: u64) {
        let wait_ms = self.due_ms.saturating_sub(self.set_ms);
        self.wait_until(now_ms + wait_ms, now_ms);
    }

    fn wait_until(&mut self, due_ms: u64, now_ms: u64) {
        (self.due_ms, self.set_ms) = (due_ms, now_ms);
    }

    fn claim(&mut self, holder: Option<String>) -> Claimed {
        match self.state {
            State::Running => self.crashes += 1,
            _ => self.attempt += 1,
        }
        self.state = State::Running;
        self.claims += 1;
        self.holder = holder;
        Claimed::from(self.clone())
    }
}

#[async_trait]
impl Jobs for Memory {
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, Error> {
        check_size(&job.payload)?;
        let mut jobs = self.jobs();
        if let Some(live) = live_of_key(&jobs, &job.key) {
            return Ok(Enqueued::Live(live.id.clone()));
        }
        let id = new_id(job.now_ms, self.random.next_u64());
        let has_room = |queue: &&String| {
            let of_owner =
                || live_of_queue(&jobs, queue).filter(|live| live.key.starts_with(job.owner())).count();
            job.fits(live_of_queue(&jobs, queue).count(), of_owner)
        };
        let Some(queue) = job.queues.iter().find(has_room).cloned() else { return Ok(Enqueued::Full) };
        let turn = next_turn(&jobs, job.owner());
        jobs.push(Record {
            id: id.clone(),
            key: job.key,
            queue: queue.clone(),
            state: State::Queued,
            attempt: 0,
            crashes: 0,
            claims: 0,
            holder: None,
            enqueued_ms: job.now_ms,
            due_ms: job.now_ms,
            set_ms: job.now_ms,
            completed_ms: None,
            turn,
            error: None,
            payload: job.payload,
        });
        Ok(Enqueued::Accepted { id, queue })
    }

    async fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Error> {
        let mut jobs = self.jobs();
        if live(&mut jobs).any(|job| was_set_back(job.set_ms, now_ms)) {
            live(&mut jobs).filter(|job| job.set_ms > now_ms).for_each(|job| job.set_back(now_ms));
        }
        let next = live(&mut jobs).filter(|job| job.due_ms <= now_ms).min_by_key(|job| job.turn);
        if let Some(job) = next {
            job.wait_until(now_ms + u64::from(lease_ms), now_ms);
            return Ok(ClaimResult::Job(job.claim(self.holder.clone())));
        }
        Ok(ClaimResult::Idle(live(&mut jobs).map(|job| job.due_ms).min()))
    }

    async fn release(&self, holder: &str, end: End, now_ms: u64) -> Result<u64, Error> {
        let mut jobs = self.jobs();
        let held = |job: &&mut Record| job.state == State::Running && job.holder.as_deref() == Some(holder);
        let released = jobs.iter_mut().filter(held).map(|job| {
            (job.state, job.holder) = (State::Queued, None);
            job.attempt = job.attempt.saturating_sub(1);
            job.crashes += u32::from(end == End::Died);
            let due_ms = job.enqueued_ms.min(now_ms);
            job.wait_until(due_ms, due_ms);
        });
        Ok(released.count() as u64)
    }

    async fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Error> {
        let mut jobs = self.jobs();
        let held = held(&mut jobs, id, token);
        Ok(held.map(|job| job.wait_until(now_ms + u64::from(lease_ms), now_ms)).is_some())
    }

    async fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: Completion,
    ) -> Result<Option<String>, Error> {
        let mut jobs = self.jobs();
        let Some(job) = held(&mut jobs, id, token) else {
            let job = jobs.iter().find(|job| job.id == id && job.claims == token);
            let completed = job.filter(|job| job.state == completion.state() && !job.was_released());
            return Ok(completed.map(|job| job.key.clone()));
        };
        match completion {
            Completion::Done(error) => {
                job.complete(State::Done, error, now_ms);
                job.payload = Bytes::new();
                job.crashes = 0;
            }
            Completion::Dead(reason) => job.complete(State::Dead, Some(reason), now_ms),
            Completion::Retry { at_ms, reason } => {
                (job.state, job.holder, job.crashes) = (State::Queued, None, 0);
                job.wait_until(at_ms, now_ms);
                job.error = Some(reason);
            }
            Completion::Postponed(at_ms) => {
                (job.state, job.holder, job.attempt) = (State::Queued, None, job.attempt - 1);
                job.wait_until(at_ms, now_ms);
            }
        }
        Ok(Some(job.key.clone()))
    }

    async fn latest(&self, key: &str) -> Result<Option<Status>, Error> {
        let jobs = self.jobs();
        let of_key = jobs.iter().filter(|job| job.key == key);
        Ok(of_key.max_by_key(|job| (job.state.is_live(), job.enqueued_ms)).map(Record::status))
    }

    async fn is_due(&self, now_ms: u64) -> Result<bool, Error> {
        Ok(live(&mut self.jobs()).any(|job| job.due_ms <= now_ms))
    }

    async fn delete(&self, keys: Range, limit: u32) -> Result<u64, Error> {
        let mut left = limit;
        let mut jobs = self.jobs();
        jobs.retain(|job| {
            let is_deleted = left > 0 && keys.contains(&job.key);
            left -= u32::from(is_deleted);
            !is_deleted
        });
        Ok((limit - left).into())
    }

    async fn stats(&self, queue: &str) -> Result<QueueStats, Error> {
        let jobs = self.jobs();
        let count = |state| {
            let such = jobs.iter().filter(|job| job.queue == queue && job.state == state).count();
            u32::try_from(such).unwrap_or(u32::MAX)
        };
        Ok(QueueStats {
            queued: count(State::Queued),
            running: count(State::Running),
            dead: count(State::Dead),
            oldest_ms: live_of_queue(&jobs, queue).map(|job| job.enqueued_ms).min(),
        })
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Record>, Error> {
        let fits = |job: &&Record| {
            filter.state.is_none_or(|state| job.state == state)
                && filter.queue.as_ref().is_none_or(|queue| job.queue == *queue)
        };
        let mut listed: Vec<_> = self.jobs().iter().rev().filter(fits).cloned().collect();
        listed.sort_by_key(|job| Reverse(job.enqueued_ms));
        listed.truncate(limit as usize);
        Ok(listed)
    }

    async fn show(&self, id: &str) -> Result<Option<Record>, Error> {
        Ok(self.jobs().iter().find(|job| job.id == id).cloned())
    }

    async fn import(&self, job: &Record) -> Result<bool, Error> {
        let mut jobs = self.jobs();
        let is_live = job.state.is_live() && live_of_key(&jobs, &job.key).is_some();
        if is_live || jobs.iter().any(|other| other.id == job.id) {
            return Ok(false);
        }
        jobs.push(Record { holder: None, ..job.clone() });
        Ok(true)
    }

    async fn requeue(&self, id: &str, now_ms: u64) -> Result<Requeued, Error> {
        let mut jobs = self.jobs();
        let Some(place) = jobs.iter().position(|job| job.id == id) else { return Ok(Requeued::NotThere) };
        if jobs[place].state != State::Dead {
            return Ok(Requeued::NotDead(jobs[place].state));
        }
        if let Some(live) = live_of_key(&jobs, &jobs[place].key) {
            return Ok(Requeued::Live(live.id.clone()));
        }
        let job = &mut jobs[place];
        (job.state, job.attempt, job.crashes, job.completed_ms) = (State::Queued, 0, 0, None);
        job.enqueued_ms = now_ms;
        job.wait_until(now_ms, now_ms);
        Ok(Requeued::Done)
    }

    async fn adopt(&self, queues: &[String]) -> Result<u64, Error> {
        let mut jobs = self.jobs();
        let strays = jobs.iter_mut().filter(|job| job.state.is_live() && !queues.contains(&job.queue));
        let mut moved = 0;
        for (job, queue) in strays.zip(queues.iter().cycle()) {
            job.queue.clone_from(queue);
            moved += 1;
        }
        Ok(moved)
    }

    async fn bury(&self, id: &str, reason: &str, now_ms: u64) -> Result<Buried, Error> {
        let mut jobs = self.jobs();
        Ok(match jobs.iter_mut().find(|job| job.id == id) {
            None => Buried::NotThere,
            Some(job) if !job.state.is_live() => Buried::NotLive(job.state),
            Some(job) => {
                job.complete(State::Dead, Some(reason.to_owned()), now_ms);
                Buried::Done
            }
        })
    }

    async fn prune(&self, ended: Ended, before_ms: u64, limit: u32) -> Result<u64, Error> {
        let mut jobs = self.jobs();
        let completed = |job: &&Record| job.completed_ms.is_some_and(|completed_ms| completed_ms < before_ms);
        let mut old: Vec<_> =
            jobs.iter().filter(|job| job.state == ended.state()).filter(completed).collect();
        old.sort_by_key(|job| job.completed_ms);
        let old: Vec<_> = old.iter().take(limit as usize).map(|job| job.id.clone()).collect();
        jobs.retain(|job| !old.contains(&job.id));
        Ok(old.len() as u64)
    }

    async fn probe(&self) -> Result<(), Error> {
        Ok(())
    }
}

impl Record {
    fn status(&self) -> Status {
        Status {
            id: self.id.clone(),
            state: self.state,
            attempt: self.attempt,
            since_ms: self.completed_ms.unwrap_or(self.enqueued_ms),
        }
    }
}
