//! Reports of the web pixel: they add to what is known of a shopper, and nothing else.

use experiments::{Aggregates, Cell, Sales, Source};
use model::limits::Allowance;
use model::shop::Share;
use serde_json::{Value, json};

use crate::fakes::{Answer, Fake, SHOP, signed, webhook};
use crate::{Method, handle};

const VISITOR: &str = "personal-page-shopper-1";

fn shop() -> Fake {
    Fake { holdout: Share::TENTH, ..Fake::default() }
}

fn see(shop: &Fake) {
    let target = signed("/proxy/track", &format!("consent=1&visitor={VISITOR}&context=home&nonce=a"));
    assert_eq!(shop.post(&target, json!({ "events": [{ "type": "seen" }] }).to_string()).status(), 200);
}

fn ordered(order: u64, value: &str, currency: &str) -> Value {
    json!({ "type": "ordered", "order": order.to_string(), "value": value, "currency": currency })
}

fn all() -> Value {
    json!([{ "type": "view", "product": "7" }, { "type": "add-to-cart", "product": "7" }, ordered(7, "50.00", "USD")])
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

/// Returns who reports orders, how many shoppers ordered, and what that is worth, in hundredths.
fn sold(shop: &Fake) -> (Option<Source>, u64, u64) {
    let mut sales = Sales::default();
    for (_, found) in shop.stored.borrow().iter().filter(|(key, _)| key.starts_with("sales:")) {
        sales.merge(Sales::decode(&found.bytes).unwrap());
    }
    let (shoppers, worth) =
        sales.by_group().fold((0, 0), |(shoppers, sum), (_, _, some, worth)| (shoppers + some, sum + worth));
    (sales.source(), shoppers, worth)
}

fn told(shop: &Fake, order: u64, value: &str) {
    let money = json!({ "shop_money": { "amount": value, "currency_code": "USD" } });
    let body = json!({
        "id": order, "created_at": "2023-11-14T22:14:20Z", "test": false, "current_total_price_set": money,
        "note_attributes": [{ "name": "_wandstore", "value": VISITOR }],
    });
    let request = webhook("orders/create", &format!("w{order}"), &body.to_string());
    assert_eq!(Answer::of(handle(shop, Method::Post, "/webhooks", &request)).status(), 200);
}

#[test]
fn an_order_without_a_webhook_is_worth_what_the_pixel_says_once() {
    let shop = shop();
    see(&shop);
    for _ in 0..3 {
        pixel(&shop, SHOP, VISITOR, &json!([ordered(7, "50.00", "USD")]));
    }
    assert_eq!(sold(&shop), (Some(Source::Pixel), 1, 5_000), "replayed, it adds nothing");
    pixel(&shop, SHOP, VISITOR, &json!([ordered(8, "20.00", "USD"), ordered(9, "0.00", "USD")]));
    assert_eq!(sold(&shop), (Some(Source::Pixel), 1, 7_000));
    assert_eq!(counted(&shop).ordered, 1, "one shopper");
    // Amounts in two currencies of one shopper are not added up.
    pixel(&shop, SHOP, VISITOR, &json!([ordered(10, "20.00", "EUR")]));
    assert_eq!(sold(&shop), (Some(Source::Pixel), 1, 7_000));
}

#[test]
fn the_webhook_of_an_order_replaces_what_the_pixel_says() {
    let pixel_first = shop();
    see(&pixel_first);
    pixel(&pixel_first, SHOP, VISITOR, &json!([ordered(7, "9000.00", "USD")]));
    told(&pixel_first, 7, "50.00");
    let webhook_first = shop();
    see(&webhook_first);
    told(&webhook_first, 7, "50.00");
    pixel(&webhook_first, SHOP, VISITOR, &json!([ordered(7, "9000.00", "USD")]));
    for shop in [pixel_first, webhook_first] {
        assert_eq!(sold(&shop), (Some(Source::Webhook), 1, 5_000));
        let kept: String = shop.keys().join(" ");
        let sales = shop.stored.borrow();
        let sales = sales.iter().filter(|(key, _)| key.starts_with("sales:"));
        let bytes: Vec<_> =
            sales.map(|(_, found)| String::from_utf8_lossy(&found.bytes).into_owned()).collect();
        assert!(
            bytes.iter().all(|text| !text.contains("pixel")),
            "the same order is not counted twice: {kept} {bytes:?}"
        );
    }
}

/// Orders that nobody placed, of a visitor whose id the sender knows, such as their own.
#[test]
fn forged_orders_weigh_as_one_shopper_and_nothing_where_there_are_webhooks() {
    let shop = shop();
    see(&shop);
    for order in 1..=100 {
        pixel(&shop, SHOP, VISITOR, &json!([ordered(order, "99999999.00", "USD")]));
    }
    let (_, shoppers, worth) = sold(&shop);
    assert_eq!((shoppers, worth, counted(&shop).ordered), (1, 8 * 9_999_999_900, 1), "eight orders at most");
    told(&shop, 4_711, "50.00");
    assert_eq!(sold(&shop), (Some(Source::Webhook), 1, 5_000));
}

#[test]
fn a_made_up_shopper_leaves_no_trace() {
    let shop = shop();
    see(&shop);
    let before = shop.stored.borrow().clone();
    let seen = json!([{ "type": "seen" }, ordered(7, "50.00", "USD")]);
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
