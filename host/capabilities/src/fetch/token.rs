//! The tokens that shops are asked with.

use async_trait::async_trait;

use crate::Secret;

/// Knows the private Storefront token of each shop that has one.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// The shop's token; `None` asks without one, which is allowed for most of what a catalog needs.
    /// Called for each question, so that it answers from memory where it can.
    async fn token(&self, store: &str) -> Option<Secret>;

    /// The shop did not accept this token of its own. Called for each question to which that is the answer. A token
    /// that comes from an operator stays: the log says what is wrong.
    fn refuse(&self, _store: &str, _token: &Secret) {}
}

/// No shop has a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTokens;

#[async_trait]
impl Tokens for NoTokens {
    async fn token(&self, _store: &str) -> Option<Secret> {
        None
    }
}

/// The token of the one shop that is connected without an installation.
#[derive(Debug, Clone)]
pub struct OneToken {
    /// The shop.
    pub store: String,
    /// Its token. No other shop is sent it.
    pub token: Secret,
}

#[async_trait]
impl Tokens for OneToken {
    async fn token(&self, store: &str) -> Option<Secret> {
        (store == self.store).then(|| self.token.clone())
    }
}
