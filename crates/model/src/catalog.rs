//! The products of a shop: the vocabulary of `catalog-types` in `wit/storefront`.

mod conversions;
mod curation;
mod product;

use serde::{Deserialize, Serialize};

pub use curation::{Curation, PINS_MAX};
pub use product::{percent_off, reduced_from};

/// The most products that a catalog returns. A shop whose catalog returns this many may have more.
pub const PRODUCTS_MAX: usize = 100;
/// The most collections of a shop, products of a collection, and products that a search finds.
pub const FOUND_MAX: usize = 20;
/// The most products that are asked for by their ids or handles at once: twice as many as take effect as pins, because some
/// may be sold out.
pub const NAMES_MAX: usize = 2 * PINS_MAX;
/// The most products of a collection that a merchant excludes or pins.
pub const MEMBERS_MAX: usize = 1_000;

/// The most variants that a product lets shoppers choose from on our pages.
pub const VARIANTS_MAX: usize = 20;

/// A product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The product's id in the shop.
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
    /// The address of the product page.
    pub url: String,
    /// The product's image.
    pub image: Option<Image>,
    /// A second image, which lists show while a pointer or the focus is on the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_image: Option<Image>,
    /// The price, in the currency's minor unit.
    pub price: u64,
    /// The former price. The product is reduced only if this is more than a `price` above 0: see
    /// [`Product::reduced_from`].
    pub price_before: Option<u64>,
    /// Whether the product can be bought now.
    pub available: bool,
    /// What buyers say of it, if there are reviews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What there is to choose. `None` if there is one variant, or there are more than [`VARIANTS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
}

/// What buyers say of a product, in stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The average, in hundredths of a star.
    pub average_hundredths: u32,
    /// The number of reviews, if it is known.
    pub count: Option<u32>,
}

/// What a shopper chooses of a product before they buy it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The name of what is chosen, such as `Size` or `Size / Colour`.
    pub name: String,
    /// All variants of the product.
    pub variants: Vec<Variant>,
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its id in the shop's cart.
    pub id: String,
    /// What is chosen, such as `M` or `M / Red`.
    pub title: String,
    /// The price, in the currency's minor unit.
    pub price: u64,
    /// Whether it can be bought now.
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

/// The products of a shop, and how it writes their prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assortment {
    /// The shop's name as shoppers know it; empty if the catalog does not know it.
    pub shop_name: String,
    /// The ISO 4217 code of all prices.
    pub currency: String,
    /// The shop's money format for this currency; empty if the catalog does not know it.
    pub money_format: String,
    /// Whether the best-selling products come first.
    pub best_sellers_first: bool,
    /// The products.
    pub products: Vec<Product>,
}

impl Assortment {
    /// Adds products at the end, except those already present.
    pub fn complete(&mut self, found: Vec<Product>) {
        for product in found {
            if self.products.iter().all(|known| known.id != product.id) {
                self.products.push(product);
            }
        }
    }
}

/// A collection of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Its handle, `[a-z0-9_-]+`.
    pub handle: String,
    /// The collection's title.
    pub title: String,
    /// The address of the collection page; empty if it has none.
    pub url: String,
    /// Ids of the collection's products.
    pub products: Vec<String>,
}

/// Whether stale products are acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A shopper is waiting. Known products will do, whatever their age. The catalog asks the shop only if it knows
    /// none.
    StaleOk,
    /// Nobody is waiting: products must be current.
    Current,
}

/// Why a catalog does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The catalog knows no such shop.
    #[error("the catalog knows no such shop")]
    NoSuchShop,
    /// The shop did not answer. Try again after this many milliseconds.
    #[error("the catalog did not answer; retry after {0} ms")]
    Unavailable(u64),
    /// Another caller is already sending the same request to the shop. Try again after this many milliseconds.
    #[error("the catalog is busy; retry after {0} ms")]
    Busy(u64),
}
