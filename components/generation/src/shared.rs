//! Plans that the shoppers of a segment share: those of one persona and market, for one kind of page, with the same settings
//! of the merchant.
//!
//! The segment's plan costs one call of the model; each of its shoppers gets a page of it, fitted to today's products.
//! One job at a time plans for a segment, by a lease that expires. Meanwhile the others render the previous plan, or a
//! local one that is stale soon; nobody waits. Only what counts as the model's plan is shared.
//!
//! A shared plan is made of the merchant's settings, the products that every shopper sees, and the persona. The job's
//! shopper, their signals and what their searches found do not reach the prompt or the plan.

use std::borrow::Cow;
use std::hash::Hasher as _;

use fnv::FnvHasher;
use model::jobs::{GenerationRequest, Outcome, Trouble, Work};
use model::pages::SharedPlan;
use model::{Cause, SegmentId, Signals, Source};

use crate::capabilities::{CacheError, Host, Level};
use crate::check::Checked;
use crate::job::Job;
use crate::persona::Reading;
use crate::plan;
use crate::propose::{AWAY_MS_MIN, FIRST_VIEW_MS, Proposal, propose_for_all, propose_locally};
use crate::record;
use crate::refit::refit;
use crate::storefront::Storefront;

/// How a page is planned.
#[derive(Debug)]
pub enum Planned {
    /// By the segment's plan.
    Shared(Shared),
    /// By a plan for the shopper alone.
    Own(Box<Proposal>),
    /// Not at all: nothing was approved, and nothing else may be shown. There may have been a problem on the way.
    Nothing(Option<Trouble>),
}

/// The segment's plan.
#[derive(Debug)]
pub struct Shared {
    /// The plan, fitted to today's products.
    pub plan: Checked,
    /// Its stored form, without what the model was asked: only the segment's own copy has that.
    pub stored: String,
    /// Whether this job planned it.
    pub source: Source,
    /// The time until which a page of it is fresh, in milliseconds since the epoch.
    pub fresh_until_ms: u64,
    /// The problem on the way to a newer one, if any.
    pub trouble: Option<Trouble>,
}

/// A segment, as a job for one of its shoppers finds it.
pub struct Segment<'a, H> {
    host: &'a H,
    job: &'a Job,
    reading: &'a Reading,
    /// The storefront as the job's shopper sees it.
    storefront: &'a Storefront,
    /// The storefront as everybody sees it.
    pub for_all: Cow<'a, Storefront>,
    id: SegmentId,
    /// Why the merchant rejected plans of the segment.
    reasons: Vec<String>,
}

impl<'a, H: Host> Segment<'a, H> {
    /// Returns the segment of a shopper.
    pub fn new(host: &'a H, job: &'a Job, reading: &'a Reading, storefront: &'a Storefront) -> Self {
        let GenerationRequest { shop, market, page, .. } = &job.request;
        let id = SegmentId::of(*page, reading.persona, market, storefront.brief.number());
        let for_all = storefront.for_all(shop.as_str());
        Self { host, job, reading, storefront, for_all, id, reasons: Vec::new() }
    }

    /// Adds the reasons for which the merchant rejected plans of the segment, which the model is told. The lease of a job that
    /// planned before that does not count any more.
    #[must_use]
    pub fn rejected_for(self, reasons: Vec<String>) -> Self {
        if reasons.is_empty() {
            return self;
        }
        let GenerationRequest { market, page, .. } = &self.job.request;
        let number = self.storefront.brief.number() ^ digest(&reasons);
        let id = SegmentId::of(*page, self.reading.persona, market, number);
        Self { id, reasons, ..self }
    }

    /// Plans a page of the segment. Fails with the job's outcome if the job cannot go on.
    pub fn plan(&self) -> Result<Planned, Outcome> {
        let known = self.known();
        if known.as_ref().is_some_and(|known| known.fresh_until_ms > self.host.now_ms()) {
            return Ok(Planned::Shared(known.expect("it was just looked at")));
        }
        if !self.host.is_configured() {
            return self.locally(None, None);
        }
        if self.job.request.work == Work::PlanLocally || !self.is_ours_to_plan() {
            return match known {
                Some(known) => Ok(self.for_now(known, AWAY_MS_MIN, None)),
                None => self.locally(None, Some(FIRST_VIEW_MS)),
            };
        }
        match self.ask()? {
            proposal if proposal.source == Source::Llm => Ok(self.share(proposal)),
            failed => self.without_model(known, failed),
        }
    }

    /// Returns whether this job is to ask the model for a plan of the segment: there is one, the request may cost
    /// something, and no other job asks.
    pub fn may_ask(&self) -> bool {
        self.host.is_configured() && self.job.request.work != Work::PlanLocally && self.is_ours_to_plan()
    }

    /// Asks the model for a plan of the segment. Without one, the proposal is the local planner's. After an answer that is of
    /// no use the lease lasts on, because the next one would cost as much; else the next job asks at once.
    pub fn ask(&self) -> Result<Proposal, Outcome> {
        let asked = Job { request: self.request_for_all(), ..self.job.clone() };
        let proposal = propose_for_all(self.host, &asked, self.reading, &self.for_all, &self.reasons);
        let keeps_lease = proposal.as_ref().is_ok_and(|proposal| {
            proposal.source == Source::Llm || proposal.trouble.as_ref().is_some_and(was_answered)
        });
        if !keeps_lease {
            self.release();
        }
        proposal
    }

    /// Returns the segment's plan as it can be shown today, fresh or not, if there is one.
    fn known(&self) -> Option<Shared> {
        let found = self.host.shared_plan(&self.job.request.shop, &self.id);
        let SharedPlan { json, fresh_until_ms } = found.unwrap_or_else(|error| {
            self.warn("cannot read the plan of a segment", &error);
            None
        })?;
        let is_ours = plan::brief_of_stored(&json) == Some(self.storefront.brief);
        let plan = plan::from_stored(&json).filter(|_| is_ours)?;
        let Ok(plan) = refit(plan, &self.for_all) else {
            let segment = ("segment", self.id.as_str());
            self.host.event(Level::Info, "the plan of a segment no longer fits", &[segment]);
            return None;
        };
        let stored = record::of_shopper(&json);
        Some(Shared { plan, stored, source: Source::Shared, fresh_until_ms, trouble: None })
    }

    fn is_ours_to_plan(&self) -> bool {
        let leased = self.host.lease_planning(&self.job.request.shop, &self.id, &self.job.id);
        leased.unwrap_or_else(|error| {
            self.warn("cannot lease the planning for a segment", &error);
            false
        })
    }

    fn release(&self) {
        let released = self.host.release_planning(&self.job.request.shop, &self.id, &self.job.id);
        if let Err(error) = released {
            self.warn("cannot release the lease on a segment", &error);
        }
    }

    /// Returns the request without its shopper's data.
    fn request_for_all(&self) -> GenerationRequest {
        GenerationRequest { signals: Signals::default(), ..self.job.request.clone() }
    }

    /// Shares a plan. The lease lasts on, so that a host that does not see the plan yet does not plan again.
    fn share(&self, mut proposal: Proposal) -> Planned {
        proposal.account.origin.segment = Some(self.id.to_string());
        let stored = plan::to_shared(proposal.plan.plan(), self.storefront.brief, &proposal.account);
        let fresh_ms = u64::from(self.host.fresh_seconds()) * 1000;
        let fresh_until_ms = self.host.now_ms().saturating_add(fresh_ms);
        let plan = SharedPlan { json: stored.clone(), fresh_until_ms };
        match self.host.share_plan(&self.job.request.shop, &self.id, plan) {
            Ok(()) => {
                let segment = ("segment", self.id.as_str());
                self.host.event(Level::Info, "a plan is shared by a segment", &[segment]);
            }
            Err(error) => self.warn("cannot store the plan of a segment", &error),
        }
        let Proposal { plan, source, trouble, .. } = proposal;
        let stored = record::of_shopper(&stored);
        Planned::Shared(Shared { plan, stored, source, fresh_until_ms, trouble })
    }

    /// Returns the page to show if the model gave no plan.
    fn without_model(&self, known: Option<Shared>, failed: Proposal) -> Result<Planned, Outcome> {
        if let (Some(known), Some(fresh_ms)) = (known, failed.fresh_ms_max) {
            return Ok(self.for_now(known, fresh_ms, failed.trouble));
        }
        let paid_for = failed.account.origin.model;
        let mut planned = self.locally(failed.trouble, failed.fresh_ms_max)?;
        if let Planned::Own(proposal) = &mut planned {
            proposal.account.origin.model = paid_for;
        }
        Ok(planned)
    }

    /// Uses a plan for a while that should be replaced.
    fn for_now(&self, known: Shared, fresh_ms: u64, trouble: Option<Trouble>) -> Planned {
        let fresh_until_ms = self.host.now_ms().saturating_add(fresh_ms);
        Planned::Shared(Shared { fresh_until_ms, trouble, ..known })
    }

    /// Plans the page locally, which is fresh for at most `fresh_ms_max`.
    pub fn locally(&self, trouble: Option<Trouble>, fresh_ms_max: Option<u64>) -> Result<Planned, Outcome> {
        let Self { host, job, reading, storefront, .. } = self;
        let proposal = propose_locally(*host, job, reading, storefront, trouble, fresh_ms_max)?;
        Ok(Planned::Own(Box::new(proposal)))
    }

    fn warn(&self, message: &str, error: &CacheError) {
        let particulars = [("segment", self.id.as_str()), ("cause", &*error.to_string())];
        self.host.event(Level::Warn, message, &particulars);
    }
}

fn digest(texts: &[String]) -> u64 {
    let mut hasher = FnvHasher::default();
    for text in texts {
        hasher.write(text.as_bytes());
        hasher.write_u8(0);
    }
    hasher.finish()
}

/// Returns whether the model answered, and so was paid for.
fn was_answered(trouble: &Trouble) -> bool {
    use Cause::{Claims, Filter, Format, Length, Refusal, Thinking};
    matches!(trouble.cause, Some(Refusal | Length | Thinking | Filter | Format | Claims))
}

#[cfg(test)]
mod tests;
