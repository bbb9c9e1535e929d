//! Which stored pages a merchant lets shoppers see.
//!
//! A fresh page was made with today's settings, so it may be shown. A stale one may be of a time when more was allowed.

use model::Source;
use model::pages::PageMetadata;

use crate::capabilities::Settings;
use crate::visitor::Visitor;

/// Whether a stale page may be shown meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may.
    Allowed,
    /// It shows what the merchant excludes by now.
    Withdrawn,
    /// The merchant shows only what they approved, and did not approve this page. Until they approve another one, a
    /// job may end without a page.
    Unapproved,
}

/// Returns whether a page that is stale may still be shown to a visitor.
pub(crate) fn standing(deployment: &impl Settings, visitor: &Visitor, stale: &PageMetadata) -> Standing {
    let Some(merchant) = deployment.merchant(&visitor.shop) else { return Standing::Allowed };
    if merchant.shows_only_approved() && stale.source != Source::Approved {
        Standing::Unapproved
    } else if merchant.exclusions() != stale.exclusions {
        Standing::Withdrawn
    } else {
        Standing::Allowed
    }
}
