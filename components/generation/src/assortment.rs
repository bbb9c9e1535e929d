//! The assortment of a shop: the products that a page can be made of.

use std::collections::BTreeSet;

use model::catalog::{self, Curation, Product};

/// The products of a shop in the order of its catalog, followed by those that the shopper's searches found. Ids
/// are unique, and each product has a readable name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assortment {
    shop_name: String,
    currency: String,
    money_format: String,
    best_sellers_first: bool,
    products: Vec<Product>,
    /// The ids of the products that the merchant pinned and that are available, those that stand first first.
    pinned: Vec<String>,
    /// The number of products from the catalog's list, without those from searches.
    common: usize,
    /// Whether those are all products of the shop.
    is_whole: bool,
}

impl Assortment {
    /// Creates an assortment from the catalog's products. `currency` is the ISO 4217 code of all prices. If ids
    /// repeat, the first product wins. Products without a name are left out.
    pub fn new(currency: String, products: Vec<Product>) -> Self {
        let is_whole = products.len() < catalog::PRODUCTS_MAX;
        let mut seen = BTreeSet::new();
        let named = products.into_iter().filter_map(Product::named);
        let products: Vec<_> = named.filter(|product| seen.insert(product.id.clone())).collect();
        let common = products.len();
        Self {
            shop_name: String::new(),
            currency,
            money_format: String::new(),
            best_sellers_first: false,
            products,
            pinned: Vec::new(),
            common,
            is_whole,
        }
    }

    /// Creates the assortment of a record: the products as they are, the first `common` of them from the catalog's list.
    pub(crate) fn of_record(
        currency: String,
        money_format: String,
        products: Vec<Product>,
        common: usize,
    ) -> Self {
        let common = common.min(products.len());
        Self { products, common, ..Self::new(currency, Vec::new()) }.of_shop(String::new(), money_format)
    }

    /// Sets the shop's name and money format, as the catalog knows them. Both may be empty.
    #[must_use]
    pub fn of_shop(self, shop_name: String, money_format: String) -> Self {
        Self { shop_name, money_format, ..self }
    }

    /// Sets whether the best-selling products come first.
    #[must_use]
    pub fn sorted_by_sales(self, best_sellers_first: bool) -> Self {
        Self { best_sellers_first, ..self }
    }

    /// Leaves out what the merchant excludes, and notes what they pinned. The shop sells what is left out, so these are no
    /// longer all of its products.
    #[must_use]
    pub fn curated(self, curation: &Curation) -> Self {
        let best_sellers_first = self.best_sellers_first && curation.leaves_best_sellers(&self.products);
        let all = self.products.len();
        let products = curation.admitted(self.products);
        let is_whole = self.is_whole && products.len() == all;
        let (pinned, common) = (curation.pinned(&products), products.len());
        Self { best_sellers_first, products, pinned, common, is_whole, ..self }
    }

    /// Adds the products that a search found, except those already present.
    pub fn add(&mut self, found: Vec<Product>) {
        for product in found.into_iter().filter_map(Product::named) {
            if self.get(&product.id).is_none() {
                self.products.push(product);
            }
        }
    }

    /// Returns the shop's name as shoppers know it; empty if the catalog does not know it.
    pub fn shop_name(&self) -> &str {
        &self.shop_name
    }

    /// Returns the shop's money format; empty if the catalog does not know it.
    pub fn money_format(&self) -> &str {
        &self.money_format
    }

    /// Returns whether the best-selling products come first among the common products.
    pub fn has_best_sellers_first(&self) -> bool {
        self.best_sellers_first
    }

    /// Returns whether the common products are all products of the shop. A catalog returns a limited number: if it
    /// returned that many, the shop may have more.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Returns the pinned products that are available, those that stand first first.
    pub fn pinned(&self) -> impl Iterator<Item = &Product> {
        self.pinned.iter().filter_map(|id| self.get(id))
    }

    /// Returns whether a product is pinned and available.
    pub fn is_pinned(&self, id: &str) -> bool {
        self.pinned.iter().any(|pinned| pinned == id)
    }

    /// Returns the products that are the same for every shopper.
    pub fn common(&self) -> &[Product] {
        &self.products[..self.common]
    }

    /// Returns the products that this shopper's searches added.
    pub fn found(&self) -> &[Product] {
        &self.products[self.common..]
    }

    /// Returns the assortment without what this shopper's searches added.
    #[must_use]
    pub fn without_found(&self) -> Self {
        Self { products: self.common().to_vec(), ..self.clone() }
    }

    /// Formats an amount in the shop's money format.
    pub fn money(&self, minor: u64) -> String {
        page::money(minor, &self.currency, &self.money_format)
    }

    /// Returns the ISO 4217 code of all prices.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// Returns the product with that id.
    pub fn get(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// Returns the products with these ids, each once, in the order of the ids. Unknown ids are skipped.
    pub fn resolve<'a>(&'a self, ids: &'a [String]) -> impl Iterator<Item = &'a Product> {
        let mut seen = BTreeSet::new();
        ids.iter().filter(move |id| seen.insert(*id)).filter_map(|id| self.get(id))
    }

    /// Returns the products that a page can be made of: the available ones, or all if every product is sold out.
    pub fn offered(&self) -> impl Iterator<Item = &Product> {
        self.offered_of(&self.products)
    }

    /// Returns those of the assortment's products in `list` that are offered.
    pub fn offered_of<'a>(&self, list: &'a [Product]) -> impl Iterator<Item = &'a Product> + use<'a> {
        let sold_out = !self.products.iter().any(|product| product.available);
        list.iter().filter(move |product| product.available || sold_out)
    }

    /// Returns the offered products in ascending order of price.
    pub fn cheapest(&self) -> Vec<&Product> {
        let mut products: Vec<_> = self.offered().collect();
        products.sort_by_key(|product| product.price);
        products
    }

    /// Returns the best-selling offered products, at most `count_max`; none if the catalog does not know sales.
    pub fn best_sellers(&self, count_max: usize) -> Vec<&Product> {
        let common = self.offered_of(self.common());
        if self.best_sellers_first { common.take(count_max).collect() } else { Vec::new() }
    }

    /// Returns whether the product is offered.
    pub fn offers(&self, id: &str) -> bool {
        self.offered().any(|product| product.id == id)
    }
}

impl From<catalog::Assortment> for Assortment {
    fn from(assortment: catalog::Assortment) -> Self {
        let catalog::Assortment { shop_name, currency, money_format, best_sellers_first, products } =
            assortment;
        Self::new(currency, products).of_shop(shop_name, money_format).sorted_by_sales(best_sellers_first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{product, sold_out};

    #[test]
    fn the_first_of_products_with_one_id_wins() {
        let twin = Product { title: "Twin".to_owned(), ..product("a", "wands", 100) };
        let assortment = Assortment::new("EUR".to_owned(), vec![product("a", "wands", 100), twin]);
        assert_eq!(assortment.get("a").unwrap().title, "Product a");
        assert_eq!(assortment.offered().count(), 1);
    }

    #[test]
    fn sold_out_products_are_offered_only_if_all_are_sold_out() {
        let mixed =
            Assortment::new("EUR".to_owned(), vec![product("a", "wands", 1), sold_out("b", "wands", 1)]);
        assert!(mixed.offers("a") && !mixed.offers("b"));
        let nothing_left = Assortment::new("EUR".to_owned(), vec![sold_out("b", "wands", 1)]);
        assert!(nothing_left.offers("b"));
    }

    #[test]
    fn search_results_follow_the_assortment_without_duplicates() {
        let mut assortment = Assortment::new("EUR".to_owned(), vec![product("a", "wands", 1)]);
        assortment.add(vec![product("a", "wands", 2), product("b", "wands", 3), product("b", "wands", 4)]);
        let prices = |products: &[Product]| products.iter().map(|it| it.price).collect::<Vec<_>>();
        assert_eq!((prices(assortment.common()), prices(assortment.found())), (vec![1], vec![3]));
    }

    #[test]
    fn a_full_catalog_answer_may_be_incomplete() {
        let of = |count: usize| {
            let products = (0..count).map(|at| product(&format!("p{}", at / 2), "wands", 1)).collect();
            Assortment::new("EUR".to_owned(), products)
        };
        assert!(of(0).is_whole() && of(99).is_whole());
        assert!(!of(100).is_whole(), "what is left out counts");
    }

    #[test]
    fn a_product_has_a_name_or_is_left_out() {
        let called = |title: &str, url: &str| Product {
            title: title.to_owned(),
            url: url.to_owned(),
            ..product(title, "wands", 1)
        };
        let listed = vec![called("\u{202e}", "/products/oak-wand"), called("\u{200b}", "")];
        let mut assortment = Assortment::new("EUR".to_owned(), listed);
        assortment.add(vec![called("\u{feff}", "/products/"), called("\u{202a}Ash", "/products/ash")]);
        let titles: Vec<_> = assortment.offered().map(|product| product.title.as_str()).collect();
        assert_eq!(titles, ["oak wand", "Ash"]);
    }
}
