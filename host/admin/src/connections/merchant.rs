//! A merchant opens the app, and with that connects their shop.

use std::sync::Arc;

use names::StoreId;

use super::{Connections, NotConnected, ended};
use crate::records::{Installation, State};
use crate::shopify_api::STOREFRONT_SCOPES;
use crate::{Choices, Unavailable, choices};

impl Connections {
    /// Connects a shop whose merchant is there, unless it is connected. Whenever Shopify was asked for tokens by a
    /// session token, the shop is opened and served.
    ///
    /// It goes on if the caller does not wait for it: what Shopify gave is to be kept.
    pub async fn connect(self: &Arc<Self>, store: &StoreId, session_token: &str) -> Result<(), NotConnected> {
        if self.stands(store).await? {
            return Ok(());
        }
        let (this, store, session_token) = (self.clone(), store.clone(), session_token.to_owned());
        ended(tokio::spawn(async move { this.connect_alone(&store, &session_token).await }).await)
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
        let exchanged = self.exchange(store, session_token).await;
        self.note(store, exchanged.as_ref().err());
        exchanged
    }

    /// Asks for tokens by the session token. What may fail comes before they are kept: once they are, the shop
    /// counts as connected.
    async fn exchange(&self, store: &StoreId, session_token: &str) -> Result<(), NotConnected> {
        // An uninstallation that is told while Shopify answers is newer than its answer.
        let asked_ms = self.clock.now_ms();
        let tokens = self.api.exchange(store, session_token).await?;
        let inherited = self.inherited(store).await?;
        let shop = choices::shop(store, &*self.storefronts, &self.installations).await?;
        let shop = inherited.clone().map_or(shop.clone(), |choices| choices.over(shop));
        self.storefronts.reopen(store).await?;
        let credentials = self.credentials(tokens, &STOREFRONT_SCOPES.join(","));
        self.installations.install(store, &credentials, asked_ms, inherited.as_ref()).await?;
        self.storefronts.set_shop(store, shop);
        tracing::info!(%store, "a shop was connected");
        Ok(())
    }

    /// What the merchant chose when their shop had another domain, if they chose nothing since.
    async fn inherited(&self, store: &StoreId) -> Result<Option<Choices>, NotConnected> {
        if self.installations.choices(store).await?.is_some() {
            return Ok(None);
        }
        for other in self.storefronts.other_domains(store).await? {
            if let Some(choices) = self.installations.choices(&other).await? {
                return Ok(Some(choices));
            }
        }
        Ok(None)
    }

    /// Whether nothing is to be done. A token that the Storefront API refuses is worth nothing, however long it lasts.
    async fn stands(&self, store: &StoreId) -> Result<bool, Unavailable> {
        let found = self.installations.find(store).await?.filter(has_scopes);
        let lasting = found.and_then(|found| self.lasting(store, found.access));
        Ok(lasting.is_some_and(|access| !self.is_refused(store, &access.secret)))
    }
}

/// Installed, and allowed what the app needs.
fn has_scopes(found: &Installation) -> bool {
    let granted: Vec<_> = found.scopes.split(',').map(str::trim).collect();
    found.state == State::Installed && STOREFRONT_SCOPES.iter().all(|scope| granted.contains(scope))
}
