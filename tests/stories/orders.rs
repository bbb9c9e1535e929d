//! Orders of a simulated shop, from the cart to what they are worth in the comparison.

use dev_shop::{Options, Running};
use experiments::{Aggregates, Measure, Report, Sales, Totals};
use model::ShopId;
use model::shop::Share;
use serde_json::{Value, json};

use crate::harness::Host;
use crate::harness::shopify::{SECRET, SHOP, now_s, shop};

const SHOPPERS: u64 = 60;

/// A host, and a simulated shop in front of it. Both have this machine's time.
struct Street {
    host: Host,
    shop: Running,
    client: reqwest::Client,
}

impl Street {
    async fn open() -> Self {
        let host = shop().settings(|settings| settings.development = false).open().await;
        host.controls.clock.set(now_s() * 1_000);
        let options = Options { app: format!("http://{}", host.address), ..Options::of_test(SHOP, SECRET) };
        let shop = dev_shop::serve(options).await.expect("the shop opens");
        Self { host, shop, client: reqwest::Client::new() }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.shop.origin));
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.expect("the shop answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.expect("it is whole")).unwrap_or_default()
    }

    /// A shopper sees the block, buys a wand in their market, and leaves. The theme's script asks them for consent.
    async fn buy(&self, shopper: u64, consents: bool) {
        self.host.controls.clock.set(now_s() * 1_000);
        let visitor = format!("simulated-shopper-{shopper:06}");
        if consents {
            let path = format!("/apps/wand/track?visitor={visitor}&consent=1&context=home&nonce=n{shopper}");
            let stored = self.post(&path, &json!({ "events": [{ "type": "seen" }] })).await;
            assert_eq!(stored["stored"], 1, "{stored}");
            self.post("/cart/update.js", &json!({ "attributes": { "_wandstore": visitor } })).await;
        }
        let folder = ["", "/fr", "/en-ca"][usize::try_from(shopper % 3).expect("it is small")];
        let wand = self.client.get(format!("{}/products/ember-oak-wand.js", self.shop.origin)).send().await;
        let wand: Value =
            serde_json::from_slice(&wand.expect("it answers").bytes().await.expect("it is whole"))
                .expect("JSON");
        let item = json!({ "id": wand["variants"][0]["id"], "quantity": 1 + shopper % 2 });
        self.post(&format!("{folder}/cart/add.js"), &json!({ "items": [item] })).await;
        self.post(&format!("{folder}/checkout"), &json!({})).await;
    }

    async fn orders(&self) -> Vec<Value> {
        let answer = self.client.get(format!("{}/simulator/orders", self.shop.origin)).send().await;
        let orders = answer.expect("it answers").bytes().await.expect("it is whole");
        serde_json::from_slice(&orders).expect("a list")
    }

    /// Returns how many shoppers ordered, and what their orders are worth in cents, as a report finds it days later.
    async fn sold(&self) -> (f64, f64) {
        let (kv, id) = (&*self.host.deployment.capabilities.kv, ShopId::parse(SHOP).expect("it is an id"));
        let sums: Aggregates = host::effects::sums(kv, &id).await.expect("they are read");
        let sales: Sales = host::effects::sales(kv, &id).await.expect("they are read");
        let today = experiments::day(now_s() * 1_000);
        let report = Report::of(&Totals::of(&sums, Share::TENTH, today + 9).with_sales(&sales));
        let sum = |measure| {
            let row = report.rows.iter().find(|row| row.measure == measure).expect("it is compared");
            [row.holdout, row.personal].iter().fold(0.0, |sum, group| {
                sum + group.mean * f64::from(u32::try_from(group.shoppers).expect("it is small"))
            })
        };
        (sum(Measure::Orders).round(), sum(Measure::Revenue).round())
    }
}

fn cents(order: &Value) -> u32 {
    let amount = order["total_price_set"]["shop_money"]["amount"].as_str().expect("an amount");
    amount.replace('.', "").parse().expect("a number")
}

#[tokio::test]
async fn the_orders_of_consenting_shoppers_are_joined_to_what_they_saw() {
    let street = Street::open().await;
    for shopper in 0..SHOPPERS {
        street.buy(shopper, shopper % 4 > 0).await;
    }
    let orders = street.orders().await;
    let is_named = |order: &&Value| order["note_attributes"].as_array().is_some_and(|list| !list.is_empty());
    let named: Vec<_> = orders.iter().filter(is_named).collect();
    assert_eq!((orders.len(), named.len()), (60, 45), "a quarter did not consent");
    let (buyers, worth) = street.sold().await;
    println!("{buyers} of {} orders are joined", named.len());
    assert!(buyers * 100.0 >= 95.0 * 45.0, "{buyers}");
    let all: u32 = named.iter().map(|order| cents(order)).sum();
    assert!(
        (worth - f64::from(all)).abs() < 1.0,
        "in the shop's currency, whatever the shopper paid in: {worth} {all}"
    );

    // Shopify sends an order again, one is paid back in two parts, and one is cancelled.
    street.post("/simulator/webhooks/orders/create", named[0]).await;
    let (id, whole) = (&named[1]["id"], cents(named[1]));
    street.post(&format!("/simulator/orders/{id}/refund"), &json!({ "amount": 100 })).await;
    street.post(&format!("/simulator/orders/{id}/refund"), &json!({ "amount": whole })).await;
    street.post(&format!("/simulator/orders/{}/cancel", named[2]["id"]), &json!({})).await;
    let left = all - whole - cents(named[2]);
    assert_eq!(street.sold().await, (buyers - 2.0, f64::from(left)));
}
