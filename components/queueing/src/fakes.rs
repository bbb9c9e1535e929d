//! In-memory jobs and records, with faults on demand.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use model::jobs::{ClaimResult, Claimed, Completion, Enqueued, NewJob, QueueStats, State, Status};
use model::{Access, Key, Operation, Range, Store};

use crate::capabilities::{Failure, Jobs, Kv, Operator};

/// The fault of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no fault.
    #[default]
    None,
    /// The call does not arrive.
    Lost,
    /// The call is carried out, but the answer does not arrive.
    Unanswered,
}

impl Fault {
    fn around<T>(self, operation: impl FnOnce() -> T) -> Result<T, Failure> {
        let failure = Failure::Unavailable("down".into());
        match self {
            Self::None => Ok(operation()),
            Self::Lost => Err(failure),
            Self::Unanswered => {
                operation();
                Err(failure)
            }
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) queue: String,
    pub(crate) key: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) state: State,
    pub(crate) attempt: u32,
    pub(crate) crashes: u32,
    /// The process that holds the lease.
    pub(crate) holder: Option<usize>,
    pub(crate) enqueued_ms: u64,
    /// The time from which it may be claimed: for a running job, the end of its lease.
    pub(crate) due_ms: u64,
    /// The clock when `due_ms` was set.
    set_ms: u64,
    pub(crate) reason: Option<String>,
    token: u64,
}

impl Row {
    pub(crate) fn is_live(&self) -> bool {
        self.state.is_live()
    }

    fn status(&self, id: &str) -> Status {
        let Self { state, attempt, enqueued_ms: since_ms, .. } = *self;
        Status { id: id.to_owned(), state, attempt, since_ms }
    }

    fn claimed(&self, id: &str) -> Claimed {
        Claimed {
            id: id.to_owned(),
            key: self.key.clone(),
            token: self.token,
            attempt: self.attempt,
            crashes: self.crashes,
            payload: self.payload.clone(),
        }
    }

    fn wait_until(&mut self, due_ms: u64, now_ms: u64) {
        (self.due_ms, self.set_ms) = (due_ms, now_ms);
    }
}

/// How many crashes of its jobs the death of a process counts as.
pub(crate) const DIED: u32 = 1;

/// Rows by id; ids count up.
#[derive(Debug, Default)]
pub(crate) struct FakeJobs {
    pub(crate) rows: RefCell<BTreeMap<String, Row>>,
    pub(crate) fault: Cell<Fault>,
    /// The process that claims.
    pub(crate) process: Cell<usize>,
    tokens: Cell<u64>,
    enqueued: Cell<usize>,
}

impl FakeJobs {
    fn live_in(&self, queue: &str) -> usize {
        self.rows.borrow().values().filter(|row| row.queue == queue && row.is_live()).count()
    }

    fn live_of_owner(&self, queue: &str, owner: &str) -> usize {
        let is_theirs = |row: &&Row| row.queue == queue && row.is_live() && row.key.starts_with(owner);
        self.rows.borrow().values().filter(is_theirs).count()
    }

    fn add(&self, job: NewJob) -> Enqueued {
        let live = |(_, row): &(&String, &Row)| row.key == job.key && row.is_live();
        if let Some((id, _)) = self.rows.borrow().iter().find(live) {
            return Enqueued::Live(id.clone());
        }
        let has_room =
            |queue: &&String| job.fits(self.live_in(queue), || self.live_of_owner(queue, job.owner()));
        let Some(queue) = job.queues.iter().find(has_room) else { return Enqueued::Full };
        let id = format!("job-{:06}", self.enqueued.replace(self.enqueued.get() + 1));
        let row = Row {
            queue: queue.clone(),
            key: job.key,
            payload: job.payload,
            state: State::Queued,
            attempt: 0,
            crashes: 0,
            holder: None,
            enqueued_ms: job.now_ms,
            due_ms: job.now_ms,
            set_ms: job.now_ms,
            reason: None,
            token: 0,
        };
        self.rows.borrow_mut().insert(id.clone(), row);
        Enqueued::Accepted(id)
    }

    fn lease(&self, now_ms: u64, lease_ms: u32) -> ClaimResult {
        let mut rows = self.rows.borrow_mut();
        for row in rows.values_mut().filter(|row| row.is_live() && row.set_ms > now_ms) {
            row.wait_until(now_ms + row.due_ms.saturating_sub(row.set_ms), now_ms);
        }
        let live = rows.iter_mut().filter(|(_, row)| row.is_live());
        let Some((id, row)) = live.min_by_key(|(_, row)| row.due_ms) else { return ClaimResult::Idle(None) };
        if row.due_ms > now_ms {
            return ClaimResult::Idle(Some(row.due_ms));
        }
        self.tokens.set(self.tokens.get() + 1);
        match row.state {
            State::Running => row.crashes += 1,
            _ => row.attempt += 1,
        }
        (row.state, row.holder) = (State::Running, Some(self.process.get()));
        row.wait_until(now_ms + u64::from(lease_ms), now_ms);
        row.token = self.tokens.get();
        ClaimResult::Job(row.claimed(id))
    }

    fn remove(&self, keys: &Range, queues: &[String], limit: u32) -> u32 {
        let is_meant = |row: &Row| keys.contains(&row.key);
        let mut rows = self.rows.borrow_mut();
        let found = rows.iter().filter(|(_, row)| is_meant(row) && queues.contains(&row.queue));
        let ids: Vec<String> = found.map(|(id, _)| id.clone()).take(limit as usize).collect();
        ids.iter().filter_map(|id| rows.remove(id)).map(|_| 1).sum()
    }

    /// Returns the job of a claim, in whatever state it is by now.
    fn claimed(&self, id: &str, token: u64) -> Option<Claimed> {
        self.rows.borrow().get(id).filter(|row| row.token == token).map(|row| row.claimed(id))
    }

    /// Ends the leases of the process, and adds `crashes` to their jobs, as the host does.
    pub(crate) fn release(&self, crashes: u32, now_ms: u64) {
        let holder = Some(self.process.get());
        let mut rows = self.rows.borrow_mut();
        let held = rows.values_mut().filter(|row| row.state == State::Running && row.holder == holder);
        for row in held {
            (row.state, row.holder) = (State::Queued, None);
            row.attempt -= 1;
            row.crashes += crashes;
            let due_ms = row.enqueued_ms.min(now_ms);
            row.wait_until(due_ms, due_ms);
        }
    }

    /// Changes a job if the caller holds it.
    fn change(&self, id: &str, token: u64, change: impl FnOnce(&mut Row)) -> bool {
        let mut rows = self.rows.borrow_mut();
        let ours = |row: &&mut Row| row.token == token && row.state == State::Running;
        rows.get_mut(id).filter(ours).map(change).is_some()
    }

    /// Returns whether this claim completed the job, which is then in this state. A released job is queued without it.
    fn is_completed(&self, id: &str, token: u64, state: State) -> bool {
        let is_released = |row: &Row| {
            row.state == State::Queued && row.due_ms == row.set_ms && row.due_ms <= row.enqueued_ms
        };
        let rows = self.rows.borrow();
        rows.get(id).is_some_and(|row| row.token == token && row.state == state && !is_released(row))
    }
}

impl Jobs for FakeJobs {
    fn enqueue(&self, job: NewJob) -> Result<Enqueued, Failure> {
        self.fault.get().around(|| self.add(job))
    }

    fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Failure> {
        self.fault.get().around(|| self.lease(now_ms, lease_ms))
    }

    /// Fails only if the call is lost: a read without an answer is the same, and so a completion that reads first can
    /// still go unanswered.
    fn leased(&self, id: &str, token: u64) -> Result<Option<Claimed>, Failure> {
        match self.fault.get() {
            Fault::Lost => Err(Failure::Unavailable("down".into())),
            Fault::None | Fault::Unanswered => Ok(self.claimed(id, token)),
        }
    }

    fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Failure> {
        let until_ms = now_ms + u64::from(lease_ms);
        self.fault.get().around(|| self.change(id, token, |row| row.wait_until(until_ms, now_ms)))
    }

    fn complete(&self, id: &str, token: u64, now_ms: u64, completion: Completion) -> Result<bool, Failure> {
        let state = completion.state();
        let change = |row: &mut Row| match completion {
            Completion::Done(note) => {
                (row.state, row.reason) = (State::Done, note);
                row.payload.clear();
            }
            Completion::Dead(reason) => (row.state, row.reason) = (State::Dead, Some(reason)),
            Completion::Retry { at_ms, reason } => {
                (row.state, row.reason, row.crashes) = (State::Queued, Some(reason), 0);
                row.wait_until(at_ms, now_ms);
            }
            Completion::Postponed(at_ms) => {
                (row.state, row.attempt) = (State::Queued, row.attempt - 1);
                row.wait_until(at_ms, now_ms);
            }
        };
        self.fault.get().around(|| self.change(id, token, change) || self.is_completed(id, token, state))
    }

    fn latest(&self, key: &str, _queues: &[String]) -> Result<Option<Status>, Failure> {
        let rows = self.rows.borrow();
        let newest = rows.iter().rfind(|(_, row)| row.key == key);
        self.fault.get().around(|| newest.map(|(id, row)| row.status(id)))
    }

    fn delete(&self, keys: &Range, queues: &[String], limit: u32) -> Result<u32, Failure> {
        self.fault.get().around(|| self.remove(keys, queues, limit))
    }

    fn stats(&self, queue: &str) -> Result<QueueStats, Failure> {
        let rows = self.rows.borrow();
        let count = |state| rows.values().filter(|row| row.queue == queue && row.state == state).count();
        let live = rows.values().filter(|row| row.queue == queue && row.is_live());
        self.fault.get().around(|| QueueStats {
            queued: u32::try_from(count(State::Queued)).unwrap(),
            running: u32::try_from(count(State::Running)).unwrap(),
            dead: u32::try_from(count(State::Dead)).unwrap(),
            oldest_ms: live.map(|row| row.enqueued_ms).min(),
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct FakeKv {
    pub(crate) entries: RefCell<BTreeMap<String, Vec<u8>>>,
    pub(crate) ttls_seconds: RefCell<Vec<u32>>,
    pub(crate) lists: Cell<u32>,
    pub(crate) fault: Cell<Fault>,
}

impl Kv for FakeKv {
    fn set(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), Failure> {
        permitted(Operation::Write, &key.to_string());
        self.ttls_seconds.borrow_mut().push(ttl_seconds);
        self.fault.get().around(|| {
            self.entries.borrow_mut().insert(key.to_string(), bytes.to_vec());
        })
    }

    fn get(&self, key: &str, peek: u32) -> Result<Option<Vec<u8>>, Failure> {
        permitted(Operation::Read, key);
        let entries = self.entries.borrow();
        let head = |bytes: &Vec<u8>| bytes.iter().take(peek as usize).copied().collect();
        self.fault.get().around(|| entries.get(key).map(head))
    }

    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        self.lists.set(self.lists.get() + 1);
        permitted(Operation::List, prefix);
        let entries = self.entries.borrow();
        let listed = entries.keys().filter(|key| key.starts_with(prefix) && key.as_str() > after);
        self.fault.get().around(|| listed.take(limit as usize).cloned().collect())
    }
}

/// Panics at an operation that a host would refuse, because it is a bug in the code.
#[track_caller]
fn permitted(operation: Operation, key: &str) {
    let store = Store::GenerationQueue.name();
    assert_eq!(Access::QUEUEING.of_entry(operation, store, key), Ok(()), "{operation:?} {key}");
}

#[derive(Debug, Default)]
pub(crate) struct FakeOperator {
    pub(crate) warnings: RefCell<Vec<String>>,
}

impl Operator for FakeOperator {
    fn warn(&self, message: &str, _particulars: &[(&str, &str)]) {
        self.warnings.borrow_mut().push(message.to_owned());
    }
}
