//! The products of a shop, as the rest of the storefront uses them. They are stored as JSON between questions.

use serde::{Deserialize, Serialize};

/// The products of a shop, and how to show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assortment {
    /// The shop's name as shoppers know it; empty if it is not known.
    pub shop_name: String,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// The shop's money format for this currency; empty if it is not known.
    pub money_format: String,
    /// Whether the best-selling products come first.
    pub best_sellers_first: bool,
    /// The products.
    pub products: Vec<Product>,
}

/// The shop's own data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// The shop's name as shoppers know it.
    pub name: String,
    /// The money format for the shop's own currency.
    pub money_format: String,
    /// ISO 4217 code of the shop's own currency.
    pub currency: String,
}

/// Products whose prices are in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// ISO 4217 code of all prices; empty if there are no products.
    pub currency: String,
    /// The products. Their ids are unique.
    pub products: Vec<Product>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Shopify's number of the product, in decimal digits.
    pub id: String,
    /// The product's title.
    pub title: String,
    /// A sentence or two, as plain text.
    pub description: String,
    /// The vendor.
    pub vendor: String,
    /// The product type.
    pub category: String,
    /// The merchant's tags, in lower case.
    pub tags: Vec<String>,
    /// The page's path in the shop.
    pub url: String,
    /// The product's image.
    pub image: Option<Image>,
    /// The price of the cheapest variant, in the currency's minor unit.
    pub price: u64,
    /// The former price of that variant, if it is reduced.
    pub price_before: Option<u64>,
    /// Whether the product can be bought now.
    pub available: bool,
}

/// A product image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// An `https:` or `data:image/` address.
    pub url: String,
    /// Alternative text.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}

/// A collection of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Its handle, `[a-z0-9_-]+`.
    pub handle: String,
    /// The collection's title.
    pub title: String,
    /// The page's path in the shop.
    pub url: String,
    /// Ids of the collection's products.
    pub products: Vec<String>,
}

impl Listing {
    /// Appends the products of another listing, except known ones and those with prices in another currency.
    pub fn append(&mut self, more: Self) {
        if self.products.is_empty() {
            self.currency.clone_from(&more.currency);
        }
        for product in more.products {
            let is_new = self.products.iter().all(|other| other.id != product.id);
            if is_new && self.currency == more.currency {
                self.products.push(product);
            }
        }
    }
}

/// Whether stale products are acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A shopper is waiting. Known products will do, whatever their age. Shopify is asked only if none are known.
    StaleOk,
    /// Nobody is waiting: products must be current.
    Current,
}

/// Why the catalog does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogError {
    /// The deployment does not know this Shopify shop.
    NoSuchShop,
    /// Shopify did not answer. Try again after this many milliseconds.
    Unavailable(u64),
    /// Another caller is already sending the same request to Shopify. Try again after this many milliseconds.
    Busy(u64),
}
