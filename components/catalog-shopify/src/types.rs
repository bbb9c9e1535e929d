//! The products of a shop, as the rest of the storefront uses them. They are stored as JSON between questions.

use model::catalog::Product;
use serde::{Deserialize, Serialize};

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
