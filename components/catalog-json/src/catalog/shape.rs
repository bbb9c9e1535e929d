//! The form of the file: which members there are and what type each is of.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::Problem;

/// The whole file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// By the id of the shop; `*` is every shop that is not named.
    pub(super) stores: BTreeMap<String, Assortment>,
}

/// What a shop sells.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assortment {
    /// The name that shoppers know the shop by, where it is not the deployment's.
    #[serde(default)]
    pub name: String,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// How the shop writes prices, such as `${{amount}}`; empty leaves it to the storefront.
    #[serde(default)]
    pub money_format: String,
    /// Whether the products that sell best come first. Only then are any called best sellers.
    #[serde(default)]
    pub best_sellers_first: bool,
    /// What it sells.
    pub products: Vec<Product>,
}

/// Something for sale.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its id in the shop.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// A sentence or two, as plain text.
    #[serde(default)]
    pub description: String,
    /// Who makes it.
    #[serde(default)]
    pub vendor: String,
    /// What kind of thing it is.
    #[serde(default)]
    pub category: String,
    /// Labels, in lower case.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where it can be looked at and bought.
    pub url: String,
    /// Its picture.
    #[serde(default)]
    pub image: Option<Image>,
    /// What it costs.
    pub price: Price,
    /// What it cost before, if it is reduced.
    #[serde(default)]
    pub price_before: Option<Price>,
    /// Whether it can be bought now.
    #[serde(default = "yes")]
    pub available: bool,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Where it is.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}

/// An amount in the currency's minor unit. It is never a fraction: no price is ever rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(pub u64);

/// Reads a file, or says where in it the form is wrong.
pub(super) fn read(text: &str) -> Result<File, Problem> {
    let mut json = serde_json::Deserializer::from_str(text);
    let file = serde_path_to_error::deserialize(&mut json).map_err(|error| Problem {
        place: Some(error.path().to_string()).filter(|path| path != ".").unwrap_or_default(),
        what: error.inner().to_string(),
    })?;
    json.end().map_err(|error| Problem { place: String::new(), what: error.to_string() })?;
    Ok(file)
}

fn yes() -> bool {
    true
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(MinorUnits)
    }
}

struct MinorUnits;

impl Visitor<'_> for MinorUnits {
    type Value = Price;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer in the currency's minor unit, such as 450 for 4.50")
    }

    fn visit_u64<E: Error>(self, minor: u64) -> Result<Price, E> {
        Ok(Price(minor))
    }
}
