//! Reports of the web pixel: they add to what is known of a shopper, and nothing else.

use experiments::{Aggregates, Cell};
use model::limits::Allowance;
use model::shop::Share;
use serde_json::{Value, json};

use crate::fakes::{Answer, Fake, SHOP, signed};

const VISITOR: &str = "personal-page-shopper-1";

fn shop() -> Fake {
    Fake { holdout: Share::TENTH, ..Fake::default() }
}

fn see(shop: &Fake) {
    let target = signed("/proxy/track", &format!("consent=1&visitor={VISITOR}&context=home&nonce=a"));
    assert_eq!(shop.post(&target, json!({ "events": [{ "type": "seen" }] }).to_string()).status(), 200);
}

fn all() -> Value {
    json!([{ "type": "view", "product": "7" }, { "type": "add-to-cart", "product": "7" }, { "type": "ordered" }])
}

fn pixel(shop: &Fake, store: &str, shopper: &str, events: &Value) -> Answer {
    shop.post("/api/pixel", json!({ "store": store, "shopper": shopper, "events": events }).to_string())
}

fn counted(shop: &Fake) -> Cell {
    let mut sum = Cell::default();
    for (_, found) in shop.stored.borrow().iter().filter(|(key, _)| key.starts_with("effects:")) {
        Aggregates::decode(&found.bytes).unwrap().groups().for_each(|(_, cell)| sum += *cell);
    }
    sum
}

#[test]
fn a_shopper_who_was_counted_is_counted_with_what_the_pixel_saw_once() {
    let shop = shop();
    see(&shop);
    for _ in 0..2 {
        assert_eq!(pixel(&shop, SHOP, VISITOR, &all()).json(), json!({ "stored": 3 }));
    }
    let once = Cell { shoppers: 1, carted: 1, ordered: 1, views: 1, views_squared: 1 };
    assert_eq!(counted(&shop), once, "replayed, it adds nothing");
    let target = signed("/proxy/track", &format!("consent=1&visitor={VISITOR}&nonce=b"));
    shop.post(&target, json!({ "events": [{ "type": "view", "product": "7" }] }).to_string());
    assert_eq!(counted(&shop), once, "the theme's script saw the same product");
}

#[test]
fn a_made_up_shopper_leaves_no_trace() {
    let shop = shop();
    see(&shop);
    let before = shop.stored.borrow().clone();
    let seen = json!([{ "type": "seen" }, { "type": "ordered" }]);
    assert_eq!(pixel(&shop, SHOP, "made-up-shopper-0000001", &seen).status(), 200);
    assert_eq!(pixel(&shop, SHOP, "made-up-shopper-0000001", &all()).status(), 200);
    assert_eq!(*shop.stored.borrow(), before);
}

#[test]
fn a_report_without_a_visitor_of_a_served_shop_is_refused() {
    let shop = shop();
    see(&shop);
    for (store, shopper, status) in [
        (SHOP, "customer-7041", 400),
        (SHOP, "", 400),
        (SHOP, "short", 400),
        ("other.myshopify.com", VISITOR, 404),
        ("not a shop", VISITOR, 404),
    ] {
        assert_eq!(pixel(&shop, store, shopper, &all()).status(), status, "{store} {shopper}");
    }
    assert_eq!(shop.get("/api/pixel").status(), 405);
    assert_eq!(counted(&shop).ordered, 0);
}

#[test]
fn a_flood_of_reports_is_refused_by_the_limits_of_its_sender() {
    let shop = Fake { used_up: vec![Allowance::ClientReports], ..shop() };
    see(&shop);
    assert_eq!(pixel(&shop, SHOP, VISITOR, &all()).status(), 429);
    assert_eq!(counted(&shop).ordered, 0);
}
