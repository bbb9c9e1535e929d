//! The shop's product types.

use model::PageKind;

use super::Rules;
use crate::forms::{filled_in, groups_view};
use crate::tiles::Tiles;

/// The shop's page that lists one of them, up to its name
/// (<https://shopify.dev/docs/storefronts/themes/architecture/templates/collection>).
const PAGE: &str = "/collections/types?q=";

filled_in! {
    /// Product types; filled in. At most once.
    Categories if "the shop has several product types", offer_min: Rules::ROOMY,
    pages: &[PageKind::Home, PageKind::Collection, PageKind::Search],
    |heading, stock, _| View::of(heading, &stock.offered())
}

groups_view!(category, page: PAGE, tiles: Tiles::pictured);
