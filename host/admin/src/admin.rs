//! The assembled admin.

use std::sync::Arc;

use capabilities::clock::Clock;
use capabilities::signatures::{Algorithm, Signatures};
use model::ShopId;

use crate::log_limit::LogLimit;
use crate::noted::Noted;
use crate::served::Served;
use crate::{
    App, Connections, Installation, Installations, NotConnected, Shops, State, Storefronts, Unavailable,
    Usage,
};

/// The name of Shopify's signing secrets in `signatures`: the current secret and the previous one.
const SECRET: &str = "SHOPIFY_API_SECRET";

/// How long after an uninstallation Shopify requests the deletion of a shop's data
/// (<https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance>).
const REDACTED_AFTER_MS: u64 = 48 * 60 * 60 * 1_000;

/// The parts of an [`Admin`].
pub struct Parts {
    /// The app.
    pub app: Arc<App>,
    /// The connections to shops.
    pub connections: Arc<Connections>,
    /// The verifier of Shopify's signatures.
    pub signatures: Arc<dyn Signatures>,
    /// The host.
    pub storefronts: Arc<dyn Storefronts>,
    /// The stored data of shops.
    pub shops: Shops,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// Installations and the pages that merchants see.
pub struct Admin {
    pub(crate) app: Arc<App>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) storefronts: Arc<dyn Storefronts>,
    pub(crate) shops: Shops,
    pub(crate) served: Served,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) noted: Noted,
    /// The limit of the warning that a request was signed with a wrong secret.
    pub(crate) wrong_secret: LogLimit,
    signatures: Arc<dyn Signatures>,
}

impl Admin {
    /// Assembles the parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { app, connections, signatures, storefronts, shops, clock } = parts;
        let (served, noted, wrong_secret) = (Served::default(), Noted::default(), LogLimit::default());
        Arc::new(Self {
            app,
            connections,
            storefronts,
            shops,
            served,
            clock,
            noted,
            wrong_secret,
            signatures,
        })
    }

    /// Returns the connections, which hold shops' tokens.
    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// Returns the usage counts of shops.
    pub fn usage(&self) -> &Arc<Usage> {
        &self.shops.usage
    }

    /// Returns a shop's installation.
    pub async fn find(&self, shop: &ShopId) -> Result<Option<Installation>, Unavailable> {
        self.installations().find(shop).await
    }

    /// Handles Shopify's message from `at_ms` that the shop uninstalled the app; the shop is already closed. Drops its
    /// tokens and stops serving it, or reopens it if the app was installed again since. The current state of the
    /// installation decides, in whatever order the messages arrive.
    pub async fn uninstalled(&self, shop: &ShopId, at_ms: u64) -> Result<(), NotConnected> {
        let _alone = self.connections.alone(shop).await;
        if self.record_uninstallation(shop, at_ms).await? {
            self.connections.note(shop, None);
            self.storefronts.close(shop).await?;
        } else if self.find(shop).await?.is_some_and(|found| found.state == State::Installed) {
            self.storefronts.reopen(shop).await?;
        }
        Ok(())
    }

    /// Records an uninstallation and stops serving the shop. Returns false if the app was installed again since.
    async fn record_uninstallation(&self, shop: &ShopId, at_ms: u64) -> Result<bool, Unavailable> {
        let mut served = self.served.lock().await;
        let is_gone = self.installations().uninstalled(shop, at_ms).await?;
        if is_gone {
            served.remove(&*self.storefronts, shop);
        }
        Ok(is_gone)
    }

    /// Handles Shopify's request from `at_ms` to delete a shop's data, which it sends two days after the app was
    /// uninstalled. Data of a later installation stays.
    pub async fn redacted(&self, shop: &ShopId, at_ms: u64) -> Result<(), NotConnected> {
        let _alone = self.connections.alone(shop).await;
        let mut served = self.served.lock().await;
        // Counts that are being written would otherwise arrive after the deletion.
        self.shops.usage.flush().await;
        if self.installations().delete(shop, at_ms.saturating_sub(REDACTED_AFTER_MS)).await? {
            self.shops.usage.forget(shop);
            served.remove(&*self.storefronts, shop);
        }
        Ok(())
    }

    /// Fails if the database of shops cannot be written.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        self.shops.probe().await
    }

    /// Writes pending counts and closes the file, if there is one.
    pub async fn close(&self) {
        self.shops.close().await;
    }

    /// Returns the installations.
    pub fn installations(&self) -> &Installations {
        &self.shops.installations
    }

    pub(crate) fn now_s(&self) -> u64 {
        self.clock.now_ms() / 1_000
    }

    /// Returns whether Shopify signed the message.
    pub(crate) fn signed(&self, message: &[u8], mac: &[u8]) -> bool {
        self.signatures.verify(SECRET, Algorithm::HmacSha256, message, mac).unwrap_or(false)
    }
}
