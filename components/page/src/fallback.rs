//! The page that fits every shopper: shown at once while nothing better is known.
//!
//! It depends on the shop and its products only, never on a shopper, so that it may be cached
//! for all.

use std::cmp::Reverse;

use names::text::is_visible;

use crate::{Block, Collection, Page, Product, Shop};

/// Products in the grid: full rows at two, three and four columns.
const GRID_MAX: usize = 12;
/// Products in the row of deals.
const DEALS_MAX: usize = 8;
/// Search terms to start from.
const TERMS_MAX: usize = 8;
/// Collections that are linked to.
const COLLECTIONS_MAX: usize = 8;
/// Promises that fit a row.
const PROMISES_MAX: usize = 4;

/// What is known of a shop's products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelves<'a> {
    /// Nothing: the catalog does not answer.
    Unknown,
    /// These, in no particular order.
    Products(&'a [Product]),
    /// These, those that sell best first.
    BestSellers(&'a [Product]),
}

impl<'a> Shelves<'a> {
    fn products(self) -> &'a [Product] {
        match self {
            Self::Unknown => &[],
            Self::Products(products) | Self::BestSellers(products) => products,
        }
    }

    /// Whether what is shown first sells best of more than that: all that a shop has, in some order, does not.
    fn hold_more_than_shown(self) -> bool {
        let Self::BestSellers(products) = self else { return false };
        products.iter().filter(|product| product.available).count() > 1 + GRID_MAX
    }
}

/// The page that fits every shopper. It says nothing that does not follow from the catalog; `promises` are the
/// merchant's, and where there are none, none are made.
pub fn fallback<'a>(
    shop: &'a Shop,
    shelves: Shelves<'a>,
    collections: &'a [Collection],
    promises: &'a [String],
) -> Page<'a> {
    let products = shelves.products();
    let best = products.iter().find(|product| product.available);
    let others: Vec<&Product> = products.iter().filter(|product| !is_same(best, product)).collect();
    let blocks = [
        Some(hero(shop, shelves, best)),
        search(products, &others),
        grid(shelves, &others),
        deals(&others),
        links(collections),
        reassurance(promises),
    ];
    Page { shop, title: &shop.name, blocks: blocks.into_iter().flatten().collect(), generated: false }
}

fn is_same(best: Option<&Product>, product: &Product) -> bool {
    best.is_some_and(|best| std::ptr::eq(best, product))
}

fn hero<'a>(shop: &'a Shop, shelves: Shelves<'a>, best: Option<&'a Product>) -> Block<'a> {
    let (headline, text): (&str, &str) = match (shelves, best) {
        (Shelves::Unknown, _) => {
            (&shop.name, "We cannot show our products right now. Please try again in a moment.")
        }
        (_, Some(_)) if shelves.hold_more_than_shown() => ("Our best sellers", "What sells best here."),
        (_, Some(first)) => (&shop.name, described(first)),
        (_, None) if shelves.products().is_empty() => (&shop.name, "There are no products to show yet."),
        (_, None) => (&shop.name, "Everything is sold out at the moment."),
    };
    Block::Hero { headline, text, product: best }
}

/// A sentence about a product, in the merchant's words.
fn described(product: &Product) -> &str {
    if is_visible(&product.description) { &product.description } else { "Have a look around." }
}

fn search<'a>(products: &'a [Product], others: &[&Product]) -> Option<Block<'a>> {
    let mut terms: Vec<&str> = Vec::new();
    for category in products.iter().map(|product| product.category.trim()) {
        if is_visible(category) && !terms.contains(&category) && terms.len() < TERMS_MAX {
            terms.push(category);
        }
    }
    (!others.is_empty()).then_some(Block::Search { heading: "What are you looking for?", terms })
}

fn grid<'a>(shelves: Shelves<'a>, others: &[&'a Product]) -> Option<Block<'a>> {
    let (there, gone): (Vec<&Product>, Vec<&Product>) = others.iter().partition(|product| product.available);
    let products: Vec<_> = there.into_iter().chain(gone).take(GRID_MAX).collect();
    let heading = if shelves.hold_more_than_shown() { "Best sellers" } else { "Products" };
    (!products.is_empty()).then_some(Block::Grid { heading, products })
}

fn deals<'a>(others: &[&'a Product]) -> Option<Block<'a>> {
    let is_deal = |product: &&Product| product.available && product.percent_off().is_some();
    let mut products: Vec<&Product> = others.iter().copied().filter(is_deal).collect();
    products.sort_by_key(|product| Reverse(product.percent_off()));
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
