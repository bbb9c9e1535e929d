//! Writes a page to standard output, for work on its design: `cargo run -p page --example preview -- fallback 14 >
//! page.html`. The first argument is `fallback` or `generated`, the second the number of products in the shop.
//! With a third, `content`, only the content is written; or it names a look, such as `calm`, or a language, such as `ar`.
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

#[path = "../tests/samples/detail.rs"]
mod detail;
#[path = "../tests/samples/generated.rs"]
mod generated;
#[path = "../tests/samples/mod.rs"]
mod samples;

use page::{Look, Page, Shelves};
use words::Language;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap_or_default();
    let count = arguments.next().and_then(|word| word.parse().ok()).unwrap_or(14);
    let third = arguments.next().unwrap_or_default();
    let (mut shop, mut products, promises) = (samples::shop(), samples::products(count), samples::promises());
    detail::detail(&mut products);
    let (collections, questions) = (samples::collections(&products), samples::questions());
    if let Some(language) = Language::of(&third) {
        shop.settings.language = language.tag().parse().unwrap_or_default();
    }
    let page = match (kind.as_str(), products.as_slice()) {
        ("generated", [first, others @ ..]) => {
            generated::page(&shop, first, others, &promises, &collections, &questions)
        }
        _ => page::fallback(&shop, Shelves::BestSellers(&products), &collections, &promises),
    };
    let look = Look::ALL.into_iter().find(|look| look.name() == third).unwrap_or(page.look);
    let page::Document { html, fragment } = page::render(&Page { look, ..page });
    println!("{}", if third == "content" { &html[fragment] } else { &html });
}
