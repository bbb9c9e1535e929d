//! The shop's vendors.

use askama::Template;
use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock};
use crate::group::{Group, groups};
use crate::sections::{Loading, Sections};
use crate::tiles::{Form, Tiles, of_groups};

/// The shop's page that lists one of them, up to its name
/// (<https://shopify.dev/docs/storefronts/themes/architecture/templates/collection>).
const PAGE: &str = "/collections/vendors?q=";

/// Vendors; filled in. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brands {
    /// What to call it.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
}

impl Kind for Brands {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules {
        occurrence: Occurrence::AtMostOnce,
        filled_in_if: Some("the shop has several vendors"),
        offer_min: Rules::ROOMY,
        ..Rules::ANY
    };

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.no_claim("heading", &self.heading);
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        View::of(&self.heading, &stock.offered())
    }
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
        sections.add(&Section { id: sections.next_id(), heading: self.heading, tiles });
    }
}

#[derive(Template)]
#[template(path = "blocks/brands.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    tiles: Tiles<'a>,
}
