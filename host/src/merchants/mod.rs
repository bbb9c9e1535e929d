//! Merchants who installed the app: the admin, mounted in this host.
//!
//! The admin stores installations and the merchants' choices. This module gives it access to the storefronts, and
//! reports to it what happens to shops and their pages.

mod storefronts;

use std::sync::{Arc, OnceLock};

use admin::{Admin, App, Connections, Event, Keys, Parts, Shops};
use anyhow::{Context as _, bail};
use async_trait::async_trait;
use axum::Router;
use capabilities::fetch::Tokens;
use capabilities::{Capabilities, Secret, clock, random};
use http::HeaderMap;
use model::{InvalidId, ShopId};

use crate::bindings::wandstore::storefront::job_types::{Job, MaintenanceKind, MaintenanceTask, Outcome};
use crate::config::Config;
use crate::context::Spent;
use crate::deployment::Deployment;
use crate::http::target::shop_of;
use storefronts::Served;

/// The file of installations in the data folder.
const FILE: &str = "shops.db";
/// The number of tokens that a price is for.
const PRICE_PER_TOKENS: u64 = 1_000_000;

/// Merchants who installed the app.
pub struct Merchants {
    admin: Arc<Admin>,
    price_in_microdollars: u64,
    price_out_microdollars: u64,
}

impl Merchants {
    /// Opens the stored installations, serves every installed shop, and lets `deployment` report what it does. Returns
    /// `None` if this deployment is no app: `SHOPIFY_API_KEY` is not set.
    pub async fn open(
        config: &Config,
        deployment: &Arc<Deployment>,
        tokens: &TokensOfShops,
    ) -> anyhow::Result<Option<Arc<Self>>> {
        let Some(app) = Self::app(config)? else { return Ok(None) };
        let capabilities = &deployment.capabilities;
        let keys = match &config.secrets.shopify.encryption_key {
            Some(keys) => Keys::parse(keys.expose()).context("WANDSTORE_ENCRYPTION_KEY")?,
            None => passing_keys(capabilities),
        };
        let path = config.file.server.data_dir.join(FILE);
        let shops = Shops::open(&path, keys, capabilities.clock.clone(), capabilities.random.clone()).await?;
        let admin = Admin::new(Parts {
            app,
            signatures: capabilities.signatures.clone(),
            storefronts: Arc::new(Served::new(deployment, config.settings().shops)),
            shops,
            clock: capabilities.clock.clone(),
        })?;
        tokens.0.set(admin.connections().clone()).ok().context("merchants are opened once")?;
        admin.restore().await?;
        let llm = &config.file.document.llm;
        let merchants = Arc::new(Self {
            admin,
            price_in_microdollars: llm.price_in_microdollars,
            price_out_microdollars: llm.price_out_microdollars,
        });
        deployment.merchants.set(merchants.clone()).ok().context("merchants are opened once")?;
        Ok(Some(merchants))
    }

    /// Returns the app as Shopify knows it. If the configuration names an app that cannot be served, the error says
    /// what is missing.
    pub fn app(config: &Config) -> anyhow::Result<Option<App>> {
        let shopify = &config.secrets.shopify;
        let Some(key) = shopify.api_key.clone() else { return Ok(None) };
        let secret =
            shopify.api_secret.clone().context("SHOPIFY_API_KEY is set, but SHOPIFY_API_SECRET is not")?;
        let public_url = config.file.server.public_url.clone();
        if public_url.is_none() && !config.settings().development {
            bail!(
                "server.public_url is not set, and the admin of SHOPIFY_API_KEY needs it: set it, or \
                 WANDSTORE_PUBLIC_URL, to where browsers reach Wandstore, such as https://wandstore.example"
            );
        }
        let origin = config.file.document.shopify.origin.clone();
        Ok(Some(App { key, secret, public_url: public_url.unwrap_or_default(), origin }))
    }

    /// Returns the router of the merchants' pages.
    pub fn router(&self) -> Router {
        admin::router(self.admin.clone())
    }

    /// Writes what was counted, every few seconds, for as long as it is polled.
    pub async fn keep_accounts(&self) {
        self.admin.usage().run().await;
    }

    /// Fails if the stored data of shops cannot be written.
    pub async fn probe(&self) -> Result<(), admin::Unavailable> {
        self.admin.probe().await
    }

    /// Deletes old counts.
    pub async fn tidy(&self) {
        if let Err(error) = self.admin.usage().purge().await {
            tracing::warn!(%error, "old counts were not dropped");
        }
    }

    /// Writes what was counted and closes the file.
    pub async fn close(&self) {
        self.admin.close().await;
    }

    /// Counts the cache outcome that a shopper got.
    pub fn answered(&self, target: &str, headers: &HeaderMap) {
        let event = match headers.get("x-cache").map(http::HeaderValue::as_bytes) {
            Some(b"HIT") => Event::Hit,
            Some(b"STALE") => Event::Stale,
            Some(b"MISS") => Event::Miss,
            _ => return,
        };
        if let Some(shop) = shop_of(target) {
            self.admin.usage().count(&shop, event);
        }
    }

    /// Counts the cost of an attempt at a page, whatever its outcome.
    pub fn spent(&self, shop: &str, spent: &Spent) {
        let (tokens_in, tokens_out) = spent.tokens();
        let cost_microdollars =
            cost(tokens_in, self.price_in_microdollars) + cost(tokens_out, self.price_out_microdollars);
        self.count(shop, Event::Attempt { tokens_in, tokens_out, cost_microdollars });
    }

    /// Counts the final outcome of a page. An attempt that is followed by another one is not counted.
    pub fn made(&self, shop: &str, job: &Job, outcome: &Outcome) {
        match outcome {
            Outcome::Done(_) => self.count(shop, Event::Generation),
            Outcome::Postponed(_) => {}
            Outcome::Retry(_) if !job.last => {}
            Outcome::Retry(_) | Outcome::Failed(_) => self.count(shop, Event::Failure),
        }
    }

    fn count(&self, shop: &str, event: Event) {
        if let Ok(shop) = ShopId::parse(shop) {
            self.admin.usage().count(&shop, event);
        }
    }

    /// Removes a shop's installation before its maintenance task begins: the next merchant who opens the admin connects
    /// the shop again.
    pub async fn release_shop(&self, maintenance: &MaintenanceTask) -> Result<(), NotReleased> {
        let shop = ShopId::parse(&maintenance.shop)?;
        match maintenance.kind {
            MaintenanceKind::Uninstalled => self.admin.uninstalled(&shop, maintenance.happened_ms).await?,
            MaintenanceKind::RedactShop => self.admin.redacted(&shop, maintenance.happened_ms).await?,
            MaintenanceKind::RedactCustomer(_) | MaintenanceKind::ReportCustomer(_) => {}
        }
        Ok(())
    }
}

/// Why a shop's installation was not removed.
#[derive(Debug, thiserror::Error)]
pub enum NotReleased {
    /// The maintenance task is for no shop, and can never succeed.
    #[error(transparent)]
    Invalid(#[from] InvalidId),
    /// The admin could not remove it: a later attempt may succeed.
    #[error(transparent)]
    Unavailable(#[from] admin::NotConnected),
}

/// Returns a shop that has the app: the configured one, or the first that installed it.
pub async fn any_shop(config: &Config) -> anyhow::Result<Option<ShopId>> {
    if let Some(shop) = &config.secrets.shopify.shop {
        return Ok(Some(ShopId::parse(shop)?));
    }
    let path = config.file.server.data_dir.join(FILE);
    if !path.exists() {
        return Ok(None);
    }
    // No token is read, so no key is needed.
    let (clock, random) = (Arc::new(clock::System), Arc::new(random::System));
    let shops = Shops::open(&path, Keys::ephemeral(&*random), clock, random).await?;
    let installed = shops.installations.installed().await?;
    shops.close().await;
    Ok(installed.into_iter().next())
}

/// Creates temporary keys for a deployment without an encryption key.
fn passing_keys(capabilities: &Capabilities) -> Keys {
    tracing::warn!(
        "WANDSTORE_ENCRYPTION_KEY is not set: merchants connect their shops again after a restart"
    );
    Keys::ephemeral(&*capabilities.random)
}

fn cost(tokens: u64, price_per_million: u64) -> u64 {
    tokens.saturating_mul(price_per_million).div_ceil(PRICE_PER_TOKENS)
}

/// The tokens of shops: the configured ones, and, once merchants are opened, those of shops that installed the app.
#[derive(Clone)]
pub struct TokensOfShops(Arc<OnceLock<Arc<Connections>>>, Arc<dyn Tokens>);

impl TokensOfShops {
    /// Creates the tokens, at first only the configured ones.
    pub fn new(configured: Arc<dyn Tokens>) -> Self {
        Self(Arc::default(), configured)
    }
}

#[async_trait]
impl Tokens for TokensOfShops {
    async fn token(&self, shop: &str) -> Option<Secret> {
        if let Some(token) = self.1.token(shop).await {
            return Some(token);
        }
        let connections = self.0.get()?;
        connections.storefront_token(&ShopId::parse(shop).ok()?).await
    }

    fn refuse(&self, shop: &str, token: &Secret) {
        if let (Some(connections), Ok(shop)) = (self.0.get(), ShopId::parse(shop)) {
            connections.refuse(&shop, token);
        }
    }
}
