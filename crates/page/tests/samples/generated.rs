//! A sample of a generated page, for previews and tests.

use page::{Block, Page, Product, Shop};

/// A page with a block of every kind.
pub fn page<'a>(
    shop: &'a Shop,
    first: &'a Product,
    others: &'a [Product],
    promises: &'a [String],
) -> Page<'a> {
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
        Block::Reassurance { points: promises.iter().map(String::as_str).collect() },
    ];
    Page { shop, title: "Magic Wands for you", blocks, generated: true }
}
