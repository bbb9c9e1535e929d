//! Carries out what a merchant decides about a plan.

use model::Audience;
use model::review::{Decision, Edited, Outdated, Problem, Review};

use super::posted::{Action, Posted};
use super::told::Told;
use crate::saving::{Saved, make_stale, withdraw_pages};
use crate::session::Caller;
use crate::visit::Visit;
use crate::{Failed, NotConnected};

/// Why nothing was decided.
pub(super) struct Undecided {
    pub told: Told,
    /// What the check found in the texts.
    pub problems: Vec<Problem>,
}

impl From<Told> for Undecided {
    fn from(told: Told) -> Self {
        Self { told, problems: Vec::new() }
    }
}

impl From<Outdated> for Undecided {
    fn from(Outdated: Outdated) -> Self {
        Told::Outdated.into()
    }
}

impl From<Failed> for Undecided {
    fn from(error: Failed) -> Self {
        tracing::warn!(%error, "cannot apply a merchant's decision about a plan");
        Told::Failed.into()
    }
}

/// A decision about the plan of an audience.
pub(super) struct Deciding<'a> {
    pub visit: &'a Visit,
    pub audience: &'a Audience,
}

impl Deciding<'_> {
    /// Carries out a decision, or changes nothing.
    pub async fn run(&self, posted: &Posted) -> Result<Told, Undecided> {
        let Visit { admin, caller: Caller { shop, staff, .. }, .. } = self.visit;
        admin.serving(shop).await.map_err(|error| match error {
            NotConnected::Unavailable(_) | NotConnected::Host(_) => Told::Failed,
            _ => Told::NotConnected,
        })?;
        let decision = match posted.action {
            Action::Reject => Decision::Reject(posted.reason().ok_or(Told::NoReason)?),
            Action::Approve if posted.edits.is_empty() => Decision::Approve,
            Action::Approve => Decision::ApproveEdited(self.edited(posted).await?),
            Action::Save if posted.edits.is_empty() => return Err(Told::NoTexts.into()),
            Action::Save => Decision::Edit(self.edited(posted).await?),
            Action::Withdraw => Decision::Withdraw,
            Action::Unknown => return Err(Told::Failed.into()),
        };
        let audience = self.audience;
        admin.storefronts.decide(shop, audience, &posted.version, &decision, staff).await??;
        tracing::info!(%shop, %audience, %staff, action = posted.action.name(), "a merchant decided about a plan");
        Ok(self.follow(&decision).await)
    }

    /// Returns the waiting plan with the posted texts.
    async fn edited(&self, posted: &Posted) -> Result<String, Undecided> {
        let Self { visit: Visit { admin, caller: Caller { shop, .. }, .. }, audience } = self;
        let reviews = admin.storefronts.reviews(shop).await?;
        let review = reviews.into_iter().find(|(of, _)| of == *audience).map(|(_, review)| review);
        let Some(Review { waiting: Some(waiting), .. }) = review else { return Err(Outdated.into()) };
        if waiting.version() != posted.version {
            return Err(Outdated.into());
        }
        let edits = &posted.edits;
        match admin.storefronts.edit_plan(shop, audience, &waiting.json, &posted.digest, edits).await? {
            Edited::Accepted(json) => Ok(json),
            Edited::Refused(problems) => Err(Undecided { told: Told::Refused, problems }),
            Edited::Changed => Err(Told::Changed.into()),
        }
    }

    /// Makes shoppers see what was decided.
    async fn follow(&self, decision: &Decision) -> Told {
        let Self { visit: Visit { admin, caller: Caller { shop, .. }, .. }, audience } = self;
        match decision {
            Decision::Approve | Decision::ApproveEdited(_) => match make_stale(admin, shop).await {
                Saved::ForNewPages => Told::ApprovedForNewPages,
                Saved::ForAllPages | Saved::Nothing => Told::Approved,
            },
            Decision::Withdraw => match withdraw_pages(admin, shop).await {
                Saved::ForNewPages => Told::WithdrawnForNewPages,
                Saved::ForAllPages | Saved::Nothing => Told::Withdrawn,
            },
            Decision::Edit(_) => Told::Saved,
            Decision::Reject(_) => {
                // Without it, the next shopper's visit makes the next plan.
                if let Err(error) = admin.storefronts.request_plan(shop, audience).await {
                    tracing::warn!(%shop, %error, "cannot request the next plan");
                }
                Told::Rejected
            }
        }
    }
}
