//! What a shop sells, as the rest of a storefront knows it. Kept as JSON between questions.

use serde::{Deserialize, Serialize};

/// What a shop has to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assortment {
    /// The name that shoppers know; empty where it could not be had.
    pub shop_name: String,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// How the shop writes prices of this currency; empty where that could not be had.
    pub money_format: String,
    /// Whether the products that sell best come first.
    pub best_sellers_first: bool,
    /// What can be sold.
    pub products: Vec<Product>,
}

/// What a shop says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// The name that shoppers know.
    pub name: String,
    /// How it writes prices of its own currency.
    pub money_format: String,
    /// Its own currency, as an ISO 4217 code.
    pub currency: String,
}

/// Products whose prices are in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// ISO 4217 code of all prices; empty where there are no products.
    pub currency: String,
    /// The products. No two have the same id.
    pub products: Vec<Product>,
}

/// Something for sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Shopify's number for it, in decimal digits.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// A sentence or two, as plain text.
    pub description: String,
    /// Who makes it.
    pub vendor: String,
    /// What kind of thing it is.
    pub category: String,
    /// The merchant's labels, in lower case.
    pub tags: Vec<String>,
    /// A path in the shop.
    pub url: String,
    /// Its picture.
    pub image: Option<Image>,
    /// What its cheapest variant costs, in the currency's minor unit.
    pub price: u64,
    /// What that variant cost before, if it is reduced.
    pub price_before: Option<u64>,
    /// Whether it can be bought now.
    pub available: bool,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// An `https:` or `data:image/` address.
    pub url: String,
    /// What it shows.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}

/// Products that the merchant put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Its handle, `[a-z0-9_-]+`.
    pub handle: String,
    /// What it is called.
    pub title: String,
    /// A path in the shop.
    pub url: String,
    /// Ids of its products.
    pub products: Vec<String>,
}

impl Listing {
    /// Takes over what another has, but for what is there already and for prices in another currency.
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
