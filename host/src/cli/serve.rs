//! `wandstore serve`.

use std::pin::pin;
use std::time::Instant;

use capabilities::document;
use clap::Args;
use host::config::Config;
use host::http::Server;
use host::logging::Log;
use host::otlp::{self, Exports};
use host::telemetry::Telemetry;
use host::{Backends, Host, Parts, backends, worker};
use model::limits::Limits;
use model::shop::ShopStatus;
use runtime::deployment::Deployment;

use super::inherited;
use super::output::print;
use super::signals::{self, Stop};

/// Serve shoppers and make pages.
///
/// Jobs of an earlier run continue. On SIGTERM, running requests get a second to finish, and running jobs are
/// released for the next start, which takes at most another second if storage does not answer. SIGHUP is ignored.
///
/// A listening socket of the service manager, such as systemd, is used instead of the address: clients who connect during
/// a restart then wait for the next process.
#[derive(Args)]
pub struct Serve {
    /// The address to listen on; port 0 takes a free port. Overrides `WANDSTORE_LISTEN` [default: 127.0.0.1:8787].
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Log as JSON lines. RUST_LOG sets the level [default: info].
    #[arg(long)]
    log_json: bool,
}

impl Serve {
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let started = Instant::now();
        let (layer, records) = config.file.telemetry.sends_logs().then(otlp::records).unzip();
        let _log = Log::start(self.log_json, config.secrets.log_filter.as_deref(), layer);
        signals::ignore_others()?;
        let telemetry = Telemetry::install()?;
        config.app()?;
        if config.file.document.limits == Limits::NONE
            && config.file.document.environment == document::Kind::Production
        {
            tracing::warn!(
                "no limits are set: strangers can have any number of pages made, also by the language model"
            );
        }
        let listen = self.listen.as_ref().unwrap_or(&config.file.server.listen);
        let settings = &config.file.server;
        let server = match inherited::socket()? {
            Some(socket) => Server::on(socket, settings.connections_max)?,
            None => Server::bind(listen, settings.connections_max).await?,
        };
        let server = server
            .with_connections_per_address(settings.connections_per_address_max)
            .with_trusted_proxies(settings.trusted_proxies.clone());
        let server = match &settings.admin_listen {
            Some(listen) => server.with_admin(listen).await?,
            None => server,
        };
        let components = tokio::task::block_in_place(|| host::components::load(&config))?;
        components.remove_old_code();
        host::components::remove_old(&config);
        let backends = Backends::open(&config).await?;
        let background = worker::background()?;
        let background_handle = background.handle().clone();
        let (systems, instance) = (backends::systems(&config), backends.here.id());
        let exports = Exports::start(&config, systems, instance, records, &background_handle)?;
        let parts =
            Parts { components: &components, backends, telemetry, exports, background: background_handle };
        let result = serve(&config, parts, server, started).await;
        // Waiting for it is not allowed here, and it may hang in storage.
        background.shutdown_background();
        result
    }
}

/// Starts a host and serves until a signal asks the process to stop.
async fn serve(config: &Config, parts: Parts<'_>, server: Server, started: Instant) -> anyhow::Result<()> {
    let mut stop = pin!(Stop::listen()?.received());
    let host = tokio::select! {
        host = Host::start(config, parts) => host?,
        () = &mut stop => return Ok(()),
    };
    announce(&server, host.deployment(), config.llm().is_some(), started)?;
    host.serve(server, stop).await
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
    if let Some(address) = server.admin_address()? {
        tracing::info!(%address, "serving metrics and the details of health");
    }
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
