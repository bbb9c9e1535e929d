//! Writes pages of catalogs that stress the layout to standard output, as JSON: `{"style", "pages": [{"name",
//! "html", "content"}]}`. `style` and `content` are what a theme's page gets. `tests/browser/layout.test.js`
//! checks them at every width.
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

#[path = "../tests/samples/mod.rs"]
mod samples;

use model::catalog::Product;
use page::blocks::{
    brands, bundle, categories, collections, comparison, deals, grid, hero, image_with_text, lookbook,
    price_guide, questions, reassurance, recently_viewed, search, spotlight, story,
};
use page::{Collection, Look, Page, Shelves, Shop, THEME_STYLE, View};

/// A word that is longer than any line.
fn long_word() -> String {
    "Donaudampfschifffahrtselektrizitaeten".repeat(6)
}

fn main() {
    let pages: Vec<_> =
        catalogs().iter().flat_map(|catalog| [catalog.fallback(), catalog.generated()]).collect();
    println!("{}", serde_json::json!({ "style": THEME_STYLE, "pages": pages }));
}

struct Catalog {
    name: &'static str,
    shop: Shop,
    products: Vec<Product>,
    collections: Vec<Collection>,
    promises: Vec<String>,
    questions: Vec<String>,
}

fn catalogs() -> Vec<Catalog> {
    let no_image = |product: &mut Product| product.image = None;
    vec![
        of("plain", 24, |_, _| {}),
        of("one product", 1, |_, _| {}),
        of("no product", 0, |_, _| {}),
        of("long words", 24, |shop, product| {
            shop.settings.name = long_word();
            (product.title, product.vendor) = (long_word(), long_word());
            (product.category, product.description) = (long_word(), long_word());
        }),
        of("long words of one product", 1, |shop, product| {
            shop.settings.name = long_word();
            (product.title, product.description) = (long_word(), long_word());
            product.image = None;
        }),
        of("reduced prices in a long format", 24, |shop, product| {
            shop.money_format = String::from("${{amount}} USD");
            (product.price, product.price_before) = (129_900, Some(159_900));
        }),
        of("prices of nine digits", 24, |shop, product| {
            (shop.currency, shop.money_format) =
                ("IDR".to_owned(), "Rp {{amount_with_comma_separator}} IDR".to_owned());
            (product.price, product.price_before) = (12_345_678_900, Some(98_765_432_100));
        }),
        of("a format of one long word", 24, |shop, product| {
            shop.money_format = format!("{}{{{{amount}}}}", "Rupiah".repeat(20));
            product.price_before = Some(u64::MAX);
        }),
        of("right to left", 24, |shop, product| {
            shop.settings.language = "he".parse().expect("a language tag");
            (shop.currency, shop.money_format) = ("ILS".to_owned(), "{{amount}} &#8362; &rlm;".to_owned());
            product.title = String::from("שרביט עץ אלון, אחד עשר אינץ׳ (Oak) 11\"");
            product.price_before = Some(product.price * 2);
        }),
        of("emoji and scripts without spaces", 24, |_, product| {
            product.title = "👩‍🚀🧙‍♀️🪄".repeat(20);
            product.vendor = "ร้านไม้กายสิทธิ์".repeat(6);
            product.category = "魔法の杖専門店".repeat(8);
        }),
        of("no pictures", 24, move |_, product| no_image(product)),
        of("free and sold out", 24, |_, product| {
            (product.price, product.price_before, product.available) = (0, Some(4_000), product.id != "p1");
        }),
    ]
}

fn of(name: &'static str, count: usize, change: impl Fn(&mut Shop, &mut Product)) -> Catalog {
    let (mut shop, mut products) = (samples::shop(), samples::products(count));
    shop.settings.url = Some(String::from("https://wands.example"));
    for product in &mut products {
        change(&mut shop, product);
    }
    if products.is_empty() {
        change(&mut shop, &mut samples::products(1)[0]);
    }
    let said = products.first().map_or("Wands", |product| product.title.as_str()).to_owned();
    let mut collections = samples::collections(&products);
    for collection in &mut collections {
        collection.title.clone_from(&said);
    }
    let mut questions = samples::questions();
    questions.push(format!("{said}? {said}"));
    shop.settings.announcement.clone_from(&said);
    shop.settings.announcement_until = "2999-12-24".parse().ok();
    let promises = [samples::promises(), vec![said]].concat();
    Catalog { name, shop, products, collections, promises, questions }
}

impl Catalog {
    fn fallback(&self) -> serde_json::Value {
        let shelves = Shelves::BestSellers(&self.products);
        self.rendered("fallback", &page::fallback(&self.shop, shelves, &self.collections, &self.promises))
    }

    /// A page with a block of every kind, with a product's title as every text.
    fn generated(&self) -> serde_json::Value {
        let products: Vec<&Product> = self.products.iter().collect();
        let (text, heading) = (self.promises[3].as_str(), self.promises[3].as_str());
        let mut blocks = vec![
            View::Hero(hero::View { headline: text, text, product: products.first().copied() }),
            View::Grid(grid::View { heading, products: products.clone() }),
            View::Bundle(bundle::View {
                heading,
                text,
                products: products.iter().take(3).copied().collect(),
            }),
            View::Deals(deals::View { heading, products: products.clone() }),
            View::Search(search::View { heading, terms: vec![text; 3] }),
            View::Collections(collections::View { heading, collections: self.collections.iter().collect() }),
            View::Story(story::View { heading, text }),
            View::RecentlyViewed(recently_viewed::View { heading, products: products.clone() }),
            View::Reassurance(reassurance::View {
                points: self.promises.iter().map(String::as_str).collect(),
            }),
        ];
        let some = |most| products.iter().take(most).copied().collect::<Vec<_>>();
        let more = [
            products
                .first()
                .map(|&product| View::ImageWithText(image_with_text::View { heading, text, product })),
            lookbook::View::of(heading, text, some(4)).map(View::Lookbook),
            lookbook::View::of(heading, text, some(3)).map(View::Lookbook),
            comparison::View::of(heading, text, some(4)).map(View::Comparison),
            categories::View::of(heading, &products).map(View::Categories),
            brands::View::of(heading, &products).map(View::Brands),
            price_guide::View::of(heading, &products).map(View::PriceGuide),
            questions::View::of(heading, &self.questions).map(View::Questions),
        ];
        blocks.extend(more.into_iter().flatten());
        blocks.extend(
            products.first().map(|&product| View::Spotlight(spotlight::View { heading, text, product })),
        );
        let page = Page { shop: &self.shop, title: text, blocks, generated: true, look: Look::Balanced };
        self.rendered("generated", &page)
    }

    fn rendered(&self, kind: &str, page: &Page<'_>) -> serde_json::Value {
        let document = page::render(page);
        let content = &document.html[document.fragment.clone()];
        serde_json::json!({ "name": format!("{}, {kind}", self.name), "html": document.html, "content": content })
    }
}
