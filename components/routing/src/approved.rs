//! Which stored pages a merchant lets shoppers see.
//!
//! A fresh page was made with today's settings, so it may be shown. A stale one may be of a time when more was allowed.

use model::Source;
use model::pages::PageMetadata;

use crate::capabilities::Settings;
use crate::visitor::Visitor;

/// Whether a stale page may be shown meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// It may.
    Allowed,
    /// It shows products that the merchant has excluded since, or its approval may have been withdrawn.
    Withdrawn,
    /// The merchant shows only what they approved, and this page may not be. Until they approve another one, a job may
    /// end without a page.
    Unapproved,
}

/// Returns whether a page that is stale may still be shown to a visitor.
pub(crate) fn visibility(deployment: &impl Settings, visitor: &Visitor, stale: &PageMetadata) -> Visibility {
    let Some(merchant) = deployment.merchant(&visitor.shop) else { return Visibility::Allowed };
    let is_withdrawn = merchant.exclusions() != stale.exclusions;
    if merchant.shows_only_approved() && (is_withdrawn || stale.source != Source::Approved) {
        Visibility::Unapproved
    } else if is_withdrawn {
        Visibility::Withdrawn
    } else {
        Visibility::Allowed
    }
}
