//! The pool over the imports of the world.

use crate::bindings::wandstore::capabilities::{clock, log};
use crate::bindings::wandstore::platform::timer;
use crate::bindings::wandstore::spin::context;
use crate::bindings::wandstore::storefront::job_types::{
    self, Claimed, Job, Outcome, QueueError, Retry, Task, Trouble,
};
use crate::bindings::wandstore::storefront::{generator, leases, maintenance};
use crate::{Claim, Ended, Failure, Pool, Progress};

/// The member in whose name jobs are claimed. Every pool has it, and a claim takes the next job of any member.
const MEMBER: &str = "pool-0";

/// The members of the pool, and the components that run their jobs: generation makes pages, routing runs maintenance
/// tasks.
pub(crate) struct Jobs;

impl Pool for Jobs {
    type Job = Job;
    type Outcome = Outcome;

    fn claim(&self) -> Result<Claim<Job>, Failure> {
        match leases::claim(MEMBER)? {
            Claimed::Job(job) => {
                context::job(Some((&job.lease.id, job.lease.token)));
                Ok(Claim::Job(job))
            }
            Claimed::Idle(due_ms) => Ok(Claim::Idle(due_ms)),
        }
    }

    fn work(&self, job: &Job) -> Progress<Outcome> {
        let outcome = match &job.task {
            Task::Page(_) => generator::generate(job),
            Task::Maintenance(_) => match maintenance::run(job) {
                job_types::Progress::More => return Progress::More,
                job_types::Progress::Over(outcome) => outcome,
            },
        };
        let ended = match &outcome {
            Outcome::Done(_) => Ended::Done,
            Outcome::Retry(_) | Outcome::Postponed(_) => Ended::Retry,
            Outcome::Failed(_) => Ended::Failed,
        };
        Progress::Over(outcome, ended)
    }

    fn again(&self, reason: &str) -> Outcome {
        let trouble = Trouble { cause: None, reason: reason.to_owned() };
        Outcome::Retry(Retry { after_ms: None, trouble })
    }

    fn extend(&self, job: &Job) -> Result<bool, Failure> {
        Ok(leases::extend(&job.lease)?)
    }

    fn complete(&self, job: &Job, outcome: &Outcome) -> Result<bool, Failure> {
        context::job(None);
        Ok(leases::complete(&job.lease, outcome)?)
    }

    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }

    fn sleep(&self, ms: u32) {
        timer::sleep(ms);
    }

    fn ended(&self, job: &Job, outcome: &Outcome, ms: u64) {
        let outcome = match outcome {
            Outcome::Done(None) => "done",
            Outcome::Done(Some(_)) => "done_with_error",
            Outcome::Retry(_) => "retry",
            Outcome::Postponed(_) => "postponed",
            Outcome::Failed(_) => "failed",
        };
        let particulars = [
            ("job", job.lease.id.clone()),
            ("attempt", job.attempt.to_string()),
            ("outcome", outcome.to_owned()),
            ("ms", ms.to_string()),
        ];
        log::event(log::Level::Info, "a job ended", &owned(particulars));
    }

    fn warn(&self, message: &str, reason: &str) {
        log::event(log::Level::Warn, message, &owned([("reason", reason.to_owned())]));
    }
}

fn owned<const N: usize>(particulars: [(&str, String); N]) -> Vec<(String, String)> {
    particulars.map(|(name, value)| (name.to_owned(), value)).into()
}

impl From<QueueError> for Failure {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Invalid(reason) => Self::Invalid(reason),
            QueueError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}
