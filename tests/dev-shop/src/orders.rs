//! Orders: placed from the cart, cancelled and paid back, with the webhooks that Shopify sends about them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::place::Place;
use crate::shop::{Shop, State as Everything, timestamp};
use crate::storefront::Market;
use crate::webhooks::{self, How};
use crate::{pages, proxy};

/// The number of the first order.
const FIRST: u64 = 450_789_469;

/// Places an order with what is in the cart, and shows the page after it.
pub(crate) async fn check_out(State(shop): State<Arc<Shop>>, place: Place, headers: HeaderMap) -> Response {
    match order(&shop, &place, !proxy::customer(&headers).is_empty()).await {
        Some(()) => pages::ordered(&shop, &place),
        None => (StatusCode::UNPROCESSABLE_ENTITY, "The cart is empty").into_response(),
    }
}

/// Returns all orders as Shopify would send them now.
pub(crate) async fn list(State(shop): State<Arc<Shop>>) -> Json<Value> {
    Json(json!(shop.state().orders))
}

/// How much is paid back.
#[derive(Deserialize)]
pub(crate) struct Refund {
    /// In cents of the shop's currency.
    amount: u64,
}

/// Pays money back.
pub(crate) async fn refund(
    State(shop): State<Arc<Shop>>,
    Path(order): Path<u64>,
    Json(Refund { amount }): Json<Refund>,
) -> Response {
    let payload = {
        let mut state = shop.state();
        let id = state.number(509_562_969);
        if !state.orders.iter().any(|known| known["id"] == order) {
            return no_such_order();
        }
        let set = Market::of(None).set(amount);
        let paid = json!({ "kind": "refund", "status": "success", "amount": set["shop_money"]["amount"],
                           "currency": set["shop_money"]["currency_code"] });
        json!({ "id": id, "order_id": order, "created_at": timestamp(), "transactions": [paid],
                "refund_line_items": [{ "subtotal_set": set }], "order_adjustments": [] })
    };
    Json(webhooks::send(&shop, "refunds/create", &payload, How::default()).await).into_response()
}

/// Cancels an order.
pub(crate) async fn cancel(State(shop): State<Arc<Shop>>, Path(order): Path<u64>) -> Response {
    let payload = {
        let mut state = shop.state();
        let Some(known) = state.orders.iter_mut().find(|known| known["id"] == order) else {
            return no_such_order();
        };
        known["cancelled_at"] = json!(timestamp());
        known.clone()
    };
    Json(webhooks::send(&shop, "orders/cancelled", &payload, How::default()).await).into_response()
}

fn no_such_order() -> Response {
    (StatusCode::NOT_FOUND, "No such order").into_response()
}

/// Empties the cart into an order and tells the app; `None` if there is nothing in it.
async fn order(shop: &Shop, place: &Place, is_customer: bool) -> Option<()> {
    let payload = {
        let mut state = shop.state();
        let payload = state.order(place, is_customer)?;
        state.orders.push(payload.clone());
        payload
    };
    webhooks::send(shop, "orders/create", &payload, How::default()).await;
    Some(())
}

impl Everything {
    fn order(&mut self, place: &Place, is_customer: bool) -> Option<Value> {
        let cart = std::mem::take(&mut self.cart);
        let price = |(id, quantity): &(u64, u64)| Some(self.goods.by_variant(*id)?.price * quantity);
        let total: u64 = cart.items.iter().filter_map(price).sum();
        if cart.items.is_empty() {
            return None;
        }
        let attributes: Vec<_> =
            cart.attributes.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let total = Market::of(Some(&place.country)).set(total);
        let customer = is_customer.then(|| json!({ "id": 7001, "email": "shopper@example.com" }));
        Some(json!({
            "id": self.number(FIRST), "created_at": timestamp(), "cancelled_at": null, "test": false, "customer": customer,
            "currency": total["shop_money"]["currency_code"],
            "presentment_currency": total["presentment_money"]["currency_code"],
            "total_price_set": total, "current_total_price_set": total, "note_attributes": attributes,
        }))
    }

    /// Returns a number that nothing else of the shop has.
    fn number(&mut self, first: u64) -> u64 {
        self.issued += 1;
        first + self.issued
    }
}
