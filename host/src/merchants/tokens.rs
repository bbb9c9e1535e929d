//! The tokens that authenticate requests to shops' APIs.

use std::sync::Arc;

use admin::Connections;
use async_trait::async_trait;
use capabilities::Secret;
use capabilities::fetch::Tokens;
use model::ShopId;

/// The configured tokens, and those of shops that installed the app.
pub struct TokensOfShops {
    configured: Arc<dyn Tokens>,
    connections: Arc<Connections>,
}

impl TokensOfShops {
    /// Creates the tokens. A configured token comes before that of an installation.
    pub(super) fn new(configured: Arc<dyn Tokens>, connections: Arc<Connections>) -> Self {
        Self { configured, connections }
    }
}

#[async_trait]
impl Tokens for TokensOfShops {
    async fn token(&self, shop: &str) -> Option<Secret> {
        if let Some(token) = self.configured.token(shop).await {
            return Some(token);
        }
        self.connections.storefront_token(&ShopId::parse(shop).ok()?).await
    }

    fn refuse(&self, shop: &str, token: &Secret) {
        if let Ok(shop) = ShopId::parse(shop) {
            self.connections.refuse(&shop, token);
        }
    }
}
