//! Turns on the app's web pixel in a shop, by the Admin API
//! (<https://shopify.dev/docs/apps/build/marketing-analytics/build-web-pixels>). The extension `shopify/extensions/pixel`
//! is the pixel; without the activation, Shopify does not run it.

use std::sync::Arc;

use capabilities::Secret;
use model::ShopId;
use serde_json::{Value, json};

use crate::Connections;
use crate::records::has_scope;
use crate::shopify_api::{Failure, ShopifyApi};

/// The scope that a merchant grants for it.
const SCOPE: &str = "write_pixels";
/// The path of the pixel's reports.
const PATH: &str = "/api/pixel";

const CREATE: &str = "mutation($settings: JSON!) { webPixelCreate(webPixel: { settings: $settings }) \
    { userErrors { code message } webPixel { id } } }";
const FIND: &str = "{ webPixel { id } }";
const UPDATE: &str = "mutation($id: ID!, $settings: JSON!) { webPixelUpdate(id: $id, webPixel: { settings: $settings }) \
    { userErrors { code message } webPixel { id } } }";

/// Why the pixel was not turned on.
#[derive(Debug, thiserror::Error)]
enum NotActive {
    #[error(transparent)]
    Failure(#[from] Failure),
    #[error("Shopify refuses it: {0}")]
    Refused(String),
}

/// Turns the pixel on in the background, if the merchant granted its scope, or tells it its settings anew. A failure is
/// logged; it is tried again when the shop's next session token is exchanged. Everything else works without it.
pub(crate) fn activate(connections: &Arc<Connections>, shop: &ShopId, token: &Secret, scopes: &str) {
    let address = connections.api.public_url();
    if address.is_empty() || !has_scope(scopes, SCOPE) {
        return;
    }
    // The settings of `shopify/extensions/pixel/shopify.extension.toml`.
    let settings = json!({ "address": format!("{address}{PATH}"), "shop": shop.as_str() });
    let (connections, shop, token) = (connections.clone(), shop.clone(), token.clone());
    tokio::spawn(async move {
        match turn_on(&connections.api, &shop, &token, settings).await {
            Ok(()) => tracing::info!(%shop, "the web pixel is on"),
            Err(error) => {
                tracing::warn!(%shop, %error, "cannot turn on the web pixel; without it, checkouts are not counted");
            }
        }
    });
}

async fn turn_on(api: &ShopifyApi, shop: &ShopId, token: &Secret, settings: Value) -> Result<(), NotActive> {
    let created = api.graphql(shop, token, CREATE, json!({ "settings": settings })).await?;
    match refusal(&created["data"]["webPixelCreate"]) {
        None => Ok(()),
        Some(code) if code == "TAKEN" => {
            let found = api.graphql(shop, token, FIND, json!({})).await?;
            let id = &found["data"]["webPixel"]["id"];
            let updated = api.graphql(shop, token, UPDATE, json!({ "id": id, "settings": settings })).await?;
            refusal(&updated["data"]["webPixelUpdate"]).map_or(Ok(()), |code| Err(NotActive::Refused(code)))
        }
        Some(code) => Err(NotActive::Refused(code)),
    }
}

/// Returns the code of the first error in the answer to a mutation; `None` if it succeeded.
fn refusal(mutation: &Value) -> Option<String> {
    let errors = mutation["userErrors"].as_array();
    match errors.map(|errors| errors.first()) {
        Some(None) => None,
        Some(Some(error)) => Some(error["code"].as_str().unwrap_or("no code").to_owned()),
        // A mutation that the API does not know, or whose scope is missing, has no result.
        None => Some("no result".to_owned()),
    }
}
