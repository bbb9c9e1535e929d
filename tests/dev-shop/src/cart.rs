//! The cart. There is only one, because this shop has one shopper at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::place::Place;
use crate::shop::Shop;

#[derive(Deserialize)]
pub(crate) struct Items {
    items: Vec<Item>,
}

#[derive(Deserialize)]
pub(crate) struct Item {
    id: u64,
    #[serde(default = "one")]
    quantity: u64,
}

fn one() -> u64 {
    1
}

pub(crate) async fn show(State(shop): State<Arc<Shop>>) -> Json<Value> {
    let state = shop.state();
    let items: Vec<_> =
        state.cart.items.iter().map(|(id, quantity)| json!({ "id": id, "quantity": quantity })).collect();
    let count: u64 = state.cart.items.iter().map(|(_, quantity)| quantity).sum();
    Json(json!({ "item_count": count, "items": items, "attributes": state.cart.attributes }))
}

pub(crate) async fn add(State(shop): State<Arc<Shop>>, Json(Items { items }): Json<Items>) -> Response {
    for item in &items {
        if !put(&shop, item) {
            let problem =
                json!({ "status": 422, "message": "Cart Error", "description": "It cannot be had." });
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response();
        }
    }
    show(State(shop)).await.into_response()
}

#[derive(Deserialize)]
pub(crate) struct Changes {
    attributes: BTreeMap<String, String>,
}

/// Changes attributes.
pub(crate) async fn update(
    State(shop): State<Arc<Shop>>,
    Json(Changes { attributes }): Json<Changes>,
) -> Json<Value> {
    shop.state().cart.attributes.extend(attributes);
    show(State(shop)).await
}

pub(crate) async fn add_by_form(
    State(shop): State<Arc<Shop>>,
    place: Place,
    Form(item): Form<Item>,
) -> Redirect {
    put(&shop, &item);
    Redirect::to(&format!("{}/cart", place.folder))
}

fn put(shop: &Shop, item: &Item) -> bool {
    let mut state = shop.state();
    let can_be_had = state.goods.can_be_had(item.id);
    if can_be_had {
        state.cart.items.push((item.id, item.quantity));
    }
    can_be_had
}
