//! Answers of a language model: whatever it says, a page that counts as the model's is half its own, has passed the check
//! and can be rendered safely.
#![no_main]

use std::sync::LazyLock;

use generation::offer::{Offer, PRODUCTS_MAX};
use generation::plan::Plan;
use generation::salvage::salvage;
use generation::storefront::Storefront;
use generation::{Assortment, answer, bind, check, draft, persona, plan, planner, refit};
use libfuzzer_sys::fuzz_target;
use model::catalog::Product;
use model::origin::Account;
use model::shop::ShopSettings;
use model::{Persona, ShopId, Signals};

static STOREFRONT: LazyLock<Storefront> =
    LazyLock::new(|| Storefront::new("magic-wands", merchant(), assortment()));
static SIGNALS: LazyLock<Signals> = LazyLock::new(Signals::default);
static OFFER: LazyLock<Offer<'static>> = LazyLock::new(|| {
    Offer::of(&persona::known(Persona::Explorer), &SIGNALS, &STOREFRONT.assortment, PRODUCTS_MAX)
});
static LOCAL: LazyLock<Plan> = LazyLock::new(|| planner::plan(Persona::Explorer, &SIGNALS, &STOREFRONT));
static SHOP_ID: LazyLock<ShopId> = LazyLock::new(|| ShopId::parse("magic-wands").unwrap());

fuzz_target!(|answer: &str| {
    let Some(found) = answer::find(answer) else { return };
    let draft = draft::read(found, &OFFER, &STOREFRONT);
    assert!(draft.blocks.len() <= plan::limits::BLOCKS_MAX);
    let Ok(salvaged) = salvage(draft, &LOCAL, &STOREFRONT) else { return };
    let (models, all) = salvaged.share;
    assert!(models * 2 >= all && all > 0);
    let made = salvaged.plan.plan().clone();
    assert_eq!(
        plan::from_stored(&plan::to_stored(&made, STOREFRONT.brief, &Account::default())).as_ref(),
        Some(&made)
    );
    assert_eq!(check::check(made.clone(), &STOREFRONT).as_ref(), Ok(&salvaged.plan));
    let _ = refit::refit(made, &STOREFRONT);
    let document = bind::render(&salvaged.plan, &SHOP_ID, Persona::Explorer, &SIGNALS, &STOREFRONT);
    let content = &document.html[document.fragment];
    assert!(!content.contains("<script") && !content.contains("{{") && !content.contains("{%"));
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
        ..Product::default()
    }
}
