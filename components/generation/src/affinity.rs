//! The affinity of a shopper to products: how well each product matches the signals.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use model::catalog::Product;
use model::{Persona, Signals};

use crate::assortment::Assortment;
use crate::profile::{self, Order};

/// The weights of a view, a purchase and a product in the cart for the product's category and tags.
const VIEWED: u32 = 1;
const BOUGHT: u32 = 3;
const CARTED: u32 = 4;
/// The weight of a category, relative to 1 for a tag.
const CATEGORY: u32 = 3;
/// The weight of a search word for products that contain it.
const SEARCHED: u32 = 4;
/// The shortest search word that counts, in bytes.
const WORD_BYTES_MIN: usize = 3;
/// The number of signals of each kind that count, the newest first.
const SIGNALS_MAX: usize = 20;

/// A shopper's preferences, read from the signals.
#[derive(Debug, Default)]
pub struct Affinity<'a> {
    categories: BTreeMap<&'a str, u32>,
    tags: BTreeMap<&'a str, u32>,
    words: BTreeSet<String>,
}

impl<'a> Affinity<'a> {
    /// Reads the preferences from the signals.
    pub fn of(signals: &'a Signals, assortment: &'a Assortment) -> Self {
        let mut affinity = Self { words: search_words(signals), ..Self::default() };
        for (ids, weight) in
            [(&signals.views, VIEWED), (&signals.carted, CARTED), (&signals.purchased, BOUGHT)]
        {
            for product in assortment.resolve(ids).take(SIGNALS_MAX) {
                affinity.learn(product, weight);
            }
        }
        affinity
    }

    fn learn(&mut self, product: &'a Product, weight: u32) {
        *self.categories.entry(&product.category).or_default() += weight * CATEGORY;
        for tag in &product.tags {
            *self.tags.entry(tag).or_default() += weight;
        }
    }

    /// Returns how well a product matches; 0 if nothing speaks for it.
    pub fn affinity(&self, product: &Product) -> u32 {
        let category = self.categories.get(product.category.as_str()).copied().unwrap_or(0);
        let tags: u32 = product.tags.iter().filter_map(|tag| self.tags.get(tag.as_str())).sum();
        let found = self.words.iter().filter(|word| mentions(product, word)).count();
        category + tags + SEARCHED * u32::try_from(found).unwrap_or(0)
    }

    /// Returns whether the shopper viewed, carted or bought a product of a category.
    pub fn knows(&self, category: &str) -> bool {
        self.categories.contains_key(category)
    }

    /// Returns the offered products in the order that suits this persona, those that are pinned first. Among equals, the
    /// better seller comes first.
    pub fn rank(&self, persona: Persona, assortment: &'a Assortment) -> Vec<&'a Product> {
        let mut ranked: Vec<_> = assortment.offered().collect();
        match profile::of(persona).order {
            Order::Affinity => ranked.sort_by_key(|product| Reverse(self.affinity(product))),
            Order::Reduction => {
                ranked
                    .sort_by_key(|product| (Reverse(product.percent_off()), Reverse(self.affinity(product))));
            }
            Order::Mixed => ranked = self.mixed(&ranked),
        }
        let pinned: Vec<_> = assortment.pinned().map(|product| &product.id).collect();
        ranked.sort_by_key(|product| pinned.iter().position(|id| **id == product.id).unwrap_or(pinned.len()));
        ranked
    }

    /// Takes one product of each category in turn, starting with categories that are new to the shopper.
    fn mixed(&self, products: &[&'a Product]) -> Vec<&'a Product> {
        let mut dealt: BTreeMap<&str, u32> = BTreeMap::new();
        let mut turns: Vec<_> = products
            .iter()
            .map(|product| {
                let turn = dealt.entry(&product.category).or_default();
                *turn += 1;
                ((*turn, self.knows(&product.category)), *product)
            })
            .collect();
        turns.sort_by_key(|(turn, _)| *turn);
        turns.into_iter().map(|(_, product)| product).collect()
    }
}

fn search_words(signals: &Signals) -> BTreeSet<String> {
    let searches = signals.searches.iter().take(SIGNALS_MAX);
    let words = searches.flat_map(|search| search.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.len() >= WORD_BYTES_MIN).take(SIGNALS_MAX).map(str::to_lowercase).collect()
}

fn mentions(product: &Product, word: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(word);
    holds(&product.title) || holds(&product.category) || product.tags.iter().any(|tag| holds(tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::assortment;

    fn ids(products: &[&Product]) -> Vec<String> {
        products.iter().map(|product| product.id.clone()).collect()
    }

    fn ranked(persona: Persona, signals: &Signals) -> Vec<String> {
        let assortment = assortment();
        ids(&Affinity::of(signals, &assortment).rank(persona, &assortment))
    }

    #[test]
    fn a_carted_product_raises_its_category() {
        let signals = Signals {
            views: vec!["wand-1".to_owned()],
            carted: vec!["potion-1".to_owned()],
            ..Signals::default()
        };
        let ranked = ranked(Persona::Loyalist, &signals);
        assert!(ranked[0].starts_with("potion"), "{ranked:?}");
        assert!(ranked.iter().position(|id| id == "wand-1") < ranked.iter().position(|id| id == "hat-1"));
    }

    #[test]
    fn searched_products_come_first() {
        let signals = Signals { searches: vec!["a HAT!".to_owned()], ..Signals::default() };
        assert!(ranked(Persona::Minimalist, &signals)[0].starts_with("hat"));
    }

    #[test]
    fn a_dealhunter_sees_the_largest_reduction_first() {
        assert_eq!(ranked(Persona::Dealhunter, &Signals::default())[..2], ["potion-2", "wand-3"]);
    }

    #[test]
    fn an_explorer_sees_one_of_each_category_in_turn_and_the_unknown_first() {
        let signals = Signals { views: vec!["wand-1".to_owned()], ..Signals::default() };
        let ranked = ranked(Persona::Explorer, &signals);
        assert_eq!(ranked[..6], ["hat-1", "potion-1", "wand-1", "hat-2", "potion-2", "wand-2"]);
    }

    #[test]
    fn without_signals_the_catalogs_order_is_kept() {
        assert_eq!(ranked(Persona::Minimalist, &Signals::default())[..3], ["wand-1", "wand-2", "wand-3"]);
    }
}
