//! Plans in a shop whose merchant approves them.
//!
//! The model's plan becomes a waiting plan instead of being shown. While one waits that could be shown, nobody asks the
//! model for that audience again, so approval costs no more calls than there are decisions. Shoppers get the plan that
//! was approved last, fitted to today's products: it may have been made with other settings, because it has to pass
//! today's check. Without one they get a local page, or none if the merchant shows only what was approved.
//!
//! If the merchant looks only at the first plan of an audience, later ones are taken as they are while the settings are
//! those of the approved plan.

use model::jobs::{Outcome, Trouble};
use model::origin::Approved;
use model::review::{Kept, Review, WaitingPlan};
use model::shop::Approval;
use model::{Audience, Source};

use crate::capabilities::{Host, Level};
use crate::job::Job;
use crate::plan;
use crate::propose::{AWAY_MS_MIN, Proposal};
use crate::record;
use crate::refit::refit;
use crate::shared::{Planned, Segment, Shared};
use crate::storefront::Storefront;

/// What a job finds of a shop whose merchant approves plans.
pub struct Approving<'a, H> {
    host: &'a H,
    job: &'a Job,
    storefront: &'a Storefront,
    segment: Segment<'a, H>,
    audience: Audience,
    review: Review,
    is_full: bool,
}

/// What shoppers may be shown for now, and for how long.
#[derive(Debug, Default)]
struct Now {
    /// The longest time that it counts as fresh.
    fresh_ms_max: Option<u64>,
    /// The problem on the way, if any.
    trouble: Option<Trouble>,
}

impl<'a, H: Host> Approving<'a, H> {
    /// Returns what a job for a shopper of the audience finds.
    pub fn new(
        host: &'a H,
        job: &'a Job,
        storefront: &'a Storefront,
        segment: Segment<'a, H>,
        audience: Audience,
        kept: Kept,
    ) -> Self {
        let Kept { review, is_full } = kept;
        let segment = segment.rejected_for(review.reasons(host.now_ms()));
        Self { host, job, storefront, segment, audience, review, is_full }
    }

    /// Plans a page. Fails with the job's outcome if the job cannot go on.
    pub fn plan(&self) -> Result<Planned, Outcome> {
        let approved = self.approved();
        let is_fresh = approved.as_ref().is_some_and(|approved| approved.fresh_until_ms > self.host.now_ms());
        match approved {
            Some(approved) if is_fresh && self.has_settings_of_approved() => Ok(Planned::Shared(approved)),
            approved if self.takes_later_plans() => self.later(approved),
            approved => {
                let now = self.submit()?;
                self.shown(approved, now)
            }
        }
    }

    /// Returns the plan that was approved last, if it can be shown today.
    fn approved(&self) -> Option<Shared> {
        let approved = self.review.approved.as_ref()?;
        let fitted = plan::from_stored(&approved.json).map(|plan| refit(plan, &self.segment.for_all));
        let Some(Ok(plan)) = fitted else {
            self.event("the approved plan no longer fits");
            return None;
        };
        let fresh_until_ms = approved.at_ms.saturating_add(self.fresh_ms());
        let approval = Approved { by: approved.by.clone(), at_ms: approved.at_ms };
        let stored = record::of_shopper(&plan::approved(&approved.json, &approval));
        Some(Shared { plan, stored, source: Source::Approved, fresh_until_ms, trouble: None })
    }

    fn has_settings_of_approved(&self) -> bool {
        self.review.approved.as_ref().is_some_and(|approved| self.is_of_today(&approved.json))
    }

    /// Returns whether a stored plan was made with today's settings.
    fn is_of_today(&self, stored: &str) -> bool {
        plan::brief_of_stored(stored) == Some(self.storefront.brief)
    }

    fn takes_later_plans(&self) -> bool {
        self.storefront.merchant.approval == Approval::First && self.has_settings_of_approved()
    }

    /// Plans as if nothing had to be approved, except that the approved plan is shown rather than a local page.
    fn later(&self, approved: Option<Shared>) -> Result<Planned, Outcome> {
        match self.segment.plan()? {
            Planned::Shared(later) => Ok(Planned::Shared(Shared { source: Source::Approved, ..later })),
            Planned::Own(proposal) => {
                let Proposal { fresh_ms_max, trouble, .. } = *proposal;
                self.shown(approved, Now { fresh_ms_max, trouble })
            }
            nothing @ Planned::Nothing(_) => Ok(nothing),
        }
    }

    /// Makes sure that a plan waits that can be shown today, by asking the model if it may be asked.
    fn submit(&self) -> Result<Now, Outcome> {
        if self.is_waiting() || !self.host.is_configured() {
            return Ok(Now::default());
        }
        if self.is_full || !self.segment.may_ask() {
            return Ok(Now { fresh_ms_max: Some(AWAY_MS_MIN), trouble: None });
        }
        match self.segment.ask()? {
            proposal if proposal.source == Source::Llm => Ok(self.wait(proposal)),
            Proposal { fresh_ms_max, trouble, .. } => Ok(Now { fresh_ms_max, trouble }),
        }
    }

    /// Returns whether a plan waits that was made with today's settings and passes today's check.
    fn is_waiting(&self) -> bool {
        self.review.waiting.as_ref().is_some_and(|waiting| {
            let fits = |plan| refit(plan, &self.segment.for_all).is_ok();
            self.is_of_today(&waiting.json) && plan::from_stored(&waiting.json).is_some_and(fits)
        })
    }

    fn wait(&self, mut proposal: Proposal) -> Now {
        proposal.account.origin.segment = Some(self.audience.to_string());
        let json = plan::to_shared(proposal.plan.plan(), self.storefront.brief, &proposal.account);
        let plan = WaitingPlan { json, job: self.job.id.clone(), planned_ms: self.host.now_ms() };
        match self.host.submit_plan(&self.job.request.shop, &self.audience, plan) {
            Ok(true) => {
                self.event("a plan waits for approval");
                return Now::default();
            }
            Ok(false) => self.event("there is no room for a plan that waits for approval"),
            Err(error) => {
                let particulars = [("cause", &*error.to_string())];
                self.host.event(Level::Warn, "cannot store a plan that waits for approval", &particulars);
            }
        }
        Now { fresh_ms_max: Some(AWAY_MS_MIN), trouble: None }
    }

    /// Returns the page that may be shown now.
    fn shown(&self, approved: Option<Shared>, now: Now) -> Result<Planned, Outcome> {
        let Now { fresh_ms_max, trouble } = now;
        let Some(approved) = approved else {
            if self.storefront.merchant.shows_only_approved() {
                return Ok(Planned::Nothing(trouble));
            }
            return self.segment.locally(trouble, fresh_ms_max);
        };
        let fresh_ms = fresh_ms_max.map_or(self.fresh_ms(), |max| max.min(self.fresh_ms()));
        let fresh_until_ms = self.host.now_ms().saturating_add(fresh_ms);
        Ok(Planned::Shared(Shared { fresh_until_ms, trouble, ..approved }))
    }

    fn fresh_ms(&self) -> u64 {
        u64::from(self.host.fresh_seconds()) * 1000
    }

    fn event(&self, message: &str) {
        self.host.event(Level::Info, message, &[("audience", &self.audience.to_string())]);
    }
}

#[cfg(test)]
mod tests;
