//! The page that fits every shopper: shown at once while nothing better is known.
//!
//! It depends on the shop and its products only, never on a shopper, so that it may be cached
//! for all.

use std::cmp::Reverse;

use crate::money::percent_off;
use crate::{Block, Collection, Page, Product, Shop};

/// Products in the grid: full rows at two, three and four columns.
const BEST_SELLERS_MAX: usize = 12;
/// Products in the row of deals.
const DEALS_MAX: usize = 8;
/// Search terms to start from.
const TERMS_MAX: usize = 8;
/// Collections that are linked to.
const COLLECTIONS_MAX: usize = 8;
/// Promises that fit a row.
const PROMISES_MAX: usize = 4;

/// The page that fits every shopper. `products` are those that sell best first; `promises` are
/// the merchant's, and where there are none, none are made.
pub fn fallback<'a>(
    shop: &'a Shop,
    products: &'a [Product],
    collections: &'a [Collection],
    promises: &'a [String],
) -> Page<'a> {
    let best = products.iter().find(|product| product.available);
    let others: Vec<&Product> = products.iter().filter(|product| !is_same(best, product)).collect();
    let blocks = [
        Some(hero(shop, products, best)),
        search(products, &others),
        grid(&others),
        deals(&others),
        links(collections),
        reassurance(promises),
    ];
    Page { shop, title: &shop.name, blocks: blocks.into_iter().flatten().collect(), generated: false }
}

fn is_same(best: Option<&Product>, product: &Product) -> bool {
    best.is_some_and(|best| std::ptr::eq(best, product))
}

fn hero<'a>(shop: &'a Shop, products: &[Product], best: Option<&'a Product>) -> Block<'a> {
    let (headline, text): (&str, &str) = match (products, best) {
        ([], _) => (&shop.name, "Our shelves are being filled. Please look in again soon."),
        (_, None) => (&shop.name, "Everything is sold out for the moment. Here is what we usually have."),
        ([_], Some(only)) => (&shop.name, &only.description),
        (_, Some(_)) => {
            ("Our best sellers, in one place", "What people choose most, in stock and ready to go.")
        }
    };
    Block::Hero { headline, text, product: best }
}

fn search<'a>(products: &'a [Product], others: &[&Product]) -> Option<Block<'a>> {
    let mut terms: Vec<&str> = Vec::new();
    for category in products.iter().map(|product| product.category.trim()) {
        if !category.is_empty() && !terms.contains(&category) && terms.len() < TERMS_MAX {
            terms.push(category);
        }
    }
    (!others.is_empty()).then_some(Block::Search { heading: "What are you looking for?", terms })
}

fn grid<'a>(others: &[&'a Product]) -> Option<Block<'a>> {
    let (there, gone): (Vec<&Product>, Vec<&Product>) = others.iter().partition(|product| product.available);
    let products: Vec<_> = there.into_iter().chain(gone).take(BEST_SELLERS_MAX).collect();
    (!products.is_empty()).then_some(Block::Grid { heading: "Best sellers", products })
}

fn deals<'a>(others: &[&'a Product]) -> Option<Block<'a>> {
    let off = |product: &Product| percent_off(product.price, product.price_before?);
    let is_deal = |product: &&Product| product.available && off(product).is_some();
    let mut products: Vec<&Product> = others.iter().copied().filter(is_deal).collect();
    products.sort_by_key(|product| Reverse(off(product)));
    products.truncate(DEALS_MAX);
    (!products.is_empty()).then_some(Block::Deals { heading: "Reduced right now", products })
}

fn links(collections: &[Collection]) -> Option<Block<'_>> {
    let collections: Vec<_> = collections.iter().take(COLLECTIONS_MAX).collect();
    (!collections.is_empty()).then_some(Block::Collections { heading: "Look around", collections })
}

fn reassurance(promises: &[String]) -> Option<Block<'_>> {
    let points: Vec<&str> = promises.iter().map(String::as_str).take(PROMISES_MAX).collect();
    (!points.is_empty()).then_some(Block::Reassurance { points })
}
