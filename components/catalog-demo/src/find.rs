//! Finds products by category and by search term.

use std::cmp::Reverse;

use crate::{PRODUCTS, Product};

/// The products of a category. The demo has no collection pages, so a collection has no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// The category, which is also the title.
    pub category: &'static str,
    /// The products, best-selling first.
    pub products: Vec<&'static Product>,
}

/// The most products in a search result.
const FOUND_MAX: usize = 20;

/// Returns a collection for each category, those with the most products first.
pub fn collections() -> Vec<Collection> {
    let mut collections: Vec<Collection> = Vec::new();
    for product in PRODUCTS {
        match collections.iter_mut().find(|collection| collection.category == product.category) {
            Some(collection) => collection.products.push(product),
            None => collections.push(Collection { category: product.category, products: vec![product] }),
        }
    }
    collections.sort_by_key(|collection| Reverse(collection.products.len()));
    collections
}

/// Returns the products that contain every word of `term`, those with more of the words in their title first.
pub fn search(term: &str) -> Vec<&'static Product> {
    let term = term.to_lowercase();
    let words: Vec<_> = term.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let has_all = |product: &&Product| words.iter().all(|word| text(product).contains(word));
    let mut found: Vec<_> = PRODUCTS.iter().filter(has_all).collect();
    let in_title =
        |product: &Product| words.iter().filter(|word| lower(product.title).contains(**word)).count();
    found.sort_by_key(|product| Reverse(in_title(product)));
    found.truncate(FOUND_MAX);
    found
}

fn text(product: &Product) -> String {
    let Product { title, description, vendor, category, tags, .. } = product;
    lower(&[title, description, vendor, category, &*tags.join(" ")].join(" "))
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_is_in_one_collection_and_the_largest_is_first() {
        let collections = collections();
        let sizes: Vec<_> = collections.iter().map(|collection| collection.products.len()).collect();
        assert!(
            sizes.is_sorted_by(|a, b| a >= b) && sizes.iter().all(|size| *size <= FOUND_MAX),
            "{sizes:?}"
        );
        assert_eq!(sizes.iter().sum::<usize>(), PRODUCTS.len());
    }

    #[test]
    fn a_categorys_name_in_lower_case_is_a_handle() {
        for Collection { category, .. } in collections() {
            assert!(category.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{category}");
        }
    }

    #[test]
    fn a_product_is_found_by_its_words_in_any_case_and_order() {
        let product = &PRODUCTS[0];
        let mut words: Vec<_> = product.title.split(' ').collect();
        words.reverse();
        assert_eq!(search(&words.join(" ").to_uppercase()).first(), Some(&product));
    }

    #[test]
    fn no_words_and_unknown_words_find_nothing() {
        for term in ["", "  ", "!?", "xyzzy", "wand xyzzy"] {
            assert_eq!(search(term), Vec::<&Product>::new(), "{term:?}");
        }
    }
}
