//! What a merchant excludes from pages and pins to them, applied to the products of a catalog.
//!
//! Routing and generation get all products of a shop through this, so what is excluded is nowhere.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::{Assortment, Collection, NAMES_MAX, Product};
use crate::shop::{Selector, ShopSettings};

/// The most pinned products that stand first: the first of those that are available.
pub const PINS_MAX: usize = 4;
/// How many better-selling products may be excluded while the others still count as the best sellers.
const EXCLUDED_SELLERS_MAX: usize = 3;
/// The most products that a page calls best sellers.
const BEST_SELLERS_MAX: usize = 13;
/// Names of this length and longer may have been cut by the catalog: then a selector only has to begin with it.
const CUT_CHARS_MIN: usize = 100;

/// What a merchant excludes and pins, with the products of the collections that they name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Curation {
    excluded: Vec<Selector>,
    pinned: Vec<Selector>,
    /// The ids of the products of each collection that is named, by its handle in lower case.
    members: BTreeMap<String, BTreeSet<String>>,
}

impl Curation {
    /// Reads what a shop's settings exclude and pin. `members` returns the ids of the products of each of these
    /// collections; it is called only if there are any. If it fails, nobody knows what is excluded.
    pub fn of<E>(
        settings: &ShopSettings,
        members: impl FnOnce(&[String]) -> Result<Vec<Vec<String>>, E>,
    ) -> Result<Self, E> {
        let handles = Self::collections(settings);
        Ok(Self::with(settings, if handles.is_empty() { Vec::new() } else { members(&handles)? }))
    }

    /// Returns the handles of the collections that a shop's settings exclude or pin.
    pub fn collections(settings: &ShopSettings) -> Vec<String> {
        let handles = settings.excluded.iter().chain(&settings.pinned).filter_map(collection);
        handles.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Reads what a shop's settings exclude and pin. `members` are the ids of the products of each of their
    /// [`Curation::collections`].
    pub fn with(settings: &ShopSettings, members: Vec<Vec<String>>) -> Self {
        let members =
            Self::collections(settings).into_iter().zip(members.into_iter().map(BTreeSet::from_iter));
        let members = members.collect();
        Self { excluded: settings.excluded.clone(), pinned: settings.pinned.clone(), members }
    }

    /// Returns whether a product is excluded.
    pub fn excludes(&self, product: &Product) -> bool {
        self.excluded.iter().any(|selector| self.names(selector, product))
    }

    /// Returns the products that are not excluded.
    pub fn admitted(&self, mut products: Vec<Product>) -> Vec<Product> {
        products.retain(|product| !self.excludes(product));
        products
    }

    /// Returns an assortment without what is excluded, and with what is pinned first. Its best sellers come first only if
    /// neither made that untrue.
    pub fn shelved(&self, assortment: Assortment) -> Assortment {
        let are_best = assortment.best_sellers_first && self.leaves_best_sellers(&assortment.products);
        let mut products = self.admitted(assortment.products);
        let pinned = self.pinned(&products);
        let in_order: Vec<_> = products.iter().take(pinned.len()).map(|product| product.id.clone()).collect();
        let place =
            |product: &Product| pinned.iter().position(|id| *id == product.id).unwrap_or(pinned.len());
        products.sort_by_key(place);
        Assortment { best_sellers_first: are_best && in_order == pinned, products, ..assortment }
    }

    /// Returns the collections that are not excluded.
    pub fn admitted_collections(&self, mut collections: Vec<Collection>) -> Vec<Collection> {
        let excluded: BTreeSet<_> = self.excluded.iter().filter_map(collection).collect();
        collections.retain(|collection| !excluded.contains(&collection.handle.to_lowercase()));
        collections
    }

    /// Returns whether the first of these products still are the best sellers without those that are excluded.
    /// `products` are all of the catalog, the best sellers first.
    pub fn leaves_best_sellers(&self, products: &[Product]) -> bool {
        let (mut shown, mut excluded) = (0, 0);
        for product in products.iter().filter(|product| product.available) {
            if shown == BEST_SELLERS_MAX {
                break;
            }
            if self.excludes(product) { excluded += 1 } else { shown += 1 }
        }
        excluded <= EXCLUDED_SELLERS_MAX
    }

    /// Returns the ids of the available products that are pinned, in the order of the pins, at most [`PINS_MAX`].
    pub fn pinned(&self, products: &[Product]) -> Vec<String> {
        let named = self.pinned.iter().flat_map(|selector| {
            products.iter().filter(move |product| product.available && self.names(selector, product))
        });
        let mut ids: Vec<String> = Vec::new();
        for product in named {
            if ids.len() == PINS_MAX {
                break;
            }
            if !ids.contains(&product.id) {
                ids.push(product.id.clone());
            }
        }
        ids
    }

    /// Returns the ids and handles of pinned products that are none of these, at most [`NAMES_MAX`]: a catalog does not list
    /// all products of a large shop.
    pub fn missing(&self, products: &[Product]) -> Vec<String> {
        let is_missing = |selector: &&Selector| !products.iter().any(|product| self.names(selector, product));
        let name = |selector: &Selector| match selector {
            Selector::Product(name) => Some(name.clone()),
            _ => None,
        };
        self.pinned.iter().filter(is_missing).filter_map(name).take(NAMES_MAX).collect()
    }

    /// Returns the selectors that name none of these products, and no collection with products.
    pub fn unknown<'a>(&'a self, products: &'a [Product]) -> impl Iterator<Item = &'a Selector> {
        let is_known = |selector: &Selector| match selector {
            Selector::Block(_) => true,
            Selector::Collection(handle) => {
                self.members.get(&handle.to_lowercase()).is_some_and(|ids| !ids.is_empty())
            }
            _ => products.iter().any(|product| self.names(selector, product)),
        };
        self.excluded.iter().chain(&self.pinned).filter(move |selector| !is_known(selector))
    }

    fn names(&self, selector: &Selector, product: &Product) -> bool {
        match selector {
            Selector::Product(name) => is_same(name, &product.id) || is_same(name, &handle(&product.url)),
            Selector::Collection(handle) => {
                self.members.get(&handle.to_lowercase()).is_some_and(|ids| ids.contains(&product.id))
            }
            Selector::Vendor(name) => is_named(&product.vendor, name),
            Selector::Type(name) => is_named(&product.category, name),
            Selector::Block(_) => false,
        }
    }
}

fn collection(selector: &Selector) -> Option<String> {
    match selector {
        Selector::Collection(handle) => Some(handle.to_lowercase()),
        _ => None,
    }
}

fn is_same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// Returns whether a vendor or a type has this name.
fn is_named(value: &str, name: &str) -> bool {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let name = name.to_lowercase();
    value == name || value.chars().count() >= CUT_CHARS_MIN && name.starts_with(&value)
}

/// Returns the last part of the address of a product's page.
fn handle(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    percent_decode_str(last).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::shop::selector;

    fn product(id: &str, vendor: &str, category: &str) -> Product {
        Product {
            id: id.to_owned(),
            title: id.to_owned(),
            description: String::new(),
            vendor: vendor.to_owned(),
            category: category.to_owned(),
            tags: Vec::new(),
            url: format!("/products/{id}-wand?x=1"),
            image: None,
            price: 1,
            price_before: None,
            available: true,
            ..Product::default()
        }
    }

    fn shop() -> Vec<Product> {
        vec![
            product("1", "Ollivander", "Wands"),
            product("2", "Hollow & Sons", "Wands"),
            product("3", "hollow &  sons", "Robes"),
            product("4", "", ""),
        ]
    }

    fn curated(excluded: &[&str], pinned: &[&str]) -> Curation {
        let settings = ShopSettings {
            excluded: selector::excluded(excluded.iter().copied()).unwrap(),
            pinned: selector::pinned(pinned.iter().copied()).unwrap(),
            ..ShopSettings::default()
        };
        let members = |handles: &[String]| {
            let of = |handle: &String| {
                if handle == "sale" { vec!["4".to_owned(), "1".to_owned()] } else { vec![] }
            };
            Ok::<_, Infallible>(handles.iter().map(of).collect())
        };
        Curation::of(&settings, members).unwrap_or_else(|never| match never {})
    }

    #[track_caller]
    fn check(excluded: &str, left: &[&str]) {
        let admitted = curated(&[excluded], &[]).admitted(shop());
        let ids: Vec<_> = admitted.iter().map(|product| product.id.as_str()).collect();
        assert_eq!(ids, left, "{excluded}");
    }

    #[test]
    fn excluded_products_are_left_out() {
        check("product: 2", &["1", "3", "4"]);
        check("product: 2-WAND", &["1", "3", "4"]);
        check("vendor: hollow & SONS", &["1", "4"]);
        check("vendor: Hollow", &["1", "2", "3", "4"]);
        check("type: wands", &["3", "4"]);
        check("collection: Sale", &["2", "3"]);
        check("collection: gone", &["1", "2", "3", "4"]);
        check("block: story", &["1", "2", "3", "4"]);
    }

    #[test]
    fn a_name_that_the_catalog_cut_is_still_named() {
        let long = "x".repeat(CUT_CHARS_MIN + 20);
        let cut = product("5", &long[..CUT_CHARS_MIN], "");
        assert!(curated(&[&format!("vendor: {long}")], &[]).excludes(&cut));
        assert!(!curated(&["vendor: x"], &[]).excludes(&cut));
    }

    #[test]
    fn a_selector_that_names_nothing_is_told_of() {
        let excluded =
            ["product: 1", "product: gone", "collection: sale", "collection: gone", "block: story"];
        let curation = curated(&excluded, &["vendor: nobody", "type: robes"]);
        let unknown: Vec<_> = curation.unknown(&shop()).map(ToString::to_string).collect();
        assert_eq!(unknown, ["product: gone", "collection: gone", "vendor: nobody"]);
    }

    #[test]
    fn an_excluded_collection_is_not_linked_to() {
        let of = |handle: &str| Collection {
            handle: handle.to_owned(),
            title: String::new(),
            url: String::new(),
            products: Vec::new(),
        };
        let left = curated(&["collection: sale"], &[]).admitted_collections(vec![of("sale"), of("dusk")]);
        assert_eq!(left, [of("dusk")]);
    }

    #[test]
    fn pins_have_their_order_and_a_limit_and_must_be_available() {
        let mut products = shop();
        assert_eq!(
            curated(&[], &["type: robes", "vendor: Ollivander", "product: 3"]).pinned(&products),
            ["3", "1"]
        );
        products[0].available = false;
        assert_eq!(curated(&[], &["collection: sale"]).pinned(&products), ["4"]);
        let many: Vec<_> = (0..9).map(|at| product(&at.to_string(), "A", "")).collect();
        assert_eq!(curated(&[], &["vendor: a"]).pinned(&many).len(), PINS_MAX);
    }

    #[test]
    fn pins_stand_first_and_then_the_best_sellers_do_not() {
        let shelved = |excluded: &[&str], pinned: &[&str]| {
            let assortment = Assortment {
                shop_name: String::new(),
                currency: "EUR".to_owned(),
                money_format: String::new(),
                best_sellers_first: true,
                products: shop(),
            };
            let shelved = curated(excluded, pinned).shelved(assortment);
            let ids = shelved.products.into_iter().map(|product| product.id).collect::<Vec<_>>().concat();
            (ids, shelved.best_sellers_first)
        };
        assert_eq!(shelved(&[], &[]), ("1234".to_owned(), true));
        assert_eq!(shelved(&["product: 2"], &["type: robes", "product: 2"]), ("314".to_owned(), false));
        assert_eq!(shelved(&[], &["product: 1", "product: 2"]), ("1234".to_owned(), true));
    }

    #[test]
    fn without_many_better_sellers_the_others_are_no_best_sellers() {
        let many: Vec<_> =
            (0..30).map(|at| product(&at.to_string(), if at < 4 { "A" } else { "B" }, "")).collect();
        assert!(curated(&["product: 0", "product: 1", "product: 29"], &[]).leaves_best_sellers(&many));
        assert!(!curated(&["vendor: A"], &[]).leaves_best_sellers(&many));
    }

    #[test]
    fn if_nobody_knows_a_collections_products_nobody_knows_what_is_excluded() {
        let named =
            |text| ShopSettings { excluded: selector::excluded([text]).unwrap(), ..ShopSettings::default() };
        let fails = |_: &[String]| Err("the catalog did not answer");
        assert!(Curation::of(&named("collection: sale"), fails).is_err());
        assert!(Curation::of(&named("vendor: A"), fails).is_ok());
    }
}
