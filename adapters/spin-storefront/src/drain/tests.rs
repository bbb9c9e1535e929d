//! Drains a pool in memory, whose time passes only by sleeping.

use std::cell::{Cell, RefCell};

use super::*;

const BOUNDS: Bounds = Bounds { jobs_max: 8, begin_ms_max: 60_000 };

/// A job that fails as often as it says before it is done.
#[derive(Debug, Clone)]
struct Job {
    failures: u32,
    due_ms: u64,
    /// Whether its lease is lost on the way.
    stolen: bool,
}

#[derive(Default)]
struct Memory {
    now_ms: Cell<u64>,
    jobs: RefCell<Vec<Job>>,
    down: Cell<u32>,
    warnings: Cell<u32>,
}

impl Memory {
    fn of(jobs: &[u32]) -> Self {
        let job = |failures: &u32| Job { failures: *failures, due_ms: 0, stolen: false };
        Self { jobs: RefCell::new(jobs.iter().map(job).collect()), ..Self::default() }
    }

    fn with(job: Job) -> Self {
        Self { jobs: RefCell::new(vec![job]), ..Self::default() }
    }

    fn left(&self) -> usize {
        self.jobs.borrow().len()
    }

    fn answer(&self) -> Result<(), Failure> {
        match self.down.get() {
            0 => Ok(()),
            calls => {
                self.down.set(calls - 1);
                Err(Failure::Unavailable("down".into()))
            }
        }
    }
}

impl Pool for Memory {
    type Job = Job;
    type Outcome = Ended;

    fn claim(&self) -> Result<Claim<Job>, Failure> {
        self.answer()?;
        let mut jobs = self.jobs.borrow_mut();
        match jobs.iter().position(|job| job.due_ms <= self.now_ms.get()) {
            Some(at) => Ok(Claim::Job(jobs.remove(at))),
            None => Ok(Claim::Idle(jobs.iter().map(|job| job.due_ms).min())),
        }
    }

    /// A stolen job has parts without end, which take longer than the lease is held.
    fn work(&self, job: &Job) -> Progress<Ended> {
        if job.stolen {
            self.now_ms.set(self.now_ms.get() + EXTEND_MS);
            return Progress::More;
        }
        let ended = if job.failures > 0 { Ended::Retry } else { Ended::Done };
        Progress::Over(ended, ended)
    }

    fn again(&self, _: &str) -> Ended {
        Ended::Retry
    }

    fn extend(&self, job: &Job) -> Result<bool, Failure> {
        Ok(!job.stolen)
    }

    fn complete(&self, job: &Job, outcome: &Ended) -> Result<bool, Failure> {
        self.answer()?;
        if *outcome == Ended::Retry {
            let again = Job { failures: job.failures - 1, due_ms: self.now_ms.get() + 4_000, stolen: false };
            self.jobs.borrow_mut().push(again);
        }
        Ok(true)
    }

    fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    fn sleep(&self, ms: u32) {
        self.now_ms.set(self.now_ms.get() + u64::from(ms));
    }

    fn ended(&self, _: &Job, _: &Ended, _: u64) {}

    fn warn(&self, _: &str, _: &str) {
        self.warnings.set(self.warnings.get() + 1);
    }
}

#[test]
fn all_jobs_that_are_due_are_run() {
    let pool = Memory::of(&[0, 0, 0]);
    assert_eq!(drain(&pool, BOUNDS), Report { done: 3, ..Report::default() });
    assert_eq!(pool.left(), 0);
}

#[test]
fn no_more_jobs_are_done_than_the_bounds_say() {
    let pool = Memory::of(&[0; 20]);
    assert_eq!(drain(&pool, BOUNDS).done, 8);
    assert_eq!(pool.left(), 12);
}

#[test]
fn a_job_that_is_due_later_is_not_waited_for() {
    let pool = Memory::of(&[1]);
    assert_eq!(drain(&pool, BOUNDS), Report { retried: 1, ..Report::default() });
    assert_eq!((pool.now_ms(), pool.left()), (0, 1));
}

#[test]
fn no_job_is_begun_when_the_time_is_up() {
    let pool = Memory::with(Job { failures: 0, due_ms: 0, stolen: true });
    pool.jobs.borrow_mut().push(Job { failures: 0, due_ms: 0, stolen: false });
    let report = drain(&pool, Bounds { begin_ms_max: 1, ..BOUNDS });
    assert_eq!((report.lost, report.done, pool.left()), (1, 0, 1));
}

#[test]
fn a_job_whose_lease_is_lost_is_left_to_its_new_holder() {
    let pool = Memory::with(Job { failures: 0, due_ms: 0, stolen: true });
    assert_eq!(drain(&pool, BOUNDS), Report { lost: 1, ..Report::default() });
}

#[test]
fn a_queue_that_is_down_ends_it() {
    let pool = Memory::of(&[0]);
    pool.down.set(1);
    assert_eq!(drain(&pool, BOUNDS), Report::default());
    assert_eq!((pool.warnings.get(), pool.left()), (1, 1));
}

/// A pool whose answers to `complete` are lost for a while.
#[test]
fn completing_is_tried_again_and_then_left_to_the_lease() {
    for (lost, report) in
        [(3, Report { done: 1, ..Report::default() }), (4, Report { lost: 1, ..Report::default() })]
    {
        let pool = Memory::default();
        let mut draining = Draining { pool: &pool, report: Report::default() };
        pool.down.set(lost);
        draining.work(&Job { failures: 0, due_ms: 0, stolen: false });
        assert_eq!((draining.report, pool.warnings.get()), (report, lost));
    }
}
