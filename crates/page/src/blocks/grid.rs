//! Products side by side.

use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock};
use crate::forms::cards_view;
use crate::sections::{Layout, Sections};

/// The fewest products.
pub const PRODUCTS_MIN: usize = 2;
/// The most products: full rows with two, three and four columns.
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
        View::of(&self.heading, stock.products(&self.products))
    }
}

cards_view!(Layout::Grid);
