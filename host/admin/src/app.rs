//! The app as Shopify knows it, and the admin put together.

use std::sync::Arc;

use capabilities::Secret;
use capabilities::clock::Clock;
use capabilities::signatures::{Algorithm, Signatures};
use names::StoreId;
use shopify::token_request::Refusal;

use crate::complaint::Complaint;
use crate::shopify_api::{Failure, ShopifyApi};
use crate::{
    Connections, Installation, Installations, NotConnected, Shops, State, Storefronts, Unavailable, Usage,
    choices,
};

/// The name under which `signatures` knows what Shopify signs with: the current secret and the one before.
const SECRET: &str = "SHOPIFY_API_SECRET";

/// Shopify wants a shop forgotten so long after the app was uninstalled
/// (<https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance>).
const REDACTED_AFTER_MS: u64 = 48 * 60 * 60 * 1_000;

/// The app as Shopify knows it.
#[derive(Debug, Clone)]
pub struct App {
    /// Its client id. `SHOPIFY_API_KEY`.
    pub key: String,
    /// What it proves itself with when it asks for tokens: the current secret. `SHOPIFY_API_SECRET`.
    pub secret: Secret,
    /// Where browsers reach the admin: an origin without a slash at the end. Empty in development, where addresses are
    /// relative. `server.public_url`.
    pub public_url: String,
    /// What stands in place of `https://{shop}` when a shop is asked, and may frame the admin; for a
    /// simulator. `SHOPIFY_ORIGIN`.
    pub origin: Option<String>,
}

impl App {
    /// Asks Shopify, at a shop, whether it knows the app by its client id and secret: with a refresh token that is none,
    /// which Shopify refuses only to an app that it knows.
    pub async fn check_secret(self, store: &StoreId) -> Result<(), NotConnected> {
        let api =
            ShopifyApi::new(Arc::new(self)).map_err(|error| NotConnected::Shopify(error.to_string()))?;
        match api.refresh(store, &Secret::new("none")).await {
            Ok(_) | Err(Failure::Refused(Refusal::InvalidGrant)) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// What an [`Admin`] is made of.
pub struct Parts {
    /// The app.
    pub app: App,
    /// Checks what Shopify signed.
    pub signatures: Arc<dyn Signatures>,
    /// The host.
    pub storefronts: Arc<dyn Storefronts>,
    /// What is kept of shops.
    pub shops: Shops,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Installations and the pages that merchants see.
pub struct Admin {
    pub(crate) app: Arc<App>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) storefronts: Arc<dyn Storefronts>,
    pub(crate) shops: Shops,
    pub(crate) clock: Arc<dyn Clock>,
    /// Something was signed with a secret that is not the app's.
    pub(crate) wrong_secret: Complaint,
    signatures: Arc<dyn Signatures>,
}

impl Admin {
    /// Puts the parts together. Fails where the machine gives no TLS.
    pub fn new(parts: Parts) -> anyhow::Result<Arc<Self>> {
        let Parts { app, signatures, storefronts, shops, clock } = parts;
        let app = Arc::new(app);
        let installations = shops.installations.clone();
        let connections = Connections::new(app.clone(), installations, storefronts.clone(), clock.clone())?;
        Ok(Arc::new(Self {
            app,
            connections: Arc::new(connections),
            storefronts,
            shops,
            clock,
            wrong_secret: Complaint::default(),
            signatures,
        }))
    }

    /// Tokens of shops.
    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// How shops' pages go.
    pub fn usage(&self) -> &Arc<Usage> {
        &self.shops.usage
    }

    /// What is kept of a shop's installation.
    pub async fn find(&self, store: &StoreId) -> Result<Option<Installation>, Unavailable> {
        self.installations().find(store).await
    }

    /// Has every shop served that installed the app, and as its merchant chose. Call it once, at the start,
    /// before the first request.
    pub async fn restore(&self) -> Result<(), Unavailable> {
        let installed = self.installations().installed().await?;
        let chosen = self.installations().all_choices().await?.into_iter().map(|(store, _)| store);
        let chosen = chosen.filter(|store| self.storefronts.configured(store).is_some());
        for store in installed.iter().cloned().chain(chosen) {
            let shop = choices::shop(&store, &*self.storefronts, self.installations()).await?;
            self.storefronts.set_shop(&store, shop);
        }
        Ok(())
    }

    /// Shopify said at `at_ms` that the shop uninstalled the app, and the shop was closed: its tokens are dropped,
    /// and it is served no longer; or it is opened again, because the app was installed since. What the
    /// installation is now decides, in whichever order all that is told.
    pub async fn uninstalled(&self, store: &StoreId, at_ms: u64) -> Result<(), NotConnected> {
        let _alone = self.connections.alone(store).await;
        if self.installations().uninstalled(store, at_ms).await? {
            self.connections.note(store, None);
            self.storefronts.remove_shop(store);
            self.storefronts.close(store).await?;
        } else if self.find(store).await?.is_some_and(|found| found.state == State::Installed) {
            self.storefronts.reopen(store).await?;
        }
        Ok(())
    }

    /// Shopify said at `at_ms` that all of a shop is to be forgotten, which it does two days after the app was
    /// uninstalled: what was installed since is of another installation, and stays.
    pub async fn redacted(&self, store: &StoreId, at_ms: u64) -> Result<(), NotConnected> {
        let _alone = self.connections.alone(store).await;
        if self.installations().forget(store, at_ms.saturating_sub(REDACTED_AFTER_MS)).await? {
            self.storefronts.remove_shop(store);
        }
        Ok(())
    }

    /// Fails if the file of shops cannot be written.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        self.shops.probe().await
    }

    /// Writes what was counted and closes the file.
    pub async fn close(&self) {
        self.shops.close().await;
    }

    pub(crate) fn installations(&self) -> &Installations {
        &self.shops.installations
    }

    pub(crate) fn now_s(&self) -> u64 {
        self.clock.now_ms() / 1_000
    }

    /// Whether Shopify signed the message.
    pub(crate) fn signed(&self, message: &[u8], mac: &[u8]) -> bool {
        self.signatures.verify(SECRET, Algorithm::HmacSha256, message, mac).unwrap_or(false)
    }
}
