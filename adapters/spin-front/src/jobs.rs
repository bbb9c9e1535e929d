//! The pool over the imports of the world.

use crate::guest::bindings::wandstore::capabilities::{clock, log};
use crate::guest::bindings::wandstore::platform::timer;
use crate::guest::bindings::wandstore::storefront::job_types::{
    Claimed, Job, Outcome, Progress, QueueError, Task,
};
use crate::guest::bindings::wandstore::storefront::{generator, leases, maintenance as routing, queue};
use crate::{Claim, Ended, Member, Pool, maintenance};

/// How often the lease of a maintenance task is extended. No lease here is shorter than three of these.
const LEASE_KEPT_MS: u64 = 10_000;

/// The members of the pool, and the components that run their jobs: generation makes pages, routing runs maintenance
/// tasks.
pub(crate) struct Jobs;

impl Pool for Jobs {
    type Job = Job;
    type Outcome = Outcome;

    fn members(&self) -> Result<Vec<Member>, String> {
        let members = queue::pool().map_err(describe)?;
        let member = |queue::Member { name, queued, running, .. }| Member { name, live: queued + running };
        Ok(members.into_iter().map(member).collect())
    }

    fn claim(&self, member: &str) -> Result<Claim<Job>, String> {
        match leases::claim(member).map_err(describe)? {
            Claimed::Job(job) => Ok(Claim::Job(job)),
            Claimed::Idle(due_ms) => Ok(Claim::Idle(due_ms)),
        }
    }

    fn work(&self, job: &Job) -> Option<(Outcome, Ended)> {
        let started_ms = clock::now_ms();
        let outcome = match &job.task {
            Task::Page(_) => generator::generate(job),
            Task::Maintenance(_) => maintenance::run(&MaintenanceTask(job), LEASE_KEPT_MS)?,
        };
        let (ended, name) = match &outcome {
            Outcome::Done(None) => (Ended::Done, "done"),
            Outcome::Done(Some(_)) => (Ended::Done, "done_with_error"),
            Outcome::Retry(_) => (Ended::Retry, "retry"),
            Outcome::Postponed(_) => (Ended::Retry, "postponed"),
            Outcome::Failed(_) => (Ended::Failed, "failed"),
        };
        let ms = clock::now_ms().saturating_sub(started_ms);
        let particulars = [
            ("job", job.lease.id.clone()),
            ("attempt", job.attempt.to_string()),
            ("outcome", name.to_owned()),
            ("ms", ms.to_string()),
        ];
        log::event(log::Level::Info, "a job ended", &owned(particulars));
        Some((outcome, ended))
    }

    fn complete(&self, job: &Job, outcome: &Outcome) -> Result<bool, String> {
        leases::complete(&job.lease, outcome).map_err(describe)
    }

    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }

    fn sleep(&self, ms: u32) {
        timer::sleep(ms);
    }

    fn warn(&self, message: &str, reason: &str) {
        log::event(log::Level::Warn, message, &owned([("reason", reason.to_owned())]));
    }
}

/// A maintenance task under lease, which the routing component runs.
struct MaintenanceTask<'a>(&'a Job);

impl maintenance::Run for MaintenanceTask<'_> {
    type Outcome = Outcome;

    fn part(&self) -> Option<Outcome> {
        match routing::run(self.0) {
            Progress::More => None,
            Progress::Over(outcome) => Some(outcome),
        }
    }

    fn extend_lease(&self) -> Result<bool, String> {
        leases::extend(&self.0.lease).map_err(describe)
    }

    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }
}

fn owned<const N: usize>(particulars: [(&str, String); N]) -> Vec<(String, String)> {
    particulars.map(|(name, value)| (name.to_owned(), value)).into()
}

fn describe(error: QueueError) -> String {
    match error {
        QueueError::Invalid(reason) | QueueError::Unavailable(reason) => reason,
    }
}
