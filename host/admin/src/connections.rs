//! A shop's tokens: got when its merchant opens the app ([`merchant`]), renewed before they end, by one request at
//! a time. Its Storefront API is asked with the access token, as Shopify's own library does
//! (<https://github.com/Shopify/shopify-app-js>, `shopify-api/lib/clients/storefront`): one that can be renewed cannot
//! be delegated (`REFRESH_TOKEN` in
//! <https://shopify.dev/docs/api/admin-graphql/latest/enums/DelegateAccessTokenCreateUserErrorCode>).

mod merchant;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use capabilities::Secret;
use capabilities::clock::Clock;
use names::StoreId;
use shopify::token_request::{Refusal, Tokens};
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};
use tokio::task::{JoinError, JoinHandle};

use crate::records::{Installation, State, Token};
use crate::shopify_api::{Failure, ShopifyApi};
use crate::storefronts::Failed;
use crate::{App, Credentials, Installations, Storefronts, Unavailable};

/// Tokens are renewed so long before they end.
const RENEW_MS: u64 = 5 * 60_000;
/// A token with less left may end on its way.
const USABLE_MS: u64 = 10_000;
/// After a failure, a shop's tokens are not renewed for so long unless its merchant is there.
const PAUSE_MS: u64 = 30_000;

/// Why there is no token of a shop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotConnected {
    /// The app is not installed there, or its merchant has to open it again.
    #[error("the shop is not connected: its merchant has to open the app")]
    NotInstalled,
    /// The session token is too old for Shopify: a page asks for another.
    #[error("Shopify did not accept the session token")]
    SessionToken,
    /// Shopify refused, or did not answer.
    #[error("{0}")]
    Shopify(String),
    /// The file of shops.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The host could not open or close the shop.
    #[error("the shop was not opened or closed: {0}")]
    Host(#[from] Failed),
}

/// A shopper waits for a catalog that waits for a token: no longer than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Connections to shops.
pub struct Connections {
    api: ShopifyApi,
    installations: Arc<Installations>,
    storefronts: Arc<dyn Storefronts>,
    clock: Arc<dyn Clock>,
    /// One for each shop; it holds the time before which renewing is not tried again.
    gates: Mutex<HashMap<StoreId, Arc<Gate<u64>>>>,
    /// Access tokens that shops' Storefront APIs did not accept: the last one of each shop.
    refused: Mutex<HashMap<StoreId, Secret>>,
}

impl Connections {
    pub(crate) fn new(
        app: Arc<App>,
        installations: Arc<Installations>,
        storefronts: Arc<dyn Storefronts>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let api = ShopifyApi::new(app)?;
        let (gates, refused) = (Mutex::default(), Mutex::default());
        Ok(Self { api, installations, storefronts, clock, gates, refused })
    }

    /// A token for the shop's APIs that does not end soon.
    pub async fn access_token(self: &Arc<Self>, store: &StoreId) -> Result<Secret, NotConnected> {
        let found = self.installed(store).await?;
        match self.lasting(found.access) {
            Some(access) => Ok(access.secret),
            None => ended(self.renewal(store).await),
        }
    }

    /// A token for the shop's Storefront API; `None` where it is to be asked without. One that ends soon is
    /// renewed beside; one that ended is waited for, but not for long.
    pub async fn storefront_token(self: &Arc<Self>, store: &StoreId) -> Option<Secret> {
        let access = self.installed(store).await.ok()?.access;
        let secret = match self.lasting(access.clone()) {
            Some(access) => access.secret,
            None => self.token_meanwhile(store, access).await?,
        };
        (self.refused().get(store) != Some(&secret)).then_some(secret)
    }

    /// The shop's Storefront API did not accept the token: it is asked without one until there is another.
    pub fn refuse(&self, store: &StoreId, token: &Secret) {
        let former = self.refused().insert(store.clone(), token.clone());
        if former.as_ref() != Some(token) {
            tracing::warn!(
                %store,
                "the Storefront API did not accept the access token; it is asked without one until there is another"
            );
        }
    }

    /// What is to be had while a token is renewed.
    async fn token_meanwhile(self: &Arc<Self>, store: &StoreId, access: Option<Token>) -> Option<Secret> {
        if let Some(access) = self.usable(access) {
            drop(self.renewal(store));
            return Some(access.secret);
        }
        tokio::time::timeout(PATIENCE, self.access_token(store)).await.ok()?.ok()
    }

    /// Renews a shop's tokens, also if nobody waits for it: what Shopify gave is to be kept.
    fn renewal(self: &Arc<Self>, store: &StoreId) -> JoinHandle<Result<Secret, NotConnected>> {
        let (this, store) = (self.clone(), store.clone());
        tokio::spawn(async move { this.renew_alone(&store).await })
    }

    async fn renew_alone(&self, store: &StoreId) -> Result<Secret, NotConnected> {
        let gate = self.gate(store);
        let mut not_before_ms = gate.lock().await;
        let found = self.installed(store).await?;
        if let Some(access) = self.lasting(found.access.clone()) {
            return Ok(access.secret);
        }
        let former = self.usable(found.access.clone());
        let renewed = self.renew(store, found, &mut not_before_ms).await;
        renewed.or_else(|error| former.map(|token| token.secret).ok_or(error))
    }

    /// Renews tokens, unless that failed a moment ago. Only the holder of the shop's gate may.
    async fn renew(
        &self,
        store: &StoreId,
        found: Installation,
        not_before_ms: &mut u64,
    ) -> Result<Secret, NotConnected> {
        let refresh = self.usable(found.refresh).ok_or(NotConnected::NotInstalled)?;
        if self.clock.now_ms() < *not_before_ms {
            return Err(NotConnected::Shopify("the last attempt failed a moment ago".to_owned()));
        }
        let renewed = self.refresh(store, &refresh).await;
        if let Err(error) = &renewed {
            tracing::warn!(%store, %error, "a shop's tokens were not renewed");
            *not_before_ms = self.clock.now_ms() + PAUSE_MS;
        }
        renewed
    }

    /// Gives the refresh token for other tokens. It stays where the answer is lost or cannot be kept: Shopify takes it
    /// again until its replacement is used, for 30 days
    /// (<https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens>).
    async fn refresh(&self, store: &StoreId, refresh: &Token) -> Result<Secret, NotConnected> {
        let answer = self.api.refresh(store, &refresh.secret).await;
        if answer.as_ref().err() == Some(&Failure::Refused(Refusal::InvalidGrant)) {
            self.installations.drop_refresh(store, refresh).await?;
        }
        let credentials = self.credentials(answer?);
        let kept = self.installations.renew(store, &credentials).await?;
        kept.then_some(credentials.access.secret).ok_or(NotConnected::NotInstalled)
    }

    /// What Shopify gave.
    fn credentials(&self, tokens: Tokens) -> Credentials {
        let now_ms = self.clock.now_ms();
        let token = |text: String, seconds: u64| Token {
            secret: Secret::new(text),
            until_ms: now_ms.saturating_add(seconds.saturating_mul(1_000)),
        };
        Credentials {
            scopes: tokens.scope,
            access: token(tokens.access_token, tokens.expires_in),
            refresh: token(tokens.refresh_token, tokens.refresh_token_expires_in),
        }
    }

    async fn installed(&self, store: &StoreId) -> Result<Installation, NotConnected> {
        let found = self.installations.find(store).await?;
        found.filter(|found| found.state == State::Installed).ok_or(NotConnected::NotInstalled)
    }

    fn lasting(&self, token: Option<Token>) -> Option<Token> {
        token.filter(|token| token.until_ms > self.clock.now_ms() + RENEW_MS)
    }

    fn usable(&self, token: Option<Token>) -> Option<Token> {
        token.filter(|token| token.until_ms > self.clock.now_ms() + USABLE_MS)
    }

    /// Keeps everybody else from a shop's installation for as long as it is held.
    pub(crate) async fn alone(&self, store: &StoreId) -> OwnedMutexGuard<u64> {
        self.gate(store).lock_owned().await
    }

    fn gate(&self, store: &StoreId) -> Arc<Gate<u64>> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(store.clone()).or_default().clone()
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<StoreId, Secret>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Failure> for NotConnected {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(Refusal::InvalidSubjectToken) => Self::SessionToken,
            failure => Self::Shopify(failure.to_string()),
        }
    }
}

/// What became of a task that asked Shopify.
fn ended<T>(task: Result<Result<T, NotConnected>, JoinError>) -> Result<T, NotConnected> {
    task.unwrap_or_else(|error| Err(NotConnected::Shopify(error.to_string())))
}
