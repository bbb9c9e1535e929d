//! A large picture of a product, and a text.

use std::slice;

use askama::Template;
use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Demand, Given, HEADING_CHARS_MAX, Kind, Render, Rules, Stock, TEXT_CHARS_MAX};
use crate::picture::Place;
use crate::sections::{Card, Loading, Purchase, Sections};

/// One product's picture, large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageWithText {
    /// What it is about.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// A sentence or two.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub text: String,
    /// Id of an available product with a picture.
    pub product: String,
}

impl Kind for ImageWithText {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules { demand: Demand::Pictured, offer_min: Rules::ROOMY, ..Rules::ANY };

    fn products(&self) -> &[String] {
        slice::from_ref(&self.product)
    }

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.text(&self.text, TEXT_CHARS_MAX);
        checker.product(&self.product, Self::RULES.demand);
        checker.true_of("heading", &self.heading, self.products());
    }

    fn refit(self, stock: &impl Stock) -> Option<Self> {
        let fits = stock.meets(&self.product, Self::RULES.demand);
        (fits && stock.is_true(&self.heading, self.products())).then_some(self)
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        Some(View { heading: &self.heading, text: &self.text, product: stock.product(&self.product)? })
    }
}

/// The block with its product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'a> {
    /// The heading.
    pub heading: &'a str,
    /// A sentence or two.
    pub text: &'a str,
    /// The product of the picture.
    pub product: &'a Product,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let (id, card) = (sections.next_id(), sections.card(self.product, Place::Beside));
        sections.add(&Section { id, heading: self.heading, text: self.text, card });
    }
}

/// The picture is left of the text in sections with an even number, and right of it in the others.
#[derive(Template)]
#[template(path = "blocks/image_with_text.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    text: &'a str,
    card: Card<'a>,
}
