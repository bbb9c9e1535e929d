//! The interface of every kind of block: its description, check and binding.

use std::ops::RangeInclusive;

use model::PageKind;
use model::catalog::Product;

use crate::Collection;
use crate::sections::Sections;

/// The longest heading of a block, in characters.
pub const HEADING_CHARS_MAX: usize = 60;
/// The longest text of a block that is no story, in characters.
pub const TEXT_CHARS_MAX: usize = 200;

/// A kind of block: what a plan says of it, and what happens to it on the way to a page.
pub trait Kind: Sized {
    /// The block with its products.
    type View<'a>: Render<'a>
    where
        Self: 'a;

    /// The rules of the kind that the check applies and the model is told.
    const RULES: Rules;

    /// Returns the ids of the products that the block names.
    fn products(&self) -> &[String] {
        &[]
    }

    /// Checks the block's copy and products.
    fn check(&self, checker: &mut impl Checker);

    /// Adapts the block to today's products. Returns `None` if the page goes on without it.
    fn refit(self, _stock: &impl Stock) -> Option<Self> {
        Some(self)
    }

    /// Replaces ids by products, and fills in the content that only the shop or the shopper can supply. Returns `None`
    /// if nothing is left to show.
    fn bind<'a>(&'a self, stock: &'a impl Stock, given: &Given<'a>) -> Option<Self::View<'a>>;
}

/// A bound block, which can be rendered.
pub trait Render<'a> {
    /// Adds the block's section to a page; none if it has nothing to show.
    fn render(&self, sections: &mut Sections<'a>);
}

/// The rules of a kind of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How often a page has such a block.
    pub occurrence: Occurrence,
    /// The condition on its products.
    pub demand: Demand,
    /// The condition for having such a block, if its content is filled in only when the page is rendered. If the
    /// condition is not met, there is nothing to fill in, and the block is left out.
    pub filled_in_if: Option<&'static str>,
    /// The fewest products that a model is offered together with the kind. Every kind makes its question longer, and a
    /// page of few products does without some.
    pub offer_min: usize,
    /// The kinds of page that may have such a block. Those with a subject have none that names products: what they show is
    /// about their subject ([`crate::About`]).
    pub pages: &'static [PageKind],
}

impl Rules {
    /// A block that the home page may have any number of, with products of any kind or none.
    pub const ANY: Self = Self {
        occurrence: Occurrence::Any,
        demand: Demand::Known,
        filled_in_if: None,
        offer_min: 0,
        pages: &[PageKind::Home],
    };

    /// How many products a model chooses from if its page has room for every kind of block.
    pub const ROOMY: usize = 12;
}

/// How often a page has a kind of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// Exactly once, as the first block.
    First,
    /// At least once, if the shop has products for it.
    AtLeastOnce,
    /// At most once.
    AtMostOnce,
    /// Any number of times.
    Any,
}

/// The condition of a block on its products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// The shop has them.
    Known,
    /// They can be bought now.
    Available,
    /// They can be bought now, and are reduced.
    Reduced,
    /// They can be bought now, and have a picture.
    Pictured,
}

impl Demand {
    /// Returns why a product does not meet the condition; `None` if it does.
    pub fn unmet(self, product: &Product) -> Option<&'static str> {
        if self != Self::Known && !product.available {
            Some("the product is sold out")
        } else if self == Self::Reduced && product.percent_off().is_none() {
            Some("the product is not reduced")
        } else if self == Self::Pictured && product.image.is_none() {
            Some("the product has no picture")
        } else {
            None
        }
    }
}

/// The checks that a block can use. Each method reports a problem at a field of the block.
pub trait Checker {
    /// Checks that a text is allowed as copy.
    fn copy(&mut self, field: &str, text: &str, chars_max: usize);
    /// Checks the list of terms in the field `terms`.
    fn terms(&mut self, terms: &[String], count_max: usize, chars_max: usize);
    /// Checks the product in the field `product`.
    fn product(&mut self, id: &str, demand: Demand);
    /// Checks the list of products in the field `products`.
    fn products(&mut self, ids: &[String], allowed: RangeInclusive<usize>, demand: Demand);
    /// Checks that a heading is true of the products under it.
    fn true_of(&mut self, field: &str, heading: &str, ids: &[String]);
    /// Checks that a text over the whole page is true of all its products.
    fn true_of_page(&mut self, field: &str, text: &str);
    /// Checks that a heading makes no claim, because the products under it are not known yet.
    fn no_claim(&mut self, field: &str, heading: &str);

    /// Checks the copy in the field `heading`.
    fn heading(&mut self, heading: &str) {
        self.copy("heading", heading, HEADING_CHARS_MAX);
    }

    /// Checks the copy in the field `text`.
    fn text(&mut self, text: &str, chars_max: usize) {
        self.copy("text", text, chars_max);
    }
}

/// Today's products of a shop, and what can be said of them.
pub trait Stock {
    /// Returns the product with that id.
    fn product(&self, id: &str) -> Option<&Product>;
    /// Returns the products with these ids, each once, in the order of the ids. Unknown ids are skipped.
    fn products<'a>(&'a self, ids: &'a [String]) -> Vec<&'a Product>;
    /// Returns the products that every page of the shop can be made of.
    fn offered(&self) -> Vec<&Product>;
    /// Returns whether a page can be made of the product.
    fn offers(&self, id: &str) -> bool;
    /// Returns whether a heading is true of the products under it.
    fn is_true(&self, heading: &str, ids: &[String]) -> bool;
    /// Returns the ids of products for which the heading is true today; `None` if there are none.
    fn renewed(&self, heading: &str, ids: Vec<String>) -> Option<Vec<String>>;

    /// Returns whether the shop has the product, and it meets the condition.
    fn meets(&self, id: &str, demand: Demand) -> bool {
        self.product(id).is_some_and(|product| demand.unmet(product).is_none())
    }
}

/// The data that is filled in when a page is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// The ids of the products that the shopper viewed, newest first.
    pub views: &'a [String],
    /// The merchant's promises.
    pub promises: &'a [String],
    /// The merchant's questions, each with its answer.
    pub questions: &'a [String],
    /// The shop's collections, those with the most products first.
    pub collections: &'a [Collection],
}
