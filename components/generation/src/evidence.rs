//! The evidence in a shopper's signals, and the rules by which it speaks for a persona.
//!
//! Each rule counts one kind of evidence and gives points for it, up to a maximum. Rules only add points, so more
//! evidence for a persona never lowers its score, and they only count, so the order of signals does not matter.

use std::collections::BTreeSet;

use model::Signals;

use crate::assortment::Assortment;

/// A rule that gives points to a persona.
pub struct Rule {
    /// The reason, for the model.
    pub reason: &'static str,
    points: u32,
    times_max: usize,
    times: fn(&Evidence) -> usize,
}

/// Creates a rule that gives `points` for each of at most `times_max` pieces of evidence.
pub const fn rule(
    points: u32,
    times_max: usize,
    reason: &'static str,
    times: fn(&Evidence) -> usize,
) -> Rule {
    Rule { reason, points, times_max, times }
}

impl Rule {
    /// Returns the points that the evidence gives.
    pub fn score(&self, evidence: &Evidence) -> u32 {
        let times = (self.times)(evidence).min(self.times_max);
        self.points * u32::try_from(times).unwrap_or(0)
    }
}

/// The signals as counts.
pub struct Evidence {
    /// Visits to the storefront.
    pub visits: usize,
    /// Viewed products.
    pub products: usize,
    /// Categories of viewed products.
    pub categories: usize,
    /// Viewed products that are reduced.
    pub reduced_products: usize,
    /// Searches of three words or more.
    pub long_searches: usize,
    /// Searches and filters that ask for reductions.
    pub deal_words: usize,
    /// Filters by price.
    pub price_filters: usize,
    /// Choices of the lowest price first.
    pub cheapest_first: usize,
    /// Sorts and filters.
    pub sorts_and_filters: usize,
    /// Steps of browsing: views, searches, sorts and filters.
    pub browsing: usize,
    /// Products in the cart.
    pub carted: usize,
    /// Products bought.
    pub purchased: usize,
}

impl Evidence {
    /// Counts the evidence in the signals.
    pub fn of(signals: &Signals, assortment: &Assortment) -> Self {
        let count = |texts: &[String], is: fn(&str) -> bool| texts.iter().filter(|text| is(text)).count();
        let viewed: Vec<_> = assortment.resolve(&signals.views).collect();
        let categories: BTreeSet<_> = viewed.iter().map(|product| product.category.as_str()).collect();
        let sorts_and_filters = signals.sorts.len() + signals.filters.len();
        Self {
            visits: usize::try_from(signals.visits).unwrap_or(usize::MAX),
            products: viewed.len(),
            categories: categories.len(),
            reduced_products: viewed.iter().filter(|product| product.percent_off().is_some()).count(),
            long_searches: count(&signals.searches, |text| text.split_whitespace().count() >= 3),
            deal_words: count(&signals.searches, asks_for_deals) + count(&signals.filters, asks_for_deals),
            price_filters: count(&signals.filters, |text| words(text).any(|word| word == "price")),
            cheapest_first: count(&signals.sorts, is_cheapest_first),
            sorts_and_filters,
            browsing: signals.views.len() + signals.searches.len() + sorts_and_filters,
            carted: signals.carted.len(),
            purchased: signals.purchased.len(),
        }
    }

    /// Returns the number of products put into the cart, if each took at most three steps of browsing.
    pub fn quick_decisions(&self) -> usize {
        if self.browsing <= 3 * self.carted { self.carted } else { 0 }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn asks_for_deals(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "sale",
        "deal",
        "deals",
        "discount",
        "discounts",
        "discounted",
        "cheap",
        "cheaper",
        "cheapest",
        "bargain",
        "bargains",
        "clearance",
        "outlet",
        "reduced",
        "coupon",
        "offer",
    ];
    words(text).any(|word| WORDS.contains(&word.as_str()))
}

/// Returns whether a sort order means the lowest price first: `price-ascending` as in Shopify's collection pages,
/// and the other common spellings, such as "Price: low to high".
fn is_cheapest_first(sort: &str) -> bool {
    const UP: [&str; 5] = ["asc", "ascending", "low", "lowest", "cheapest"];
    const DOWN: [&str; 4] = ["desc", "descending", "high", "highest"];
    let named = words(sort).any(|word| word == "price" || word == "cheapest");
    let direction = words(sort).find(|word| UP.contains(&word.as_str()) || DOWN.contains(&word.as_str()));
    named && direction.is_some_and(|word| UP.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_orders_are_not_the_lowest_price_first() {
        for sort in ["price-descending", "Price: high to low", "title-ascending", "best-selling", ""] {
            assert!(!is_cheapest_first(sort), "{sort}");
        }
    }

    #[test]
    fn words_that_only_contain_deal_ask_for_no_reduction() {
        assert!(!asks_for_deals("wholesale idealist"));
    }
}
