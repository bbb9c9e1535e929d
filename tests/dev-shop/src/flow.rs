//! Shopify Flow, as far as it takes the app's triggers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::shop::Shop;

/// Takes a trigger, or says why not.
pub(crate) fn receive(shop: &Shop, variables: &Value) -> Value {
    let (handle, payload) = (variables["handle"].as_str().unwrap_or_default(), &variables["payload"]);
    let refusal = match shop.triggers.iter().find(|trigger| trigger.handle == handle) {
        Some(trigger) => trigger.refusal(payload),
        None => Some("Invalid handle".to_owned()),
    };
    if let Some(message) = refusal {
        return json!({ "userErrors": [{ "field": ["payload"], "message": message }] });
    }
    shop.state().told.push(json!({ "handle": handle, "payload": payload }));
    json!({ "userErrors": [] })
}

/// Returns what Flow was told, oldest first.
pub(crate) async fn told(State(shop): State<Arc<Shop>>) -> Json<Value> {
    Json(json!(shop.state().told))
}
