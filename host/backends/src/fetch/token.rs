//! The tokens for requests to shops.

use async_trait::async_trait;

use crate::Secret;

/// The private Storefront tokens of shops.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Returns the shop's token; with `None`, the request has no token, which suffices for most of the data that a
    /// catalog needs. Called for each request, so it should answer from memory if it can.
    async fn token(&self, shop: &str) -> Option<Secret>;

    /// Records that the shop rejected its token. Called for each request with that outcome. A token that comes
    /// from an operator stays in use: the log says what is wrong.
    fn refuse(&self, _shop: &str, _token: &Secret) {}
}

/// A source without tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTokens;

#[async_trait]
impl Tokens for NoTokens {
    async fn token(&self, _shop: &str) -> Option<Secret> {
        None
    }
}

/// The token of the one shop that is connected without an installation.
#[derive(Debug, Clone)]
pub struct OneToken {
    /// The shop.
    pub shop: String,
    /// Its token, which is sent to no other shop.
    pub token: Secret,
}

#[async_trait]
impl Tokens for OneToken {
    async fn token(&self, shop: &str) -> Option<Secret> {
        (shop == self.shop).then(|| self.token.clone())
    }
}
