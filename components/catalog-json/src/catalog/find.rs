//! Finds products of a shop by category and by search term.

use std::cmp::Reverse;

use model::catalog::FOUND_MAX;

use super::{Assortment, Product};

/// The products of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection<'a> {
    /// The collection's handle, `[a-z0-9_-]+`.
    pub handle: String,
    /// The category, which is also the title.
    pub category: &'a str,
    /// The products, in the order of the file.
    pub products: Vec<&'a Product>,
}

impl Assortment {
    /// Returns a collection for each category that has a name, those with the most products first.
    pub fn collections(&self) -> Vec<Collection<'_>> {
        let mut collections = self.all_collections();
        collections.truncate(FOUND_MAX);
        for collection in &mut collections {
            collection.products.truncate(FOUND_MAX);
        }
        collections
    }

    /// Returns the ids of all products of each of these collections; none for a collection that does not exist.
    pub fn members(&self, handles: &[String]) -> Vec<Vec<String>> {
        let collections = self.all_collections();
        let members = |handle: &String| {
            let found = collections.iter().find(|collection| collection.handle == *handle);
            found.into_iter().flat_map(|found| &found.products).map(|product| product.id.clone()).collect()
        };
        handles.iter().map(members).collect()
    }

    /// Returns the products with these ids.
    pub fn by_name(&self, names: &[String]) -> Vec<&Product> {
        self.products.iter().filter(|product| names.contains(&product.id)).collect()
    }

    fn all_collections(&self) -> Vec<Collection<'_>> {
        let mut collections: Vec<Collection<'_>> = Vec::new();
        for product in self.products.iter().filter(|product| !product.category.trim().is_empty()) {
            match collections.iter_mut().find(|collection| collection.category == product.category) {
                Some(collection) => collection.products.push(product),
                None => collections.push(Collection::new(product, collections.len() + 1)),
            }
        }
        collections.sort_by_key(|collection| Reverse(collection.products.len()));
        collections
    }

    /// Returns the products that contain every word of `term`, those with more of the words in their title first.
    pub fn search(&self, term: &str) -> Vec<&Product> {
        let term = term.to_lowercase();
        let words: Vec<_> =
            term.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<_> = self.products.iter().filter(|product| has_all(product, &words)).collect();
        found.sort_by_cached_key(|product| Reverse(count(&product.title, &words)));
        found.truncate(FOUND_MAX);
        found
    }
}

impl<'a> Collection<'a> {
    fn new(product: &'a Product, number: usize) -> Self {
        let category = product.category.as_str();
        Self { handle: handle(category, number), category, products: vec![product] }
    }
}

/// Makes a handle. The number distinguishes categories that differ only in characters that a handle cannot contain.
fn handle(category: &str, number: usize) -> String {
    let of = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("{}-{number}", category.chars().map(of).collect::<String>())
}

fn has_all(product: &Product, words: &[&str]) -> bool {
    let Product { title, description, vendor, category, tags, .. } = product;
    count(&[title, description, vendor, category, &*tags.join(" ")].join(" "), words) == words.len()
}

fn count(text: &str, words: &[&str]) -> usize {
    let text = text.to_lowercase();
    words.iter().filter(|word| text.contains(**word)).count()
}
