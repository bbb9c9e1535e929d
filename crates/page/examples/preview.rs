//! Writes a page to standard output, for work on its design: `cargo run -p page --example preview -- fallback 14 >
//! page.html`. The first argument is `fallback` or `generated`, the second the number of products in the shop.
#![expect(clippy::print_stdout, reason = "a developer's command, which may end where nobody reads it")]

#[path = "../tests/samples/mod.rs"]
mod samples;

use page::{Block, Page, Product, Shelves, Shop};

fn main() {
    let mut words = std::env::args().skip(1);
    let kind = words.next().unwrap_or_default();
    let count = words.next().and_then(|word| word.parse().ok()).unwrap_or(14);
    let (shop, products, promises) = (samples::shop(), samples::products(count), samples::promises());
    let page = match (kind.as_str(), products.as_slice()) {
        ("generated", [first, others @ ..]) => generated(&shop, first, others),
        _ => page::fallback(&shop, Shelves::BestSellers(&products), &[], &promises),
    };
    println!("{}", page::render(&page).html);
}

/// A page with a block of every kind.
fn generated<'a>(shop: &'a Shop, first: &'a Product, others: &'a [Product]) -> Page<'a> {
    let some = |skip, take| others.iter().skip(skip).take(take).collect::<Vec<_>>();
    let blocks = vec![
        Block::Hero {
            headline: "Back to your workbench",
            text: "New tools from the makers you come back to, and a few to go with what you have.",
            product: Some(first),
        },
        Block::RecentlyViewed { heading: "You looked at these", products: some(0, 6) },
        Block::Spotlight {
            heading: "Worth a second look",
            text: "You looked at it twice, and it is lighter than it seems.",
            product: others.first().unwrap_or(first),
        },
        Block::Grid { heading: "Made by Alder & Ash", products: some(0, 8) },
        Block::Bundle {
            heading: "An evening outdoors",
            text: "Everything for a clear night, in one bag.",
            products: some(4, 3),
        },
        Block::Deals { heading: "Reduced for a few days", products: some(0, 6) },
        Block::Story {
            heading: "Made slowly",
            text: "We started in a shed with one lathe.\nWe still have the lathe.",
        },
        Block::Search { heading: "Looking for something else?", terms: vec!["Wands", "Home", "Books"] },
        Block::Reassurance { points: vec!["Free returns for 30 days", "Repairs for life"] },
    ];
    Page { shop, title: "Magic Wands for you", blocks, generated: true }
}
