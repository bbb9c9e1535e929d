//! Jobs: none is lost, each shopper has one live job, each claim completes once, attempts are bounded.

use std::collections::{BTreeMap, BTreeSet};

use model::jobs::{Claimed, Completion, NewJob, State};
use model::{ShopId, ShopperId};
use queueing::Pool;

use super::{SKEW_MS, Verdict, ensure};

/// What a job is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A shopper's page.
    Page(ShopId, ShopperId),
    /// A maintenance task, by the event that caused it.
    Maintenance(ShopId, String),
}

/// Everything about a job.
#[derive(Debug)]
pub(crate) struct JobFacts {
    pub(crate) subject: Subject,
    key: String,
    queue: String,
    state: State,
    is_deleted: bool,
    /// How often it was completed for another attempt.
    retries: u32,
    not_before_ms: u64,
    lease: Option<Lease>,
    crashes: u32,
    /// How many tasks work on it now.
    pub(crate) at_work: u32,
    /// Whether two tasks ever worked on it at once, because a lease was lost.
    pub(crate) is_contested: bool,
    /// The plan that is stored for it.
    plan: Option<u64>,
}

#[derive(Debug)]
struct Lease {
    token: u64,
    until_ms: u64,
    process: String,
}

/// Every job that was ever queued, by id.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    all: BTreeMap<String, JobFacts>,
    completed: BTreeSet<(String, u64)>,
}

impl JobFacts {
    fn is_live(&self) -> bool {
        self.state.is_live() && !self.is_deleted
    }
}

impl Jobs {
    pub(crate) fn get(&mut self, id: &str) -> Option<&mut JobFacts> {
        self.all.get_mut(id)
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = (&String, &JobFacts)> {
        self.all.iter().filter(|(_, facts)| facts.is_live())
    }

    /// Records a new job.
    pub(crate) fn enqueued(&mut self, id: &str, job: &NewJob, queue: String) -> Verdict {
        let subject = subject(&job.payload).ok_or("a job has no readable payload")?;
        let second = self.all.iter().find(|(_, other)| {
            let is_kept = match subject {
                Subject::Page(..) => other.is_live(),
                Subject::Maintenance(..) => other.state != State::Dead && !other.is_deleted,
            };
            is_kept && other.subject == subject
        });
        ensure!(second.is_none(), "{subject:?} has two jobs, {} and {id}", second.map_or("", |(id, _)| id));
        let is_page = matches!(subject, Subject::Page(..));
        let in_queue = |facts: &&JobFacts| {
            facts.is_live() && facts.queue == queue && matches!(facts.subject, Subject::Page(..))
        };
        let pages = self.all.values().filter(in_queue).count();
        let all = self.all.values().filter(|facts| facts.is_live() && facts.queue == queue);
        let owned = all.filter(|facts| facts.key.starts_with(job.owner())).count();
        ensure!(
            !is_page || job.fits(pages, || owned),
            "{queue} took a page beyond its depth: {pages} are live"
        );
        let facts = JobFacts {
            subject,
            key: job.key.clone(),
            queue,
            state: State::Queued,
            is_deleted: false,
            retries: 0,
            not_before_ms: 0,
            lease: None,
            crashes: 0,
            at_work: 0,
            is_contested: false,
            plan: None,
        };
        let before = self.all.insert(id.to_owned(), facts);
        ensure!(before.is_none(), "{id} was given twice");
        Ok(())
    }

    /// Checks what a caller was told: that its job is queued under this id.
    pub(crate) fn promised(&self, id: &str, payload: &[u8]) -> Verdict {
        let facts = self.all.get(id).ok_or_else(|| format!("{id} was promised and never queued"))?;
        ensure!(Some(&facts.subject) == subject(payload).as_ref(), "{id} is another's job");
        Ok(())
    }

    /// Records a claim at this time, which is the later one if the clocks were set during the call, and until when it
    /// lasts at least.
    pub(crate) fn claimed(
        &mut self,
        claimed: &Claimed,
        process: &str,
        now_ms: u64,
        until_ms: u64,
    ) -> Verdict {
        let Claimed { id, token, attempt, crashes, .. } = claimed;
        let facts = self.all.get_mut(id).ok_or_else(|| format!("{id} was claimed and never queued"))?;
        ensure!(facts.is_live(), "{id} was claimed and is over");
        let latest_ms = now_ms + SKEW_MS;
        let is_held = facts.lease.as_ref().is_some_and(|lease| lease.until_ms > latest_ms);
        ensure!(!is_held, "{id} was claimed while another holds it: {:?} at {now_ms}", facts.lease);
        ensure!(facts.not_before_ms <= latest_ms, "{id} came back {} ms early", facts.not_before_ms - now_ms);
        ensure!(
            *attempt == facts.retries + 1,
            "{id} failed {} times and is at attempt {attempt}",
            facts.retries
        );
        facts.crashes = *crashes;
        facts.state = State::Running;
        facts.lease = Some(Lease { token: *token, until_ms, process: process.to_owned() });
        Ok(())
    }

    /// Checks a job that the queue hands out.
    pub(crate) fn handed_out(&self, job: &queueing::Job, pool: Pool) -> Verdict {
        let Some(facts) = self.all.get(&job.lease.id) else { return Ok(()) };
        let is_page = matches!(facts.subject, Subject::Page(..));
        if is_page {
            ensure!(job.attempt <= pool.attempts_max, "{} is tried too often", job.lease.id);
            ensure!(
                job.last == (job.attempt == pool.attempts_max),
                "{} has a wrong last attempt",
                job.lease.id
            );
            ensure!(facts.crashes < pool.crashes_max, "{} crashed {} times", job.lease.id, facts.crashes);
        }
        Ok(())
    }

    pub(crate) fn extended(&mut self, id: &str, token: u64, until_ms: u64) -> Verdict {
        let lease = self.all.get_mut(id).and_then(|facts| facts.lease.as_mut());
        let lease = lease.filter(|lease| lease.token == token);
        lease.ok_or_else(|| format!("{id} was extended by a worker without a lease"))?.until_ms = until_ms;
        Ok(())
    }

    /// Returns the event that caused a maintenance task.
    pub(crate) fn cause(&self, id: &str) -> Option<String> {
        match &self.all.get(id)?.subject {
            Subject::Maintenance(_, cause) => Some(cause.clone()),
            Subject::Page(..) => None,
        }
    }

    /// Returns whether this claim has completed the job so before.
    pub(crate) fn is_repeated(&self, id: &str, token: u64, completion: &Completion) -> bool {
        let state = self.all.get(id).map(|facts| facts.state);
        self.completed.contains(&(id.to_owned(), token)) && state == Some(completion.state())
    }

    pub(crate) fn completed(
        &mut self,
        id: &str,
        token: u64,
        completion: &Completion,
        ahead_ms: u64,
    ) -> Verdict {
        let facts = self.all.get_mut(id).ok_or_else(|| format!("{id} was completed and never queued"))?;
        ensure!(facts.is_live(), "{id} was completed and is over");
        let lease = facts.lease.take();
        ensure!(
            lease.as_ref().is_some_and(|lease| lease.token == token),
            "{id} was completed by claim {token}, and {lease:?} holds it"
        );
        ensure!(self.completed.insert((id.to_owned(), token)), "claim {token} of {id} completed twice");
        facts.state = completion.state();
        match completion {
            Completion::Retry { at_ms, .. } => {
                facts.retries += 1;
                facts.not_before_ms = at_ms.saturating_sub(ahead_ms);
            }
            Completion::Postponed(at_ms) => facts.not_before_ms = at_ms.saturating_sub(ahead_ms),
            Completion::Done(_) | Completion::Dead(_) => {}
        }
        Ok(())
    }

    /// Forgets a job that ended: a day has too many to look at all of them at each step.
    pub(crate) fn forget_ended(&mut self, id: &str) {
        self.all.retain(|of, facts| of != id || facts.is_live() || facts.at_work > 0);
        self.completed.clear();
    }

    /// Records that the leases of a process were ended.
    pub(crate) fn released(&mut self, process: &str) {
        for facts in self.all.values_mut() {
            if facts.lease.as_ref().is_some_and(|lease| lease.process == process) {
                facts.lease = None;
                facts.state = State::Queued;
            }
        }
    }

    /// Records that the clock was set back. Deadlines then come no later than before.
    pub(crate) fn set_back(&mut self, by_ms: u64) {
        for facts in self.all.values_mut() {
            facts.not_before_ms = facts.not_before_ms.saturating_sub(by_ms);
            if let Some(lease) = &mut facts.lease {
                lease.until_ms = lease.until_ms.saturating_sub(by_ms);
            }
        }
    }

    /// Records which jobs are stored after a deletion for a shop or one of its shoppers.
    pub(crate) fn deleted(
        &mut self,
        is_stored: impl Fn(&str) -> bool,
        shop: &ShopId,
        shopper: Option<&ShopperId>,
    ) -> Verdict {
        for (id, facts) in self.all.iter_mut().filter(|(_, facts)| !facts.is_deleted) {
            if is_stored(id) {
                continue;
            }
            let is_meant = matches!(&facts.subject, Subject::Page(of, whose)
                if of == shop && shopper.is_none_or(|shopper| shopper.has_page(whose)));
            ensure!(is_meant, "{id}, the job of {:?}, was deleted for {shop} and {shopper:?}", facts.subject);
            facts.is_deleted = true;
            facts.lease = None;
        }
        Ok(())
    }

    /// Checks that exactly the jobs that were not deleted are stored, in their states.
    pub(crate) fn audit(&self, stored: &BTreeMap<String, State>) -> Verdict {
        for (id, facts) in &self.all {
            let found = stored.get(id).copied();
            let expected = Some(facts.state).filter(|_| !facts.is_deleted);
            ensure!(found == expected, "{id} is {found:?} and should be {expected:?}");
        }
        Ok(())
    }

    /// Checks that a maintenance task is done.
    pub(crate) fn is_done(&self, cause: &str) -> bool {
        self.all.values().any(|facts| {
            matches!(&facts.subject, Subject::Maintenance(_, of) if of == cause) && facts.state == State::Done
        })
    }

    /// Records that a plan was stored for a job.
    pub(crate) fn planned(&mut self, id: &str, plan: u64) -> Verdict {
        let Some(facts) = self.all.get_mut(id) else { return Ok(()) };
        let before = facts.plan.replace(plan);
        ensure!(
            facts.is_contested || before.is_none_or(|before| before == plan),
            "{id} stored two plans, {before:?} and {plan}"
        );
        Ok(())
    }

    /// Records that a shop was reopened. A host that has not seen it yet finds no plan, and plans again.
    pub(crate) fn reopened(&mut self, shop: &str) {
        let live = self.all.values_mut().filter(|facts| facts.is_live());
        live.filter(|facts| facts.key.starts_with(&format!("{shop}:")))
            .for_each(|facts| facts.is_contested = true);
    }

    /// Records that the plan of a job was deleted.
    pub(crate) fn unplanned(&mut self, id: &str) {
        if let Some(facts) = self.all.get_mut(id) {
            facts.plan = None;
        }
    }
}

/// Reads what a payload is about.
fn subject(payload: &[u8]) -> Option<Subject> {
    let payload: serde_json::Value = serde_json::from_slice(payload).ok()?;
    let text = |field: &str| payload.get(field).and_then(serde_json::Value::as_str);
    let shop = ShopId::parse(text("store")?).ok()?;
    match text("cause") {
        Some(cause) => Some(Subject::Maintenance(shop, cause.to_owned())),
        None => Some(Subject::Page(shop, ShopperId::parse(text("shopper")?).ok()?)),
    }
}
