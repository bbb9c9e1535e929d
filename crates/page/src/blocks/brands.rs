//! The shop's vendors.

use model::PageKind;

use super::Rules;
use crate::forms::{filled_in, groups_view};
use crate::tiles::Tiles;

/// The shop's page that lists one of them, up to its name
/// (<https://shopify.dev/docs/storefronts/themes/architecture/templates/collection>).
const PAGE: &str = "/collections/vendors?q=";

filled_in! {
    /// Vendors; filled in. At most once.
    Brands if "the shop has several vendors", offer_min: Rules::ROOMY,
    pages: &[PageKind::Home, PageKind::Product, PageKind::Search],
    |heading, stock, _| View::of(heading, &stock.offered())
}

groups_view!(vendor, page: PAGE, tiles: Tiles::large);
