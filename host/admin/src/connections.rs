//! A shop's tokens: got when its merchant opens the app, renewed before they end, by one request at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use capabilities::Secret;
use capabilities::clock::Clock;
use names::StoreId;
use shopify::token_request::{Refusal, Tokens};
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};

use crate::records::{Installation, State, Token};
use crate::shopify_api::{Failure, STOREFRONT_SCOPES, ShopifyApi};
use crate::storefronts::Failed;
use crate::{App, Credentials, Installations, Storefronts, Unavailable, choices};

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
}

impl Connections {
    pub(crate) fn new(
        app: Arc<App>,
        installations: Arc<Installations>,
        storefronts: Arc<dyn Storefronts>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self { api: ShopifyApi::new(app)?, installations, storefronts, clock, gates: Mutex::default() })
    }

    /// Connects a shop whose merchant is there, unless it is connected. Whenever Shopify was asked for tokens, the
    /// shop is opened and served.
    ///
    /// It goes on if the caller does not wait for it: a token that Shopify gave must not get lost.
    pub async fn connect(self: &Arc<Self>, store: &StoreId, session_token: &str) -> Result<(), NotConnected> {
        if self.stands(store).await? {
            return Ok(());
        }
        let (this, store, session_token) = (self.clone(), store.clone(), session_token.to_owned());
        let task = tokio::spawn(async move { this.connect_alone(&store, &session_token).await });
        task.await.unwrap_or_else(|error| Err(NotConnected::Shopify(error.to_string())))
    }

    /// A token for the shop's Admin API that does not end soon.
    pub async fn access_token(self: &Arc<Self>, store: &StoreId) -> Result<Secret, NotConnected> {
        let found = self.installed(store).await?;
        if let Some(access) = self.lasting(found.access) {
            return Ok(access.secret);
        }
        let (this, store) = (self.clone(), store.clone());
        let task = tokio::spawn(async move { this.renew_alone(&store).await });
        task.await.unwrap_or_else(|error| Err(NotConnected::Shopify(error.to_string())))
    }

    /// A token for the shop's Storefront API; `None` where it is to be asked without. One that ends soon is
    /// renewed beside; one that ended is waited for, but not for long.
    pub async fn storefront_token(self: &Arc<Self>, store: &StoreId) -> Option<Secret> {
        let found = self.installed(store).await.ok()?;
        let usable = self.usable(found.storefront);
        if self.lasting(found.access).is_some() {
            return usable.map(|token| token.secret);
        }
        let (this, id) = (self.clone(), store.clone());
        let renewal = tokio::spawn(async move { this.renew_alone(&id).await });
        if let Some(token) = usable {
            return Some(token.secret);
        }
        let _ = tokio::time::timeout(PATIENCE, renewal).await;
        let found = self.installed(store).await.ok()?;
        self.usable(found.storefront).map(|token| token.secret)
    }

    async fn connect_alone(&self, store: &StoreId, session_token: &str) -> Result<(), NotConnected> {
        let gate = self.gate(store);
        let mut not_before_ms = gate.lock().await;
        if self.stands(store).await? {
            return Ok(());
        }
        *not_before_ms = 0;
        if let Some(found) = self.installations.find(store).await?.filter(has_scopes) {
            match self.renew(store, found, &mut not_before_ms).await {
                Ok(_) => return Ok(()),
                Err(error) => tracing::debug!(%store, %error, "a session token is exchanged instead"),
            }
        }
        self.exchange(store, session_token).await
    }

    /// Asks for tokens by the session token. What may fail comes before they are kept: once they are, the shop
    /// counts as connected.
    async fn exchange(&self, store: &StoreId, session_token: &str) -> Result<(), NotConnected> {
        // An uninstallation that is told while Shopify answers is newer than its answer.
        let asked_ms = self.clock.now_ms();
        let tokens = self.api.exchange(store, session_token).await.map_err(refused)?;
        let found = self.installations.find(store).await?;
        let shop = choices::shop(store, &*self.storefronts, &self.installations).await?;
        self.storefronts.reopen(store).await?;
        let credentials = self.credentials(tokens, found.and_then(|found| found.storefront));
        self.installations.install(store, &credentials, asked_ms).await?;
        let delegated = self.delegate(store, credentials).await;
        self.storefronts.set_shop(store, shop);
        tracing::info!(%store, "a shop was connected");
        delegated
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

    /// Spends the refresh token. Only the holder of the shop's gate may.
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
        match self.api.refresh(store, &refresh.secret).await {
            Ok(tokens) => {
                let credentials = self.credentials(tokens, found.storefront);
                let access = credentials.access.secret.clone();
                self.keep(store, &credentials).await?;
                self.delegate(store, credentials).await?;
                Ok(access)
            }
            Err(failure) => {
                tracing::warn!(%store, %failure, "a shop's tokens were not renewed");
                if failure == Failure::Refused(Refusal::InvalidGrant) {
                    self.installations.drop_refresh(store, &refresh).await?;
                }
                *not_before_ms = self.clock.now_ms() + PAUSE_MS;
                Err(refused(failure))
            }
        }
    }

    /// What Shopify gave, beside what the Storefront API was asked with until now.
    fn credentials(&self, tokens: Tokens, storefront: Option<Token>) -> Credentials {
        let now_ms = self.clock.now_ms();
        let token = |text: String, seconds: u64| Token {
            secret: Secret::new(text),
            until_ms: now_ms.saturating_add(seconds.saturating_mul(1_000)),
        };
        Credentials {
            scopes: tokens.scope,
            access: token(tokens.access_token, tokens.expires_in),
            refresh: token(tokens.refresh_token, tokens.refresh_token_expires_in),
            storefront: self.usable(storefront),
        }
    }

    /// Keeps tokens of an installation that stands: a pair at once, since it cannot be had again.
    async fn keep(&self, store: &StoreId, credentials: &Credentials) -> Result<(), NotConnected> {
        let kept = self.installations.renew(store, credentials).await?;
        kept.then_some(()).ok_or(NotConnected::NotInstalled)
    }

    /// Gets what the Storefront API is asked with.
    async fn delegate(&self, store: &StoreId, mut credentials: Credentials) -> Result<(), NotConnected> {
        let now_ms = self.clock.now_ms();
        match self.api.delegate(store, &credentials.access.secret).await {
            Ok(delegated) => {
                let until_ms = delegated.expires_in.map_or(credentials.access.until_ms, |seconds| {
                    credentials.access.until_ms.min(now_ms.saturating_add(seconds.saturating_mul(1_000)))
                });
                credentials.storefront = Some(Token { secret: delegated.secret, until_ms });
                self.keep(store, &credentials).await
            }
            Err(error) => {
                tracing::warn!(%store, %error, "the Storefront API is asked without a token");
                Ok(())
            }
        }
    }

    /// Whether nothing is to be done.
    async fn stands(&self, store: &StoreId) -> Result<bool, Unavailable> {
        let found = self.installations.find(store).await?.filter(has_scopes);
        Ok(found.is_some_and(|found| self.lasting(found.access).is_some()))
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
}

/// Installed, and allowed what the app needs.
fn has_scopes(found: &Installation) -> bool {
    let granted: Vec<_> = found.scopes.split(',').map(str::trim).collect();
    found.state == State::Installed && STOREFRONT_SCOPES.iter().all(|scope| granted.contains(scope))
}

fn refused(failure: Failure) -> NotConnected {
    match failure {
        Failure::Refused(Refusal::InvalidSubjectToken) => NotConnected::SessionToken,
        failure => NotConnected::Shopify(failure.to_string()),
    }
}
