//! A sample of a generated page, for previews and tests.

use model::catalog::Product;
use page::blocks::{
    brands, bundle, categories, collections, comparison, deals, grid, hero, image_with_text, lookbook,
    price_guide, questions, reassurance, recently_viewed, search, spotlight, story,
};
use page::{Collection, Look, Page, Shop, View};

/// A page with a block of every kind.
pub fn page<'a>(
    shop: &'a Shop,
    first: &'a Product,
    others: &'a [Product],
    promises: &'a [String],
    collections: &'a [Collection],
    questions: &'a [String],
) -> Page<'a> {
    let some = |skip, take| others.iter().skip(skip).take(take).collect::<Vec<_>>();
    let all = some(0, others.len());
    let text = "Turned, waxed, and left to rest.";
    let product = others.last().unwrap_or(first);
    let links = [
        categories::View::of("By kind", &all).map(View::Categories),
        brands::View::of("By name", &all).map(View::Brands),
        price_guide::View::of("How much should it be?", &all).map(View::PriceGuide),
        collections::View::of("Look further", collections).map(View::Collections),
    ];
    let mut blocks = vec![
        View::Hero(hero::View {
            headline: "Back to your workbench",
            text: "New tools from the makers you come back to, and a few to go with what you have.",
            product: Some(first),
        }),
        View::RecentlyViewed(recently_viewed::View { heading: "You looked at these", products: some(0, 6) }),
        View::Spotlight(spotlight::View {
            heading: "Worth a second look",
            text: "You looked at it twice, and it is lighter than it seems.",
            product: others.first().unwrap_or(first),
        }),
        View::Grid(grid::View { heading: "Made by Alder & Ash", products: some(0, 8) }),
        View::Bundle(bundle::View {
            heading: "An evening outdoors",
            text: "Everything for a clear night, in one bag.",
            products: some(4, 3),
        }),
        View::Deals(deals::View { heading: "Reduced for a few days", products: some(0, 6) }),
        View::Story(story::View {
            heading: "Made slowly",
            text: "We started in a shed with one lathe.\nWe still have the lathe.",
        }),
        View::Search(search::View {
            heading: "Looking for something else?",
            terms: vec!["Wands", "Home", "Books"],
        }),
        View::Reassurance(reassurance::View { points: promises.iter().map(String::as_str).collect() }),
        View::ImageWithText(image_with_text::View { heading: "Up close", text, product }),
        View::Lookbook(lookbook::View { heading: "In pictures", text, products: some(1, 3) }),
        View::Comparison(comparison::View { heading: "Line by line", text, products: some(3, 3) }),
    ];
    let questions = questions::View::of("Questions", questions).map(View::Questions);
    blocks.extend(questions);
    blocks.extend(links.into_iter().flatten());
    Page { shop, title: "Magic Wands for you", blocks, generated: true, look: Look::Balanced }
}
