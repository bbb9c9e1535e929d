//! What a page is planned for: a merchant, a shelf of products, and a shopper.

use crate::assortment::Assortment;
use crate::copy::Voice;

/// What the merchant decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// The name that shoppers know.
    pub name: String,
    /// Where the theme's own pages live, with no slash at the end; empty for a shop that has none.
    pub url: String,
    /// BCP 47 language tag of its texts.
    pub language: String,
    /// How it wants to sound, in a few words.
    pub tone: String,
    /// Words that its pages must not use, in lower case.
    pub banned_words: Vec<String>,
    /// What it promises, a few words each.
    pub promises: Vec<String>,
}

/// What a shopper did, newest first: product ids, or the shopper's own words in the case of
/// searches, filters and sorts. Nothing in it is to be trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signals {
    /// Visits to the storefront.
    pub visits: u32,
    /// Products that were looked at.
    pub views: Vec<String>,
    /// Search terms.
    pub searches: Vec<String>,
    /// Filters that were set.
    pub filters: Vec<String>,
    /// Sort orders that were chosen.
    pub sorts: Vec<String>,
    /// Products that were put into the cart.
    pub carted: Vec<String>,
    /// Products that were bought.
    pub purchased: Vec<String>,
}

/// Everything that a plan is made and judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storefront {
    /// Whose shop it is.
    pub merchant: Merchant,
    /// What it has to show.
    pub assortment: Assortment,
    /// What its texts may say.
    pub voice: Voice,
}

impl Storefront {
    /// The storefront of a shop. `store` is its id, which stands in for a name that has no
    /// character to show.
    pub fn new(store: &str, merchant: Merchant, assortment: Assortment) -> Self {
        let voice = Voice::new(store, &merchant, assortment.currency());
        Self { merchant, assortment, voice }
    }
}
