//! Every word of ours on a page comes from the files of `crates/words`: in the pseudo-language, nothing but the shop's
//! own texts is left as it is written here.

#[path = "samples/detail.rs"]
mod detail;
#[path = "samples/generated.rs"]
mod generated;
mod samples;

use model::PageKind;
use model::catalog::Product;
use page::{About, Collection, Page, Shelves, Shop, Subject, View};
use words::pseudo;

fn shop(url: Option<&str>) -> Shop {
    let mut shop = samples::shop();
    shop.settings.language = pseudo::TAG.parse().unwrap();
    shop.settings.url = url.map(str::to_owned);
    shop
}

/// Returns the texts that are the shop's: of its products, its collections and its settings.
fn own<'a>(shop: &'a Shop, products: &'a [Product], promises: &'a [String]) -> Vec<&'a str> {
    let of = |it: &'a Product| [&it.title, &it.description, &it.vendor, &it.category];
    let of_products = products.iter().flat_map(of).chain(promises).map(String::as_str);
    let of_settings = [shop.settings.name.as_str()];
    let of_settings =
        of_settings.into_iter().chain(shop.settings.campaigns.iter().map(|it| it.text.as_str()));
    of_products.chain(of_settings).chain([", on a plain ground", "Candles & lamps"]).collect()
}

#[track_caller]
fn check(page: &Page<'_>, own: &[&str]) {
    let document = page::render(page).html;
    assert_eq!(pseudo::untranslated(&document, own), [""; 0]);
    assert!(document.contains('⟦') && document.contains("<html lang=\"en-XA\">"));
}

#[test]
fn the_fallback_page_has_no_words_but_those_of_the_files() {
    let (title, url) = ("Candles & lamps".to_owned(), "/collections/c".to_owned());
    let collections = [Collection { title, url, image: None }];
    for url in [None, Some("https://wands.example")] {
        for count in [0, 1, 2, 6, 14, 40] {
            let (shop, promises) = (shop(url), samples::promises());
            let mut products = samples::products(count);
            if count == 1 {
                products[0].description.clear();
            }
            if count == 2 {
                for product in &mut products {
                    product.available = false;
                }
            }
            let own = own(&shop, &products, &promises);
            let of_catalog = [model::catalog::Collection {
                handle: "c".to_owned(),
                title: "Candles & lamps".to_owned(),
                url: "/collections/c".to_owned(),
                products: products.iter().map(|product| product.id.clone()).collect(),
            }];
            for shelves in [Shelves::Unknown, Shelves::Products(&products), Shelves::BestSellers(&products)] {
                check(&page::fallback(&shop, shelves, &collections, &promises), &own);
                for (kind, said) in [
                    (PageKind::Product, "p0"),
                    (PageKind::Collection, "c"),
                    (PageKind::Search, "a"),
                    (PageKind::Cart, "p0,p1"),
                ] {
                    let subject = Subject::of(kind, said);
                    let about =
                        About { subject, shelves, collections: &of_catalog, views: &[], persona: None };
                    check(&page::fallback_about(&shop, &about, &collections), &own);
                }
            }
        }
    }
}

#[test]
fn no_block_has_words_but_those_of_the_files_and_of_its_plan() {
    for url in [None, Some("https://wands.example")] {
        let (shop, mut products, promises) = (shop(url), samples::products(9), samples::promises());
        detail::detail(&mut products);
        let [first, others @ ..] = products.as_slice() else { panic!("there are nine") };
        let (collections, questions) = (samples::collections(&products), samples::questions());
        let page = generated::page(&shop, first, others, &promises, &collections, &questions);
        let mut own = own(&shop, &products, &promises);
        own.extend([page.title, "Wands", "Home", "Books"]);
        own.extend(collections.iter().map(|collection| collection.title.as_str()));
        // A tile without a picture has the first letter of its name.
        own.extend(collections.iter().filter_map(|collection| collection.title.get(..1)));
        let halves = questions.iter().filter_map(|text| model::shop::question(text));
        own.extend(halves.flat_map(|(question, answer)| [question, answer]));
        let choices = || products.iter().filter_map(|product| product.choice.as_ref());
        own.extend(choices().map(|choice| choice.name.as_str()));
        own.extend(choices().flat_map(|choice| &choice.variants).map(|variant| variant.title.as_str()));
        own.extend(page.blocks.iter().flat_map(copy_of));
        check(&page, &own);
    }
}

/// Returns the copy of a block's plan.
fn copy_of<'a>(block: &View<'a>) -> Vec<&'a str> {
    match block {
        View::Hero(view) => vec![view.headline, view.text],
        View::Grid(view) => vec![view.heading],
        View::Spotlight(view) => vec![view.heading, view.text],
        View::Bundle(view) => vec![view.heading, view.text],
        View::Deals(view) => vec![view.heading],
        View::Search(view) => vec![view.heading],
        View::Story(view) => view.text.lines().chain([view.heading, view.text]).collect(),
        View::RecentlyViewed(view) => vec![view.heading],
        View::Collections(view) => vec![view.heading],
        View::Reassurance(_) => Vec::new(),
        View::ImageWithText(view) => vec![view.heading, view.text],
        View::Lookbook(view) => vec![view.heading, view.text],
        View::Comparison(view) => vec![view.heading, view.text],
        View::Categories(view) => vec![view.heading],
        View::Brands(view) => vec![view.heading],
        View::PriceGuide(view) => vec![view.heading],
        View::Questions(view) => vec![view.heading],
    }
}
