//! Faults that the queue must survive, drawn from a seed, in virtual time.
//!
//! Workers drop the job that they hold, stall beyond their lease and complete late, or complete twice. Processes die with
//! all their workers, and others find out, or they stop and give their jobs back. The clock is set forward and back.
//! Calls to jobs and records do not arrive, or arrive and are not answered. Maintenance tasks are queued, some of
//! them repeatedly. Shoppers' data is deleted while their generation requests are worked on. After each step:
//!
//! - each shopper has at most one live job, and only maintenance tasks exceed a member's depth;
//! - each maintenance task has one job;
//! - no accepted job has vanished, unless its shopper's data was deleted;
//! - a deleted shopper has only jobs that were requested afterwards;
//! - no worker gets a job that another holds under a valid lease, or before its retry is due;
//! - no job waits longer than the longest pause, even if the clock was set;
//! - a claim completes at most once, and a job is done at most once;
//! - only tries that workers reported count as attempts, and no job is handed out after its maximum number of crashes
//!   in a row.
//!
//! Then the faults stop, and every job must end. Every maintenance task must end as done.

use std::collections::{BTreeMap, BTreeSet};

use model::jobs::{
    Enqueued, GenerationRequest, Lease, MaintenanceKind, MaintenanceTask, Outcome, State, Trouble, Work,
};
use model::pages::Deleted;
use model::{EventId, Market, Scope, ShopId, ShopperId, Signals};

use crate::fakes::{DIED, FakeJobs, FakeKv, FakeOperator, Fault, Row, STOPPED};
use crate::policy::{Backoff, Pool, member_name};
use crate::queue::{Claimed, Job, Queue};
use crate::task::Task;

const POOL: Pool = Pool {
    size: 3,
    depth_max: 4,
    attempts_max: 3,
    crashes_max: 5,
    lease_ms: 1000,
    backoff: Backoff { first_ms: 500, max_ms: 4000 },
};
/// The longest pause that the model's endpoint asks for.
const PAUSE_MS_MAX: u64 = 10_000;
/// The farthest that the clock is set at once.
const CLOCK_STEP_MS: u64 = 1_000_000;
const START_MS: u64 = 1_000_000_000;
const PROCESSES: usize = 2;
const SHOPPERS: u64 = 20;
const CAUSES: u64 = 12;
const WORKERS_PER_MEMBER: usize = 2;
const STEPS: u32 = 600;
const SEEDS: u64 = 100;
/// The environment variable with the only seed to run.
const SEED_VARIABLE: &str = "QUEUEING_SEED";

#[test]
#[expect(clippy::disallowed_methods, reason = "a developer names the seed of the run to repeat")]
fn no_fault_loses_a_job_or_runs_it_twice() {
    match std::env::var(SEED_VARIABLE) {
        Ok(seed) => run(seed.parse().expect("a seed is a number")),
        Err(_) => (0..SEEDS).for_each(run),
    }
}

fn run(seed: u64) {
    let _replay = Replay(seed);
    let mut simulation = Simulation::new(seed);
    for _ in 0..STEPS {
        simulation.step();
        simulation.check();
    }
    simulation.drain();
}

/// Prints how to reproduce a failure.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("replay: {SEED_VARIABLE}={} cargo test -p queueing simulation", self.0);
        }
    }
}

/// `SplitMix64` (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, end: u64) -> bool {
        self.below(end) == 0
    }
}

struct Worker {
    member: String,
    /// The index of its process.
    process: usize,
    holds: Option<Held>,
}

struct Held {
    job: Job,
    lease_until_ms: u64,
}

/// The promises about a job, as callers saw them.
#[derive(Default)]
struct Promises {
    /// How many times a worker asked for another attempt.
    retries: u32,
    not_before_ms: u64,
    done: bool,
}

struct Simulation {
    random: Random,
    now_ms: u64,
    faulty: bool,
    queue: Queue<FakeJobs, FakeKv, FakeOperator>,
    workers: Vec<Worker>,
    /// The id of each running process.
    processes: [usize; PROCESSES],
    /// The ids of dead processes, until another one finds out.
    dead: Vec<usize>,
    accepted: BTreeSet<String>,
    /// The jobs of maintenance tasks, by cause.
    enqueued_maintenance: BTreeMap<u64, String>,
    promises: BTreeMap<String, Promises>,
    completed: BTreeSet<u64>,
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let members = (0..POOL.size).map(member_name);
        let workers = members
            .flat_map(|member| std::iter::repeat_n(member, WORKERS_PER_MEMBER))
            .enumerate()
            .map(|(index, member)| Worker { member, process: index % PROCESSES, holds: None });
        Self {
            random: Random(seed),
            now_ms: START_MS,
            faulty: true,
            workers: workers.collect(),
            processes: std::array::from_fn(|process| process),
            dead: Vec::new(),
            queue: Queue {
                jobs: FakeJobs::default(),
                kv: FakeKv::default(),
                operator: FakeOperator::default(),
            },
            accepted: BTreeSet::new(),
            enqueued_maintenance: BTreeMap::new(),
            promises: BTreeMap::new(),
            completed: BTreeSet::new(),
        }
    }

    fn step(&mut self) {
        let (jobs_fault, kv_fault) = (self.fault(), self.fault());
        self.queue.jobs.fault.set(jobs_fault);
        self.queue.kv.fault.set(kv_fault);
        match self.random.below(40) {
            0 if self.random.one_in(4) => self.die(),
            1 if self.random.one_in(4) => self.stop(),
            2 if self.random.one_in(4) => self.set_clock(),
            3 => self.find_out(),
            0..10 => self.now_ms += self.random.below(u64::from(POOL.lease_ms)),
            10..19 => self.enqueue(),
            19 => self.enqueue_maintenance(),
            20 => self.delete_shopper(),
            _ => self.work(),
        }
    }

    fn fault(&mut self) -> Fault {
        match self.random.below(20) {
            0 if self.faulty => Fault::Lost,
            1 if self.faulty => Fault::Unanswered,
            _ => Fault::None,
        }
    }

    fn enqueue(&mut self) {
        let market = if self.random.one_in(2) { Market::default() } else { Market::of("DE", "DE").unwrap() };
        let shopper = self.shopper();
        let request = GenerationRequest {
            shop: shop(),
            shopper: shopper.in_market(&market).unwrap(),
            work: Work::Generate,
            signals: Signals::default(),
            persona: None,
            market,
        };
        if let Ok(Enqueued::Accepted(id)) = self.queue.enqueue(request, POOL, self.now_ms) {
            assert!(self.accepted.insert(id), "an id was given twice");
        }
    }

    fn shopper(&mut self) -> ShopperId {
        ShopperId::customer(&self.random.below(SHOPPERS).to_string()).unwrap()
    }

    /// Queues a maintenance task. Callers ask again after a lost answer, and also after an answer.
    fn enqueue_maintenance(&mut self) {
        let cause = self.random.below(CAUSES);
        let id = EventId::parse(&cause.to_string()).unwrap();
        let maintenance = MaintenanceTask {
            shop: shop(),
            cause: id,
            happened_ms: self.now_ms,
            kind: MaintenanceKind::RedactShop,
        };
        match self.queue.enqueue_maintenance(&maintenance, POOL, self.now_ms) {
            Ok(Enqueued::Accepted(id)) => {
                let before = self.enqueued_maintenance.insert(cause, id);
                assert_eq!(before, None, "maintenance task {cause} was taken twice");
            }
            Ok(Enqueued::Live(id)) => {
                let known = self.enqueued_maintenance.entry(cause).or_insert(id.clone());
                assert_eq!(*known, id, "maintenance task {cause} has two jobs");
            }
            Ok(Enqueued::Full) => panic!("maintenance task {cause} was refused"),
            Err(_) => {}
        }
    }

    fn delete_shopper(&mut self) {
        let (shop, shopper) = (shop(), self.shopper());
        let ids = |simulation: &Self| {
            let rows = simulation.queue.jobs.rows.borrow();
            let is_theirs = |row: &Row| {
                let of_page = row.key.split_once(':').and_then(|(_, id)| ShopperId::parse(id).ok());
                of_page.is_some_and(|id| shopper.has_page(&id))
            };
            rows.iter().filter(|(_, row)| is_theirs(row)).map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        let theirs = ids(self);
        let deleted = self.queue.delete(Scope::of(&shop, Some(&shopper)), POOL);
        let left = ids(self);
        if let Ok(Deleted { count, more: false }) = deleted {
            assert_eq!((count as usize, left.len()), (theirs.len(), 0), "{shopper} was not deleted");
        }
        for gone in theirs.iter().filter(|id| !left.contains(id)) {
            self.accepted.remove(gone);
            self.promises.remove(gone);
        }
    }

    /// Ends a process with all jobs that its workers hold, and starts another in its place. Returns the old one's id.
    fn end_process(&mut self) -> usize {
        let process = usize::try_from(self.random.below(PROCESSES as u64)).unwrap();
        let workers = self.workers.iter_mut().filter(|worker| worker.process == process);
        workers.for_each(|worker| worker.holds = None);
        let next = self.processes.iter().max().unwrap() + 1;
        std::mem::replace(&mut self.processes[process], next)
    }

    fn die(&mut self) {
        let id = self.end_process();
        self.dead.push(id);
    }

    fn stop(&mut self) {
        let id = self.end_process();
        self.queue.jobs.process.set(id);
        self.queue.jobs.release(STOPPED, self.now_ms);
    }

    /// Lets another process find out that processes died.
    fn find_out(&mut self) {
        for id in self.dead.drain(..) {
            self.queue.jobs.process.set(id);
            self.queue.jobs.release(DIED, self.now_ms);
        }
    }

    /// Sets the clock. If it is set forward, deadlines come sooner. If it is set back, they come no later than before.
    fn set_clock(&mut self) {
        let step_ms = self.random.below(CLOCK_STEP_MS);
        if self.random.one_in(2) {
            self.now_ms += step_ms;
            return;
        }
        self.now_ms -= step_ms;
        for held in self.workers.iter_mut().filter_map(|worker| worker.holds.as_mut()) {
            held.lease_until_ms = held.lease_until_ms.saturating_sub(step_ms);
        }
        for promises in self.promises.values_mut() {
            promises.not_before_ms = promises.not_before_ms.saturating_sub(step_ms);
        }
    }

    fn work(&mut self) {
        let index = usize::try_from(self.random.below(self.workers.len() as u64)).unwrap();
        match self.workers[index].holds.take() {
            None => self.workers[index].holds = self.claim(index),
            Some(held) => self.workers[index].holds = self.go_on(held),
        }
    }

    fn claim(&mut self, worker: usize) -> Option<Held> {
        let Worker { member, process, .. } = &self.workers[worker];
        self.queue.jobs.process.set(self.processes[*process]);
        let claimed = self.queue.claim(member, POOL, self.now_ms);
        if claimed.is_ok() {
            self.check_waits();
        }
        let Ok(Claimed::Job(job)) = claimed else { return None };
        let holders = self.workers.iter().filter_map(|worker| worker.holds.as_ref());
        let holder = holders
            .filter(|held| held.job.lease.id == job.lease.id)
            .find(|held| held.lease_until_ms > self.now_ms);
        assert!(holder.is_none(), "{} is held by another", job.lease.id);

        let promises = self.promises.entry(job.lease.id.clone()).or_default();
        let Pool { attempts_max, crashes_max, .. } = job.task.terms(POOL);
        assert!(job.attempt <= promises.retries + 1, "{} did not fail so often", job.lease.id);
        assert!(job.attempt <= attempts_max, "{} was tried too often", job.lease.id);
        let crashes = self.queue.jobs.rows.borrow()[&job.lease.id].crashes;
        assert!(crashes < crashes_max, "{} crashed too often", job.lease.id);
        assert!(promises.not_before_ms <= self.now_ms, "{} came back too early", job.lease.id);
        assert_eq!(job.last, job.attempt == attempts_max);
        Some(Held { job: *job, lease_until_ms: self.now_ms + u64::from(POOL.lease_ms) })
    }

    /// Lets a worker act on the job it holds. Returns what it still holds. A worker that does nothing while time
    /// passes stalls.
    fn go_on(&mut self, held: Held) -> Option<Held> {
        match self.random.below(8) {
            0 if self.faulty => None,
            1 | 2 if self.faulty => Some(held),
            3 => self.keep(held),
            _ => self.complete(held),
        }
    }

    fn keep(&self, held: Held) -> Option<Held> {
        match self.queue.extend_lease(&held.job.lease, POOL, self.now_ms) {
            Ok(true) => Some(Held { lease_until_ms: self.now_ms + u64::from(POOL.lease_ms), ..held }),
            Ok(false) => None,
            Err(_) => Some(held),
        }
    }

    /// Completes a job. A worker without an answer, and sometimes one with an answer, tries again later.
    fn complete(&mut self, held: Held) -> Option<Held> {
        let outcome = self.outcome(&held.job.task);
        let random = self.random.next();
        if let Outcome::Retry { .. } = outcome {
            self.promises.entry(held.job.lease.id.clone()).or_default().retries += 1;
        }
        match self.queue.complete(&held.job.lease, &outcome, POOL, self.now_ms, random) {
            // The job may be completed by now, or leased by another worker.
            Err(_) => return Some(Held { lease_until_ms: 0, ..held }),
            Ok(false) => return None,
            Ok(true) => self.note_effect(&held.job, &outcome),
        }
        (self.faulty && self.random.one_in(4)).then_some(Held { lease_until_ms: 0, ..held })
    }

    /// Draws an outcome. A worker never gives up a maintenance task.
    fn outcome(&mut self, task: &Task) -> Outcome {
        let may_fail = self.faulty && matches!(task, Task::Page(_));
        match self.random.below(6) {
            0 if may_fail => Outcome::Failed("broken".into()),
            1 | 2 if self.faulty => {
                let after_ms = self.random.one_in(2).then(|| self.random.below(PAUSE_MS_MAX));
                let trouble = Trouble { cause: None, reason: "broken".into() };
                Outcome::Retry { after_ms, trouble }
            }
            3 if self.faulty => Outcome::Postponed(self.random.below(PAUSE_MS_MAX)),
            _ => Outcome::Done(None),
        }
    }

    fn note_effect(&mut self, job: &Job, outcome: &Outcome) {
        let Lease { id, token } = &job.lease;
        assert!(self.completed.insert(*token), "claim {token} of {id} completed twice");
        let promises = self.promises.entry(job.lease.id.clone()).or_default();
        match outcome {
            Outcome::Done(_) => {
                assert!(!promises.done, "{} was done twice", job.lease.id);
                promises.done = true;
            }
            Outcome::Retry { after_ms, .. } if !job.last => {
                let pause_ms = after_ms.unwrap_or(0).max(u64::from(POOL.backoff.first_ms) / 2);
                promises.not_before_ms = self.now_ms + pause_ms;
            }
            Outcome::Postponed(after_ms) => promises.not_before_ms = self.now_ms + after_ms,
            Outcome::Retry { .. } | Outcome::Failed(_) => {
                assert_eq!(self.queue.jobs.rows.borrow()[&job.lease.id].state, State::Dead);
            }
        }
    }

    fn check(&self) {
        let rows = self.queue.jobs.rows.borrow();
        let mut live_keys = BTreeSet::new();
        let mut depths = BTreeMap::<&str, u32>::new();
        for (id, row) in rows.iter().filter(|(_, row)| row.is_live()) {
            assert!(live_keys.insert(&row.key), "{} has a second live job, {id}", row.key);
            *depths.entry(&row.queue).or_default() += u32::from(!is_maintenance(row));
        }
        let causes: BTreeSet<&str> =
            rows.values().filter(|row| is_maintenance(row)).map(|row| &*row.key).collect();
        assert_eq!(
            causes.len(),
            rows.values().filter(|row| is_maintenance(row)).count(),
            "a maintenance task has two jobs"
        );
        assert!(
            self.enqueued_maintenance.values().all(|id| rows.contains_key(id)),
            "a maintenance task vanished"
        );
        assert!(depths.values().all(|depth| *depth <= POOL.depth_max), "over depth: {depths:?}");
        assert!(self.accepted.iter().all(|id| rows.contains_key(id)), "an accepted job vanished");
        for (id, _) in self.promises.iter().filter(|(_, promises)| promises.done) {
            assert_eq!(rows[id].state, State::Done, "{id} was done and is not");
        }
    }

    /// Checks the waits of pages against what callers were told.
    fn check_waits(&self) {
        let rows = self.queue.jobs.rows.borrow();
        for (id, row) in rows.iter().filter(|(_, row)| row.is_live() && !is_maintenance(row)) {
            assert!(row.due_ms <= self.now_ms + PAUSE_MS_MAX, "{id} is stranded at {}: {row:?}", self.now_ms);
        }
    }

    /// Runs without faults until no job is live, which takes no longer than their pauses.
    fn drain(&mut self) {
        self.faulty = false;
        for _ in 0..STEPS * 20 {
            let Some(due_ms) = self.next_due_ms() else { return self.check_maintenance() };
            self.now_ms = self.now_ms.max(due_ms);
            self.queue.jobs.fault.set(Fault::None);
            self.queue.kv.fault.set(Fault::None);
            self.now_ms += 50;
            self.work();
            self.check();
        }
        self.fail_with_live();
    }

    fn next_due_ms(&self) -> Option<u64> {
        let rows = self.queue.jobs.rows.borrow();
        rows.values().filter(|row| row.is_live()).map(|row| row.due_ms).min()
    }

    /// Checks that each queued maintenance task is done.
    fn check_maintenance(&self) {
        let rows = self.queue.jobs.rows.borrow();
        for (cause, id) in &self.enqueued_maintenance {
            assert_eq!(rows[id].state, State::Done, "maintenance task {cause}: {:?}", rows[id]);
        }
    }

    fn fail_with_live(&self) -> ! {
        let rows = self.queue.jobs.rows.borrow();
        let live: Vec<_> = rows.iter().filter(|(_, row)| row.is_live()).collect();
        panic!("still live at {} ms: {live:?}", self.now_ms);
    }
}

fn shop() -> ShopId {
    ShopId::parse("magic-wands").unwrap()
}

fn is_maintenance(row: &Row) -> bool {
    row.key.starts_with("errand/")
}
