//! Properties of every document.

mod samples;

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use model::PageKind;
use model::catalog::{Image, Product};
use model::shop::{Campaign, Selector, ShopSettings};
use page::blocks::{
    brands, bundle, categories, collections, comparison, deals, grid, hero, image_with_text, lookbook,
    price_guide, questions, reassurance, recently_viewed, search, spotlight, story,
};
use page::{
    Because, Collection, Look, Page, Shelves, Shop, THEME_STYLE, View, content_security_policy, render_for,
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

/// The whole document of a page.
fn render(page: &Page<'_>) -> String {
    page::render(page).html
}

/// The fallback page of a shop without collections.
fn fallback<'a>(shop: &'a Shop, products: &'a [Product], promises: &'a [String]) -> Page<'a> {
    page::fallback(shop, Shelves::BestSellers(products), &[], promises)
}

fn fallback_page(count: usize) -> String {
    render(&fallback(&samples::shop(), &samples::products(count), &samples::promises()))
}

/// The document without its style and script: the part that is specific to this page.
fn markup(document: &str) -> String {
    ["style", "script"].iter().fold(document.to_owned(), |text, name| {
        let inline = inline(&text, name).to_owned();
        text.replace(&inline, "")
    })
}

fn inline<'a>(document: &'a str, name: &str) -> &'a str {
    let (_, rest) = document.split_once(&format!("<{name}>")).expect("it has one");
    rest.split_once(&format!("</{name}>")).expect("it ends").0
}

/// The attributes of each element of a name, with the name.
fn elements<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("<{name}");
    let is_named = |tag: &&str| matches!(tag.as_bytes().get(start.len()), None | Some(b' '));
    let tags = document.match_indices(&start).filter_map(|(at, _)| document[at..].split('>').next());
    tags.filter(is_named).collect()
}

/// The shop with other settings.
fn shop_with(change: impl FnOnce(&mut ShopSettings)) -> Shop {
    let mut shop = samples::shop();
    change(&mut shop.settings);
    shop
}

#[test]
fn every_document_has_one_heading_one_main_part_and_a_language() {
    for count in [0, 1, 2, 14, 100] {
        let document = fallback_page(count);
        for name in ["h1", "main", "header", "footer", "title", "style"] {
            assert_eq!(elements(&markup(&document), name).len(), 1, "{name} with {count} products");
        }
        let scripts = elements(&markup(&document), "script").len();
        assert_eq!(scripts, 2, "one that runs, and the facts: with {count} products");
        assert!(document.starts_with("<!doctype html>\n<html lang=\"en\">"));
        assert!(
            document.contains(r#"<body data-store="magic-wands" data-generated="false" data-words="en""#)
        );
    }
}

#[test]
fn without_a_hero_or_with_two_there_is_one_first_heading() {
    let shop = samples::shop();
    let hero = View::Hero(hero::View { headline: "Hello", text: "There", product: None });
    for blocks in [vec![], vec![hero.clone()], vec![hero.clone(), hero]] {
        let document =
            render(&Page { shop: &shop, title: "Wands", blocks, generated: true, look: Look::Balanced });
        assert_eq!(elements(&document, "h1").len(), 1);
        assert!(document.contains(r#"data-generated="true""#));
    }
}

#[test]
fn the_content_is_one_element_with_all_that_is_in_the_main_part() {
    for count in [0, 1, 13] {
        let (shop, products) = (samples::shop(), samples::products(count));
        let page::Document { html, fragment } = page::render(&fallback(&shop, &products, &[]));
        let content = &html[fragment];
        assert!(content.starts_with("<div class=\"page\" ") && content.ends_with("</div>"), "{content}");
        for name in ["main", "header", "footer", "style", "script", "body"] {
            assert_eq!(elements(content, name).len(), 0, "{name}");
        }
        assert_eq!(elements(content, "h1").len(), 1);
        assert!(content.contains("data-accent=\"\" data-surface=\"\""), "a theme's script looks for them");
        for product in products {
            assert!(content.contains(&format!("data-id=\"{}\"", product.id)));
        }
    }
}

#[test]
fn the_content_is_found_whatever_it_says() {
    for text in ["</main>", "<main id=main>", "{{ shop.secret }}{% assign x = 1 %}<script>"] {
        let (shop, heading) = (shop_with(|shop| text.clone_into(&mut shop.name)), text);
        let blocks = vec![View::Story(story::View { heading, text })];
        let page = Page { shop: &shop, title: text, blocks, generated: true, look: Look::Balanced };
        let page::Document { html, fragment } = page::render(&page);
        let content = &html[fragment];
        assert!(content.starts_with("<div class=\"page\" ") && content.ends_with("</section></div>"));
        assert_eq!(content.matches("<section").count(), 1);
        assert!(!content.contains(['{', '}']) && !content.contains("<script"), "it stays text: {content}");
    }
}

#[test]
fn a_page_says_at_its_end_what_it_was_chosen_by() {
    let shop = samples::shop();
    let page = Page { shop: &shop, title: "Wands", blocks: vec![], generated: true, look: Look::Balanced };
    let said = |because: Option<&Because>| {
        let document = page::render_because(PageKind::Home, &page, because);
        document.html[document.fragment].to_owned()
    };
    let viewed = |titles: &[&str]| Because::Viewed(titles.iter().map(|title| (*title).to_owned()).collect());
    let line = said(Some(&viewed(&["Oak <b>", "\u{202e}Ash", " ", "{{ yew }}", "Elm"])));
    let expected = "<p class=\"because\">Chosen for you because of what you looked at: \
                    <bdi>Oak &#60;b&#62;</bdi> · <bdi>Ash</bdi> · <bdi>&#123;&#123; yew &#125;&#125;</bdi></p>";
    assert!(line.contains(expected) && line.ends_with("</p></div>"), "{line}");
    assert!(
        said(Some(&Because::Bought))
            .contains(">Chosen for you because you bought something here before.</p>")
    );
    for nothing in [None, Some(&viewed(&[])), Some(&viewed(&[" ", "\u{200b}"]))] {
        assert!(!said(nothing).contains("because"), "{nothing:?}");
    }
}

#[test]
fn a_brands_colours_are_colours_or_nothing() {
    let colours = |accent: &str| {
        let shop = shop_with(|shop| {
            (shop.accent, shop.surface) = (accent.parse().ok(), "#FFeedd".parse().ok());
        });
        render(&Page { shop: &shop, title: "Wands", blocks: vec![], generated: true, look: Look::Balanced })
    };
    assert!(colours("#0a1b2c").contains("data-accent=\"#0a1b2c\" data-surface=\"#FFeedd\""));
    assert!(colours("").contains("data-accent=\"\" "));
}

#[test]
fn the_style_in_a_theme_depends_on_nothing_of_the_theme() {
    assert!(THEME_STYLE.contains(":host{") && !THEME_STYLE.contains(":root"));
    for foreign in ["rem", "body", "html", "header", "footer", "prefers-color-scheme", "</style", "{{", "{%"]
    {
        let outside = THEME_STYLE.replace("prefers-reduced", "");
        assert!(!outside.contains(foreign), "{foreign}");
    }
    assert!(THEME_STYLE.contains("@container (min-width:768px)"), "{THEME_STYLE}");
}

#[test]
fn collections_that_can_be_linked_to_are_linked_to() {
    let collection =
        |title: &str, url: &str| Collection { title: title.to_owned(), url: url.to_owned(), image: None };
    let collections = [
        collection("Wands", "/collections/wands"),
        collection("Hats", "javascript:alert(1)"),
        collection(" ", "/collections/none"),
        collection("Cloaks", ""),
    ];
    let (shop, products) = (samples::shop(), samples::products(3));
    let document = render(&page::fallback(&shop, Shelves::BestSellers(&products), &collections, &[]));
    assert!(document.contains("<li><a href=\"/collections/wands\"><bdi>Wands</bdi></a></li>"));
    assert!(
        !document.contains("Hats") && !document.contains("/collections/none") && !document.contains("Cloaks")
    );
    let nowhere = render(&page::fallback(&shop, Shelves::BestSellers(&products), &collections[1..], &[]));
    assert!(!nowhere.contains("class=\"rail\""), "a row without tiles has no section");
}

#[test]
fn collections_are_shown_by_pictures_where_the_look_has_room() {
    let (shop, products) = (samples::shop(), samples::products(9));
    let collections = samples::collections(&products);
    let page = page::fallback(&shop, Shelves::BestSellers(&products), &collections, &[]);
    let with = |look| render(&Page { look, ..page.clone() });
    assert!(
        with(Look::Varied)
            .contains("<ul class=\"tiles\"><li><a href=\"/collections/0\"><span class=\"shot r11\"><img")
    );
    assert!(
        with(Look::Compact)
            .contains("<ul class=\"terms\"><li><a href=\"/collections/0\"><bdi>For the bench</bdi>")
    );
}

#[test]
fn questions_are_folded_if_there_are_many_and_the_look_is_not_calm() {
    let questions = [samples::questions(), samples::questions()].concat();
    let shown = |count: usize, look: Look| {
        let shop = samples::shop();
        let view = questions::View::of("Questions", &questions[..count]).unwrap();
        let blocks = vec![View::Questions(view)];
        markup(&render(&Page { shop: &shop, title: "Wands", blocks, generated: true, look }))
    };
    assert_eq!(shown(4, Look::Personal).matches("?</bdi></summary><p><bdi>").count(), 4);
    assert_eq!(shown(4, Look::Calm).matches("?</bdi></dt><dd><bdi>").count(), 4);
    assert!(!shown(2, Look::Personal).contains("<details>"));
    assert_eq!(questions::View::of("Questions", &["We repair.".to_owned()]), None);
}

#[test]
fn a_campaign_is_above_every_page_and_says_its_last_day() {
    let page = |text: &str, until: &str| {
        let campaign = Campaign { text: text.to_owned(), until: until.parse().ok(), ..Campaign::default() };
        let shop = shop_with(|shop| shop.campaigns = vec![campaign]);
        markup(&render(&fallback(&shop, &samples::products(3), &[])))
    };
    let announced = page("Robes are back", "2026-12-24");
    let (bar, hero) = (announced.find("<aside"), announced.find("<section class=\"hero"));
    assert!(bar.is_some() && bar < hero, "{announced}");
    assert!(announced.contains("data-until=\"2026-12-24\"><p><bdi>Robes are back</bdi></p><p>Until <time"));
    assert!(!page("Robes are back", "").contains("<time"));
    assert!(!page("\u{200b}", "2026-12-24").contains("<aside"));
}

#[test]
fn a_campaign_leads_to_a_page_of_the_shop_if_there_is_one() {
    let page = |link: &str, url: Option<&str>| {
        let link = link.parse().ok();
        let campaign = Campaign { text: "Robes <are> back".to_owned(), link, ..Campaign::default() };
        let shop = shop_with(|shop| {
            shop.campaigns = vec![campaign];
            shop.url = url.map(str::to_owned);
        });
        markup(&render(&fallback(&shop, &samples::products(3), &[])))
    };
    let home = Some("https://wands.example");
    let linked = |path: &str| {
        format!("<a href=\"https://wands.example{path}\"><bdi>Robes &#60;are&#62; back</bdi></a>")
    };
    assert!(page("collection: sale", home).contains(&linked("/collections/sale")));
    assert!(page("product: café", home).contains(&linked("/products/caf%C3%A9")));
    assert!(!page("collection: sale", None).contains("/collections/sale"));
    assert!(!page("", home).contains("<a href=\"https://wands.example\"><bdi>Robes"));
}

#[test]
fn an_excluded_block_is_not_rendered_whoever_planned_it() {
    let products = samples::products(3);
    let products: Vec<_> = products.iter().collect();
    let with = |excluded: Option<&str>| {
        let shop = shop_with(|shop| {
            shop.excluded = excluded.map(|name| Selector::Block(name.to_owned())).into_iter().collect();
        });
        let blocks = vec![View::Categories(categories::View::of("By kind", &products).unwrap())];
        let page = Page { shop: &shop, title: "Wands", blocks, generated: true, look: Look::Balanced };
        [PageKind::Home, PageKind::Product].map(|kind| render_for(kind, &page).html.contains("By kind"))
    };
    assert_eq!((with(None), with(Some("categories"))), ([true, true], [false, false]));
}

#[test]
fn a_shop_without_pages_filters_its_own() {
    let products = samples::products(9);
    let products: Vec<_> = products.iter().collect();
    let blocks = |home: Option<&str>| {
        let shop = shop_with(|shop| shop.url = home.map(str::to_owned));
        let blocks = vec![
            View::Categories(categories::View::of("By kind", &products).unwrap()),
            View::PriceGuide(price_guide::View::of("By price", &products).unwrap()),
        ];
        markup(&render(&Page { shop: &shop, title: "Wands", blocks, generated: true, look: Look::Balanced }))
    };
    let filters = blocks(None);
    assert!(filters.contains("<form data-filter>") && filters.contains("data-term=\"Home\""), "{filters}");
    assert!(filters.contains("data-least=\"0\" data-most=\""), "{filters}");
    let links = blocks(Some("https://wands.example"));
    assert!(links.contains("href=\"https://wands.example/collections/types?q=Home\""), "{links}");
    assert!(!links.contains("data-filter") && !links.contains("data-least"), "{links}");
}

#[test]
fn every_picture_has_a_text_and_dimensions() {
    let mut products = samples::products(30);
    products[2].image.as_mut().unwrap().alt.clear();
    let document = render(&fallback(&samples::shop(), &products, &[]));
    let pictures = elements(&document, "img");
    assert!(pictures.len() > 12);
    for picture in pictures {
        assert!(picture.contains(r#" width="600" height="600""#), "{picture}");
        assert!(picture.contains(" alt=\"") && !picture.contains("alt=\"\""), "{picture}");
    }
    assert!(document.contains(r#"alt="Linen cloak, midnight""#), "the title stands in for a missing text");
}

#[test]
fn a_product_without_a_picture_is_shown_by_its_initial_and_in_the_opening_by_text_alone() {
    let mut products = samples::products(2);
    products[0].image = None;
    products[1].image.as_mut().unwrap().url = "javascript:alert(1)".to_owned();
    let document = render(&fallback(&samples::shop(), &products, &[]));
    assert_eq!(elements(&document, "img").len(), 0);
    let (_, opening) = document.split_once(r#"<section class="hero bare" data-id="p0""#).unwrap();
    let (opening, _) = opening.split_once("</section>").unwrap();
    assert!(!opening.contains("blank"), "{opening}");
    assert!(document.contains(r#"<span class="blank" aria-hidden="true"><bdi>C</bdi></span>"#));
}

#[test]
fn the_first_visible_picture_loads_first() {
    let document = fallback_page(30);
    let pictures = elements(&document, "img");
    let lazy: Vec<bool> = pictures.iter().map(|picture| picture.contains(r#"loading="lazy""#)).collect();
    let urgent: Vec<bool> =
        pictures.iter().map(|picture| picture.contains(r#"fetchpriority="high""#)).collect();
    assert_eq!(urgent.iter().position(|&urgent| urgent), Some(0));
    assert_eq!(urgent.iter().filter(|&&urgent| urgent).count(), 1);
    assert_eq!(lazy.iter().position(|&lazy| lazy), Some(5));
    assert!(lazy[5..].iter().all(|&lazy| lazy));
}

#[test]
fn the_policy_allows_the_style_and_script_that_are_there_and_no_other() {
    let document = fallback_page(14);
    for name in ["style", "script"] {
        let hash = STANDARD.encode(Sha256::digest(inline(&document, name)));
        assert!(content_security_policy().contains(&format!("{name}-src 'sha256-{hash}'")), "{name}");
    }
    assert!(!content_security_policy().contains("unsafe"));
    assert!(!markup(&document).contains(" style="), "the policy forbids styles in attributes");
    assert!(!skeleton(&markup(&document)).contains(" on"), "nor handlers");
}

#[test]
fn a_page_of_twelve_products_is_small() {
    let mut products = samples::products(13);
    for product in &mut products {
        product.image.as_mut().unwrap().url = "/w.jpg".to_owned();
    }
    let document = render(&fallback(&samples::shop(), &products, &samples::promises()));
    let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
    compressed.write_all(document.as_bytes()).unwrap();
    let compressed = compressed.finish().unwrap().len();
    assert!(document.len() < 43 * 1024 && compressed < 10_400, "{} {compressed} bytes", document.len());
}

#[test]
fn a_picture_on_shopifys_servers_is_loaded_in_the_size_that_it_is_shown_in() {
    let mut products = samples::products(13);
    for product in &mut products {
        let image = product.image.as_mut().unwrap();
        "https://cdn.shopify.com/w.png?v=1".clone_into(&mut image.url);
        (image.width, image.height) = (2_000, 2_000);
    }
    let document = render(&fallback(&samples::shop(), &products, &[]));
    let pictures: Vec<_> = document.split("<img").skip(1).collect();
    assert!(pictures.len() > 10);
    for picture in &pictures {
        assert!(picture.contains(r#" src="https://cdn.shopify.com/w.png?v=1&#38;width=720""#), "{picture}");
        assert!(
            picture.contains(r#"srcset="https://cdn.shopify.com/w.png?v=1&#38;width=180 180w, "#),
            "{picture}"
        );
        let is_lazy = picture.contains(r#"loading="lazy""#);
        assert_eq!(picture.contains(r#"sizes="auto, "#), is_lazy, "only a lazy picture has a size yet");
    }
}

#[test]
fn a_shop_without_products_has_a_page_that_says_so() {
    let document = fallback_page(0);
    assert!(document.contains("<bdi>Magic Wands</bdi></h1>"));
    assert!(document.contains("There are no products to show yet."));
    assert_eq!(elements(&document, "form").len(), 0, "there is nothing to search");
    assert!(document.contains("Free returns for 30 days"));
}

#[test]
fn a_catalog_that_does_not_answer_is_not_an_empty_shop() {
    let shop = shop_with(|shop| shop.url = Some("https://wands.example".to_owned()));
    let document = render(&page::fallback(&shop, Shelves::Unknown, &[], &samples::promises()));
    assert!(document.contains("We cannot show our products right now."));
    assert!(!document.contains("no products") && !document.contains("sold out"));
    assert!(document.contains(r#"<a class="button" href="https://wands.example/">Visit the shop</a>"#));
}

#[test]
fn only_what_a_catalog_counted_and_chose_from_many_are_best_sellers() {
    let (shop, products) = (samples::shop(), samples::products(30));
    let says_so = |shelves: Shelves<'_>| {
        let document = render(&page::fallback(&shop, shelves, &[], &[]));
        document.to_lowercase().contains("best seller")
    };
    assert!(says_so(Shelves::BestSellers(&products)));
    assert!(!says_so(Shelves::Products(&products)));
    assert!(!says_so(Shelves::BestSellers(&products[..6])), "six of six are all that there is");
}

#[test]
fn the_best_product_that_is_available_opens_the_fallback_page() {
    let (shop, mut products) = (samples::shop(), samples::products(3));
    products[0].available = false;
    let page = fallback(&shop, &products, &[]);
    assert!(
        matches!(page.blocks[0], View::Hero(hero::View { product: Some(product), .. }) if product.id == "p1")
    );
    for product in &mut products {
        product.available = false;
    }
    let page = fallback(&shop, &products, &[]);
    assert!(matches!(page.blocks[0], View::Hero(hero::View { product: None, .. })));
}

#[test]
fn the_fallback_page_shows_best_sellers_then_the_largest_reductions() {
    let (shop, products) = (samples::shop(), samples::products(100));
    let page = fallback(&shop, &products, &[]);
    let View::Grid(grid::View { products: best, .. }) = &page.blocks[2] else { panic!("no grid") };
    assert_eq!(best.len(), 12);
    assert_eq!(best[0].id, "p1", "the hero's product is not shown twice");
    assert!(best.iter().all(|product| product.available), "what is sold out comes last");
    let View::Deals(deals::View { products: deals, .. }) = &page.blocks[3] else { panic!("no deals") };
    assert_eq!(deals.len(), 8);
    assert!(deals.iter().all(|product| product.title == "Copper travel cauldron"), "20 % is most");
    assert_eq!(page.blocks.len(), 4, "without promises, none are made");
}

#[test]
fn only_reduced_products_make_deals() {
    let (shop, mut products) = (samples::shop(), samples::products(12));
    for product in &mut products {
        product.price_before = Some(product.price);
    }
    let page = fallback(&shop, &products, &[]);
    assert!(!page.blocks.iter().any(|block| matches!(block, View::Deals(_))));
}

#[test]
fn a_reduced_price_is_announced_to_screen_readers() {
    let document = fallback_page(3);
    assert!(document.contains(
        r#"<span class="quiet">Now </span><strong><bdi>$64.00</bdi></strong> <s><span class="quiet">Before </span><bdi>$80.00</bdi></s>"#
    ));
    assert!(document.contains("20&#37; off"));
}

#[test]
fn free_products_are_not_reduced() {
    let (shop, mut products) = (samples::shop(), samples::products(1));
    (products[0].price, products[0].price_before) = (0, Some(4_000));
    let document = render(&fallback(&shop, &products, &[]));
    assert!(document.contains("<bdi>$0.00</bdi>"));
    assert!(
        !document.contains("<s>") && !document.contains("&#37; off") && !markup(&document).contains("Free ")
    );
}

#[test]
fn sold_out_products_cannot_be_bought() {
    let (shop, mut products) = (samples::shop(), samples::products(1));
    let page = |products: &[Product]| {
        let product = &products[0];
        let blocks = vec![View::Grid(grid::View { heading: "One", products: vec![product] })];
        render(&Page { shop: &shop, title: "One", blocks, generated: false, look: Look::Balanced })
    };
    assert!(page(&products).contains(r#"data-cart="p0""#) && !page(&products).contains("Sold out"));
    products[0].available = false;
    assert!(!page(&products).contains(r#"data-cart="p0""#) && page(&products).contains("Sold out"));
}

#[test]
fn a_shop_with_pages_of_its_own_sells_and_searches_there() {
    let shop = shop_with(|shop| shop.url = Some("https://wands.example".to_owned()));
    let document = render(&fallback(&shop, &samples::products(14), &[]));
    let markup = markup(&document);
    assert!(!markup.contains("data-cart") && !markup.contains("data-filter"));
    assert!(markup.contains(r#"<form role="search" action="https://wands.example/search">"#));
    assert!(markup.contains(r#"href="https://wands.example/search?q=Wands""#));
    assert!(markup.contains(r#"<a class="button" href="https://wands.example/products/p0">View product"#));
    for name in ["a", "form"] {
        for element in elements(&markup, name) {
            let leads = ["href", "action"].iter().find_map(|name| element.split_once(&format!("{name}=\"")));
            let (_, address) = leads.expect("it leads somewhere");
            assert!(
                address.starts_with("https://wands.example/") || address.starts_with("#main"),
                "{element}"
            );
        }
    }
    assert!(markup.contains(r#"data-home="https://wands.example""#));
}

#[test]
fn a_shop_with_pages_of_its_own_sells_nothing_without_a_link() {
    let shop = shop_with(|shop| shop.url = Some("https://wands.example".to_owned()));
    let mut products = samples::products(1);
    products[0].url = "javascript:alert(1)".to_owned();
    let document = markup(&render(&fallback(&shop, &products, &[])));
    assert!(document.contains("Hawthorn wand"));
    assert!(!document.contains("data-cart") && !document.contains("View product"));
}

#[test]
fn a_link_to_a_product_of_this_page_leads_to_its_first_place() {
    let mut products = samples::products(3);
    for product in &mut products {
        product.url = format!("#product-{}", product.id);
    }
    let document = render(&fallback(&samples::shop(), &products, &[]));
    assert!(document.matches(r##"href="#product-p1""##).count() > 1, "in the grid and among the deals");
    for product in &products {
        assert_eq!(document.matches(&format!(r#" id="product-{}""#, product.id)).count(), 1);
    }
}

#[test]
fn a_bundle_says_what_it_costs_together_unless_it_cannot_be_had() {
    let (shop, mut products) = (samples::shop(), samples::products(2));
    let page = |products: &[Product]| {
        let blocks = vec![View::Bundle(bundle::View {
            heading: "Both",
            text: "",
            products: products.iter().collect(),
        })];
        render(&Page { shop: &shop, title: "Both", blocks, generated: true, look: Look::Balanced })
    };
    assert!(
        page(&products).contains("<strong><bdi>$153.00</bdi>")
            && page(&products).contains("$169.00</bdi></s>")
    );
    products[1].available = false;
    assert!(!page(&products).contains("Together"));
}

#[test]
fn long_grids_can_be_sorted_and_short_ones_need_not_be() {
    assert!(markup(&fallback_page(7)).contains("data-sort"));
    assert!(!markup(&fallback_page(6)).contains("data-sort"));
}

/// A page whose every text is the same.
fn page_of(text: &str) -> String {
    let shop = Shop {
        id: text.to_owned(),
        settings: ShopSettings {
            name: text.to_owned(),
            url: Some(text.to_owned()),
            ..ShopSettings::default()
        },
        currency: text.to_owned(),
        money_format: format!("{text}{{{{amount}}}}"),
    };
    let collection = Collection { title: text.to_owned(), url: text.to_owned(), image: None };
    let product = Product {
        id: text.to_owned(),
        title: text.to_owned(),
        description: text.to_owned(),
        vendor: format!("by {text}"),
        category: text.to_owned(),
        tags: vec![text.to_owned()],
        url: text.to_owned(),
        image: Some(Image { url: text.to_owned(), alt: text.to_owned(), width: 0, height: u32::MAX }),
        price: u64::MAX,
        price_before: Some(u64::MAX),
        available: true,
        ..Product::default()
    };
    let products = vec![&product; 7];
    let (heading, headline) = (text, text);
    let other = |at: usize| Product {
        category: format!("{}{text}", "by ".repeat(at % 3)),
        vendor: format!("{}{text}", "by ".repeat(at % 3)),
        price: 1_000 << at,
        ..product.clone()
    };
    let others: Vec<_> = (0..9).map(other).collect();
    let others: Vec<_> = others.iter().collect();
    let mut blocks = vec![
        View::ImageWithText(image_with_text::View { heading, text, product: &product }),
        View::Lookbook(lookbook::View { heading, text, products: others[..4].to_vec() }),
        View::Comparison(comparison::View { heading, text, products: others[..3].to_vec() }),
        View::Hero(hero::View { headline, text, product: Some(&product) }),
        View::Grid(grid::View { heading, products: products.clone() }),
        View::Spotlight(spotlight::View { heading, text, product: &product }),
        View::Bundle(bundle::View { heading, text, products: products.clone() }),
        View::Deals(deals::View { heading, products: products.clone() }),
        View::Search(search::View { heading, terms: vec![text] }),
        View::Collections(collections::View { heading, collections: vec![&collection] }),
        View::Story(story::View { heading, text }),
        View::RecentlyViewed(recently_viewed::View { heading, products }),
        View::Reassurance(reassurance::View { points: vec![text] }),
    ];
    let links = [
        categories::View::of(heading, &others).map(View::Categories),
        brands::View::of(heading, &others).map(View::Brands),
        price_guide::View::of(heading, &others).map(View::PriceGuide),
    ];
    blocks.extend(links.into_iter().flatten());
    render(&Page { shop: &shop, title: text, blocks, generated: true, look: Look::Balanced })
}

/// The tags of a document, without the values of their attributes.
fn skeleton(document: &str) -> String {
    let mut quoted = false;
    let mut inside = false;
    document
        .chars()
        .filter(|&c| {
            match c {
                '"' if inside => quoted = !quoted,
                '<' if !quoted => inside = true,
                '>' if !quoted && inside => {
                    inside = false;
                    return true;
                }
                _ => {}
            }
            inside && !quoted
        })
        .collect()
}

#[test]
fn every_text_of_others_is_isolated() {
    let document = markup(&page_of("xyzzy"));
    let (mut places, mut rest) = (0, &*document);
    while let Some((before, after)) = rest.split_once("xyzzy") {
        let tag = before.rfind('<').map_or(before, |at| &before[at..]);
        let is_attribute = !tag.contains('>');
        // A price is in the shop's format, and the vendor is shown as "by …".
        let is_isolated = tag.replace("by ", "") == "<bdi>" || tag == "<title>" || is_attribute;
        assert!(is_isolated, "{tag}");
        (places, rest) = (places + 1, after);
    }
    assert!(places > 50, "{places}");
    assert!(document.contains("placeholder=\"Search &#8296;xyzzy&#8297;\""), "of an attribute, a part");
}

#[test]
fn no_text_reorders_the_page() {
    let document = page_of("\u{202e}\u{2069}evil");
    let is_control = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(document.contains("<bdi>evil</bdi>") && !document.contains(is_control));
}

#[test]
fn invisible_text_is_not_text() {
    let invisible = "\u{200b}\u{feff}";
    let document = markup(&page_of(invisible));
    assert!(!document.contains("class=\"points\""), "no promise without words");
    assert!(
        !document.contains("class=\"terms\"") && !document.contains("data-term=\"\u{200b}"),
        "no term without words"
    );
    let mut products = samples::products(2);
    for product in &mut products {
        (product.vendor, product.category) = (invisible.to_owned(), invisible.to_owned());
        product.image.as_mut().unwrap().alt = invisible.to_owned();
    }
    let document = markup(&render(&fallback(&samples::shop(), &products, &[])));
    assert!(!document.contains("class=\"kind\"") && !document.contains(invisible));
    assert!(document.contains("alt=\"Hawthorn wand, eleven inches\""));
}

#[test]
fn a_shop_is_read_in_its_languages_direction() {
    let page = |language: &str| {
        let shop = shop_with(|shop| shop.language = language.parse().unwrap());
        render(&Page { shop: &shop, title: "Wands", blocks: vec![], generated: true, look: Look::Balanced })
    };
    assert!(page("he-IL").contains("<html lang=\"he-IL\" dir=\"rtl\">"));
    assert!(page("en").contains("<html lang=\"en\">"));
}

#[test]
fn no_text_is_run_as_liquid() {
    for text in ["{{ 7 | times: 7 }}", "{% raw %}", "{%- comment -%}", "{{", "%}", "{{{%"] {
        let document = page_of(text);
        assert!(!document.contains("{{") && !document.contains("{%"), "{text}");
        assert!(!markup(&document).contains(['{', '}', '%']), "{text}");
    }
    assert!(!page_of("{%20%}").contains("{%"));
    assert!(page_of("{{ 7 }}").contains("&#123;&#123; 7 &#125;&#125;"));
}

#[test]
fn no_address_leads_to_a_script() {
    for text in
        ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,<script>alert(1)</script>", "//evil"]
    {
        let document = markup(&page_of(text));
        assert_eq!(elements(&document, "img").len(), 0, "{text}");
        for link in elements(&document, "a") {
            assert!(link.contains(r##"href="#main""##), "{link}");
        }
        assert!(!document.contains("action="), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // No text starts like an address, because an address adds links.
    #[test]
    fn no_text_changes_the_shape_of_a_document(text in r#"x[a-z<>"'&{}%=/ \-!]{0,24}"#) {
        let plain = page_of("plain");
        let hostile = page_of(&text);
        prop_assert_eq!(skeleton(&markup(&hostile)), skeleton(&markup(&plain)));
        prop_assert_eq!(markup(&hostile).find(['{', '}']), None);
        let liquid = hostile.find("{%");
        prop_assert_eq!(liquid, None);
    }
}
