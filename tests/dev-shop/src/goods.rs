//! The shop's products, from a file; prices and titles may change.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The file, with the best-selling products first.
const FILE: &str = include_str!("../products.json");

/// What is between the id of a product and that of its first variant, and between the ids of variants.
const VARIANT_IDS: u64 = 40_000_000;

/// Everything for sale.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Goods {
    pub(crate) name: String,
    pub(crate) currency: String,
    pub(crate) money_format: String,
    pub(crate) collections: Vec<Collection>,
    pub(crate) products: Vec<Product>,
}

/// A collection of products.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Collection {
    pub(crate) id: u64,
    pub(crate) handle: String,
    pub(crate) title: String,
    /// The handles of its products.
    pub(crate) products: Vec<String>,
}

/// A product; prices are in cents.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) handle: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) vendor: String,
    pub(crate) kind: String,
    pub(crate) tags: Vec<String>,
    pub(crate) price: u64,
    pub(crate) before: Option<u64>,
    pub(crate) available: bool,
    hue: u32,
    /// The average of its reviews in stars, and their number if it is known.
    pub(crate) rating: Option<(String, Option<u32>)>,
    /// What there is to choose, with the title of each variant and whether it is available; otherwise there is one variant.
    choice: Option<(String, Vec<(String, bool)>)>,
}

/// A variant of a product.
pub(crate) struct Variant<'a> {
    pub(crate) id: u64,
    pub(crate) title: &'a str,
    pub(crate) available: bool,
}

/// A change of a product.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    title: Option<String>,
    price: Option<u64>,
    available: Option<bool>,
}

impl Goods {
    pub(crate) fn load() -> anyhow::Result<Self> {
        serde_json::from_str(FILE).context("products.json")
    }

    /// Adds products of little worth until there are so many. They sell least.
    pub(crate) fn filled(mut self, products: usize) -> Self {
        for number in self.products.len() + 1..=products {
            self.products.push(Product {
                id: 9_000_000 + number as u64,
                handle: format!("spare-part-{number}"),
                title: format!("Spare Part {number}"),
                description: "Fits whatever it is made for.".to_owned(),
                vendor: "Hollow & Sons".to_owned(),
                kind: "Parts".to_owned(),
                tags: Vec::new(),
                price: 300,
                before: None,
                available: true,
                hue: u32::try_from(number % 360).unwrap_or_default(),
                rating: None,
                choice: None,
            });
        }
        self
    }

    /// Removes all products and collections.
    pub(crate) fn emptied(self) -> Self {
        Self { products: Vec::new(), collections: Vec::new(), ..self }
    }

    pub(crate) fn product(&self, handle: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.handle == handle)
    }

    pub(crate) fn by_variant(&self, variant: u64) -> Option<&Product> {
        self.products.iter().find(|product| product.variants().iter().any(|it| it.id == variant))
    }

    /// Returns whether a variant is available.
    pub(crate) fn can_be_had(&self, variant: u64) -> bool {
        let mut variants = self.products.iter().flat_map(Product::variants);
        variants.any(|it| it.id == variant && it.available)
    }

    /// Returns the title of a collection and its products; every shop has the collection `all`.
    pub(crate) fn collection(&self, handle: &str) -> Option<(&str, Vec<&Product>)> {
        if handle == "all" {
            return Some(("Products", self.products.iter().collect()));
        }
        let collection = self.collections.iter().find(|collection| collection.handle == handle)?;
        Some((&collection.title, self.products_of(collection)))
    }

    pub(crate) fn products_of(&self, collection: &Collection) -> Vec<&Product> {
        collection.products.iter().filter_map(|handle| self.product(handle)).collect()
    }

    /// Returns the products that contain every word of `term`.
    pub(crate) fn search(&self, term: &str) -> Vec<&Product> {
        let words: Vec<_> = term.split_whitespace().map(str::to_lowercase).collect();
        let has = |product: &&Product| {
            let text = format!("{} {} {}", product.title, product.kind, product.description).to_lowercase();
            !words.is_empty() && words.iter().all(|word| text.contains(word))
        };
        self.products.iter().filter(has).collect()
    }

    /// Changes a product; returns false if none has this handle.
    pub(crate) fn change(&mut self, handle: &str, change: Change) -> bool {
        let Some(product) = self.products.iter_mut().find(|product| product.handle == handle) else {
            return false;
        };
        product.title = change.title.unwrap_or_else(|| std::mem::take(&mut product.title));
        product.price = change.price.unwrap_or(product.price);
        product.available = change.available.unwrap_or(product.available);
        true
    }
}

impl Product {
    /// Returns the id of its first variant.
    pub(crate) fn variant_id(&self) -> u64 {
        self.id + VARIANT_IDS
    }

    /// Returns its variants. If it is not available, none is.
    pub(crate) fn variants(&self) -> Vec<Variant<'_>> {
        let Some((_, variants)) = &self.choice else {
            return vec![Variant {
                id: self.variant_id(),
                title: "Default Title",
                available: self.available,
            }];
        };
        let ids = (1..).map(|at| self.id + at * VARIANT_IDS);
        let variants = ids.zip(variants);
        let available = |is_there: bool| self.available && is_there;
        variants.map(|(id, (title, it))| Variant { id, title, available: available(*it) }).collect()
    }

    /// Returns the name of what there is to choose; Shopify names what is not chosen `Title`.
    pub(crate) fn option(&self) -> &str {
        self.choice.as_ref().map_or("Title", |(name, _)| name)
    }

    pub(crate) fn url(&self) -> String {
        format!("/products/{}", self.handle)
    }

    /// Returns its pictures as `data:` URLs: a disc on a background in the product's own colours, and the same turned over.
    pub(crate) fn pictures(&self) -> [String; 2] {
        let (hue, next) = (self.hue, (self.hue + 40) % 360);
        [Self::drawn(hue, next, 32), Self::drawn(next, hue, -32)]
    }

    fn drawn(hue: u32, next: u32, turn: i32) -> String {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 60 60'><rect width='60' height='60' \
             fill='hsl({hue} 35% 78%)'/><circle cx='30' cy='32' r='17' fill='hsl({next} 45% 45%)'/><rect x='28' \
             y='8' width='4' height='44' rx='2' fill='hsl({hue} 40% 28%)' transform='rotate({turn} 30 30)'/></svg>"
        );
        let escaped = svg.replace('%', "%25").replace('<', "%3C").replace('>', "%3E").replace('#', "%23");
        format!("data:image/svg+xml,{}", escaped.replace(' ', "%20").replace('\'', "%27"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_enough_to_choose_from_and_everything_is_told_apart() {
        let goods = Goods::load().unwrap();
        assert!(goods.products.len() >= 24);
        for product in &goods.products {
            assert_eq!(goods.product(&product.handle).unwrap().id, product.id);
            assert_eq!(goods.by_variant(product.variant_id()).unwrap().id, product.id);
        }
        for collection in &goods.collections {
            assert_eq!(
                goods.products_of(collection).len(),
                collection.products.len(),
                "{}",
                collection.handle
            );
        }
    }

    #[test]
    fn a_product_changes_only_on_request() {
        let mut goods = Goods::load().unwrap();
        assert!(goods.change("ember-oak-wand", Change { price: Some(1), ..Change::default() }));
        let wand = goods.product("ember-oak-wand").unwrap();
        assert_eq!((wand.price, wand.title.as_str()), (1, "Ember Oak Wand"));
        assert!(!goods.change("no-such-wand", Change::default()));
    }

    #[test]
    fn every_word_of_a_search_is_found() {
        let goods = Goods::load().unwrap();
        let handles: Vec<_> = goods.search("OAK wand").into_iter().map(|it| it.handle.as_str()).collect();
        assert_eq!(handles, ["ember-oak-wand"]);
        assert_eq!(goods.search(" ").len(), 0);
    }
}
