//! A table that compares products by what the catalog knows of them.

use askama::Template;
use model::catalog::Product;
use model::text::is_visible;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use words::Words;

use super::{
    Checker, Demand, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock, TEXT_CHARS_MAX,
};
use crate::sections::{Card, Layout, Loading, Purchase, Sections};

/// The fewest products.
pub const PRODUCTS_MIN: usize = 2;
/// The most products.
pub const PRODUCTS_MAX: usize = 4;

/// What a row compares: its name, and where the catalog has it.
type Row = (fn(&Words) -> &'static str, fn(&Product) -> &str);
/// The rows. One that is empty for a product, or the same for all, is left out.
const ROWS: [Row; 3] = [
    (|words| words.compared_type, |product| &product.category),
    (|words| words.compared_vendor, |product| &product.vendor),
    (|words| words.compared_description, |product| &product.description),
];

/// A table of prices and facts. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// What they have in common.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// A sentence about them.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub text: String,
    /// Ids of available products.
    #[schemars(length(min = PRODUCTS_MIN, max = PRODUCTS_MAX))]
    pub products: Vec<String>,
}

impl Kind for Comparison {
    type View<'a> = View<'a>;

    const RULES: Rules =
        Rules { occurrence: Occurrence::AtMostOnce, demand: Demand::Available, ..Rules::ANY };

    fn products(&self) -> &[String] {
        &self.products
    }

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.text(&self.text, TEXT_CHARS_MAX);
        checker.products(&self.products, PRODUCTS_MIN..=PRODUCTS_MAX, Self::RULES.demand);
        checker.true_of("heading", &self.heading, &self.products);
    }

    fn refit(mut self, stock: &impl Stock) -> Option<Self> {
        self.products.retain(|id| stock.meets(id, Self::RULES.demand));
        let fits = self.products.len() >= PRODUCTS_MIN && stock.is_true(&self.heading, &self.products);
        fits.then_some(self)
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        View::of(&self.heading, &self.text, stock.products(&self.products))
    }
}

/// The table with its products.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// What the products have in common.
    pub heading: &'a str,
    /// A sentence about them.
    pub text: &'a str,
    /// A column each.
    pub products: Vec<&'a Product>,
}

impl<'a> View<'a> {
    /// Returns the table of products; `None` without products.
    pub fn of(heading: &'a str, text: &'a str, products: Vec<&'a Product>) -> Option<Self> {
        (!products.is_empty()).then_some(Self { heading, text, products })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let Some(cards) = sections.cards(self.heading, Layout::SmallRow, &self.products) else { return };
        let words = sections.words();
        let lines = ROWS.iter().filter_map(|row| line(row, &self.products, words)).collect();
        let (id, heading, text) = (sections.next_id(), self.heading, self.text);
        sections.add(&Section { id, heading, text, cards: cards.items, lines });
    }
}

/// Returns a row of the table; `None` if it says nothing.
fn line<'a>((name, fact): &Row, products: &[&'a Product], words: &Words) -> Option<Line<'a>> {
    let facts: Vec<_> = products.iter().map(|product| fact(product).trim()).collect();
    let tells = facts.iter().all(|fact| is_visible(fact)) && facts.iter().any(|fact| *fact != facts[0]);
    tells.then_some(Line { name: name(words), facts })
}

#[derive(Template)]
#[template(path = "blocks/comparison.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    text: &'a str,
    cards: Vec<Card<'a>>,
    lines: Vec<Line<'a>>,
}

struct Line<'a> {
    name: &'static str,
    facts: Vec<&'a str>,
}
