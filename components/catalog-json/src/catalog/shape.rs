//! The form of the file: its members and their types.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::Problem;

/// The whole file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The assortments by shop id. `*` stands for every shop that is not named.
    pub(super) shops: BTreeMap<String, Assortment>,
}

/// The products of a shop, and how to show them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assortment {
    /// The shop's name as shoppers know it, if the deployment does not set it.
    #[serde(default)]
    pub name: String,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// The shop's money format, such as `${{amount}}`; if empty, the storefront chooses one.
    #[serde(default)]
    pub money_format: String,
    /// Whether the best-selling products come first. Pages call products best sellers only if this is true.
    #[serde(default)]
    pub best_sellers_first: bool,
    /// The products.
    pub products: Vec<Product>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The product's id in the shop.
    pub id: String,
    /// The title.
    pub title: String,
    /// A sentence or two, as plain text.
    #[serde(default)]
    pub description: String,
    /// The vendor.
    #[serde(default)]
    pub vendor: String,
    /// The product type.
    #[serde(default)]
    pub category: String,
    /// Tags, in lower case.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The address of the product page.
    pub url: String,
    /// The product's image.
    #[serde(default)]
    pub image: Option<Image>,
    /// A second image, which lists show while a pointer or the focus is on the product.
    #[serde(default)]
    pub second_image: Option<Image>,
    /// The price.
    pub price: Price,
    /// The former price, if the product is reduced.
    #[serde(default)]
    pub price_before: Option<Price>,
    /// Whether the product can be bought now.
    #[serde(default = "yes")]
    pub available: bool,
    /// What buyers say of it.
    #[serde(default)]
    pub rating: Option<Rating>,
    /// What there is to choose.
    #[serde(default)]
    pub choice: Option<Choice>,
}

/// What buyers say of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The average, in hundredths of a star.
    pub average_hundredths: u32,
    /// The number of reviews, if it is known.
    #[serde(default)]
    pub count: Option<u32>,
}

/// What a shopper chooses of a product before they buy it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The name of what is chosen, such as `Size`.
    pub name: String,
    /// All variants of the product.
    pub variants: Vec<Variant>,
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its id in the shop's cart.
    pub id: String,
    /// What is chosen.
    pub title: String,
    /// The price.
    pub price: Price,
    /// Whether it can be bought now.
    #[serde(default = "yes")]
    pub available: bool,
}

/// A product image.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The address.
    pub url: String,
    /// Alternative text.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}

/// An amount in the currency's minor unit. It is never a fraction, because prices are never rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(pub u64);

/// Reads a file, or reports where its form is wrong.
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
