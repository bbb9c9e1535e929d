//! Which stored pages a merchant lets shoppers see.
//!
//! A fresh page was made with today's settings, so it may be shown. A stale one may be of a time when more was allowed.

use model::Source;
use model::pages::PageMetadata;

use crate::capabilities::Settings;
use crate::visitor::Visitor;

/// Returns whether a page that is stale may still be shown to a visitor.
pub(crate) fn may_be_shown(deployment: &impl Settings, visitor: &Visitor, stale: &PageMetadata) -> bool {
    let is_strict = || deployment.merchant(&visitor.shop).is_some_and(|shop| shop.shows_only_approved());
    stale.source == Source::Approved || !is_strict()
}
