//! What a shop has to show, and how products in it are found.

use std::collections::BTreeSet;

use page::Product;

/// The products of a shop, those that sell best first, and after them those that were looked for. No two have
/// the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assortment {
    shop_name: String,
    currency: String,
    money_format: String,
    products: Vec<Product>,
    /// How many of the products are there whatever anybody looked for.
    common: usize,
}

impl Assortment {
    /// Takes what the catalog gave. `currency` is the ISO 4217 code of all prices. Of products with
    /// the same id the first stands.
    pub fn new(currency: String, products: Vec<Product>) -> Self {
        let mut seen = BTreeSet::new();
        let products: Vec<_> =
            products.into_iter().filter(|product| seen.insert(product.id.clone())).collect();
        let common = products.len();
        Self { shop_name: String::new(), currency, money_format: String::new(), products, common }
    }

    /// What the catalog knows of the shop itself: its name, and how it writes prices. Both may be empty.
    #[must_use]
    pub fn of_shop(self, shop_name: String, money_format: String) -> Self {
        Self { shop_name, money_format, ..self }
    }

    /// Adds what a search found, but for what is there already.
    pub fn add(&mut self, found: Vec<Product>) {
        for product in found {
            if self.get(&product.id).is_none() {
                self.products.push(product);
            }
        }
    }

    /// The name that shoppers know the shop by; empty where the catalog does not know it.
    pub fn shop_name(&self) -> &str {
        &self.shop_name
    }

    /// How the shop writes prices; empty where the catalog does not know it.
    pub fn money_format(&self) -> &str {
        &self.money_format
    }

    /// The products that are there for every shopper.
    pub fn common(&self) -> &[Product] {
        &self.products[..self.common]
    }

    /// The products that are there because this shopper looked for them.
    pub fn found(&self) -> &[Product] {
        &self.products[self.common..]
    }

    /// An amount as the shop writes it.
    pub fn money(&self, minor: u64) -> String {
        page::money(minor, &self.currency, &self.money_format)
    }

    /// The ISO 4217 code of all prices.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The product of that id.
    pub fn get(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// The products of those ids that exist, each once, in the order of the ids.
    pub fn resolve<'a>(&'a self, ids: &'a [String]) -> impl Iterator<Item = &'a Product> {
        let mut seen = BTreeSet::new();
        ids.iter().filter(move |id| seen.insert(*id)).filter_map(|id| self.get(id))
    }

    /// What a page is made of: the products that can be bought; of a shop that is sold out, all.
    pub fn offered(&self) -> impl Iterator<Item = &Product> {
        let sold_out = !self.products.iter().any(|product| product.available);
        self.products.iter().filter(move |product| product.available || sold_out)
    }

    /// Whether the product is among those that a page is made of.
    pub fn offers(&self, id: &str) -> bool {
        self.offered().any(|product| product.id == id)
    }
}

/// By how much a product is reduced, in percent, rounded down; `None` if it is not.
pub fn reduction_percent(product: &Product) -> Option<u64> {
    let before = product.price_before.filter(|before| *before > product.price)?;
    let saved = u128::from(before - product.price) * 100 / u128::from(before);
    u64::try_from(saved).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{product, reduced, sold_out};

    #[test]
    fn of_products_with_one_id_the_first_stands() {
        let twin = Product { title: "Twin".to_owned(), ..product("a", "wands", 100) };
        let assortment = Assortment::new("EUR".to_owned(), vec![product("a", "wands", 100), twin]);
        assert_eq!(assortment.get("a").unwrap().title, "Product a");
        assert_eq!(assortment.offered().count(), 1);
    }

    #[test]
    fn what_is_sold_out_is_not_offered_unless_everything_is() {
        let mixed =
            Assortment::new("EUR".to_owned(), vec![product("a", "wands", 1), sold_out("b", "wands", 1)]);
        assert!(mixed.offers("a") && !mixed.offers("b"));
        let nothing_left = Assortment::new("EUR".to_owned(), vec![sold_out("b", "wands", 1)]);
        assert!(nothing_left.offers("b"));
    }

    #[test]
    fn what_was_found_comes_after_what_is_there_for_everybody_and_once() {
        let mut assortment = Assortment::new("EUR".to_owned(), vec![product("a", "wands", 1)]);
        assortment.add(vec![product("a", "wands", 2), product("b", "wands", 3), product("b", "wands", 4)]);
        let prices = |products: &[Product]| products.iter().map(|it| it.price).collect::<Vec<_>>();
        assert_eq!((prices(assortment.common()), prices(assortment.found())), (vec![1], vec![3]));
    }

    #[test]
    fn a_reduction_needs_a_higher_price_before() {
        assert_eq!(reduction_percent(&reduced("a", "wands", 75, 100)), Some(25));
        assert_eq!(reduction_percent(&reduced("a", "wands", 0, u64::MAX)), Some(100));
        assert_eq!(reduction_percent(&reduced("a", "wands", 100, 100)), None);
        assert_eq!(reduction_percent(&product("a", "wands", 100)), None);
    }
}
