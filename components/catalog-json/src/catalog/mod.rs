//! The products file as a value that cannot be wrong: every rule of `catalog-types` in `wit/` that a
//! product can break is held here, and nowhere else.

mod check;
mod currency;
mod find;
mod shape;

use std::collections::BTreeMap;
use std::fmt;

pub use find::Collection;
pub use shape::{Assortment, Image, Price, Product};

/// The key of the assortment of every shop that has none of its own.
const EVERY_STORE: &str = "*";

/// What shops sell. By default there is no shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    stores: BTreeMap<String, Assortment>,
}

/// What is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// Where, such as `stores.tea.products[3].price`; empty where it is the file as a whole.
    place: String,
    /// What.
    what: String,
}

impl Catalog {
    /// Reads a file. Where its members are of the right form, everything that is wrong with them is
    /// said at once.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let file = shape::read(text).map_err(|problem| vec![problem])?;
        let problems = check::problems(&file.stores);
        if problems.is_empty() { Ok(Self { stores: file.stores }) } else { Err(problems) }
    }

    /// What a shop sells; `None` if the file does not know it.
    pub fn assortment(&self, store: &str) -> Option<&Assortment> {
        self.stores.get(store).or_else(|| self.stores.get(EVERY_STORE))
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
