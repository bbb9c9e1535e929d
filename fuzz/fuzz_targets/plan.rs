//! Answers of a language model: a plan that passes the check can be rendered safely.
#![no_main]

use std::sync::LazyLock;

use generation::capabilities::Ending;
use generation::storefront::Storefront;
use generation::{Assortment, answer, bind, check, plan, refit};
use libfuzzer_sys::fuzz_target;
use model::catalog::Product;
use model::shop::ShopSettings;
use model::{ShopId, Signals};

static STOREFRONT: LazyLock<Storefront> =
    LazyLock::new(|| Storefront::new("magic-wands", merchant(), assortment()));
static SHOP_ID: LazyLock<ShopId> = LazyLock::new(|| ShopId::parse("magic-wands").unwrap());

fuzz_target!(|answer: &str| {
    let _ = answer::read(answer, Ending::Length);
    let Ok(read) = answer::read(answer, Ending::Complete) else { return };
    assert_eq!(plan::from_stored(&plan::to_stored(&read, STOREFRONT.brief)).as_ref(), Some(&read));
    let _ = refit::refit(read.clone(), &STOREFRONT);
    match check::check(read, &STOREFRONT) {
        Ok(checked) => {
            let document = bind::render(&checked, &SHOP_ID, &Signals::default(), &STOREFRONT);
            let content = &document.html[document.fragment];
            assert!(!content.contains("<script") && !content.contains("{{") && !content.contains("{%"));
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
});

fn merchant() -> ShopSettings {
    ShopSettings {
        name: "Magic Wands".to_owned(),
        url: Some("https://wands.example".to_owned()),
        tone: "calm".to_owned(),
        banned_words: vec!["cheap".to_owned()],
        promises: vec!["Free returns".to_owned()],
        accent: "#336699".parse().ok(),
        ..ShopSettings::default()
    }
}

fn assortment() -> Assortment {
    let ids = ["wand-1", "wand-2", "hat-1", "hat-2", "potion-1", "potion-2"];
    Assortment::new("EUR".to_owned(), ids.map(product).to_vec())
}

fn product(id: &str) -> Product {
    Product {
        id: id.to_owned(),
        title: format!("The {id}"),
        description: "It listens.".to_owned(),
        vendor: "Oak and Sons".to_owned(),
        category: "Wands".to_owned(),
        tags: vec!["oak".to_owned()],
        url: format!("https://wands.example/products/{id}"),
        image: None,
        price: 4900,
        price_before: Some(5900).filter(|_| id == "potion-2"),
        available: id != "hat-2",
    }
}
