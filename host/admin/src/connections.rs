//! A shop's tokens: got when its merchant opens the app ([`merchant`]), renewed before they end, by one request at
//! a time. Its Storefront API is asked with the access token, as Shopify's own library does
//! (<https://github.com/Shopify/shopify-app-js>, `shopify-api/lib/clients/storefront`): one that can be renewed cannot
//! be delegated (`REFRESH_TOKEN` in
//! <https://shopify.dev/docs/api/admin-graphql/latest/enums/DelegateAccessTokenCreateUserErrorCode>).

mod merchant;
mod not_connected;
mod status;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use capabilities::Secret;
use capabilities::clock::Clock;
use names::StoreId;
use shopify::token_request::{Refusal, Tokens};
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};
use tokio::task::{JoinError, JoinHandle};

use crate::records::{FOR_EVER, Installation, State, Token};
use crate::shopify_api::{Failure, ShopifyApi};
use crate::{App, Credentials, Installations, Storefronts};

pub use not_connected::NotConnected;

/// Tokens are renewed so long before they end.
const RENEW_MS: u64 = 5 * 60_000;
/// A token with less left may end on its way.
const USABLE_MS: u64 = 10_000;
/// After a failure, a shop's tokens are not renewed for so long unless its merchant is there.
const PAUSE_MS: u64 = 30_000;

/// A shopper waits for a catalog that waits for a token: no longer than this.
const PATIENCE: Duration = Duration::from_secs(1);
/// Nor for the file of shops.
const STORAGE_PATIENCE: Duration = Duration::from_millis(250);

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
    /// Why the last attempt to get tokens of a shop failed, unless one succeeded since.
    failures: Mutex<HashMap<StoreId, NotConnected>>,
}

impl Connections {
    pub(crate) fn new(
        app: Arc<App>,
        installations: Arc<Installations>,
        storefronts: Arc<dyn Storefronts>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let api = ShopifyApi::new(app)?;
        let (gates, refused, failures) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { api, installations, storefronts, clock, gates, refused, failures })
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
        let installed = tokio::time::timeout(STORAGE_PATIENCE, self.installed(store));
        let access = installed.await.ok()?.ok()?.access;
        let secret = match self.lasting(access.clone()) {
            Some(access) => access.secret,
            None => self.token_meanwhile(store, access).await?,
        };
        (!self.is_refused(store, &secret)).then_some(secret)
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
        let refresh = self.usable(found.refresh.clone()).ok_or(NotConnected::NotInstalled)?;
        if self.clock.now_ms() < *not_before_ms {
            return Err(NotConnected::Shopify("the last attempt failed a moment ago".to_owned()));
        }
        let renewed = self.refresh(store, &found, refresh).await;
        self.note(store, renewed.as_ref().err());
        if let Err(error) = &renewed {
            tracing::warn!(%store, %error, "a shop's tokens were not renewed");
            *not_before_ms = self.clock.now_ms() + PAUSE_MS;
        }
        renewed
    }

    /// Gives the refresh token for other tokens. It stays where the answer is lost or cannot be kept: Shopify takes it
    /// again until its replacement is used, for 30 days
    /// (<https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens>).
    async fn refresh(
        &self,
        store: &StoreId,
        found: &Installation,
        refresh: Token,
    ) -> Result<Secret, NotConnected> {
        let answer = self.api.refresh(store, &refresh.secret).await;
        if answer.as_ref().err() == Some(&Failure::Refused(Refusal::InvalidGrant)) {
            self.installations.drop_tokens(store, found.changed_ms).await?;
        }
        let mut credentials = self.credentials(answer?, &found.scopes);
        credentials.refresh = credentials.refresh.or(Some(refresh));
        let kept = self.installations.renew(store, &credentials).await?;
        kept.then_some(credentials.access.secret).ok_or(NotConnected::NotInstalled)
    }

    /// What Shopify gave, for `scopes` if it does not say for what.
    fn credentials(&self, tokens: Tokens, scopes: &str) -> Credentials {
        let now_ms = self.clock.now_ms();
        let until_ms = |seconds: u64| now_ms.saturating_add(seconds.saturating_mul(1_000)).min(FOR_EVER);
        let token = |text: String, seconds: Option<u64>| Token {
            secret: Secret::new(text),
            until_ms: seconds.map_or(FOR_EVER, until_ms),
        };
        let refresh_expires_in = tokens.refresh_token_expires_in;
        Credentials {
            scopes: tokens.scope.unwrap_or_else(|| scopes.to_owned()),
            access: token(tokens.access_token, tokens.expires_in),
            refresh: tokens.refresh_token.map(|text| token(text, refresh_expires_in)),
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

    /// Remembers why the last attempt to get tokens failed, or that it did not.
    pub(crate) fn note(&self, store: &StoreId, failure: Option<&NotConnected>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            Some(failure) => drop(failures.insert(store.clone(), failure.clone())),
            None => drop(failures.remove(store)),
        }
    }

    fn gate(&self, store: &StoreId) -> Arc<Gate<u64>> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(store.clone()).or_default().clone()
    }

    fn is_refused(&self, store: &StoreId, token: &Secret) -> bool {
        self.refused().get(store) == Some(token)
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<StoreId, Secret>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a task that asked Shopify.
fn ended<T>(task: Result<Result<T, NotConnected>, JoinError>) -> Result<T, NotConnected> {
    task.unwrap_or_else(|error| Err(NotConnected::Shopify(error.to_string())))
}
