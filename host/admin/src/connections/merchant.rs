//! Connects a shop when its merchant opens the app.

use std::sync::Arc;

use model::ShopId;
use model::shop::Choices;

use super::{NotConnected, ended};
use crate::installations::Need;
use crate::records::{Installation, State, has_scope};
use crate::shopify_api::STOREFRONT_SCOPES;
use crate::{Admin, Unavailable, choices, pixel};

impl Admin {
    /// Connects a shop whose merchant has the app open, unless it is connected. Exchanging a session token for tokens
    /// also reopens the shop and starts to serve it.
    ///
    /// It continues even if the caller stops waiting, so that the tokens from Shopify are stored.
    pub async fn connect(self: &Arc<Self>, shop: &ShopId, session_token: &str) -> Result<(), NotConnected> {
        if self.is_connected(shop).await? {
            return Ok(());
        }
        let (this, shop, session_token) = (self.clone(), shop.clone(), session_token.to_owned());
        ended(tokio::spawn(async move { this.connect_alone(&shop, &session_token).await }).await)
    }

    /// Exchanges a session token for new tokens after the merchant granted an optional scope, which earlier tokens lack, and
    /// reads the shop's Rollouts with them.
    pub async fn renew_scopes(
        self: &Arc<Self>,
        shop: &ShopId,
        session_token: &str,
    ) -> Result<(), NotConnected> {
        let (this, shop, session_token) = (self.clone(), shop.clone(), session_token.to_owned());
        let renewed = async move {
            let alone = this.connections.alone(&shop).await;
            this.exchange(&shop, &session_token).await?;
            drop(alone);
            this.read_rollouts(&shop).await;
            Ok(())
        };
        ended(tokio::spawn(renewed).await)
    }

    async fn connect_alone(&self, shop: &ShopId, session_token: &str) -> Result<(), NotConnected> {
        let _alone = self.connections.alone(shop).await;
        if self.is_connected(shop).await? {
            return Ok(());
        }
        if let Some(found) = self.installations().find(shop).await?.filter(has_scopes) {
            match self.connections.renew(shop, &found, Need::MerchantWaits).await {
                Ok(_) => return Ok(()),
                Err(error) => {
                    tracing::debug!(%shop, %error, "cannot renew a shop's tokens; exchanging a session token instead");
                }
            }
        }
        let exchanged = self.exchange(shop, session_token).await;
        self.connections.note(shop, exchanged.as_ref().err());
        exchanged
    }

    /// Exchanges the session token for tokens. Steps that may fail come before the tokens are stored, because a shop
    /// with stored tokens counts as connected.
    async fn exchange(&self, id: &ShopId, session_token: &str) -> Result<(), NotConnected> {
        // An uninstallation that is reported before Shopify answers is newer than the answer.
        let asked_ms = self.clock.now_ms();
        let tokens = self.connections.api.exchange(id, session_token).await?;
        let inherited = self.inherited(id).await?;
        let shop = choices::shop(id, &*self.storefronts, self.installations()).await?;
        let shop = inherited.clone().map_or(shop.clone(), |choices| choices.over(shop));
        self.storefronts.reopen(id).await?;
        let credentials = self.connections.credentials(tokens, &STOREFRONT_SCOPES.join(","));
        let mut served = self.served.lock().await;
        self.installations().install(id, &credentials, asked_ms, inherited.as_ref()).await?;
        served.set(&*self.storefronts, id, shop);
        tracing::info!(shop = %id, "a shop was connected");
        pixel::activate(&self.connections, id, &credentials.access.secret, &credentials.scopes);
        Ok(())
    }

    /// Returns the merchant's choices under the shop's other domains, if there are none under this one.
    async fn inherited(&self, shop: &ShopId) -> Result<Option<Choices>, NotConnected> {
        if self.installations().choices(shop).await?.is_some() {
            return Ok(None);
        }
        for other in self.storefronts.other_domains(shop).await? {
            if let Some(choices) = self.installations().choices(&other).await? {
                return Ok(Some(choices));
            }
        }
        Ok(None)
    }

    /// Returns whether the shop is connected. A token that the Storefront API refuses does not count, however long it
    /// is valid.
    async fn is_connected(&self, shop: &ShopId) -> Result<bool, Unavailable> {
        let found = self.installations().find(shop).await?.filter(has_scopes);
        let lasting = found.and_then(|found| self.connections.lasting(shop, found.access));
        Ok(lasting.is_some_and(|access| !self.connections.is_refused(shop, &access.secret)))
    }
}

/// Returns whether the app is installed with all scopes that it needs.
fn has_scopes(found: &Installation) -> bool {
    found.state == State::Installed && STOREFRONT_SCOPES.iter().all(|scope| has_scope(&found.scopes, scope))
}
