//! The products file as a value that is always valid. All rules of `catalog-types` in `wit/` that a product can
//! break are checked here, and only here.

mod check;
mod find;
mod shape;

use std::collections::BTreeMap;
use std::fmt;

pub use find::Collection;
pub use shape::{Assortment, Choice, Image, Price, Product, Rating, Variant};

/// The key of the assortment for all shops without one of their own.
const EVERY_SHOP: &str = "*";

/// The assortments of all shops. The default has no shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    shops: BTreeMap<String, Assortment>,
}

/// A problem in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// The place, such as `shops.tea.products[3].price`; empty for the file as a whole.
    place: String,
    /// The problem.
    what: String,
}

impl Catalog {
    /// Reads a file. If all its members have the right types, all problems are reported at once.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let file = shape::read(text).map_err(|problem| vec![problem])?;
        let problems = check::problems(&file.shops);
        if problems.is_empty() { Ok(Self { shops: file.shops }) } else { Err(problems) }
    }

    /// Returns the assortment of a shop; `None` if the file does not have the shop.
    pub fn assortment(&self, shop: &str) -> Option<&Assortment> {
        self.shops.get(shop).or_else(|| self.shops.get(EVERY_SHOP))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.what)
    }
}

#[cfg(test)]
mod tests;
