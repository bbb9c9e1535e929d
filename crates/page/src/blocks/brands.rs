//! The shop's vendors.

use model::PageKind;
use model::catalog::Product;

use super::{Render, Rules};
use crate::group::{Group, groups};
use crate::kind::filled_in;
use crate::sections::Sections;
use crate::tiles::{Tiles, of_groups};

/// The shop's page that lists one of them, up to its name
/// (<https://shopify.dev/docs/storefronts/themes/architecture/templates/collection>).
const PAGE: &str = "/collections/vendors?q=";

filled_in! {
    /// Vendors; filled in. At most once.
    Brands if "the shop has several vendors", offer_min: Rules::ROOMY,
    pages: &[PageKind::Home, PageKind::Product, PageKind::Search],
    |heading, stock, _| View::of(heading, &stock.offered())
}

/// The block with what it leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// The heading.
    pub heading: &'a str,
    groups: Vec<Group<'a>>,
}

impl<'a> View<'a> {
    /// Returns the block of what these products have; `None` if there is no choice.
    pub fn of(heading: &'a str, products: &[&'a Product]) -> Option<Self> {
        let groups = groups(products, |product| &product.vendor);
        (!groups.is_empty()).then_some(Self { heading, groups })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let named = of_groups(sections, &self.groups, PAGE);
        let tiles = Tiles::large(sections, named);
        tiles.add_to(sections, self.heading);
    }
}
