//! The part of a page that is about its subject: a product, a collection, a search or a cart.
//!
//! It is made anew for each request, from the catalog alone, because there are as many such parts as subjects. So a shopper
//! has one stored page for each kind of page, whatever they look at, and nobody can cause more. What a request says of its
//! subject is only compared with the catalog, and never shown.
//!
//! Its headings claim nothing that the catalog does not say. Products could go together if the merchant gave them a tag in
//! common, unless most products have it, or none but reduced ones.

use std::cmp::Reverse;

use model::catalog::{self, Product};
use model::text::is_visible;
use model::{PageKind, Persona};
use words::Words;

use crate::blocks::{View, comparison, deals, grid, recently_viewed};
use crate::shelves::Shelves;

/// The fewest products of a list: one alone is no choice.
const PRODUCTS_MIN: usize = 2;
/// The most products of a list: a row.
const PRODUCTS_MAX: usize = 4;
/// The most products that are compared.
const COMPARED_MAX: usize = 3;
/// The most products of a cart that are looked at.
const CART_MAX: usize = 20;
/// The most words of a search that are looked at.
const WORDS_MAX: usize = 8;

/// What a page is about, as its request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject<'a> {
    /// Nothing in particular.
    Shop,
    /// A product.
    Product {
        /// Its id.
        id: &'a str,
        /// Its product type, in case the catalog does not supply the product.
        category: &'a str,
    },
    /// The collection with this handle.
    Collection(&'a str),
    /// The search terms.
    Search(&'a str),
    /// The cart with these products.
    Cart(Vec<&'a str>),
}

impl<'a> Subject<'a> {
    /// Reads the subject of a page of this kind: `id,type` of a product, the handle of a collection, search terms, or the
    /// ids of a cart's products with commas between them.
    pub fn of(kind: PageKind, said: &'a str) -> Self {
        match kind {
            PageKind::Home => Self::Shop,
            PageKind::Product => {
                let (id, category) = said.split_once(',').unwrap_or((said, ""));
                Self::Product { id, category: category.trim() }
            }
            PageKind::Collection => Self::Collection(said),
            PageKind::Search => Self::Search(said),
            PageKind::Cart => {
                Self::Cart(said.split(',').filter(|id| !id.is_empty()).take(CART_MAX).collect())
            }
        }
    }

    /// Returns whether a product is the subject, or a part of it.
    fn names(&self, product: &Product) -> bool {
        match self {
            Self::Product { id, .. } => product.id == *id,
            Self::Cart(ids) => ids.contains(&product.id.as_str()),
            Self::Shop | Self::Collection(_) | Self::Search(_) => false,
        }
    }
}

/// The subject of a page, and what its part is made of.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// The subject.
    pub subject: Subject<'a>,
    /// The shop's products.
    pub shelves: Shelves<'a>,
    /// The shop's collections.
    pub collections: &'a [catalog::Collection],
    /// The ids of the products that the shopper viewed, newest first; none on the fallback page.
    pub views: &'a [String],
    /// How the shopper shops; `None` on the fallback page.
    pub persona: Option<Persona>,
}

impl<'a> About<'a> {
    /// Returns the blocks about the subject. No product is in two of them, except for those that the shopper viewed.
    pub fn blocks(&self, words: &'static Words) -> Vec<View<'a>> {
        let of_subject = match &self.subject {
            Subject::Shop => return Vec::new(),
            Subject::Product { id, category } => self.of_product(id, category, words),
            Subject::Collection(handle) => self.of_collection(handle, words),
            Subject::Search(terms) => self.of_search(terms, words),
            Subject::Cart(_) => self.of_cart(words),
        };
        let of_subject = if of_subject.is_empty() { self.of_shop(words) } else { of_subject };
        of_subject.into_iter().chain(self.viewed(words)).collect()
    }

    /// Returns what could go with a product, and more of its type. Shoppers who compare see the latter first.
    fn of_product(&self, id: &str, category: &str, words: &'static Words) -> Vec<View<'a>> {
        let known = self.products().iter().find(|product| product.id == id);
        let category = known.map_or(category, |product| product.category.trim());
        let is_alike = |product: &&Product| is_visible(category) && product.category.trim() == category;
        let (alike, others): (Vec<_>, Vec<_>) = self.others().into_iter().partition(is_alike);
        let beside = self.beside(known.as_slice(), &others, words.could_go_with_it, words);
        let alike = self.list(words.more_of_it, alike);
        let compares = matches!(self.persona, Some(Persona::Minimalist | Persona::Dealhunter));
        let order = if compares { [alike, beside] } else { [beside, alike] };
        order.into_iter().flatten().collect()
    }

    /// Returns a guide to a collection: its first products compared and, for those who look for them, its reductions.
    fn of_collection(&self, handle: &str, words: &'static Words) -> Vec<View<'a>> {
        let Some(collection) = self.collections.iter().find(|known| known.handle == handle) else {
            return Vec::new();
        };
        let others = self.others();
        let known = |id: &String| others.iter().copied().find(|product| product.id == *id);
        let held = collection.products.iter().filter_map(known);
        let is_reduced = |product: &&Product| product.percent_off().is_some();
        let wants_deals = self.persona == Some(Persona::Dealhunter);
        let (reduced, held): (Vec<_>, Vec<_>) = held.partition(|product| wants_deals && is_reduced(product));
        let reduced = self.in_order(reduced).into_iter().take(deals::PRODUCTS_MAX).collect();
        let deals = deals::View::of(words.reduced, reduced).map(View::Deals);
        let compared: Vec<_> = held.into_iter().take(COMPARED_MAX).collect();
        let compared = (compared.len() >= PRODUCTS_MIN).then_some(compared);
        let guide = compared.and_then(|products| {
            comparison::View::of(words.at_a_glance, words.at_a_glance_text, products).map(View::Comparison)
        });
        [deals, guide].into_iter().flatten().collect()
    }

    /// Returns the products that hold every word of a search, those that sell best first.
    fn of_search(&self, terms: &str, words: &'static Words) -> Vec<View<'a>> {
        let terms = terms.to_lowercase();
        let terms: Vec<_> = terms.split_whitespace().take(WORDS_MAX).collect();
        let holds = |product: &&Product| {
            let texts = [&product.title, &product.category, &product.vendor].map(String::as_str);
            let texts = texts.into_iter().chain(product.tags.iter().map(String::as_str));
            let text = texts.collect::<Vec<_>>().join("\n").to_lowercase();
            !terms.is_empty() && terms.iter().all(|term| has_word(&text, term))
        };
        let found = self.others().into_iter().filter(holds).collect();
        self.list(words.for_your_search, found).into_iter().collect()
    }

    fn of_cart(&self, words: &'static Words) -> Vec<View<'a>> {
        let held: Vec<_> = self.products().iter().filter(|product| self.subject.names(product)).collect();
        let others = self.others();
        self.beside(&held, &others, words.could_go_with_cart, words).into_iter().collect()
    }

    /// Returns the products that could go with others by a tag that they share. If there are too few, returns products of
    /// other types, and says no more than that the shop has them; none without anything that they could go with.
    fn beside(
        &self,
        held: &[&Product],
        others: &[&'a Product],
        heading: &'static str,
        words: &'static Words,
    ) -> Option<View<'a>> {
        let tells = |tag: &&String| {
            let tagged = || self.products().iter().filter(|product| product.tags.contains(tag));
            let says_reduced = tagged().all(|product| product.percent_off().is_some());
            is_visible(tag) && !says_reduced && tagged().count() * 2 <= self.products().len()
        };
        let tags: Vec<_> = held.iter().flat_map(|with| &with.tags).filter(tells).collect();
        let shares = |product: &Product| product.tags.iter().any(|tag| tags.contains(&tag));
        let is_of_other_type =
            |product: &Product| held.iter().all(|with| with.category.trim() != product.category.trim());
        let others = || others.iter().copied().filter(|product| is_of_other_type(product));
        let related = others().filter(|product| shares(product)).collect();
        let related = self.list(heading, related);
        related.or_else(|| self.list(words.also_here, others().filter(|_| !held.is_empty()).collect()))
    }

    /// Returns the shop's first products, for a subject that the catalog does not know.
    fn of_shop(&self, words: &'static Words) -> Vec<View<'a>> {
        let are_best = self.shelves.hold_more_than_shown() && self.persona != Some(Persona::Dealhunter);
        let heading = if are_best { words.best_sellers } else { words.products };
        self.list(heading, self.others()).into_iter().collect()
    }

    fn viewed(&self, words: &'static Words) -> Option<View<'a>> {
        let products = self.products();
        let viewed = self.views.iter().filter_map(|id| products.iter().find(|product| product.id == *id));
        let viewed = viewed.filter(|product| product.available && !self.subject.names(product));
        let viewed = viewed.take(recently_viewed::PRODUCTS_MAX).collect();
        recently_viewed::View::of(words.recently_viewed.first()?, viewed).map(View::RecentlyViewed)
    }

    fn list(&self, heading: &'static str, products: Vec<&'a Product>) -> Option<View<'a>> {
        let products: Vec<_> = self.in_order(products).into_iter().take(PRODUCTS_MAX).collect();
        let is_choice = products.len() >= PRODUCTS_MIN;
        is_choice.then(|| grid::View::of(heading, products).map(View::Grid)).flatten()
    }

    /// Sorts products for the shopper: by reduction and price for those who look for deals, else as the shop does.
    fn in_order(&self, mut products: Vec<&'a Product>) -> Vec<&'a Product> {
        if self.persona == Some(Persona::Dealhunter) {
            products.sort_by_key(|product| (Reverse(product.percent_off()), product.price));
        }
        products
    }

    fn products(&self) -> &'a [Product] {
        self.shelves.products()
    }

    /// Returns the products that can be bought and are not the subject.
    fn others(&self) -> Vec<&'a Product> {
        let is_other = |product: &&Product| product.available && !self.subject.names(product);
        self.products().iter().filter(is_other).collect()
    }
}

/// Returns whether a word of a text begins with a term. Scripts without spaces between words have no such beginnings.
fn has_word(text: &str, term: &str) -> bool {
    let is_between = |c: char| !c.is_alphanumeric();
    text.split(is_between).any(|word| word.starts_with(term)) || !term.is_ascii() && text.contains(term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Language;

    /// A product of a type, with tags.
    fn product(id: &str, category: &str, tags: &[&str]) -> Product {
        Product {
            id: id.to_owned(),
            title: format!("Product {id}"),
            description: String::new(),
            vendor: "Hollow".to_owned(),
            category: category.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            url: format!("/products/{id}"),
            image: None,
            price: 1_000,
            price_before: None,
            available: true,
            ..Product::default()
        }
    }

    fn products() -> Vec<Product> {
        let mut products = vec![
            product("w1", "Wands", &["oak"]),
            product("w2", "Wands", &[]),
            product("w3", "Wands", &["oak"]),
            product("h1", "Hats", &["oak"]),
            product("h2", "Hats", &["felt"]),
            product("p1", "Potions", &["oak"]),
            product("p2", "Potions", &[]),
            product("gone", "Wands", &[]),
        ];
        (products[2].price_before, products[7].available) = (Some(2_000), false);
        products
    }

    /// Returns the headings of the blocks with the ids of their products.
    fn shown(
        kind: PageKind,
        said: &str,
        persona: Option<Persona>,
        views: &[&str],
    ) -> Vec<(String, Vec<String>)> {
        let products = products();
        let collections = [catalog::Collection {
            handle: "dusk".to_owned(),
            title: "Dusk".to_owned(),
            url: "/collections/dusk".to_owned(),
            products: ["w2", "gone", "h1", "w3", "unknown"].map(str::to_owned).to_vec(),
        }];
        let views: Vec<_> = views.iter().map(|id| (*id).to_owned()).collect();
        let (subject, shelves) = (Subject::of(kind, said), Shelves::BestSellers(&products));
        let about = About { subject, shelves, collections: &collections, views: &views, persona };
        let ids = |products: &[&Product]| products.iter().map(|product| product.id.clone()).collect();
        let of = |view: View<'_>| match view {
            View::Grid(view) => (view.heading.to_owned(), ids(&view.products)),
            View::Deals(view) => (view.heading.to_owned(), ids(&view.products)),
            View::RecentlyViewed(view) => (view.heading.to_owned(), ids(&view.products)),
            View::Comparison(view) => (view.heading.to_owned(), ids(&view.products)),
            other => panic!("{other:?}"),
        };
        about.blocks(Language::of("en").unwrap().words()).into_iter().map(of).collect()
    }

    #[track_caller]
    fn check(kind: PageKind, said: &str, persona: Option<Persona>, expected: &[(&str, &[&str])]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(heading, ids)| ((*heading).to_owned(), ids.iter().map(|id| (*id).to_owned()).collect()))
            .collect();
        assert_eq!(shown(kind, said, persona, &[]), expected, "{said}");
    }

    #[test]
    fn a_product_has_what_goes_well_with_it_and_more_of_its_type() {
        use PageKind::Product;
        let (well, more) = ("Could go with it", "More of this kind");
        check(Product, "w1,Wands", None, &[(well, &["h1", "p1"]), (more, &["w2", "w3"])]);
        check(Product, "w1", Some(Persona::Minimalist), &[(more, &["w2", "w3"]), (well, &["h1", "p1"])]);
        check(Product, "w1", Some(Persona::Dealhunter), &[(more, &["w3", "w2"]), (well, &["h1", "p1"])]);
        let beside: &[&str] = &["w1", "w2", "w3", "h1"];
        check(Product, "p2", None, &[("Also in the shop", beside)]);
    }

    #[test]
    fn a_tag_of_most_products_or_of_reduced_ones_alone_brings_none_together() {
        let mut products = products();
        for product in &mut products {
            product.tags = vec!["all".to_owned()];
        }
        for id in [0, 3, 5] {
            products[id].tags.push("sale".to_owned());
            products[id].price_before = Some(2_000);
        }
        let subject = Subject::of(PageKind::Product, "w1");
        let shelves = Shelves::Products(&products);
        let about = About { subject, shelves, collections: &[], views: &[], persona: None };
        let blocks = about.blocks(Language::of("en").unwrap().words());
        assert!(matches!(&blocks[0], View::Grid(grid) if grid.heading == "Also in the shop"), "{blocks:?}");
    }

    #[test]
    fn a_product_that_the_catalog_does_not_supply_has_more_of_its_type_or_the_shops_first() {
        check(PageKind::Product, "99, Hats", None, &[("More of this kind", &["h1", "h2"])]);
        let first: &[&str] = &["w1", "w2", "w3", "h1"];
        for said in ["99,Gloves", "99", "", ",", "<script>,{{"] {
            check(PageKind::Product, said, None, &[("Products", first)]);
        }
    }

    #[test]
    fn a_collection_is_compared_and_deal_hunters_see_its_reductions_first() {
        use PageKind::Collection;
        check(Collection, "dusk", None, &[("At a glance", &["w2", "h1", "w3"])]);
        let reduced = ("Reduced right now", &["w3"][..]);
        check(Collection, "dusk", Some(Persona::Dealhunter), &[reduced, ("At a glance", &["w2", "h1"])]);
        check(Collection, "dawn", None, &[("Products", &["w1", "w2", "w3", "h1"])]);
    }

    #[test]
    fn a_search_shows_what_holds_all_its_words() {
        use PageKind::Search;
        check(Search, "WAND oak", None, &[("For your search", &["w1", "w3"])]);
        check(Search, "hats", None, &[("For your search", &["h1", "h2"])]);
        for nothing in ["hats oak felt", "ands", "", "xyzzy"] {
            check(Search, nothing, None, &[("Products", &["w1", "w2", "w3", "h1"])]);
        }
    }

    #[test]
    fn a_cart_has_what_goes_with_it_and_an_empty_one_the_shops_first() {
        use PageKind::Cart;
        check(Cart, "h1,unknown", None, &[("Could go with your cart", &["w1", "w3", "p1"])]);
        check(Cart, "h2,p2", None, &[("Also in the shop", &["w1", "w2", "w3"])]);
        check(Cart, "", None, &[("Products", &["w1", "w2", "w3", "h1"])]);
    }

    #[test]
    fn viewed_products_follow_without_the_subject() {
        let viewed = |kind, said| shown(kind, said, Some(Persona::Loyalist), &["w1", "p2", "gone", "x"]);
        let (heading, ids) = viewed(PageKind::Product, "w1").pop().unwrap();
        assert_eq!((heading.as_str(), ids), ("Seen before", vec!["p2".to_owned()]));
        assert_eq!(viewed(PageKind::Search, "x").pop().unwrap().1, ["w1", "p2"]);
        assert_eq!(shown(PageKind::Home, "w1", None, &["w1"]), []);
    }
}
