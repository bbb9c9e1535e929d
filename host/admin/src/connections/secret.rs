//! Checks the app's client id and secret.

use std::sync::Arc;

use capabilities::Secret;
use model::ShopId;
use shopify::token_request::Refusal;

use super::NotConnected;
use crate::App;
use crate::shopify_api::{Failure, ShopifyApi};

impl App {
    /// Checks with Shopify, through a shop, that the app's client id and secret are valid. Sends an invalid refresh
    /// token, for which Shopify returns `invalid_grant` only to an app that it knows.
    pub async fn check_secret(self, shop: &ShopId) -> Result<(), NotConnected> {
        let api =
            ShopifyApi::new(Arc::new(self)).map_err(|error| NotConnected::Shopify(error.to_string()))?;
        match api.refresh(shop, &Secret::new("none")).await {
            Ok(_) | Err(Failure::Refused(Refusal::InvalidGrant)) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}
