//! The choice of a variant, in a form that puts it into the shop's cart.

use model::catalog::{Choice, Variant};
use model::text::is_visible;

use crate::address::Address;

/// The most variants that stand side by side, and the longest of their titles, in characters.
const BESIDE_MAX: usize = 8;
const BESIDE_CHARS_MAX: usize = 12;

/// What there is to choose.
pub struct Choosing<'a> {
    /// Where the form goes to, by which it works without scripts; `None` for the cart on this page.
    pub action: Option<String>,
    pub name: &'a str,
    pub variants: Vec<Chosen<'a>>,
    /// Whether the variants stand side by side; otherwise they are in a list that opens.
    pub is_beside: bool,
}

/// A variant.
pub struct Chosen<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// The price, if it is not the same for all.
    pub price: Option<String>,
    pub available: bool,
    /// Whether it is chosen at first: the first that is available.
    pub is_first: bool,
}

impl<'a> Choosing<'a> {
    /// Returns the form of a shop with this address; `None` if no variant can be bought, or one of them is not known well
    /// enough. `money` writes amounts.
    pub fn of(choice: &'a Choice, home: Option<Address<'a>>, money: impl Fn(u64) -> String) -> Option<Self> {
        let Choice { name, variants } = choice;
        let is_known = variants.iter().all(|variant| is_visible(&variant.title) && is_id(&variant.id));
        let first = variants.iter().position(|variant| variant.available).filter(|_| is_known)?;
        let has_prices = variants.iter().any(|variant| variant.price != variants[first].price);
        let chosen = |(at, variant): (usize, &'a Variant)| Chosen {
            id: &variant.id,
            title: &variant.title,
            price: has_prices.then(|| money(variant.price)),
            available: variant.available,
            is_first: at == first,
        };
        let is_short = variants.iter().all(|variant| variant.title.chars().count() <= BESIDE_CHARS_MAX);
        Some(Self {
            action: home.map(|home| format!("{home}/cart/add")),
            name,
            variants: variants.iter().enumerate().map(chosen).collect(),
            is_beside: is_short && !has_prices && variants.len() <= BESIDE_MAX,
        })
    }

    /// Returns the name, if it says something.
    pub fn label(&self) -> Option<&'a str> {
        Some(self.name).filter(|name| is_visible(name))
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
