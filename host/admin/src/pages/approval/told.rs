//! What became of a decision.

use axum::http::StatusCode;

use crate::wording::Words;

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing was to be decided.
    Nothing,
    /// Shoppers get the plan from now on.
    Approved,
    /// Shoppers get the plan as soon as storage can be written.
    ApprovedForNewPages,
    /// The plan waits on with other texts.
    Saved,
    /// The plan is dropped.
    Rejected,
    /// Shoppers do not get the plan any more.
    Withdrawn,
    /// Shoppers do not get the plan any more as soon as storage can be written.
    WithdrawnForNewPages,
    /// The texts may not stand on the page.
    Refused,
    /// No text differs from the plan's.
    NoTexts,
    /// There is no reason, or a long one.
    NoReason,
    /// Another plan waits now.
    Outdated,
    /// The plan has another form now.
    Changed,
    /// The shop is not connected.
    NotConnected,
    /// It could not be carried out at the moment.
    Failed,
}

impl Told {
    /// Returns whether something was decided. If so, the next plan is shown.
    pub fn is_decided(self) -> bool {
        matches!(
            self,
            Self::Approved
                | Self::ApprovedForNewPages
                | Self::Rejected
                | Self::Withdrawn
                | Self::WithdrawnForNewPages
        )
    }

    /// Returns the status of the response.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Nothing
            | Self::Approved
            | Self::ApprovedForNewPages
            | Self::Saved
            | Self::Rejected
            | Self::Withdrawn
            | Self::WithdrawnForNewPages => StatusCode::OK,
            Self::Refused | Self::NoTexts | Self::NoReason => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Outdated | Self::Changed | Self::NotConnected => StatusCode::CONFLICT,
            Self::Failed => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns the tone of its banner, its heading and its details; `None` if nothing was to be decided.
    pub fn banner(self, words: &Words) -> Option<(&'static str, &'static str, &'static str)> {
        Some(match self {
            Self::Nothing => return None,
            Self::Approved => ("success", words.approved(), words.approved_details()),
            Self::ApprovedForNewPages => ("warning", words.approved(), words.approved_later_details()),
            Self::Saved => ("success", words.saved(), words.texts_saved_details()),
            Self::Rejected => ("success", words.rejected(), words.rejected_details()),
            Self::Withdrawn => ("success", words.withdrawn(), words.withdrawn_details()),
            Self::WithdrawnForNewPages => ("warning", words.withdrawn(), words.withdrawn_later_details()),
            Self::Refused => ("critical", words.not_saved_yet(), words.texts_refused_details()),
            Self::NoTexts => ("critical", words.nothing_decided(), words.no_text_changed()),
            Self::NoReason => ("critical", words.not_rejected_yet(), words.not_rejected_yet_details()),
            Self::Outdated => ("warning", words.nothing_decided(), words.outdated_details()),
            Self::Changed => ("warning", words.not_saved_yet(), words.plan_changed_details()),
            Self::NotConnected => {
                ("critical", words.nothing_decided(), words.decision_not_connected_details())
            }
            Self::Failed => ("critical", words.nothing_decided(), words.decision_failed_details()),
        })
    }
}
