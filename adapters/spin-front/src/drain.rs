//! Runs the jobs that wait. This module only decides how long an instance stays for them. The queueing component
//! decides which job is next, when it is tried again and when it is given up.
//!
//! A trap in the middle of a job ends only this instance. The job's lease expires, and another instance claims it.

use serde::Serialize;

/// How often completing a job is tried before its lease is left to expire.
const COMPLETE_ATTEMPTS: u32 = 4;
/// The pause between two tries.
const COMPLETE_PAUSE_MS: u32 = 250;

/// The limits of an instance.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The most jobs.
    pub jobs_max: u32,
    /// No job begins after this many milliseconds.
    pub begin_ms_max: u64,
    /// The instance waits for a job that it gave back if the job is due within this many milliseconds.
    pub due_ms_max: u64,
}

/// A member of the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Jobs that wait or are under lease. A lease may have expired, so both count.
    pub live: u32,
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

/// The pool and the components that run its jobs. An error is a text for the log.
pub trait Pool {
    /// A job under lease.
    type Job;
    /// The outcome from generation, or from routing for a maintenance task.
    type Outcome;

    /// Returns the members.
    fn members(&self) -> Result<Vec<Member>, String>;
    /// Leases the next job of a member.
    fn claim(&self, member: &str) -> Result<Claim<Self::Job>, String>;
    /// Runs a job. Returns `None` if its lease was lost on the way.
    fn work(&self, job: &Self::Job) -> Option<(Self::Outcome, Ended)>;
    /// Completes a job. Returns false if its lease was lost.
    fn complete(&self, job: &Self::Job, outcome: &Self::Outcome) -> Result<bool, String>;
    /// Returns the milliseconds since the epoch.
    fn now_ms(&self) -> u64;
    /// Waits this many milliseconds.
    fn sleep(&self, ms: u32);
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
    /// Jobs that failed for good.
    pub failed: u32,
    /// Jobs that another instance completed meanwhile, or that could not be completed.
    pub lost: u32,
}

impl Report {
    fn jobs(self) -> u32 {
        self.done + self.retried + self.failed + self.lost
    }
}

/// Runs the jobs of all members. `random` picks the first member, so that instances spread out.
pub fn drain<P: Pool>(pool: &P, bounds: Bounds, random: u64) -> Report {
    let mut draining =
        Draining { pool, bounds, until_ms: pool.now_ms() + bounds.begin_ms_max, report: Report::default() };
    let mut members = match pool.members() {
        Ok(members) => members,
        Err(reason) => {
            pool.warn("the queue did not say where jobs wait", &reason);
            return draining.report;
        }
    };
    members.retain(|member| member.live > 0);
    let first = u64::try_from(members.len()).ok().and_then(|count| random.checked_rem(count));
    members.rotate_left(first.and_then(|first| usize::try_from(first).ok()).unwrap_or_default());
    for member in &members {
        draining.member(&member.name);
    }
    draining.report
}

struct Draining<'a, P> {
    pool: &'a P,
    bounds: Bounds,
    until_ms: u64,
    report: Report,
}

impl<P: Pool> Draining<'_, P> {
    fn member(&mut self, name: &str) {
        let retried_before = self.report.retried;
        while self.report.jobs() < self.bounds.jobs_max && self.pool.now_ms() < self.until_ms {
            match self.pool.claim(name) {
                Ok(Claim::Job(job)) => self.work(&job),
                Ok(Claim::Idle(Some(due_ms))) if self.report.retried > retried_before => {
                    if !self.wait(due_ms) {
                        return;
                    }
                }
                Ok(Claim::Idle(_)) => return,
                Err(reason) => return self.pool.warn("the queue gave no job", &reason),
            }
        }
    }

    fn work(&mut self, job: &P::Job) {
        let ended = self.pool.work(job).filter(|(outcome, _)| self.complete(job, outcome));
        let count = match ended.map(|(_, ended)| ended) {
            None => &mut self.report.lost,
            Some(Ended::Done) => &mut self.report.done,
            Some(Ended::Retry) => &mut self.report.retried,
            Some(Ended::Failed) => &mut self.report.failed,
        };
        *count += 1;
    }

    fn complete(&self, job: &P::Job, outcome: &P::Outcome) -> bool {
        for _ in 0..COMPLETE_ATTEMPTS {
            match self.pool.complete(job, outcome) {
                Ok(completed) => return completed,
                Err(reason) => self.pool.warn("a job was not completed", &reason),
            }
            self.pool.sleep(COMPLETE_PAUSE_MS);
        }
        false
    }

    /// Waits for a job that was given back, because there may be no other instance to run it. Returns false if it is
    /// due too late.
    fn wait(&self, due_ms: u64) -> bool {
        let ms = due_ms.saturating_sub(self.pool.now_ms()).max(1);
        let is_near = ms <= self.bounds.due_ms_max;
        if let (true, Ok(ms)) = (is_near, u32::try_from(ms)) {
            self.pool.sleep(ms);
        }
        is_near
    }
}

#[cfg(test)]
mod tests;
