//! Routes with which developers and tests control the shop.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::failures::{Door, Trouble};
use crate::goods::Change;
use crate::shop::Shop;
use crate::webhooks::{self, How};

/// Changes a product, and sends the app a webhook.
pub(crate) async fn change(
    State(shop): State<Arc<Shop>>,
    Path(handle): Path<String>,
    Json(change): Json<Change>,
) -> Response {
    let payload = {
        let mut state = shop.state();
        if !state.goods.change(&handle, change) {
            return (StatusCode::NOT_FOUND, "No such product").into_response();
        }
        let product = state.goods.product(&handle);
        json!({ "id": product.map(|it| it.id), "handle": handle, "title": product.map(|it| &it.title) })
    };
    Json(webhooks::send(&shop, "products/update", &payload, How::default()).await).into_response()
}

/// Sends a webhook, with the given body or with the one that Shopify would send.
pub(crate) async fn webhook(
    State(shop): State<Arc<Shop>>,
    Path(topic): Path<String>,
    Query(how): Query<How>,
    body: Bytes,
) -> Json<webhooks::Delivery> {
    let payload = serde_json::from_slice(&body).unwrap_or_else(|_| webhooks::payload(&shop, &topic));
    Json(webhooks::send(&shop, &topic, &payload, how).await)
}

/// Breaks or repairs the Storefront API.
pub(crate) async fn trouble(State(shop): State<Arc<Shop>>, Path(trouble): Path<Trouble>) -> StatusCode {
    shop.state().trouble = trouble;
    StatusCode::NO_CONTENT
}

/// Selects who answers requests to the app proxy: the app, or something in its place.
pub(crate) async fn door(State(shop): State<Arc<Shop>>, Path(door): Path<Door>) -> Json<Value> {
    shop.state().door = door;
    Json(json!({}))
}

/// Returns the requests to the app proxy so far, and the number of queries to the Storefront API.
pub(crate) async fn asked(State(shop): State<Arc<Shop>>) -> Json<Value> {
    let state = shop.state();
    Json(json!({ "proxy": state.asked, "storefront": state.questions }))
}
