//! A collage of pictures.

use askama::Template;
use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Checker, Demand, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock, TEXT_CHARS_MAX,
};
use crate::picture::Place;
use crate::sections::{Card, Loading, Purchase, Sections};

/// The fewest products.
pub const PRODUCTS_MIN: usize = 2;
/// The most products.
pub const PRODUCTS_MAX: usize = 4;

/// A collage of pictures. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookbook {
    /// What they have in common.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// A sentence about them.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub text: String,
    /// Ids of available products with pictures, the largest picture first.
    #[schemars(length(min = PRODUCTS_MIN, max = PRODUCTS_MAX))]
    pub products: Vec<String>,
}

impl Kind for Lookbook {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules { occurrence: Occurrence::AtMostOnce, demand: Demand::Pictured, ..Rules::ANY };

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

/// The collage with its products.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// What the products have in common.
    pub heading: &'a str,
    /// A sentence about them.
    pub text: &'a str,
    /// The product with the largest picture first.
    pub products: Vec<&'a Product>,
}

impl<'a> View<'a> {
    /// Returns the collage of products; `None` without products.
    pub fn of(heading: &'a str, text: &'a str, products: Vec<&'a Product>) -> Option<Self> {
        (!products.is_empty()).then_some(Self { heading, text, products })
    }
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let [first, others @ ..] = self.products.as_slice() else { return };
        let mut cards = vec![sections.card(first, Place::Beside)];
        cards.extend(sections.own_cards(others, Place::Tile));
        sections.add(&Section { id: sections.next_id(), heading: self.heading, text: self.text, cards });
    }
}

#[derive(Template)]
#[template(path = "blocks/lookbook.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    text: &'a str,
    cards: Vec<Card<'a>>,
}
