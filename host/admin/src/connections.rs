//! A shop's tokens: obtained when its merchant opens the app ([`merchant`]), and renewed before they expire, by one
//! request at a time, of whichever process ([`Renewal`]). The access token also authenticates Storefront API requests,
//! as in Shopify's own library (<https://github.com/Shopify/shopify-app-js>, `shopify-api/lib/clients/storefront`),
//! because a renewable token cannot be delegated (`REFRESH_TOKEN` in
//! <https://shopify.dev/docs/api/admin-graphql/latest/enums/DelegateAccessTokenCreateUserErrorCode>).

mod merchant;
mod not_connected;
mod secret;
mod status;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use capabilities::Secret;
use capabilities::clock::Clock;
use model::ShopId;
use shopify::token_request::{Refusal, Tokens};
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};
use tokio::task::{JoinError, JoinHandle};

use crate::installations::{Begun, Need, Renewal};
use crate::records::{FOR_EVER, Installation, State, Token};
use crate::shopify_api::{Failure, ShopifyApi};
use crate::{App, Credentials, Installations, Shops};

pub use not_connected::NotConnected;

/// How long before they expire tokens are renewed.
const RENEW_MS: u64 = 5 * 60_000;
/// A token with less time left may expire before its request arrives.
const USABLE_MS: u64 = 10_000;
/// The minimum time between early renewals for a shop whose Storefront API accepts no token.
const REFUSED_PAUSE_MS: u64 = 30 * 60_000;

/// How long a catalog waits for a token, because a shopper waits for the catalog.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long to wait for the database of shops.
const STORAGE_PATIENCE: Duration = Duration::from_millis(250);
/// How often to look whether another process has renewed a shop's tokens.
const LOOK: Duration = Duration::from_millis(100);

/// Connections to shops.
pub struct Connections {
    pub(crate) api: ShopifyApi,
    installations: Arc<Installations>,
    clock: Arc<dyn Clock>,
    /// A lock for each shop, so that one task of this process at a time changes its installation.
    gates: Mutex<HashMap<ShopId, Arc<Gate<()>>>>,
    /// The last access token of each shop that its Storefront API rejected.
    refused: Mutex<HashMap<ShopId, Refused>>,
    /// Why the last attempt to get tokens for a shop failed, unless a later one succeeded.
    failures: Mutex<HashMap<ShopId, NotConnected>>,
}

/// An access token that a shop's Storefront API rejected.
struct Refused {
    token: Secret,
    /// When it may be renewed early. Without this limit, a shop whose API accepts no token would have its token
    /// renewed for each request.
    renew_from_ms: u64,
}

impl Connections {
    /// Connects the shops whose installations are stored in `shops`. Fails if TLS cannot be initialized.
    pub fn new(app: Arc<App>, shops: &Shops, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let api = ShopifyApi::new(app)?;
        let installations = shops.installations.clone();
        let (gates, refused, failures) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { api, installations, clock, gates, refused, failures })
    }

    /// Returns a token for the shop's APIs that does not expire soon.
    pub async fn access_token(self: &Arc<Self>, shop: &ShopId) -> Result<Secret, NotConnected> {
        let found = self.installed(shop).await?;
        match self.lasting(shop, found.access) {
            Some(access) => Ok(access.secret),
            None => ended(self.renewal(shop).await),
        }
    }

    /// Returns a token for the shop's Storefront API; with `None`, the request has no token. Renews a token that
    /// expires soon in the background; waits briefly for a new one if the token has expired or was rejected.
    pub async fn storefront_token(self: &Arc<Self>, shop: &ShopId) -> Option<Secret> {
        let installed = tokio::time::timeout(STORAGE_PATIENCE, self.installed(shop));
        let access = installed.await.ok()?.ok()?.access;
        let secret = match self.lasting(shop, access.clone()) {
            Some(access) => access.secret,
            None => self.token_meanwhile(shop, access).await?,
        };
        (!self.is_refused(shop, &secret)).then_some(secret)
    }

    /// Records that the shop's Storefront API rejected the token. Requests have no token until there is another one.
    /// The token may have been invalidated early, even one that never expires, so another one is requested.
    pub fn refuse(&self, shop: &ShopId, token: &Secret) {
        let mut refused = self.refused();
        let former = refused.get(shop);
        if former.is_none_or(|former| former.token != *token) {
            tracing::warn!(
                %shop,
                "the Storefront API rejected the access token; sending requests without one until it is renewed"
            );
        }
        let renew_from_ms = former.map_or(0, |former| former.renew_from_ms);
        refused.insert(shop.clone(), Refused { token: token.clone(), renew_from_ms });
    }

    /// Returns the old token while it is renewed in the background, or waits briefly for a new one.
    async fn token_meanwhile(self: &Arc<Self>, shop: &ShopId, access: Option<Token>) -> Option<Secret> {
        if let Some(access) = self.accepted(shop, access) {
            drop(self.renewal(shop));
            return Some(access.secret);
        }
        tokio::time::timeout(PATIENCE, self.access_token(shop)).await.ok()?.ok()
    }

    /// Renews a shop's tokens, even if the caller stops waiting, so that the tokens from Shopify are stored.
    fn renewal(self: &Arc<Self>, shop: &ShopId) -> JoinHandle<Result<Secret, NotConnected>> {
        let (this, shop) = (self.clone(), shop.clone());
        tokio::spawn(async move { this.renew_alone(&shop).await })
    }

    async fn renew_alone(&self, shop: &ShopId) -> Result<Secret, NotConnected> {
        let _alone = self.alone(shop).await;
        let found = self.installed(shop).await?;
        if let Some(access) = self.lasting(shop, found.access.clone()) {
            return Ok(access.secret);
        }
        let former = self.accepted(shop, found.access.clone());
        let renewed = self.renew(shop, &found, Need::Usual).await;
        renewed.or_else(|error| former.map(|token| token.secret).ok_or(error))
    }

    /// Renews tokens, unless another process does or that was tried a moment ago. The caller must hold the shop's gate.
    async fn renew(&self, shop: &ShopId, found: &Installation, need: Need) -> Result<Secret, NotConnected> {
        self.usable(found.refresh.clone()).ok_or(NotConnected::NotInstalled)?;
        match self.installations.begin_renewal(shop, need).await? {
            Begun::Here(renewal) => {
                let renewed = self.renew_here(shop, &renewal).await;
                self.installations.end_renewal(shop, &renewal).await?;
                renewed
            }
            Begun::Elsewhere => {
                while self.installations.is_renewing(shop).await? {
                    tokio::time::sleep(LOOK).await;
                }
                self.renewed_elsewhere(shop, "another process could not renew the tokens").await
            }
            Begun::TooSoon => {
                self.renewed_elsewhere(shop, "the last attempt to renew the tokens was a moment ago").await
            }
        }
    }

    /// Renews tokens, unless another process did so before this renewal began.
    async fn renew_here(&self, shop: &ShopId, renewal: &Renewal) -> Result<Secret, NotConnected> {
        let found = self.installed(shop).await?;
        if let Some(access) = self.lasting(shop, found.access.clone()) {
            return Ok(access.secret);
        }
        let refresh = self.usable(found.refresh.clone()).ok_or(NotConnected::NotInstalled)?;
        let renewed = self.refresh(shop, &found, refresh, renewal).await;
        self.note(shop, renewed.as_ref().err());
        match &renewed {
            Ok(_) => self.replaced(shop, found.access.as_ref()),
            Err(error) => tracing::warn!(%shop, %error, "cannot renew a shop's tokens"),
        }
        renewed
    }

    /// Returns the token that another process stored since this one read it, or else why there is none.
    async fn renewed_elsewhere(&self, shop: &ShopId, otherwise: &str) -> Result<Secret, NotConnected> {
        let found = self.installed(shop).await?;
        let renewed = self.lasting(shop, found.access).map(|access| access.secret);
        renewed.ok_or_else(|| NotConnected::Shopify(otherwise.to_owned()))
    }

    /// Exchanges the refresh token for new tokens. Keeps it if the answer is lost or cannot be stored: Shopify accepts
    /// it again until its replacement is used, for 30 days
    /// (<https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens>).
    async fn refresh(
        &self,
        shop: &ShopId,
        found: &Installation,
        refresh: Token,
        renewal: &Renewal,
    ) -> Result<Secret, NotConnected> {
        let answer = self.api.refresh(shop, &refresh.secret).await;
        if answer.as_ref().err() == Some(&Failure::Refused(Refusal::InvalidGrant)) {
            self.installations.drop_tokens(shop, renewal).await?;
        }
        let mut credentials = self.credentials(answer?, &found.scopes);
        credentials.refresh = credentials.refresh.or(Some(refresh));
        if !self.installations.renew(shop, &credentials, renewal).await? {
            // The app was uninstalled, or another process got other tokens meanwhile.
            let stored = self.installed(shop).await?;
            return self.usable(stored.access).map(|access| access.secret).ok_or(NotConnected::NotInstalled);
        }
        let ended =
            || NotConnected::Shopify("Shopify issued an access token that has already expired".to_owned());
        self.usable(Some(credentials.access)).map(|access| access.secret).ok_or_else(ended)
    }

    /// Converts Shopify's tokens; uses `scopes` if the response names none.
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

    async fn installed(&self, shop: &ShopId) -> Result<Installation, NotConnected> {
        let found = self.installations.find(shop).await?;
        found.filter(|found| found.state == State::Installed).ok_or(NotConnected::NotInstalled)
    }

    /// Drops a token that must be renewed now, because it expires soon or was refused. A refused token stays if its
    /// predecessor was refused a short while ago as well.
    fn lasting(&self, shop: &ShopId, token: Option<Token>) -> Option<Token> {
        let now_ms = self.clock.now_ms();
        let refused = self.refused();
        let is_to_be_replaced = |token: &Secret| {
            refused
                .get(shop)
                .is_some_and(|refused| refused.token == *token && now_ms >= refused.renew_from_ms)
        };
        token.filter(|token| token.until_ms > now_ms + RENEW_MS && !is_to_be_replaced(&token.secret))
    }

    fn usable(&self, token: Option<Token>) -> Option<Token> {
        token.filter(|token| token.until_ms > self.clock.now_ms() + USABLE_MS)
    }

    /// Keeps an access token that has not expired and is not known to be refused.
    fn accepted(&self, shop: &ShopId, access: Option<Token>) -> Option<Token> {
        self.usable(access).filter(|access| !self.is_refused(shop, &access.secret))
    }

    /// Records that a new token replaced `former`. If `former` was refused, a refused successor is kept for a while.
    fn replaced(&self, shop: &ShopId, former: Option<&Token>) {
        let mut refused = self.refused();
        let refused = refused
            .get_mut(shop)
            .filter(|refused| former.is_some_and(|former| former.secret == refused.token));
        if let Some(refused) = refused {
            refused.renew_from_ms = self.clock.now_ms() + REFUSED_PAUSE_MS;
        }
    }

    /// Keeps other tasks of this process from changing a shop's installation until the guard is dropped.
    pub(crate) async fn alone(&self, shop: &ShopId) -> OwnedMutexGuard<()> {
        self.gate(shop).lock_owned().await
    }

    /// Records why the last attempt to get tokens failed, or that it succeeded.
    pub(crate) fn note(&self, shop: &ShopId, failure: Option<&NotConnected>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            Some(failure) => drop(failures.insert(shop.clone(), failure.clone())),
            None => drop(failures.remove(shop)),
        }
    }

    /// Returns why the last attempt to get tokens failed, if it failed.
    fn failure(&self, shop: &ShopId) -> Option<NotConnected> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).get(shop).cloned()
    }

    fn gate(&self, shop: &ShopId) -> Arc<Gate<()>> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(shop.clone()).or_default().clone()
    }

    fn is_refused(&self, shop: &ShopId, token: &Secret) -> bool {
        self.refused().get(shop).is_some_and(|refused| refused.token == *token)
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<ShopId, Refused>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the result of a task that asked Shopify.
fn ended<T>(task: Result<Result<T, NotConnected>, JoinError>) -> Result<T, NotConnected> {
    task.unwrap_or_else(|error| Err(NotConnected::Shopify(error.to_string())))
}
