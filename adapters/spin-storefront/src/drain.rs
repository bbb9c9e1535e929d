//! Runs the jobs that wait, one after the other. This module only decides how long an instance stays for them. The
//! queueing component decides which job is next, when it is tried again and when it is given up; the `drain` crate
//! decides when to claim, extend and complete.
//!
//! A trap in the middle of a job ends only this instance. The job's lease expires, and another instance claims it.

use drain::claims::{self, Claims, Policy, WhenIdle};
use drain::run::{self, Answer, End, PARTS_MAX, Run, Terms};
use serde::Serialize;

/// How often completing a job is tried before its lease is left to expire.
const COMPLETE_ATTEMPTS: u32 = 4;
/// The pause between two tries.
const COMPLETE_PAUSE_MS: u64 = 250;
/// How often the lease of a job with several parts is extended. No lease is shorter than three of these.
const EXTEND_MS: u64 = 10_000;

/// The limits of an instance.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The most jobs.
    pub jobs_max: u32,
    /// No job begins after this many milliseconds.
    pub begin_ms_max: u64,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim<J> {
    /// A job to run.
    Job(J),
    /// There is nothing to do before this time, or ever if it is `None`, because nothing waits.
    Idle(Option<u64>),
}

/// The outcome of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its page is stored, or its maintenance task ran.
    Done,
    /// It will be claimed again.
    Retry,
    /// It will not be claimed again.
    Failed,
}

/// A failed call to the queue. The texts are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The call is invalid and can never succeed.
    #[error("{0}")]
    Invalid(String),
    /// The queue did not answer. A later call may succeed.
    #[error("{0}")]
    Unavailable(String),
}

/// How a part of a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress<O> {
    /// Others are left.
    More,
    /// The job ended, with this outcome.
    Over(O, Ended),
}

/// The pool and the components that run its jobs.
pub trait Pool {
    /// A job under lease.
    type Job;
    /// The outcome from generation, or from routing for a maintenance task.
    type Outcome;

    /// Leases the due job whose turn is next, of any member.
    fn claim(&self) -> Result<Claim<Self::Job>, Failure>;
    /// Runs a job, or its next part.
    fn work(&self, job: &Self::Job) -> Progress<Self::Outcome>;
    /// Returns the outcome of a job that must be tried again, for this reason.
    fn again(&self, reason: &str) -> Self::Outcome;
    /// Extends a job's lease. Returns false if it was lost.
    fn extend(&self, job: &Self::Job) -> Result<bool, Failure>;
    /// Completes a job. Returns false if its lease was lost.
    fn complete(&self, job: &Self::Job, outcome: &Self::Outcome) -> Result<bool, Failure>;
    /// Returns the milliseconds since the epoch.
    fn now_ms(&self) -> u64;
    /// Waits this many milliseconds.
    fn sleep(&self, ms: u32);
    /// Logs that a job ended, after this many milliseconds.
    fn ended(&self, job: &Self::Job, outcome: &Self::Outcome, ms: u64);
    /// Logs a problem that was handled.
    fn warn(&self, message: &str, reason: &str);
}

/// The result of draining.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Pages that were stored, and maintenance tasks that ran.
    pub done: u32,
    /// Jobs that were given back for another attempt.
    pub retried: u32,
    /// Jobs that failed finally.
    pub failed: u32,
    /// Jobs that another instance completed meanwhile, or that could not be completed.
    pub lost: u32,
}

/// Runs jobs until none is due, or until the bounds are reached. Does not wait for a job that is due later: an instance
/// that waits takes room from shoppers.
pub fn drain<P: Pool>(pool: &P, bounds: Bounds) -> Report {
    let mut draining = Draining { pool, report: Report::default() };
    let mut claims = Claims::new(Policy {
        slots: 1,
        jobs_max: Some(bounds.jobs_max),
        begin_before_ms: Some(pool.now_ms() + bounds.begin_ms_max),
        when_idle: WhenIdle::StopWhenNothingRuns,
    });
    let mut action = claims.begin(pool.now_ms());
    while let claims::Action::Claim = action {
        let event = draining.claim(&mut claims);
        action = claims.handle(event, pool.now_ms());
    }
    draining.report
}

struct Draining<'a, P> {
    pool: &'a P,
    report: Report,
}

impl<P: Pool> Draining<'_, P> {
    /// Claims a job and runs it to its end.
    fn claim(&mut self, claims: &mut Claims) -> claims::Event {
        match self.pool.claim() {
            Ok(Claim::Job(job)) => {
                claims.handle(claims::Event::Claimed, self.pool.now_ms());
                self.work(&job);
                claims::Event::Ended
            }
            Ok(Claim::Idle(due_ms)) => claims::Event::Idle(due_ms),
            Err(failure) => {
                self.pool.warn("cannot claim a job", &failure.to_string());
                claims::Event::Failed
            }
        }
    }

    /// Runs a job and counts it.
    fn work(&mut self, job: &P::Job) {
        let ended = self.run(job);
        let count = match ended {
            None => &mut self.report.lost,
            Some(Ended::Done) => &mut self.report.done,
            Some(Ended::Retry) => &mut self.report.retried,
            Some(Ended::Failed) => &mut self.report.failed,
        };
        *count += 1;
    }

    /// Runs a job and completes it. Returns how it ended, unless its lease was lost or it could not be completed.
    fn run(&self, job: &P::Job) -> Option<Ended> {
        let begun_ms = self.pool.now_ms();
        let mut run = Run::new(TERMS, begun_ms);
        let mut ended = None;
        let mut action = run::Action::Work;
        loop {
            let event = match action {
                run::Action::Work => match self.pool.work(job) {
                    Progress::More => run::Event::Part,
                    Progress::Over(outcome, how) => {
                        self.pool.ended(job, &outcome, self.pool.now_ms().saturating_sub(begun_ms));
                        ended = Some((outcome, how));
                        run::Event::Ended
                    }
                },
                run::Action::Extend => run::Event::Extended(answer(&self.pool.extend(job))),
                run::Action::Complete | run::Action::GiveBack => {
                    let (outcome, _) = ended.get_or_insert_with(|| (self.too_many_parts(), Ended::Retry));
                    run::Event::Completed(self.complete(job, outcome))
                }
                run::Action::Wait(until_ms) => {
                    self.sleep_until(until_ms);
                    run::Event::Timeout
                }
                run::Action::Stop(End::Completed) => return ended.map(|(_, how)| how),
                run::Action::Stop(End::LeaseLost | End::TakenOver | End::NotCompleted) => return None,
            };
            action = run.handle(event, self.pool.now_ms());
        }
    }

    fn too_many_parts(&self) -> P::Outcome {
        self.pool.again("the maintenance task exceeded the limit of parts for one attempt")
    }

    fn complete(&self, job: &P::Job, outcome: &P::Outcome) -> Answer {
        let completed = self.pool.complete(job, outcome);
        if let Err(failure) = &completed {
            self.pool.warn("cannot complete a job", &failure.to_string());
        }
        answer(&completed)
    }

    fn sleep_until(&self, until_ms: u64) {
        let ms = until_ms.saturating_sub(self.pool.now_ms());
        self.pool.sleep(u32::try_from(ms).unwrap_or(u32::MAX));
    }
}

/// The terms on which jobs run here.
const TERMS: Terms = Terms {
    extend_ms: EXTEND_MS,
    parts_max: Some(PARTS_MAX),
    complete_attempts: COMPLETE_ATTEMPTS,
    complete_pause_ms: COMPLETE_PAUSE_MS,
};

fn answer(result: &Result<bool, Failure>) -> Answer {
    match result {
        Ok(true) => Answer::Ours,
        Ok(false) => Answer::NotOurs,
        Err(Failure::Invalid(_)) => Answer::Invalid,
        Err(Failure::Unavailable(_)) => Answer::Unavailable,
    }
}

#[cfg(test)]
mod tests;
