//! `wandstore serve`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use capabilities::Capabilities;
use capabilities::settings::ShopStatus;
use clap::Args;
use host::backends;
use host::config::Config;
use host::deployment::{Components, Deployment};
use host::http::{self, FallbackCache, Operator, Server};
use host::logging::Log;
use host::merchants::{Merchants, TokensOfShops};
use host::takeover::Here;
use host::telemetry::Telemetry;
use host::worker::{self, Workers};

use super::output::print;
use super::signals::{self, Stop};

/// Serve shoppers and make pages.
///
/// It answers at once; jobs of an earlier run go on. SIGTERM lets requests under way end, for a
/// second at most, and gives jobs under way back, for another second at most where storage does not answer; the next
/// start takes them up. SIGHUP is ignored.
#[derive(Args)]
pub struct Serve {
    /// The address to listen on; port 0 takes a free one [default: 127.0.0.1:8787].
    #[arg(long, value_name = "ADDRESS:PORT", env = "WANDSTORE_LISTEN")]
    listen: Option<String>,
    /// Log as JSON lines. RUST_LOG says how much [default: info].
    #[arg(long)]
    log_json: bool,
}

/// How often data that is no longer needed is deleted.
const TIDY: Duration = Duration::from_mins(1);
/// How long shutdown waits for workers and storage. Leases are durable: the next start also takes up jobs that were not
/// given back in time.
const END: Duration = Duration::from_secs(1);
/// How often the fallback cache is refreshed.
const FALLBACKS_RENEWED: Duration = Duration::from_mins(5);

impl Serve {
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let started = Instant::now();
        let _log = Log::start(self.log_json);
        signals::outlive_others()?;
        let telemetry = Telemetry::install()?;
        Merchants::app(&config)?;
        let listen = self.listen.as_ref().unwrap_or(&config.file.server.listen);
        let settings = &config.file.server;
        let server = Server::bind(listen, settings.connections_max)
            .await?
            .with_connections_per_address(settings.connections_per_address_max)
            .trusting_forwarded(settings.trust_forwarded);
        let components = tokio::task::block_in_place(|| Components::load(&config))?;
        components.remove_old_code();
        let tokens = TokensOfShops::new(config.tokens());
        let here = Here::register(&config);
        let capabilities = backends::open_with(&config, Arc::new(tokens.clone()), here.id()).await?;
        let capabilities = Arc::new(capabilities);
        let deployment = Arc::new(components.link(capabilities)?);
        let merchants = Merchants::open(&config, &deployment, &tokens).await?;
        let fallbacks = Arc::new(FallbackCache::default());
        fallbacks.refresh(&deployment.routing, &deployment.capabilities.settings.now().shops).await;

        adopt(&deployment.capabilities).await;
        here.take_over(&deployment).await;
        let stop = Stop::listen()?;
        let background = worker::background()?;
        let workers =
            Workers::start(&deployment, config.file.document.pool.jobs_per_member, background.handle());
        let plans_with_llm = config.llm().is_some();
        if let Some(merchants) = merchants {
            background.spawn(async move { merchants.keep_accounts().await });
        }
        background.spawn(here.clone().watch(deployment.clone()));
        tokio::spawn(tidy(deployment.clone(), fallbacks.clone(), config));
        announce(&server, &deployment, plans_with_llm, started)?;
        let operator = Operator { deployment: deployment.clone(), plans_with_llm, telemetry };
        http::serve(server, operator, fallbacks, stop.received()).await?;
        if tokio::time::timeout(END, end(workers, &here, &deployment)).await.is_err() {
            tracing::warn!("storage did not answer in time; the next start takes up what was not given back");
        }
        background.shutdown_background();
        Ok(())
    }
}

/// Drops the running jobs and gives them back, and closes the merchants' file. If one file is locked, the other does
/// not wait for it.
async fn end(workers: Workers, here: &Here, deployment: &Deployment) {
    workers.stop().await;
    let close = async {
        if let Some(merchants) = deployment.merchants.get() {
            merchants.close().await;
        }
    };
    tokio::join!(here.give_back(deployment), close);
}

/// Gives the jobs that an earlier, larger pool left behind to the current members.
async fn adopt(capabilities: &Capabilities) {
    let queues: Vec<_> = capabilities.settings.now().pool.members().collect();
    match capabilities.jobs.adopt(&queues).await {
        Ok(0) => {}
        Ok(jobs) => tracing::info!(jobs, "the jobs of members that are no more went to others"),
        Err(error) => tracing::warn!(%error, "jobs of members that are no more still wait"),
    }
}

/// Prints where to look.
fn announce(
    server: &Server,
    deployment: &Deployment,
    plans_with_llm: bool,
    started: Instant,
) -> anyhow::Result<()> {
    let address = server.address()?;
    let planner = if plans_with_llm { "language model" } else { "local planner" };
    tracing::info!(%address, planner, ms = started.elapsed().as_millis(), "serving");
    let settings = deployment.capabilities.settings.now();
    let is_open = |shop: &&String| settings.shop_status(shop, false) != ShopStatus::Unknown;
    let open = settings.shops.keys().filter(is_open);
    let pages: Vec<String> = open.map(|shop| format!("http://{address}/s/{shop}?shopper=abc123")).collect();
    // Printed on a thread of its own, because the reader of the output may not read: shoppers are served without
    // waiting for it.
    std::thread::spawn(move || pages.into_iter().try_for_each(print));
    Ok(())
}

/// Deletes what is no longer needed, and refreshes the fallback cache, every [`TIDY`].
async fn tidy(deployment: Arc<Deployment>, fallbacks: Arc<FallbackCache>, config: Config) {
    let idle = Duration::from_millis(config.file.document.pool.inactivity_timeout_ms);
    let mut renewed = Instant::now();
    loop {
        tokio::time::sleep(TIDY).await;
        deployment.shrink(idle);
        adopt(&deployment.capabilities).await;
        backends::prune(
            &deployment.capabilities,
            Duration::from_secs(config.file.document.pool.keep_settled_seconds),
        )
        .await;
        if let Some(merchants) = deployment.merchants.get() {
            merchants.tidy().await;
        }
        let shops = &deployment.capabilities.settings.now().shops;
        if renewed.elapsed() >= FALLBACKS_RENEWED {
            fallbacks.refresh(&deployment.routing, shops).await;
            renewed = Instant::now();
        } else {
            fallbacks.complete(&deployment.routing, shops).await;
        }
    }
}
