//! The input of a plan: the merchant, the products and the shopper.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use model::PageKind;
use model::catalog::{self, Product};
use model::shop::ShopSettings;
use page::Collection;
use page::blocks::{Given, Rules};

use crate::assortment::Assortment;
use crate::brief::Brief;
use crate::copy::Voice;
use crate::plan::limits;

/// The kinds of block that fill up a page with too few blocks.
const FILLING: [&str; 2] = ["search", "story"];

/// Everything that planning and checking a plan depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storefront {
    /// The merchant's settings.
    pub merchant: ShopSettings,
    /// The shop's products.
    pub assortment: Assortment,
    /// The shop's collections, those with the most products first.
    pub collections: Vec<Collection>,
    /// The rules for copy.
    pub voice: Voice,
    /// The digest of the settings that plans depend on.
    pub brief: Brief,
    /// The kind of page that is planned.
    pub page: PageKind,
}

impl Storefront {
    /// Creates the storefront of a shop for its home page. `shop` is its id, which replaces a name without visible characters.
    pub fn new(shop: &str, merchant: ShopSettings, assortment: Assortment) -> Self {
        let brief = Brief::of(&merchant);
        let merchant = merchant.known_as(shop, assortment.shop_name());
        let voice = Voice::new(shop, &merchant, &assortment);
        Self { merchant, assortment, collections: Vec::new(), voice, brief, page: PageKind::Home }
    }

    /// Sets the kind of page.
    #[must_use]
    pub fn at(self, page: PageKind) -> Self {
        Self { page, ..self }
    }

    /// Returns whether the page may have a block with these rules.
    pub fn allows(&self, rules: &Rules) -> bool {
        rules.pages.contains(&self.page)
    }

    /// Returns how many planned blocks the page has. The local planner fills up a page with blocks that a merchant may
    /// exclude; without them it has fewer.
    pub fn block_count(&self) -> RangeInclusive<usize> {
        let (least, most) = limits::blocks(self.page).into_inner();
        let excluded = FILLING.iter().filter(|name| !self.merchant.allows_block(name)).count();
        least.saturating_sub(excluded)..=most
    }

    /// Sets the shop's collections.
    #[must_use]
    pub fn with_collections(self, collections: Vec<catalog::Collection>) -> Self {
        let products = self.assortment.common();
        let pictured = |collection| Collection::pictured(collection, products);
        let collections = collections.into_iter().map(pictured).collect();
        Self { collections, ..self }
    }

    /// Returns what is filled in when a page is rendered for a shopper with these views.
    pub fn given<'a>(&'a self, views: &'a [String]) -> Given<'a> {
        Given {
            views,
            promises: &self.merchant.promises,
            questions: &self.merchant.questions,
            collections: &self.collections,
        }
    }

    /// Returns the storefront with the products that are the same for every shopper. `shop` is the shop's id.
    pub fn for_all(&self, shop: &str) -> Cow<'_, Self> {
        if self.assortment.found().is_empty() {
            return Cow::Borrowed(self);
        }
        let (merchant, assortment) = (self.merchant.clone(), self.assortment.without_found());
        let voice = Voice::new(shop, &merchant, &assortment);
        let (collections, brief, page) = (self.collections.clone(), self.brief, self.page);
        Cow::Owned(Self { merchant, assortment, collections, voice, brief, page })
    }

    /// Returns whether a text is the shop's own: its name, or a title, description or category of its products.
    pub fn supplies(&self, text: &str) -> bool {
        let is_of = |product: &Product| {
            [&product.title, &product.description, &product.category].into_iter().any(|of| of == text)
        };
        text == self.voice.name() || self.assortment.offered().any(is_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{assortment, merchant};

    #[track_caller]
    fn check(shop: &str, configured: &str, of_catalog: &str, name: &str) {
        let merchant = ShopSettings { name: configured.to_owned(), ..merchant() };
        let assortment = assortment().of_shop(of_catalog.to_owned(), String::new());
        assert_eq!(Storefront::new(shop, merchant, assortment).voice.name(), name);
    }

    #[test]
    fn a_shop_has_the_name_that_was_chosen_for_it_and_else_the_catalogs() {
        check("wands.myshopify.com", "Wands & More", "Wands", "Wands & More");
        check("wands.myshopify.com", "wands", "Magic Wands", "Magic Wands");
        check("wands.myshopify.com", "wands", "", "wands");
        check("wands", "", "Magic Wands", "Magic Wands");
        check("wands", "", " ", "wands");
    }
}
