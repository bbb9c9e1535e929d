//! The opening of a page, with a product to illustrate it.

use askama::Template;
use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use words::Words;

use super::{Checker, Demand, Given, Kind, Occurrence, Render, Rules, Stock, TEXT_CHARS_MAX};
use crate::address::Address;
use crate::picture::Place;
use crate::sections::{Card, Loading, Purchase, Sections};

/// The longest headline, in characters.
pub const HEADLINE_CHARS_MAX: usize = 70;

/// The opening: what this page is about. Always the first block, and only there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hero {
    /// What the shopper reads first.
    #[schemars(length(min = 1, max = HEADLINE_CHARS_MAX))]
    pub headline: String,
    /// A sentence below it.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub text: String,
    /// Id of an available product to show, or null.
    #[serde(deserialize_with = "Option::deserialize")]
    pub product: Option<String>,
}

impl Kind for Hero {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules { occurrence: Occurrence::First, demand: Demand::Available, ..Rules::ANY };

    fn products(&self) -> &[String] {
        self.product.as_slice()
    }

    fn check(&self, checker: &mut impl Checker) {
        checker.copy("headline", &self.headline, HEADLINE_CHARS_MAX);
        checker.text(&self.text, TEXT_CHARS_MAX);
        match &self.product {
            Some(id) => {
                checker.product(id, Self::RULES.demand);
                checker.true_of("headline", &self.headline, self.products());
            }
            None => checker.true_of_page("headline", &self.headline),
        }
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, _: &Given<'a>) -> Option<View<'a>> {
        let product = self.product.as_deref().and_then(|id| stock.product(id));
        Some(View { headline: &self.headline, text: &self.text, product })
    }
}

/// The opening with its product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'a> {
    /// The headline. In the first hero it is the main heading of the document.
    pub headline: &'a str,
    /// A sentence or two below it.
    pub text: &'a str,
    /// The product to show.
    pub product: Option<&'a Product>,
}

impl<'a> Render<'a> for View<'a> {
    fn render(&self, sections: &mut Sections<'a>) {
        let card = self.product.map(|product| sections.card_to_buy(product, Place::Opening));
        let section = Section {
            id: sections.next_id(),
            words: sections.words(),
            is_first: sections.take_main_heading(),
            headline: self.headline,
            text: self.text,
            has_picture: card.as_ref().is_some_and(|card| card.picture.is_some()),
            card,
            home: sections.home(),
        };
        sections.add(&section);
    }
}

#[derive(Template)]
#[template(path = "blocks/hero.html")]
struct Section<'a> {
    id: usize,
    words: &'static Words,
    is_first: bool,
    headline: &'a str,
    text: &'a str,
    card: Option<Card<'a>>,
    /// Whether the product has a picture. Without one, the text stands alone.
    has_picture: bool,
    /// The shop's own pages, for a page without a product.
    home: Option<Address<'a>>,
}
