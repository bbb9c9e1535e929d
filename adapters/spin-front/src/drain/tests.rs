//! Drains a pool in memory, whose time passes only by sleeping.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::*;

const BOUNDS: Bounds = Bounds { jobs_max: 8, begin_ms_max: 60_000, due_ms_max: 10_000 };

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
    queues: RefCell<BTreeMap<String, Vec<Job>>>,
    down: Cell<u32>,
    claims: RefCell<Vec<String>>,
    warnings: Cell<u32>,
}

impl Memory {
    fn of(queues: &[(&str, &[u32])]) -> Self {
        let this = Self::default();
        for (name, jobs) in queues {
            let jobs =
                jobs.iter().map(|failures| Job { failures: *failures, due_ms: 0, stolen: false }).collect();
            this.queues.borrow_mut().insert((*name).into(), jobs);
        }
        this
    }

    fn left(&self) -> usize {
        self.queues.borrow().values().map(Vec::len).sum()
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
    type Job = (String, Job);
    type Outcome = Ended;

    fn members(&self) -> Result<Vec<Member>, Failure> {
        self.answer()?;
        let queues = self.queues.borrow();
        let member = |(name, jobs): (&String, &Vec<Job>)| Member {
            name: name.clone(),
            live: u32::try_from(jobs.len()).unwrap(),
        };
        Ok(queues.iter().map(member).collect())
    }

    fn claim(&self, member: &str) -> Result<Claim<Self::Job>, Failure> {
        self.answer()?;
        self.claims.borrow_mut().push(member.into());
        let mut queues = self.queues.borrow_mut();
        let jobs = queues.get_mut(member).ok_or(no_such_member())?;
        match jobs.iter().position(|job| job.due_ms <= self.now_ms.get()) {
            Some(at) => Ok(Claim::Job((member.into(), jobs.remove(at)))),
            None => Ok(Claim::Idle(jobs.iter().map(|job| job.due_ms).min())),
        }
    }

    /// A stolen job has parts without end, which take longer than the lease is held.
    fn work(&self, (_, job): &Self::Job) -> Progress<Ended> {
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

    fn extend(&self, (_, job): &Self::Job) -> Result<bool, Failure> {
        Ok(!job.stolen)
    }

    fn complete(&self, (member, job): &Self::Job, outcome: &Ended) -> Result<bool, Failure> {
        self.answer()?;
        if *outcome == Ended::Retry {
            let again = Job { failures: job.failures - 1, due_ms: self.now_ms.get() + 4_000, stolen: false };
            self.queues.borrow_mut().get_mut(member).ok_or(no_such_member())?.push(again);
        }
        Ok(true)
    }

    fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    fn sleep(&self, ms: u32) {
        self.now_ms.set(self.now_ms.get() + u64::from(ms));
    }

    fn ended(&self, _: &Self::Job, _: &Ended, _: u64) {}

    fn warn(&self, _: &str, _: &str) {
        self.warnings.set(self.warnings.get() + 1);
    }
}

fn no_such_member() -> Failure {
    Failure::Invalid("no such member".into())
}

#[test]
fn only_members_with_jobs_are_drained() {
    let queues = Memory::of(&[("pool-0", &[0, 0]), ("pool-1", &[]), ("pool-2", &[0])]);
    assert_eq!(drain(&queues, BOUNDS, 0), Report { done: 3, ..Report::default() });
    assert_eq!(queues.left(), 0);
    assert!(!queues.claims.borrow().contains(&"pool-1".into()));
}

#[test]
fn chance_says_where_to_begin() {
    for random in 0..4 {
        let queues = Memory::of(&[("pool-0", &[0]), ("pool-1", &[0])]);
        drain(&queues, BOUNDS, random);
        assert_eq!(queues.claims.borrow()[0], format!("pool-{}", random % 2));
    }
}

#[test]
fn no_more_jobs_are_done_than_the_bounds_say() {
    let queues = Memory::of(&[("pool-0", &[0; 20])]);
    assert_eq!(drain(&queues, BOUNDS, 0).done, 8);
    assert_eq!(queues.left(), 12);
}

#[test]
fn a_job_that_was_given_back_is_waited_for() {
    let queues = Memory::of(&[("pool-0", &[2])]);
    assert_eq!(drain(&queues, BOUNDS, 0), Report { done: 1, retried: 2, ..Report::default() });
    assert_eq!(queues.now_ms(), 8_000);
}

#[test]
fn a_job_that_is_due_too_late_is_left_to_others() {
    let queues = Memory::of(&[("pool-0", &[1])]);
    let bounds = Bounds { due_ms_max: 3_999, ..BOUNDS };
    assert_eq!(drain(&queues, bounds, 0), Report { retried: 1, ..Report::default() });
    assert_eq!((queues.now_ms(), queues.left()), (0, 1));
}

#[test]
fn jobs_released_by_others_are_not_waited_for() {
    let queues = Memory::of(&[("pool-0", &[])]);
    queues.queues.borrow_mut().get_mut("pool-0").unwrap().push(Job {
        failures: 0,
        due_ms: 2_000,
        stolen: false,
    });
    assert_eq!(drain(&queues, BOUNDS, 0), Report::default());
    assert_eq!(queues.now_ms(), 0);
}

#[test]
fn no_job_is_begun_when_the_time_is_up() {
    let queues = Memory::of(&[("pool-0", &[50])]);
    let report = drain(&queues, Bounds { jobs_max: 100, ..BOUNDS }, 0);
    assert_eq!((report.retried, queues.left()), (15, 1));
    assert_eq!(queues.now_ms(), 60_000);
}

#[test]
fn a_job_whose_lease_is_lost_is_left_to_its_new_holder() {
    let queues = Memory::of(&[("pool-0", &[])]);
    let stolen = Job { failures: 0, due_ms: 0, stolen: true };
    queues.queues.borrow_mut().get_mut("pool-0").unwrap().push(stolen);
    assert_eq!(drain(&queues, BOUNDS, 0), Report { lost: 1, ..Report::default() });
}

#[test]
fn a_queue_that_is_down_ends_it() {
    let queues = Memory::of(&[("pool-0", &[0])]);
    queues.down.set(1);
    assert_eq!(drain(&queues, BOUNDS, 0), Report::default());
    assert_eq!((queues.warnings.get(), queues.left()), (1, 1));
}

/// A pool whose answers to `complete` are lost for a while.
#[test]
fn completing_is_tried_again_and_then_left_to_the_lease() {
    for (lost, report) in
        [(3, Report { done: 1, ..Report::default() }), (4, Report { lost: 1, ..Report::default() })]
    {
        let queues = Memory::of(&[("pool-0", &[])]);
        let mut draining =
            Draining { pool: &queues, bounds: BOUNDS, until_ms: 60_000, report: Report::default() };
        queues.down.set(lost);
        draining.work(&("pool-0".into(), Job { failures: 0, due_ms: 0, stolen: false }));
        assert_eq!((draining.report, queues.warnings.get()), (report, lost));
    }
}
