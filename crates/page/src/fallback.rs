//! The fallback page, which suits every shopper. It is shown at once while there is no generated page.
//!
//! It depends only on the shop and its products, never on a shopper, so it can be cached for all shoppers.

use std::cmp::Reverse;

use model::catalog::Product;
use model::text::is_visible;
use words::Words;

use crate::blocks::{Demand, categories, collections, deals, grid, hero, questions, reassurance, search};
use crate::{About, Collection, Look, Page, Shelves, Shop, Subject, View};

/// The most search terms to start from.
const TERMS_MAX: usize = 8;

/// Returns the fallback page. It makes no claims beyond the catalog. `promises` are the merchant's; if there are
/// none, the page makes none.
pub fn fallback<'a>(
    shop: &'a Shop,
    shelves: Shelves<'a>,
    collections: &'a [Collection],
    promises: &'a [String],
) -> Page<'a> {
    let (products, words) = (shelves.products(), shop.words());
    let best = products.iter().find(|product| product.available);
    let others: Vec<&Product> = products.iter().filter(|product| !is_same(best, product)).collect();
    let blocks = [
        Some(hero(shop, shelves, best)),
        search(products, &others, words),
        grid(shelves, &others, words),
        deals(&others, words),
        links(collections, words),
        reassurance(promises),
    ];
    Page {
        shop,
        title: &shop.settings.name,
        blocks: blocks.into_iter().flatten().collect(),
        generated: false,
        look: Look::Balanced,
    }
}

/// Returns the fallback page of a kind that has a subject: the blocks about the subject, then links and promises.
pub fn fallback_about<'a>(shop: &'a Shop, about: &About<'a>, collections: &'a [Collection]) -> Page<'a> {
    let (settings, words) = (&shop.settings, shop.words());
    let promises = || reassurance(&settings.promises);
    let answers = || {
        let heading = words.questions.first()?;
        questions::View::of(heading, &settings.questions).map(View::Questions)
    };
    let more = match about.subject {
        Subject::Shop | Subject::Collection(_) => [links(collections, words), promises(), None],
        Subject::Product { .. } => [answers(), links(collections, words), promises()],
        Subject::Search(_) => [types(about.shelves, words), links(collections, words), promises()],
        Subject::Cart(_) => [promises(), answers(), None],
    };
    let blocks = about.blocks(words).into_iter().chain(more.into_iter().flatten()).collect();
    Page { shop, title: &settings.name, blocks, generated: false, look: Look::Balanced }
}

fn is_same(best: Option<&Product>, product: &Product) -> bool {
    best.is_some_and(|best| std::ptr::eq(best, product))
}

fn hero<'a>(shop: &'a Shop, shelves: Shelves<'a>, best: Option<&'a Product>) -> View<'a> {
    let words = shop.words();
    let (headline, text): (&str, &str) = match (shelves, best) {
        (Shelves::Unknown, _) => (&shop.settings.name, words.unavailable),
        (_, Some(_)) if shelves.hold_more_than_shown() => {
            (words.best_sellers_headline, words.best_sellers_text)
        }
        (_, Some(first)) => (&shop.settings.name, described(first, words)),
        (_, None) if shelves.products().is_empty() => (&shop.settings.name, words.no_products),
        (_, None) => (&shop.settings.name, words.all_sold_out),
    };
    View::Hero(hero::View { headline, text, product: best })
}

/// Returns a sentence about a product, in the merchant's words.
fn described<'a>(product: &'a Product, words: &'static Words) -> &'a str {
    if is_visible(&product.description) { &product.description } else { words.look_around }
}

fn search<'a>(products: &'a [Product], others: &[&Product], words: &'static Words) -> Option<View<'a>> {
    let mut terms: Vec<&str> = Vec::new();
    for category in products.iter().map(|product| product.category.trim()) {
        if is_visible(category) && !terms.contains(&category) && terms.len() < TERMS_MAX {
            terms.push(category);
        }
    }
    (!others.is_empty())
        .then_some(View::Search(search::View { heading: words.what_are_you_looking_for, terms }))
}

fn grid<'a>(shelves: Shelves<'a>, others: &[&'a Product], words: &'static Words) -> Option<View<'a>> {
    let (there, gone): (Vec<&Product>, Vec<&Product>) = others.iter().partition(|product| product.available);
    let products: Vec<_> = there.into_iter().chain(gone).take(grid::PRODUCTS_MAX).collect();
    let heading = if shelves.hold_more_than_shown() { words.best_sellers } else { words.products };
    grid::View::of(heading, products).map(View::Grid)
}

fn deals<'a>(others: &[&'a Product], words: &'static Words) -> Option<View<'a>> {
    let is_deal = |product: &&Product| Demand::Reduced.unmet(product).is_none();
    let mut products: Vec<&Product> = others.iter().copied().filter(is_deal).collect();
    products.sort_by_key(|product| Reverse(product.percent_off()));
    products.truncate(deals::PRODUCTS_MAX);
    deals::View::of(words.reduced, products).map(View::Deals)
}

fn links<'a>(collections: &'a [Collection], words: &'static Words) -> Option<View<'a>> {
    collections::View::of(words.collections, collections).map(View::Collections)
}

fn types<'a>(shelves: Shelves<'a>, words: &'static Words) -> Option<View<'a>> {
    let products: Vec<_> = shelves.products().iter().filter(|product| product.available).collect();
    categories::View::of(words.categories.first()?, &products).map(View::Categories)
}

fn reassurance(promises: &[String]) -> Option<View<'_>> {
    reassurance::View::of(promises).map(View::Reassurance)
}
