//! A catalog's texts in a page: neither a browser nor Liquid executes anything in them.
//! Each line of the input is one of a product's fields.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::catalog::{Image, Product};
use model::shop::ShopSettings;
use page::blocks::{grid, hero};
use page::{Look, Page, Shop, View};

fuzz_target!(|text: &str| {
    let mut lines = text.lines().map(str::to_owned).chain(std::iter::repeat(String::new()));
    let mut next = || lines.next().unwrap_or_default();
    let shop = shop(&mut next);
    let product = product(&mut next);
    let title = next();
    let blocks = vec![
        View::Hero(hero::View { headline: &title, text: &product.description, product: Some(&product) }),
        View::Grid(grid::View { heading: &title, products: vec![&product, &product] }),
    ];
    let look = Look::Balanced;
    let document = page::render(&Page { shop: &shop, title: &title, look, blocks, generated: true });
    let content = &document.html[document.fragment];
    for forbidden in ["{{", "{%", "<script", "href=\"javascript:", "src=\"javascript:", "<b>"] {
        assert!(!content.contains(forbidden), "{forbidden}");
    }
});

fn shop(next: &mut impl FnMut() -> String) -> Shop {
    Shop {
        id: "magic-wands".to_owned(),
        settings: ShopSettings {
            name: next(),
            url: Some(next()),
            language: next().parse().unwrap_or_default(),
            accent: next().parse().ok(),
            surface: next().parse().ok(),
            ..ShopSettings::default()
        },
        currency: next(),
        money_format: next(),
    }
}

fn product(next: &mut impl FnMut() -> String) -> Product {
    Product {
        id: next(),
        title: next(),
        description: next(),
        vendor: next(),
        category: next(),
        tags: vec![next()],
        url: next(),
        image: Some(Image { url: next(), alt: next(), width: 1, height: 1 }),
        price: next().parse().unwrap_or(u64::MAX),
        price_before: next().parse().ok(),
        available: next().is_empty(),
        ..Product::default()
    }
}
