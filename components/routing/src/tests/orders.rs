//! Orders in the comparison of personal pages: which count, what refunds take from them, and what is stored.

use experiments::{Aggregates, Sales, Totals};
use model::jobs::MaintenanceKind;
use model::shop::Share;
use serde_json::{Value, json};

use crate::fakes::{Answer, Fake, NOW_MS, SHOP, customer, maintenance_task, signed, webhook};
use crate::{Method, Progress, handle, run_maintenance};

/// A visitor who is not held out if a tenth is.
const VISITOR: &str = "personal-page-shopper-1";
const ORDER: u64 = 820_982_911_946_154_508;

fn shop() -> Fake {
    Fake { holdout: Share::TENTH, ..Fake::default() }
}

/// A shop whose visitor has seen the block.
fn seen() -> Fake {
    let shop = shop();
    see(&shop, "", "a");
    shop
}

fn see(shop: &Fake, more: &str, nonce: &str) {
    let target = signed("/proxy/track", &format!("consent=1&visitor={VISITOR}&nonce={nonce}{more}"));
    let events = json!({ "events": [{ "type": "seen" }] });
    assert_eq!(shop.post(&target, events.to_string()).status(), 200);
}

fn money(amount: &str) -> Value {
    json!({ "shop_money": { "amount": amount, "currency_code": "USD" },
            "presentment_money": { "amount": "1.00", "currency_code": "EUR" } })
}

fn order() -> Value {
    json!({
        "id": ORDER, "created_at": "2023-11-14T22:14:20Z", "cancelled_at": null, "test": false,
        "customer": { "id": 7041, "email": "ann@example.com" },
        "current_total_price_set": money("50.00"),
        "note_attributes": [{ "name": "_wandstore", "value": VISITOR }],
    })
}

fn refund(id: u64, amount: &str) -> Value {
    let paid = json!({ "kind": "refund", "status": "success", "amount": amount, "currency": "USD" });
    json!({ "id": id, "order_id": ORDER, "transactions": [paid], "refund_line_items": [], "order_adjustments": [] })
}

fn send(shop: &Fake, topic: &str, id: &str, body: &Value) {
    let answer = Answer::of(handle(shop, Method::Post, "/webhooks", &webhook(topic, id, &body.to_string())));
    assert_eq!(answer.status(), 200, "{}", answer.text());
}

/// Returns how many shoppers ordered, and what that is worth in dollars, as a report finds it in some days.
fn sold(shop: &Fake) -> (u64, f64) {
    let (mut sums, mut sales) = (Aggregates::default(), Sales::default());
    for (key, found) in shop.stored.borrow().iter() {
        if key.starts_with("effects:") {
            sums.merge(Aggregates::decode(&found.bytes).unwrap());
        } else if key.starts_with("sales:") {
            sales.merge(Sales::decode(&found.bytes).unwrap());
        }
    }
    let totals = Totals::of(&sums, Share::TENTH, experiments::day(NOW_MS) + 9).with_sales(&sales);
    let report = experiments::Report::of(&totals);
    let mean = |measure| {
        let row = report.rows.iter().find(|row| row.measure == measure && row.persona.is_none()).unwrap();
        (row.personal.shoppers, row.personal.mean)
    };
    let ((shoppers, ordered), (_, worth)) =
        (mean(experiments::Measure::Orders), mean(experiments::Measure::Revenue));
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "few"
    )]
    let (buyers, worth) = ((ordered * shoppers as f64).round() as u64, worth * shoppers as f64 / 100.0);
    (buyers, (worth * 100.0).round() / 100.0)
}

#[test]
fn an_order_of_a_shopper_who_was_counted_counts_once() {
    let shop = seen();
    for id in ["w1", "w2"] {
        send(&shop, "orders/create", id, &order());
        assert_eq!(sold(&shop), (1, 50.0), "{id}");
    }
}

#[test]
fn orders_that_do_not_belong_to_the_comparison_do_not_count() {
    for (why, change) in [
        ("no consent", json!({ "note_attributes": [] })),
        ("withdrawn consent", json!({ "note_attributes": [{ "name": "_wandstore", "value": "" }] })),
        (
            "a made-up shopper",
            json!({ "note_attributes": [{ "name": "_wandstore", "value": "made-up-shopper-0000001" }] }),
        ),
        (
            "somebody's id as a list",
            json!({ "note_attributes": [{ "name": "_wandstore", "value": [VISITOR] }] }),
        ),
        ("a test", json!({ "test": true })),
        ("worth nothing", json!({ "current_total_price_set": money("0.00") })),
        (
            "no currency",
            json!({ "current_total_price_set": { "shop_money": { "amount": "5.00", "currency_code": "GLD" } } }),
        ),
        ("too late", json!({ "created_at": "2023-11-15T22:14:20Z" })),
        ("before the block was seen", json!({ "created_at": "2023-11-13T22:14:20Z" })),
        ("not an order", json!({ "id": "x" })),
    ] {
        let (shop, mut order) = (seen(), order());
        order.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let before = shop.keys().len();
        send(&shop, "orders/create", "w1", &order);
        assert_eq!(sold(&shop), (0, 0.0), "{why}");
        assert_eq!(shop.keys().len(), before + 1, "{why}: only the mark of the webhook is stored");
    }
}

#[test]
fn an_order_that_is_forged_or_of_another_shop_does_not_count() {
    let shop = seen();
    let mut forged = webhook("orders/create", "w1", &order().to_string());
    forged.headers[0].1 = signing::webhook("another secret", order().to_string().as_bytes());
    assert_eq!(Answer::of(handle(&shop, Method::Post, "/webhooks", &forged)).status(), 401);
    let mut other = webhook("orders/create", "w2", &order().to_string());
    other.headers[2].1 = "other.myshopify.com".to_owned();
    assert_eq!(
        Answer::of(handle(&shop, Method::Post, "/webhooks", &other)).json(),
        json!({ "taken": false })
    );
    assert_eq!(sold(&shop), (0, 0.0));
}

#[test]
fn refunds_and_cancellations_are_subtracted_once() {
    let shop = seen();
    send(&shop, "orders/create", "w1", &order());
    send(&shop, "refunds/create", "w2", &refund(1, "20.00"));
    send(&shop, "refunds/create", "w3", &refund(1, "20.00"));
    assert_eq!(sold(&shop), (1, 30.0));
    send(&shop, "refunds/create", "w4", &refund(2, "45.00"));
    assert_eq!(sold(&shop), (0, 0.0), "more was paid back than paid");
    let cancelled = json!({ "cancelled_at": "2023-11-14T23:14:20Z" });
    let mut order = order();
    order.as_object_mut().unwrap().extend(cancelled.as_object().unwrap().clone());
    send(&shop, "orders/cancelled", "w5", &order);
    assert_eq!(sold(&shop), (0, 0.0));
}

#[test]
fn webhooks_in_another_order_come_to_the_same() {
    let shop = seen();
    send(&shop, "refunds/create", "w1", &refund(1, "20.00"));
    send(&shop, "orders/create", "w2", &order());
    assert_eq!(sold(&shop), (1, 30.0));
    send(&shop, "refunds/create", "w3", &refund(1, "20.00"));
    assert_eq!(sold(&shop), (1, 30.0));

    let shop = seen();
    let mut cancelled = order();
    cancelled["cancelled_at"] = json!("2023-11-14T23:14:20Z");
    send(&shop, "orders/cancelled", "w1", &cancelled);
    send(&shop, "orders/create", "w2", &order());
    assert_eq!(sold(&shop), (0, 0.0));
}

#[test]
fn a_refund_whose_order_never_comes_is_forgotten() {
    let shop = shop();
    send(&shop, "refunds/create", "w1", &refund(1, "20.00"));
    assert_eq!(shop.ttls.borrow().get(&format!("order:{SHOP}:{ORDER}")), Some(&(6 * 60 * 60)));
}

#[test]
fn a_shopper_who_logs_in_before_or_after_ordering_is_found() {
    // They log in, then order.
    let shop = seen();
    see(&shop, "&logged_in_customer_id=7041", "b");
    send(&shop, "orders/create", "w1", &order());
    // Their id as a customer may be in the other arm; this one is not.
    assert_eq!(sold(&shop), (1, 50.0));

    // They order, then log in, then are paid back.
    let shop = seen();
    send(&shop, "orders/create", "w1", &order());
    see(&shop, "&logged_in_customer_id=7041", "b");
    send(&shop, "refunds/create", "w2", &refund(1, "20.00"));
    assert_eq!(sold(&shop), (1, 30.0));
}

#[test]
fn storage_that_does_not_answer_has_the_webhook_repeated() {
    let mut shop = seen();
    shop.down.push("storage");
    let request = webhook("orders/create", "w1", &order().to_string());
    assert_eq!(Answer::of(handle(&shop, Method::Post, "/webhooks", &request)).status(), 503);
    shop.down.clear();
    send(&shop, "orders/create", "w1", &order());
    assert_eq!(sold(&shop), (1, 50.0));
}

#[test]
fn a_redaction_deletes_what_a_customer_ordered_as_a_visitor_and_a_report_lists_it() {
    let shop = seen();
    send(&shop, "orders/create", "w1", &order());
    let done = |kind| {
        let task = maintenance_task(SHOP, "cause", &kind);
        (0..20).any(|_| matches!(run_maintenance(&shop, &task), Progress::Done | Progress::Later(_)))
    };
    assert!(done(MaintenanceKind::ReportCustomer(customer("7041"))));
    let report = shop.stored.borrow()[&format!("report:{SHOP}:cause")].bytes.clone();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["counted_as_visitor"][0]["orders"]["list"][0]["number"], ORDER, "{report}");

    assert!(done(MaintenanceKind::RedactCustomer(customer("7041"))));
    let left = shop
        .keys()
        .into_iter()
        .filter(|key| ["order", "unit", "session"].iter().any(|start| key.starts_with(start)));
    assert_eq!(left.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(sold(&shop), (1, 50.0), "sums name nobody");
}

#[test]
fn a_changed_holdout_takes_no_new_orders_of_who_moved_and_still_subtracts_refunds() {
    // A visitor who is held out if a tenth is, and not if a twentieth is.
    let visitor = "held-out-shopper-00001";
    let mut shop = shop();
    let target = signed("/proxy/track", &format!("consent=1&visitor={visitor}&nonce=a"));
    shop.post(&target, json!({ "events": [{ "type": "seen" }] }).to_string());
    let order_of = |number: u64| {
        let mut order = order();
        order["id"] = json!(number);
        order["note_attributes"][0]["value"] = json!(visitor);
        order
    };
    let worth = |shop: &Fake| {
        let mut sales = Sales::default();
        for (_, found) in shop.stored.borrow().iter().filter(|(key, _)| key.starts_with("sales:")) {
            sales.merge(Sales::decode(&found.bytes).unwrap());
        }
        sales.by_group().map(|(group, _, shoppers, worth)| (group.share, shoppers, worth)).collect::<Vec<_>>()
    };
    send(&shop, "orders/create", "w1", &order_of(ORDER));
    shop.holdout = Share::of_basis_points(500).unwrap();
    send(&shop, "orders/create", "w2", &order_of(ORDER + 1));
    assert_eq!(worth(&shop), [(Share::TENTH, 1, 5_000)], "a new order does not count");
    send(&shop, "refunds/create", "w3", &refund(1, "20.00"));
    assert_eq!(worth(&shop), [(Share::TENTH, 1, 3_000)]);
}
