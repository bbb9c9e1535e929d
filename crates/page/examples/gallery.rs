//! Writes pages of catalogs that stress the layout to standard output, as JSON: `{"style", "pages": [{"name", "kind",
//! "html", "content"}]}`. `style` and `content` are what a theme's page gets, `kind` is `fallback` or a look.
//! With the argument `sample`, it writes the pages that `tests/browser/layout.test.js` checks; with `all`, every catalog in
//! every look, for `cargo xtask gallery`. A language as a second argument replaces that of every shop.
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

#[path = "../tests/samples/detail.rs"]
mod detail;
#[path = "../tests/samples/mod.rs"]
mod samples;

use model::catalog::Product;
use model::shop::{Campaign, LanguageTag};
use page::blocks::{
    brands, bundle, categories, collections, comparison, deals, grid, hero, image_with_text, lookbook,
    price_guide, questions, reassurance, recently_viewed, search, spotlight, story,
};
use page::{Collection, Look, Page, Shelves, Shop, THEME_STYLE, View};

/// How many of the catalogs are in the sample: the first.
const SAMPLE: usize = 12;

/// At least as many as a page with a block of every kind has.
const BLOCKS: usize = 24;

/// A word that is longer than any line.
fn long_word() -> String {
    "Donaudampfschifffahrtselektrizitaeten".repeat(6)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let is_sample = arguments.next().as_deref() != Some("all");
    let language: Option<LanguageTag> = arguments.next().and_then(|tag| tag.parse().ok());
    let mut catalogs = catalogs();
    if is_sample {
        catalogs.truncate(SAMPLE);
    }
    if let Some(language) = language {
        for catalog in &mut catalogs {
            catalog.shop.settings.language = language.clone();
        }
    }
    let looks = if is_sample { &[Look::Balanced][..] } else { &Look::ALL };
    let generated = |catalog: &Catalog| looks.iter().map(|&look| catalog.generated(look)).collect::<Vec<_>>();
    let pages = catalogs.iter().flat_map(|catalog| [vec![catalog.fallback()], generated(catalog)].concat());
    println!("{}", serde_json::json!({ "style": THEME_STYLE, "pages": pages.collect::<Vec<_>>() }));
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
    .into_iter()
    .chain(of_sizes())
    .chain(of_pictures())
    .chain(of_texts())
    .chain(of_scripts())
    .chain(of_prices())
    .collect()
}

fn of_sizes() -> Vec<Catalog> {
    let sized = [("two products", 2), ("three products", 3), ("five products", 5), ("5,000 products", 5_000)];
    sized.into_iter().map(|(name, count)| of(name, count, |_, _| {})).collect()
}

fn of_pictures() -> Vec<Catalog> {
    let shaped = |name, shape: fn(usize) -> (u32, u32)| {
        of(name, 24, move |_, product| {
            let (width, height) = shape(product.id.trim_start_matches('p').parse().unwrap_or(0));
            if let Some(image) = &mut product.image {
                (image.width, image.height) = (width, height);
                let scale = 600.0 / f64::from(width.max(height));
                let (shown, high) = (f64::from(width) * scale, f64::from(height) * scale);
                let middle = format!("{} {} {shown} {high}", 300.0 - shown / 2.0, 300.0 - high / 2.0);
                image.url = image.url.replace("0 0 600 600", &middle);
            }
        })
    };
    vec![
        shaped("wide pictures", |_| (1200, 500)),
        shaped("tall pictures", |_| (500, 1200)),
        shaped("pictures of many shapes", |index| {
            [(600, 600), (1600, 900), (600, 900), (2000, 400)][index % 4]
        }),
        shaped("tiny pictures", |_| (40, 40)),
    ]
}

fn of_texts() -> Vec<Catalog> {
    vec![
        of("titles of 255 characters", 24, |_, product| {
            product.title = format!("{} ", product.title).repeat(20).chars().take(255).collect();
        }),
        of("titles of one letter", 24, |_, product| product.title = String::from("I")),
        of("one title for all", 24, |_, product| product.title = String::from("Gift card")),
        of("no vendors or categories", 24, |_, product| {
            (product.vendor, product.category) = <(String, String)>::default();
        }),
        of("one vendor and category", 24, |_, product| {
            (product.vendor, product.category) = ("Alder & Ash".to_owned(), "Wands".to_owned());
        }),
        of("markup and Liquid", 24, |_, product| {
            product.title =
                String::from("<b>Oak</b> {{ shop.name }} {% if %} &amp; \"wand\" 'tip' </style><script>");
            product.vendor = String::from("</li></ul><h1>Vendor</h1>");
        }),
        of("descriptions of 5,000 characters", 24, |_, product| {
            product.description = "Turned by hand from a single branch. ".repeat(136);
        }),
        of("a name of 60 characters", 24, |shop, _| {
            shop.settings.name = String::from("The Old Wandmakers of Alder Lane and their Many Apprentices");
        }),
    ]
}

fn of_scripts() -> Vec<Catalog> {
    let written = [
        ("Cyrillic", "Палочка из боярышника, одиннадцать дюймов"),
        ("Greek", "Ραβδί από κράταιγο, έντεκα ίντσες"),
        ("Devanagari", "नागफनी की छड़ी, ग्यारह इंच"),
        ("Korean", "산사나무 지팡이, 십일 인치"),
        ("Chinese", "山楂木魔杖十一英寸手工車削經蠟打磨平衡握持"),
        ("Thai", "ไม้กายสิทธิ์ฮอว์ธอร์นยาวสิบเอ็ดนิ้วกลึงด้วยมือ"),
        ("Vietnamese", "Đũa phép gỗ táo gai, mười một tấc, tiện bằng tay"),
        ("Arabic in a shop of another language", "عصا من خشب الزعرور، أحد عشر بوصة (Oak) 11\""),
        ("Tamil", "ஹாவ்தார்ன் மந்திரக்கோல், பதினொரு அங்குலம்"),
    ];
    let of_script = |(name, title): (&'static str, &str)| {
        of(name, 24, |_, product| (product.title, product.vendor) = (title.to_owned(), title.to_owned()))
    };
    written.into_iter().map(of_script).collect()
}

fn of_prices() -> Vec<Catalog> {
    let formatted = [
        ("yen", "JPY", "¥{{amount_no_decimals}}"),
        ("euros", "EUR", "{{amount_with_comma_separator}} €"),
        ("francs", "CHF", "CHF {{amount_with_apostrophe_separator}}"),
        ("dinars of three decimals", "BHD", "{{amount}} BD"),
    ];
    let of_format = |(name, currency, format): (&'static str, &str, &str)| {
        of(name, 24, |shop, product| {
            (shop.currency, shop.money_format) = (currency.to_owned(), format.to_owned());
            product.price *= 100;
        })
    };
    let more = [
        of("all sold out", 24, |_, product| product.available = false),
        of("all reduced by a cent", 24, |_, product| product.price_before = Some(product.price + 1)),
    ];
    formatted.into_iter().map(of_format).chain(more).collect()
}

fn of(name: &'static str, count: usize, change: impl Fn(&mut Shop, &mut Product)) -> Catalog {
    let (mut shop, mut products) = (samples::shop(), samples::products(count));
    shop.settings.url = Some(String::from("https://wands.example"));
    detail::detail(&mut products);
    for product in &mut products {
        change(&mut shop, product);
    }
    if products.is_empty() {
        change(&mut shop, &mut samples::products(1)[0]);
    }
    let said = products.first().map_or("Wands", |product| product.title.as_str()).to_owned();
    for choice in products.iter_mut().skip(1).filter_map(|product| product.choice.as_mut()) {
        choice.name.clone_from(&said);
        choice.variants[0].title.clone_from(&said);
    }
    let mut collections = samples::collections(&products);
    for collection in &mut collections {
        collection.title.clone_from(&said);
    }
    let mut questions = samples::questions();
    questions.push(format!("{said}? {said}"));
    let campaign = Campaign { text: said.clone(), until: "2999-12-24".parse().ok(), ..Campaign::default() };
    shop.settings.campaigns = vec![campaign];
    let promises = [samples::promises(), vec![said]].concat();
    Catalog { name, shop, products, collections, promises, questions }
}

impl Catalog {
    fn fallback(&self) -> serde_json::Value {
        let shelves = Shelves::BestSellers(&self.products);
        self.rendered("fallback", &page::fallback(&self.shop, shelves, &self.collections, &self.promises))
    }

    /// A page with a block of every kind, with a product's title as every text.
    fn generated(&self, look: Look) -> serde_json::Value {
        let products: Vec<&Product> = self.products.iter().take(grid::PRODUCTS_MAX).collect();
        let text = self.promises[3].as_str();
        // Sections are landmarks, so each has a heading of its own.
        let headings: Vec<_> = (1..=BLOCKS).map(|number| format!("{text} {number}")).collect();
        let mut headings = headings.iter().map(String::as_str);
        let mut heading = || headings.next().unwrap_or(text);
        let mut blocks = vec![
            View::Hero(hero::View { headline: text, text, product: products.first().copied() }),
            View::Grid(grid::View { heading: heading(), products: products.clone() }),
            View::Bundle(bundle::View {
                heading: heading(),
                text,
                products: products.iter().take(3).copied().collect(),
            }),
            View::Deals(deals::View { heading: heading(), products: products.clone() }),
            View::Search(search::View { heading: heading(), terms: vec![text; 3] }),
            View::Collections(collections::View {
                heading: heading(),
                collections: self.collections.iter().collect(),
            }),
            View::Story(story::View { heading: heading(), text }),
            View::RecentlyViewed(recently_viewed::View { heading: heading(), products: products.clone() }),
            View::Reassurance(reassurance::View {
                points: self.promises.iter().map(String::as_str).collect(),
            }),
        ];
        let some = |most| products.iter().take(most).copied().collect::<Vec<_>>();
        let more = [
            products.first().map(|&product| {
                View::ImageWithText(image_with_text::View { heading: heading(), text, product })
            }),
            lookbook::View::of(heading(), text, some(4)).map(View::Lookbook),
            lookbook::View::of(heading(), text, some(3)).map(View::Lookbook),
            comparison::View::of(heading(), text, some(4)).map(View::Comparison),
            categories::View::of(heading(), &products).map(View::Categories),
            brands::View::of(heading(), &products).map(View::Brands),
            price_guide::View::of(heading(), &products).map(View::PriceGuide),
            questions::View::of(heading(), &self.questions).map(View::Questions),
        ];
        blocks.extend(more.into_iter().flatten());
        blocks.extend(
            products
                .get(1)
                .or(products.first())
                .map(|&product| View::Spotlight(spotlight::View { heading: heading(), text, product })),
        );
        let page = Page { shop: &self.shop, title: text, blocks, generated: true, look };
        self.rendered(look.name(), &page)
    }

    fn rendered(&self, kind: &str, page: &Page<'_>) -> serde_json::Value {
        let document = page::render(page);
        let content = &document.html[document.fragment.clone()];
        serde_json::json!({ "name": self.name, "kind": kind, "html": document.html, "content": content })
    }
}
