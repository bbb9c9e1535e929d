//! One product and the reason to look at it.

use std::slice;

use askama::Template;
use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Demand, Given, HEADING_CHARS_MAX, Kind, Render, Rules, Stock, TEXT_CHARS_MAX};
use crate::picture::Place;
use crate::sections::{Card, Loading, Purchase, Sections};

/// One product and the reason to look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spotlight {
    /// What it is.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
    /// The reason.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub text: String,
    /// Id of an available product.
    pub product: String,
}

impl Kind for Spotlight {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules { demand: Demand::Available, ..Rules::ANY };

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
        stock.is_true(&self.heading, self.products()).then_some(self)
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        Some(View { heading: &self.heading, text: &self.text, product: stock.product(&self.product)? })
    }
}

/// The spotlight with its product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'a> {
    /// Why the product is shown here.
    pub heading: &'a str,
    /// The reason, in a sentence or two.
    pub text: &'a str,
    /// The product.
    pub product: &'a Product,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let (id, card) = (sections.next_id(), sections.card_to_buy(self.product, Place::Beside));
        sections.add(&Section { id, heading: self.heading, text: self.text, card });
    }
}

#[derive(Template)]
#[template(path = "blocks/spotlight.html")]
struct Section<'a> {
    id: usize,
    heading: &'a str,
    text: &'a str,
    card: Card<'a>,
}
