//! Writes the local planner's page for each persona, for work on its design: `cargo run -p generation --example personas
//! < shop.json`. The input is `{"settings", "currency", "money_format", "products", "collections"}` with products and
//! collections in the form of `model::catalog`; the output is a list of `{"persona", "html", "kinds"}`. The shopper has
//! viewed every seventh product.
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

use std::io;

use generation::assortment::Assortment;
use generation::storefront::Storefront;
use generation::{bind, check, planner};
use model::catalog::{Collection, Product};
use model::shop::ShopSettings;
use model::{Persona, ShopId, Signals};
use page::blocks::Block;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Shop {
    settings: ShopSettings,
    currency: String,
    money_format: String,
    products: Vec<Product>,
    collections: Vec<Collection>,
}

fn main() {
    let shop: Shop = serde_json::from_reader(io::stdin()).expect("a shop as JSON");
    let views = shop.products.iter().step_by(7).map(|product| product.id.clone()).collect();
    let signals = Signals { views, ..Signals::default() };
    let assortment = Assortment::new(shop.currency, shop.products).sorted_by_sales(true);
    let assortment = assortment.of_shop(shop.settings.name.clone(), shop.money_format);
    let storefront = Storefront::new("shop", shop.settings, assortment).with_collections(shop.collections);
    let pages: Vec<_> = Persona::ALL.iter().map(|persona| page(*persona, &signals, &storefront)).collect();
    println!("{}", json!(pages));
}

fn page(persona: Persona, signals: &Signals, storefront: &Storefront) -> Value {
    let plan = check::check(planner::plan(persona, signals, storefront), storefront);
    let plan = plan.expect("the local planner's plans pass the check");
    let kinds: Vec<_> = plan.plan().blocks.iter().map(Block::name).collect();
    let id = ShopId::parse("shop").expect("a shop id");
    let document = bind::render(&plan, &id, persona, signals, storefront);
    json!({ "persona": persona.name(), "kinds": kinds, "html": document.html })
}
