//! The products that the model is offered for one page, each under a number.
//!
//! A shop may have thousands of products. Code picks those that are worth offering to this shopper: pinned products,
//! products that they saw and searched for, reductions, best sellers, both ends of the price range, and then the best
//! for the persona from many categories. A number takes one token of an answer, an id four or more.

use std::collections::{BTreeMap, BTreeSet};

use model::Signals;
use model::catalog::{PINS_MAX, Product};
use page::blocks::Demand;

use crate::affinity::Affinity;
use crate::assortment::Assortment;
use crate::persona::Reading;
use crate::season::Today;

/// The most products of an offer.
pub const PRODUCTS_MAX: usize = 32;
/// The most products for a model whose context is too small for a full offer: enough for a page.
pub const PRODUCTS_FEW: usize = 10;

/// The shares of a full offer, in products.
const KNOWN_MAX: usize = 8;
const FOUND_MAX: usize = 6;
const REDUCED_MAX: usize = 6;
const BEST_SELLERS_MAX: usize = 6;
const CHEAPEST_MAX: usize = 3;
const DEAREST_MAX: usize = 2;
/// The most products of one category that the persona's order contributes before other categories had their turn.
const OF_CATEGORY_MAX: usize = 6;

/// The products that the model is offered, in the order of the assortment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<'a> {
    entries: Vec<(String, &'a Product)>,
    is_all: bool,
}

impl<'a> Offer<'a> {
    /// Picks at most `products_max` products, whatever the season.
    pub fn of(
        reading: &Reading,
        signals: &'a Signals,
        assortment: &'a Assortment,
        products_max: usize,
    ) -> Self {
        Self::pick(reading, signals, assortment, products_max, |_| false)
    }

    /// Picks at most `products_max` products, and those that are out of season last.
    pub fn on(
        today: Today,
        reading: &Reading,
        signals: &'a Signals,
        assortment: &'a Assortment,
        products_max: usize,
    ) -> Self {
        Self::pick(reading, signals, assortment, products_max, |product| today.is_out_of_season(product))
    }

    fn pick(
        reading: &Reading,
        signals: &'a Signals,
        assortment: &'a Assortment,
        products_max: usize,
        is_last: impl Fn(&Product) -> bool,
    ) -> Self {
        let mut picked = Picked::new(assortment, products_max);
        let mut ranked = Affinity::of(signals, assortment).rank(reading.persona, assortment);
        ranked.sort_by_key(|product| is_last(product));
        let known = [&signals.views, &signals.carted, &signals.purchased].map(Vec::as_slice).concat();
        picked.add(PINS_MAX, assortment.pinned());
        picked.add(KNOWN_MAX, known.iter().filter_map(|id| assortment.get(id)));
        picked.add(FOUND_MAX, assortment.found().iter());
        picked.add(REDUCED_MAX, ranked.iter().copied().filter(|product| product.percent_off().is_some()));
        let sellers = assortment.best_sellers(BEST_SELLERS_MAX);
        picked.add(BEST_SELLERS_MAX, sellers.into_iter().filter(|product| !is_last(product)));
        let by_price = assortment.cheapest();
        picked.add(CHEAPEST_MAX, by_price.iter().copied().filter(|product| !is_last(product)));
        picked.add(DEAREST_MAX, by_price.iter().rev().copied().filter(|product| !is_last(product)));
        let in_season: Vec<_> = ranked.iter().copied().filter(|product| !is_last(product)).collect();
        picked.add_mixed(&in_season);
        picked.add(products_max, ranked.iter().copied());
        picked.numbered()
    }

    /// Returns the products with their numbers.
    pub fn products(&self) -> impl Iterator<Item = (&str, &'a Product)> {
        self.entries.iter().map(|(number, product)| (number.as_str(), *product))
    }

    /// Returns the numbers of the products that meet a condition.
    pub fn numbers(&self, demand: Demand) -> Vec<&str> {
        let fit = self.products().filter(|(_, product)| demand.unmet(product).is_none());
        fit.map(|(number, _)| number).collect()
    }

    /// Returns the offer of the first products only.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let entries: Vec<_> = self.entries.iter().take(count).cloned().collect();
        Self { is_all: self.is_all && entries.len() == self.entries.len(), entries }
    }

    /// Returns the number of the product with this id.
    pub fn number_of(&self, id: &str) -> Option<&str> {
        self.products().find(|(_, product)| product.id == id).map(|(number, _)| number)
    }

    /// Returns whether these are all products that the shop offers.
    pub fn is_all(&self) -> bool {
        self.is_all
    }

    /// Returns the id of the product that a model means: by its number, however it is written, or else by its id, its
    /// address's last part, or its title.
    pub fn meant(&self, name: &str, assortment: &'a Assortment) -> Option<&'a str> {
        let name = name.trim();
        let number = name.trim_start_matches(['#', 'p', 'P', '[', '(']).trim_end_matches([']', ')', '.']);
        let numbered = self.products().find(|(known, _)| *known == name || *known == number);
        let product = numbered.map(|(_, product)| product).or_else(|| assortment.get(name));
        product.or_else(|| named(name, assortment)).map(|product| product.id.as_str())
    }
}

/// Returns the product with this title, or with this last part of its id or address.
fn named<'a>(name: &str, assortment: &'a Assortment) -> Option<&'a Product> {
    let tail = name.rsplit('/').next().filter(|tail| !tail.is_empty())?;
    let mut products = assortment.common().iter().chain(assortment.found());
    products.find(|product| {
        let is_tail = |of: &str| of.rsplit('/').next() == Some(tail);
        product.title.eq_ignore_ascii_case(name) || is_tail(&product.id) || is_tail(&product.url)
    })
}

/// The products picked so far.
struct Picked<'a> {
    assortment: &'a Assortment,
    products_max: usize,
    ids: BTreeSet<&'a str>,
}

impl<'a> Picked<'a> {
    fn new(assortment: &'a Assortment, products_max: usize) -> Self {
        Self { assortment, products_max, ids: BTreeSet::new() }
    }

    /// Adds at most `count_max` of the products, if they are offered and new.
    fn add(&mut self, count_max: usize, products: impl Iterator<Item = &'a Product>) {
        let assortment = self.assortment;
        let room = count_max.min(self.products_max.saturating_sub(self.ids.len()));
        let new: Vec<_> = products
            .filter(|product| !self.ids.contains(product.id.as_str()) && assortment.offers(&product.id))
            .map(|product| product.id.as_str())
            .collect();
        let mut seen = BTreeSet::new();
        self.ids.extend(new.into_iter().filter(|id| seen.insert(*id)).take(room));
    }

    /// Adds the first products of each category.
    fn add_mixed(&mut self, ranked: &[&'a Product]) {
        let mut of_category: BTreeMap<&str, usize> = BTreeMap::new();
        let mixed: Vec<_> = ranked
            .iter()
            .copied()
            .filter(|product| {
                let count = of_category.entry(&product.category).or_default();
                *count += 1;
                *count <= OF_CATEGORY_MAX
            })
            .collect();
        self.add(self.products_max, mixed.into_iter());
    }

    /// Numbers the products in the order of the assortment. A shop whose own ids could be taken for these numbers keeps
    /// its ids.
    fn numbered(self) -> Offer<'a> {
        let assortment = self.assortment;
        let picked = assortment.offered().filter(|product| self.ids.contains(product.id.as_str()));
        let picked: Vec<_> = picked.collect();
        let is_number = |id: &str| id.parse().is_ok_and(|number: usize| number <= picked.len());
        let has_numbers = assortment.offered().any(|product| is_number(&product.id));
        let number = |at: usize, product: &Product| {
            if has_numbers { product.id.clone() } else { (at + 1).to_string() }
        };
        let is_all = assortment.is_whole() && picked.len() == assortment.offered().count();
        let entries =
            picked.iter().enumerate().map(|(at, product)| (number(at, product), *product)).collect();
        Offer { entries, is_all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{assortment, product, reduced, sold_out};
    use model::Persona;

    fn ids<'a>(offer: &Offer<'a>) -> Vec<&'a str> {
        offer.products().map(|(_, product)| product.id.as_str()).collect()
    }

    fn reading(persona: Persona) -> Reading {
        crate::persona::known(persona)
    }

    fn large() -> Assortment {
        let of = |at: u64| product(&format!("p{at}"), &format!("category {}", at % 20), 1_000 + at);
        let mut products: Vec<_> = (0..95).map(of).collect();
        products.extend((95..98).map(|at| reduced(&format!("p{at}"), "Reduced", 500, 900)));
        products.push(sold_out("gone", "Wands", 1));
        Assortment::new("EUR".to_owned(), products)
    }

    #[test]
    fn a_small_shop_is_offered_whole() {
        let (assortment, signals) = (assortment(), Signals::default());
        let offer = Offer::of(&reading(Persona::Explorer), &signals, &assortment, PRODUCTS_MAX);
        assert_eq!(ids(&offer), ["wand-1", "wand-2", "wand-3", "hat-1", "hat-2", "potion-1", "potion-2"]);
        assert!(offer.is_all());
        assert_eq!(offer.numbers(Demand::Reduced), ["3", "7"]);
        assert_eq!(offer.number_of("hat-1"), Some("4"));
    }

    #[test]
    fn a_large_shop_is_offered_what_fits_the_shopper() {
        let assortment = large();
        let signals = Signals { views: vec!["p77".into(), "gone".into()], ..Signals::default() };
        for persona in Persona::ALL {
            let offer = Offer::of(&reading(persona), &signals, &assortment, PRODUCTS_MAX);
            let ids = ids(&offer);
            assert_eq!(ids.len(), PRODUCTS_MAX);
            for id in ["p77", "p95", "p96", "p97", "p0", "p94"] {
                assert!(ids.contains(&id), "{id} is seen, reduced, cheap or dear: {ids:?}");
            }
            assert!(!ids.contains(&"gone") && !offer.is_all());
            let categories: BTreeSet<_> = offer.products().map(|(_, product)| &product.category).collect();
            assert!(categories.len() >= 6, "{categories:?}");
        }
        let few = Offer::of(&reading(Persona::Explorer), &signals, &assortment, PRODUCTS_FEW);
        assert_eq!(ids(&few).len(), PRODUCTS_FEW);
    }

    #[test]
    fn products_out_of_season_are_offered_last() {
        let winter = |at: u64| Product {
            title: format!("Winter Wand {at}"),
            ..product(&format!("w{at}"), "Wands", 2_000)
        };
        let products =
            (0..60).map(|at| if at < 30 { winter(at) } else { product(&format!("p{at}"), "Hats", 2_000) });
        let assortment = Assortment::new("EUR".to_owned(), products.collect()).sorted_by_sales(true);
        let (reading, signals) = (reading(Persona::Loyalist), Signals::default());
        let count_on = |day: u64| {
            let today = Today::at(day * 86_400_000, &model::Market::default());
            let offer = Offer::on(today, &reading, &signals, &assortment, 20);
            ids(&offer).iter().filter(|id| id.starts_with('w')).count()
        };
        let (january, july) = (count_on(10), count_on(190));
        assert!(january > 10 && july == 0, "{january} {july}");
    }

    #[test]
    fn a_product_is_meant_by_its_number_id_address_or_title() {
        let (assortment, signals) = (assortment(), Signals::default());
        let offer = Offer::of(&reading(Persona::Explorer), &signals, &assortment, PRODUCTS_MAX);
        for name in
            ["4", " 4 ", "#4", "p4", "[4]", "hat-1", "/products/hat-1", "product HAT-1", "gid://x/hat-1"]
        {
            assert_eq!(offer.meant(name, &assortment), Some("hat-1"), "{name}");
        }
        for name in ["", "0", "99", "hat", "/"] {
            assert_eq!(offer.meant(name, &assortment), None, "{name}");
        }
    }

    #[test]
    fn a_shop_whose_ids_are_numbers_keeps_them() {
        let products = ["2", "1", "900"].map(|id| product(id, "Wands", 1)).to_vec();
        let (assortment, signals) = (Assortment::new("EUR".to_owned(), products), Signals::default());
        let offer = Offer::of(&reading(Persona::Explorer), &signals, &assortment, PRODUCTS_MAX);
        for id in ["2", "1", "900"] {
            assert_eq!(offer.meant(id, &assortment), Some(id));
        }
    }
}
