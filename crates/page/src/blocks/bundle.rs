//! Products that go together, with their total price.

use askama::Template;
use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Demand, Given, HEADING_CHARS_MAX, Kind, Render, Rules, Stock, TEXT_CHARS_MAX};
use crate::sections::{Cards, Layout, Loading, Price, Purchase, Sections};

/// The fewest products.
pub const PRODUCTS_MIN: usize = 2;
/// The most products.
pub const PRODUCTS_MAX: usize = 4;

/// Products that go together, with their total price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// What they make together.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// Why they go together.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub text: String,
    /// Ids of available products.
    #[schemars(length(min = PRODUCTS_MIN, max = PRODUCTS_MAX))]
    pub products: Vec<String>,
}

impl Kind for Bundle {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules { demand: Demand::Available, ..Rules::ANY };

    fn products(&self) -> &[String] {
        &self.products
    }

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.text(&self.text, TEXT_CHARS_MAX);
        checker.products(&self.products, PRODUCTS_MIN..=PRODUCTS_MAX, Self::RULES.demand);
        checker.true_of("heading", &self.heading, &self.products);
    }

    fn refit(self, stock: &impl Stock) -> Option<Self> {
        let is_whole = self.products.iter().all(|id| stock.meets(id, Self::RULES.demand));
        (is_whole && stock.is_true(&self.heading, &self.products)).then_some(self)
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        let products = stock.products(&self.products);
        (!products.is_empty()).then_some(View { heading: &self.heading, text: &self.text, products })
    }
}

/// The bundle with its products.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// What the products make together.
    pub heading: &'a str,
    /// Why the products go together.
    pub text: &'a str,
    /// The products.
    pub products: Vec<&'a Product>,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let Some(cards) = sections.cards(self.heading, Layout::Grid, &self.products) else { return };
        let total = total(&self.products).map(|(now, before)| sections.price(now, before));
        let together = sections.words().together.of(self.products.len() as u64);
        sections.add(&Section { id: sections.next_id(), text: self.text, cards, together, total });
    }
}

/// Returns the total price and the total former price of products; `None` if one of them is not available.
fn total(products: &[&Product]) -> Option<(u64, Option<u64>)> {
    let sum = |price: fn(&Product) -> u64| {
        products.iter().map(|product| price(product)).fold(0, u64::saturating_add)
    };
    let before = sum(|product| product.reduced_from().unwrap_or(product.price));
    let all_available = products.iter().all(|product| product.available);
    all_available.then(|| (sum(|product| product.price), Some(before)))
}

#[derive(Template)]
#[template(path = "blocks/bundle.html")]
struct Section<'a> {
    id: usize,
    text: &'a str,
    cards: Cards<'a>,
    /// The label of the total.
    together: String,
    total: Option<Price>,
}
