//! What a merchant decides about the language model's plans: the vocabulary of approval.
//!
//! There is a [`Review`] for each [`crate::Audience`] of a shop: the plan that waits, the plan that was approved last,
//! and why others were rejected. Every decision names the version of the plan that was looked at, so that nobody
//! decides about a plan that they did not see. An approval can be withdrawn.

use std::hash::Hasher as _;

use fnv::FnvHasher;
use serde::{Deserialize, Serialize};

use crate::pages::JobId;

/// The most reviews of a shop. Markets are what a request names, so strangers could make more of them.
pub const REVIEWS_MAX: u32 = 500;
/// How long a review without an approved plan is kept after its last change, in seconds.
pub const UNDECIDED_SECONDS: u32 = 30 * 24 * 60 * 60;
/// How long a reason goes into prompts, in milliseconds.
const REASON_MS: u64 = UNDECIDED_SECONDS as u64 * 1_000;
/// The most reasons that are kept for an audience.
const REASONS_MAX: usize = 3;
/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 300;

/// What a merchant decided about the plans of an audience, and what waits for a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Review {
    /// The plan that waits for approval.
    pub waiting: Option<WaitingPlan>,
    /// The plan that was approved last.
    pub approved: Option<ApprovedPlan>,
    /// Why plans were rejected since then, the newest first.
    pub rejections: Vec<Rejection>,
}

/// A review as the cache has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The review; an empty one if there is none yet.
    pub review: Review,
    /// Whether the shop has as many reviews as it may have, and none for this audience: then no plan can wait.
    pub is_full: bool,
}

/// A plan that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingPlan {
    /// The plan as JSON, as generation wrote it.
    pub json: String,
    /// The job that planned it.
    pub job: JobId,
    /// When it was planned, in milliseconds since the epoch.
    pub planned_ms: u64,
}

/// A plan that was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedPlan {
    /// The plan as JSON, as generation wrote it or accepted it after an edit.
    pub json: String,
    /// The job that planned it.
    pub job: JobId,
    /// Who approved it: Shopify's number of the member of staff.
    pub by: String,
    /// When it was approved, in milliseconds since the epoch.
    pub at_ms: u64,
}

/// Why a plan was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The merchant's words.
    pub reason: String,
    /// Who rejected it.
    pub by: String,
    /// When it was rejected, in milliseconds since the epoch.
    pub at_ms: u64,
}

/// What a merchant does with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Shoppers get it from now on.
    Approve,
    /// It waits on with other copy, which generation accepted.
    Edit(String),
    /// Shoppers get it from now on with other copy, which generation accepted.
    ApproveEdited(String),
    /// It is dropped, for this reason.
    Reject(String),
    /// It was approved, and shoppers do not get it any more. It waits again, unless another one does.
    Withdraw,
}

/// The plan that a decision is about is not the one that waits, or was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the plan is not there any more: another one replaced it, or it was decided")]
pub struct Outdated;

impl WaitingPlan {
    /// Returns a digest of the plan: every other plan, and every edit of this one, has another.
    pub fn version(&self) -> String {
        version(&self.json, &self.job, self.planned_ms)
    }
}

impl ApprovedPlan {
    /// Returns a digest of the plan: every other plan, and every other approval of this one, has another.
    pub fn version(&self) -> String {
        version(&self.json, &self.job, self.at_ms)
    }
}

fn version(json: &str, job: &JobId, at_ms: u64) -> String {
    let mut hasher = FnvHasher::default();
    hasher.write(json.as_bytes());
    hasher.write(job.as_str().as_bytes());
    hasher.write(&at_ms.to_le_bytes());
    format!("{:016x}", hasher.finish())
}

impl Review {
    /// Reads a stored review; `None` if the bytes are not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Returns the stored form.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Returns how long the review is kept, in seconds; `None` if it is kept until the shop's data is deleted.
    pub fn ttl_seconds(&self) -> Option<u32> {
        self.approved.is_none().then_some(UNDECIDED_SECONDS)
    }

    /// Carries out what the member of staff `by` decided at `at_ms` about the plan of this version.
    pub fn decide(
        &mut self,
        version: &str,
        decision: Decision,
        by: &str,
        at_ms: u64,
    ) -> Result<(), Outdated> {
        match decision {
            Decision::Approve => {
                let plan = self.take(version)?;
                self.approve(plan, by, at_ms);
            }
            Decision::ApproveEdited(json) => {
                let plan = self.take(version)?;
                self.approve(WaitingPlan { json, ..plan }, by, at_ms);
            }
            Decision::Edit(json) => {
                let plan = self.take(version)?;
                self.waiting = Some(WaitingPlan { json, ..plan });
            }
            Decision::Reject(reason) => {
                self.take(version)?;
                let reason = reason.chars().take(REASON_CHARS_MAX).collect();
                self.rejections.insert(0, Rejection { reason, by: by.to_owned(), at_ms });
                self.rejections.truncate(REASONS_MAX);
            }
            Decision::Withdraw => self.withdraw(version, at_ms)?,
        }
        Ok(())
    }

    /// Takes the waiting plan of this version.
    fn take(&mut self, version: &str) -> Result<WaitingPlan, Outdated> {
        self.waiting.take_if(|waiting| waiting.version() == version).ok_or(Outdated)
    }

    fn withdraw(&mut self, version: &str, at_ms: u64) -> Result<(), Outdated> {
        let approved = self.approved.take_if(|approved| approved.version() == version).ok_or(Outdated)?;
        let ApprovedPlan { json, job, .. } = approved;
        self.waiting.get_or_insert(WaitingPlan { json, job, planned_ms: at_ms });
        Ok(())
    }

    fn approve(&mut self, plan: WaitingPlan, by: &str, at_ms: u64) {
        let WaitingPlan { json, job, .. } = plan;
        self.approved = Some(ApprovedPlan { json, job, by: by.to_owned(), at_ms });
        self.rejections.clear();
    }

    /// Returns why plans were rejected, the newest reason first.
    pub fn reasons(&self, now_ms: u64) -> Vec<String> {
        let is_recent = |rejection: &&Rejection| now_ms.saturating_sub(rejection.at_ms) < REASON_MS;
        self.rejections.iter().filter(is_recent).map(|rejection| rejection.reason.clone()).collect()
    }
}

/// A waiting plan as a merchant looks at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its page as an HTML document; empty if there are problems.
    pub document: String,
    /// Its texts, from top to bottom.
    pub texts: Vec<Text>,
    /// Why it cannot be shown to shoppers today.
    pub problems: Vec<Problem>,
    /// The digest of the plan whose texts these are, in today's form.
    pub digest: String,
}

/// A text of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its place, such as `blocks[0].headline`.
    pub path: String,
    /// The kind of its block; empty for the title of the page.
    pub block: String,
    /// The name of the field.
    pub field: String,
    /// The text.
    pub value: String,
    /// The longest text that fits there, in characters.
    pub chars_max: u32,
}

/// A text as a merchant wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Its place.
    pub path: String,
    /// The text.
    pub value: String,
}

/// A problem of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its place; that of a text, or of a part of the plan.
    pub path: String,
    /// The problem, in words.
    pub what: String,
}

/// The result of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// The plan with these texts, as JSON.
    Accepted(String),
    /// The texts may not stand there.
    Refused(Vec<Problem>),
    /// The plan has another form now, because products or settings changed.
    Changed,
}

/// Implements the conversions for the records of `page-types` in `wit/storefront` that approval has. The caller names
/// the module that its bindings generated for the interface.
#[macro_export]
macro_rules! review_conversions {
    ($($wit:ident)::+) => {
        const _: () = {
            use $($wit)::+ as wit;
            use $crate::review;

            $crate::conversions!(struct review::Shown as wit::ShownPlan { document, texts: list, problems: list, digest });
            $crate::conversions!(struct review::Text as wit::PlanText { path, block, field, value, chars_max });
            $crate::conversions!(struct review::Edit as wit::PlanEdit { path, value });
            $crate::conversions!(struct review::Problem as wit::PlanProblem { path, what });

            impl From<review::Edited> for wit::EditedPlan {
                fn from(edited: review::Edited) -> Self {
                    match edited {
                        review::Edited::Accepted(json) => Self::Accepted(json),
                        review::Edited::Refused(problems) => {
                            Self::Refused(problems.into_iter().map(Into::into).collect())
                        }
                        review::Edited::Changed => Self::Changed,
                    }
                }
            }

            impl From<wit::EditedPlan> for review::Edited {
                fn from(edited: wit::EditedPlan) -> Self {
                    match edited {
                        wit::EditedPlan::Accepted(json) => Self::Accepted(json),
                        wit::EditedPlan::Refused(problems) => {
                            Self::Refused(problems.into_iter().map(Into::into).collect())
                        }
                        wit::EditedPlan::Changed => Self::Changed,
                    }
                }
            }
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(json: &str) -> WaitingPlan {
        WaitingPlan { json: json.to_owned(), job: JobId::UNKNOWN, planned_ms: 1 }
    }

    fn review(json: &str) -> (Review, String) {
        let plan = waiting(json);
        let version = plan.version();
        (Review { waiting: Some(plan), ..Review::default() }, version)
    }

    #[test]
    fn only_the_plan_that_was_looked_at_is_decided_about() {
        let (mut review, version) = review("a");
        let before = review.clone();
        assert_eq!(review.decide("0000", Decision::Approve, "7", 5), Err(Outdated));
        assert_eq!(review, before, "nothing is lost");
        review.decide(&version, Decision::Edit("b".to_owned()), "7", 5).unwrap();
        assert_eq!(review.decide(&version, Decision::Approve, "7", 5), Err(Outdated), "it was edited");
        let edited = review.waiting.as_ref().unwrap().version();
        review.decide(&edited, Decision::Approve, "7", 6).unwrap();
        let approved = review.approved.clone().unwrap();
        assert_eq!((approved.json.as_str(), approved.by.as_str(), approved.at_ms), ("b", "7", 6));
        assert_eq!((review.waiting.clone(), review.ttl_seconds()), (None, None));
        assert_eq!(Review::decode(&review.encode()), Some(review));
    }

    #[test]
    fn an_approval_that_is_withdrawn_waits_again_unless_another_plan_does() {
        let approved = || {
            let (mut review, version) = review("a");
            review.decide(&version, Decision::Approve, "7", 5).unwrap();
            let version = review.approved.as_ref().unwrap().version();
            (review, version)
        };
        let (mut withdrawn, version) = approved();
        assert_eq!(withdrawn.decide("0000", Decision::Withdraw, "7", 9), Err(Outdated));
        assert!(withdrawn.approved.is_some(), "another approval stays");
        withdrawn.decide(&version, Decision::Withdraw, "7", 9).unwrap();
        let again = withdrawn.waiting.clone().unwrap();
        assert_eq!((again.json.as_str(), again.planned_ms), ("a", 9));
        assert_eq!((withdrawn.approved.clone(), withdrawn.ttl_seconds()), (None, Some(UNDECIDED_SECONDS)));
        assert_eq!(withdrawn.decide(&version, Decision::Withdraw, "7", 10), Err(Outdated));

        let (mut withdrawn, version) = approved();
        withdrawn.waiting = Some(waiting("b"));
        withdrawn.decide(&version, Decision::Withdraw, "7", 9).unwrap();
        assert_eq!((withdrawn.waiting.unwrap().json.as_str(), withdrawn.approved), ("b", None));
    }

    #[test]
    fn the_newest_reasons_are_kept_for_a_while_and_until_a_plan_is_approved() {
        let mut review = Review::default();
        for number in 0..5 {
            review.waiting = Some(waiting(&number.to_string()));
            let version = review.waiting.as_ref().unwrap().version();
            let reason = format!("{number}{}", "x".repeat(REASON_CHARS_MAX));
            review.decide(&version, Decision::Reject(reason), "7", number).unwrap();
        }
        let reasons = review.reasons(10);
        let first: Vec<_> = reasons.iter().map(|reason| &reason[..1]).collect();
        assert_eq!(first, ["4", "3", "2"]);
        assert!(reasons.iter().all(|reason| reason.chars().count() == REASON_CHARS_MAX));
        assert!(review.reasons(REASON_MS + 10).is_empty());
        assert_eq!(review.ttl_seconds(), Some(UNDECIDED_SECONDS));
        review.waiting = Some(waiting("5"));
        let version = review.waiting.as_ref().unwrap().version();
        review.decide(&version, Decision::ApproveEdited("6".to_owned()), "7", 9).unwrap();
        assert!(review.reasons(10).is_empty() && review.approved.unwrap().json == "6");
    }

    #[test]
    fn an_invalid_review_is_not_read() {
        for bytes in [&b""[..], b"[7]", b"\xff", b"{\"approved\":1}"] {
            assert_eq!(Review::decode(bytes), None);
        }
        assert_eq!(Review::decode(b"{}"), Some(Review::default()));
    }
}
