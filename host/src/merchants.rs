//! Merchants who installed the app: the admin, mounted in this host.
//!
//! The admin stores installations and the merchants' choices. This module gives it access to the storefronts, and
//! listens for it to the events of the host.

mod storefronts;
mod tokens;

use std::sync::{Arc, Mutex, PoisonError};

use admin::{Admin, Connections, Event as Counted, Keys, Parts, Shops, Unavailable, Usage};
use anyhow::Context as _;
use axum::Router;
use capabilities::kind::Site;
use capabilities::llm::Prices;
use capabilities::random::Random;
use capabilities::shops;
use model::{PageKind, ShopId};
use runtime::bindings::wandstore::storefront::job_types::{MaintenanceKind, MaintenanceTask};
use runtime::deployment::Deployment;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::event::{Event, Listener, NotReady};
use crate::http::CacheOutcome;
use storefronts::OfDeployment;
use tokens::TokensOfShops;

/// The stored data of merchants who installed the app, and the connections to their shops.
pub struct Installed {
    app: Arc<admin::App>,
    shops: Shops,
    connections: Arc<Connections>,
}

impl Installed {
    /// Opens the stored data. Returns `None` if this deployment is no app: `SHOPIFY_API_KEY` is not set.
    pub async fn open(config: &Config, site: &Site) -> anyhow::Result<Option<Self>> {
        let Some(app) = config.app()?.map(Arc::new) else { return Ok(None) };
        let keys = match &config.secrets.shopify.encryption_key {
            Some(keys) => Keys::parse(keys.expose()).context("WANDSTORE_ENCRYPTION_KEY")?,
            None => temporary_keys(&*site.random),
        };
        let tables = shops::open(&config.file.backends.shops, site).await?;
        let shops = Shops::new(tables, keys, site.clock.clone(), site.random.clone());
        let connections = Arc::new(Connections::new(app.clone(), &shops, site.clock.clone())?);
        Ok(Some(Self { app, shops, connections }))
    }

    /// Returns the costs of the pages of these shops.
    pub fn usage(&self) -> Arc<Usage> {
        self.shops.usage.clone()
    }

    /// Returns the tokens of these shops, after those of `configured`.
    pub fn tokens(&self, configured: Arc<dyn capabilities::fetch::Tokens>) -> TokensOfShops {
        TokensOfShops::new(configured, self.connections.clone())
    }
}

/// Merchants who installed the app.
pub struct Merchants {
    admin: Arc<Admin>,
    prices: Prices,
    stop: CancellationToken,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Merchants {
    /// Serves every installed shop in `deployment`. From now on it counts the `events` of the host and its shops, on
    /// `background`.
    pub async fn start(
        config: &Config,
        installed: Installed,
        deployment: &Arc<Deployment>,
        events: Listener,
        background: &Handle,
    ) -> anyhow::Result<Arc<Self>> {
        let Installed { app, shops, connections } = installed;
        let capabilities = &deployment.capabilities;
        let admin = Admin::new(Parts {
            app,
            connections,
            signatures: capabilities.signatures.clone(),
            storefronts: Arc::new(OfDeployment::new(deployment.clone(), config.settings().shops)),
            shops,
            clock: capabilities.clock.clone(),
        });
        if let Err(error) = admin.follow().await {
            tracing::error!(%error, "cannot read which shops installed the app; they are served as soon as it can be read");
        }
        let merchants = Arc::new(Self {
            admin,
            prices: config.file.document.llm.prices(),
            stop: CancellationToken::new(),
            listening: Mutex::default(),
        });
        let listening = background.spawn(merchants.clone().listen(events));
        *merchants.listening.lock().unwrap_or_else(PoisonError::into_inner) = Some(listening);
        let usage = merchants.admin.usage().clone();
        background.spawn(merchants.stop.clone().run_until_cancelled_owned(async move { usage.run().await }));
        let pausing = merchants.admin.clone().keep_pausing();
        background.spawn(merchants.stop.clone().run_until_cancelled_owned(pausing));
        let plans = merchants.admin.clone().keep_reading_pricing_plans();
        background.spawn(merchants.stop.clone().run_until_cancelled_owned(plans));
        let flow = merchants.admin.clone().keep_telling_flow();
        background.spawn(merchants.stop.clone().run_until_cancelled_owned(flow));
        let following = merchants.admin.clone().keep_following();
        background.spawn(merchants.stop.clone().run_until_cancelled_owned(following));
        Ok(merchants)
    }

    /// Returns the router of the merchants' pages.
    pub fn router(&self) -> Router {
        admin::router(self.admin.clone())
    }

    /// Fails if the stored data of shops cannot be written.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        self.admin.probe().await
    }

    /// Deletes old counts.
    pub async fn tidy(&self) {
        if let Err(error) = self.admin.usage().purge().await {
            tracing::warn!(%error, "cannot delete old counts");
        }
    }

    /// Counts the events that were reported before, writes the counts and closes the file, if there is one.
    pub async fn close(&self) {
        self.stop.cancel();
        let listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(listening) = listening {
            let _ = listening.await;
        }
        self.admin.close().await;
    }

    async fn listen(self: Arc<Self>, mut events: Listener) {
        while let Some(Some(event)) = self.stop.run_until_cancelled(events.recv()).await {
            self.handle(event);
        }
        events.close();
        while let Some(event) = events.recv().await {
            self.handle(event);
        }
    }

    fn handle(self: &Arc<Self>, event: Event) {
        match event {
            Event::PageServed(shop, page, CacheOutcome::Hit) => self.count(&shop, page, Counted::Hit),
            Event::PageServed(shop, page, CacheOutcome::Stale) => self.count(&shop, page, Counted::Stale),
            Event::PageServed(shop, page, CacheOutcome::Miss) => self.count(&shop, page, Counted::Miss),
            Event::AttemptEnded { shop, page, calls, tokens_in, tokens_out } => {
                let cost_microdollars = self.prices.cost_microdollars(tokens_in, tokens_out);
                let attempt = Counted::Attempt { calls, tokens_in, tokens_out, cost_microdollars };
                self.count(&shop, page, attempt);
            }
            Event::PageEnded { shop, page, is_made } => {
                self.count(&shop, page, if is_made { Counted::Generation } else { Counted::Failure });
                // A page may wait for approval now, or the budget may be spent.
                self.admin.note_for_flow(&shop);
            }
            Event::MaintenanceBegins(task, reply) => {
                let this = self.clone();
                // This waits for the database of shops; counting must not wait for it.
                tokio::spawn(async move { reply.send(this.release_shop(&task).await) });
            }
        }
    }

    fn count(&self, shop: &ShopId, page: PageKind, event: Counted) {
        self.admin.usage().count(shop, page, event);
    }

    /// Removes a shop's installation before its maintenance task begins: the next merchant who opens the admin connects
    /// the shop again.
    async fn release_shop(&self, maintenance: &MaintenanceTask) -> Result<(), NotReady> {
        let failed = |error: admin::NotConnected| NotReady::Failed(error.into());
        let shop = ShopId::parse(&maintenance.shop)?;
        let done = match maintenance.kind {
            MaintenanceKind::Uninstalled => self.admin.uninstalled(&shop, maintenance.happened_ms).await,
            MaintenanceKind::RedactShop => self.admin.redacted(&shop, maintenance.happened_ms).await,
            MaintenanceKind::RedactCustomer(_)
            | MaintenanceKind::ReportCustomer(_)
            | MaintenanceKind::RedactShopper(_)
            | MaintenanceKind::ReportShopper(_) => Ok(()),
        };
        done.map_err(failed)
    }
}

/// Returns a shop that has the app: the configured one, or the first that installed it.
pub async fn any_shop(config: &Config, site: &Site) -> anyhow::Result<Option<ShopId>> {
    if let Some(shop) = &config.secrets.shopify.shop {
        return Ok(Some(ShopId::parse(shop)?));
    }
    let selected = &config.file.backends.shops;
    if shops::is_missing(selected, site).await {
        return Ok(None);
    }
    // No token is read, so no key is needed.
    let keys = Keys::ephemeral(&*site.random);
    let tables = shops::open(selected, site).await?;
    let shops = Shops::new(tables, keys, site.clock.clone(), site.random.clone());
    let installed = shops.installations.installed().await?;
    shops.close().await;
    Ok(installed.into_iter().next())
}

/// Encrypts all stored tokens of merchants with the first configured key. Returns `None` if this deployment is no app.
pub async fn rotate_keys(config: &Config, site: &Site) -> anyhow::Result<Option<admin::Rotated>> {
    if config.app()?.is_none() {
        return Ok(None);
    }
    let keys = config.secrets.shopify.encryption_key.as_ref();
    let keys = keys.context("WANDSTORE_ENCRYPTION_KEY is not set: set it to the new key and the old one")?;
    let keys = Keys::parse(keys.expose()).context("WANDSTORE_ENCRYPTION_KEY")?;
    let tables = shops::open(&config.file.backends.shops, site).await?;
    let shops = Shops::new(tables, keys, site.clock.clone(), site.random.clone());
    let rotated = shops.installations.rotate().await;
    shops.close().await;
    Ok(Some(rotated?))
}

/// Creates temporary keys for a deployment without an encryption key.
fn temporary_keys(random: &dyn Random) -> Keys {
    tracing::warn!(
        "WANDSTORE_ENCRYPTION_KEY is not set: merchants connect their shops again after a restart"
    );
    Keys::ephemeral(random)
}
