//! What developers and tests do to the shop.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::goods::Change;
use crate::proxy::Door;
use crate::shop::Shop;
use crate::storefront::Trouble;
use crate::webhooks::{self, How};

/// Changes a product, and tells the app.
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

/// Sends a webhook: with the body that is given, or with what Shopify would send.
pub(crate) async fn webhook(
    State(shop): State<Arc<Shop>>,
    Path(topic): Path<String>,
    Query(how): Query<How>,
    body: Bytes,
) -> Json<webhooks::Delivery> {
    let payload = serde_json::from_slice(&body).unwrap_or_else(|_| webhooks::payload(&shop, &topic));
    Json(webhooks::send(&shop, &topic, &payload, how).await)
}

/// Breaks the Storefront API, or mends it.
pub(crate) async fn trouble(State(shop): State<Arc<Shop>>, Path(trouble): Path<Trouble>) -> StatusCode {
    shop.state().trouble = trouble;
    StatusCode::NO_CONTENT
}

/// Has somebody else answer in place of the app, or the app again.
pub(crate) async fn door(State(shop): State<Arc<Shop>>, Path(door): Path<Door>) -> Json<Value> {
    shop.state().door = door;
    Json(json!({}))
}

/// What the app proxy was asked for so far, and how many questions the Storefront API was asked.
pub(crate) async fn asked(State(shop): State<Arc<Shop>>) -> Json<Value> {
    let state = shop.state();
    Json(json!({ "proxy": state.asked, "storefront": state.questions }))
}
