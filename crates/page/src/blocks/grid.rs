//! Products side by side.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock};
use crate::Product;
use crate::sections::{Layout, Sections};

/// The fewest products.
pub const PRODUCTS_MIN: usize = 2;
/// The most products.
pub const PRODUCTS_MAX: usize = 12;

/// Products side by side. Every page has at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// What they have in common.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// Product ids.
    #[schemars(length(min = PRODUCTS_MIN, max = PRODUCTS_MAX))]
    pub products: Vec<String>,
}

impl Kind for Grid {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules { occurrence: Occurrence::AtLeastOnce, ..Rules::ANY };

    fn products(&self) -> &[String] {
        &self.products
    }

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.products(&self.products, PRODUCTS_MIN..=PRODUCTS_MAX, Self::RULES.demand);
        checker.true_of("heading", &self.heading, &self.products);
    }

    fn refit(self, stock: &impl Stock) -> Option<Self> {
        let Self { heading, mut products } = self;
        products.retain(|id| stock.offers(id));
        let products = stock.renewed(&heading, products)?;
        (products.len() >= PRODUCTS_MIN).then_some(Self { heading, products })
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        let products = stock.products(&self.products);
        (!products.is_empty()).then_some(View { heading: &self.heading, products })
    }
}

/// The grid with its products.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// What the products have in common.
    pub heading: &'a str,
    /// In order of interest.
    pub products: Vec<&'a Product>,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        sections.add_cards(self.heading, Layout::Grid, &self.products);
    }
}
