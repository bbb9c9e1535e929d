//! A row of reduced products.

use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Demand, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock};
use crate::forms::cards_view;
use crate::sections::{Layout, Sections};

/// The most products.
pub const PRODUCTS_MAX: usize = 8;

/// A row of reduced products. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deals {
    /// What to call it.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// Ids of available, reduced products.
    #[schemars(length(min = 1, max = PRODUCTS_MAX))]
    pub products: Vec<String>,
}

impl Kind for Deals {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules { occurrence: Occurrence::AtMostOnce, demand: Demand::Reduced, ..Rules::ANY };

    fn products(&self) -> &[String] {
        &self.products
    }

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.products(&self.products, 1..=PRODUCTS_MAX, Self::RULES.demand);
        checker.true_of("heading", &self.heading, &self.products);
    }

    fn refit(mut self, stock: &impl Stock) -> Option<Self> {
        self.products.retain(|id| stock.meets(id, Self::RULES.demand));
        let is_so = !self.products.is_empty() && stock.is_true(&self.heading, &self.products);
        is_so.then_some(self)
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        View::of(&self.heading, stock.products(&self.products))
    }
}

cards_view!(Layout::Row);
