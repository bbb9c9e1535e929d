//! The shop of a page, and its collections.

use model::catalog::{Image, Product};
use model::shop::{LanguageTag, ShopSettings};
use words::{Language, Words};

use crate::address::Address;

/// The data that all pages of a shop share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The shop id.
    pub id: String,
    /// The shop's settings, with the name that shoppers know.
    pub settings: ShopSettings,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// The shop's money format, such as `${{amount}}`; empty for a default that suits the currency.
    pub money_format: String,
}

impl Shop {
    /// Returns the base address of the shop's own pages, if it has any.
    pub(crate) fn home(&self) -> Option<Address<'_>> {
        Address::of_shop(self.settings.url.as_deref()?)
    }

    /// Returns the words in the first language of the page that has them, or else in English.
    pub fn words(&self) -> &'static Words {
        Language::first_of(self.settings.languages().map(LanguageTag::as_str)).words()
    }
}

/// A collection to link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// The collection's title.
    pub title: String,
    /// The address of the collection page.
    pub url: String,
    /// A picture of one of its products.
    pub image: Option<Image>,
}

impl Collection {
    /// Returns a collection with the picture of its first known product that has one. `products` are the shop's.
    pub fn pictured(collection: model::catalog::Collection, products: &[Product]) -> Self {
        let model::catalog::Collection { title, url, products: ids, .. } = collection;
        let mut known = ids.iter().filter_map(|id| products.iter().find(|product| product.id == *id));
        let image = known.find_map(|product| product.image.clone());
        Self { title, url, image }
    }
}
