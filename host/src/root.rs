//! The composition root: the one place where components, backends, workers, merchants and the HTTP server are put
//! together.

use std::sync::Arc;
use std::time::{Duration, Instant};

use capabilities::Capabilities;
use capabilities::processes::Slots;
use runtime::deployment::{Components, Deployment};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::backends::{self, Backends};
use crate::components;
use crate::components::control::{self, Control};
use crate::components::following::Following;
use crate::config::{Config, Retention};
use crate::elsewhere;
use crate::event::Events;
use crate::http::{self, FallbackCache, Operator, Server};
use crate::merchants::Merchants;
use crate::otlp::Exports;
use crate::overload::Overload;
use crate::takeover::Here;
use crate::telemetry::Telemetry;
use crate::traces::Traces;
use crate::worker::Workers;

/// How often data that is no longer needed is deleted.
const TIDY: Duration = Duration::from_mins(1);
/// How long stopping waits for workers and storage. Leases are durable: the next start also takes over jobs that were
/// not given back in time.
const END: Duration = Duration::from_secs(1);
/// How often unread pages are deleted. In a folder, each run reads the names of all pages.
const TRIMMED: Duration = Duration::from_mins(10);
/// How often the fallback cache is refreshed.
const FALLBACKS_RENEWED: Duration = Duration::from_mins(5);

/// The parts of a host besides its configuration.
pub struct Parts<'a> {
    /// The components.
    pub components: &'a Components,
    /// The backends.
    pub backends: Backends,
    /// The metrics.
    pub telemetry: Telemetry,
    /// What is sent to a collector.
    pub exports: Exports,
    /// The threads for background work.
    pub background: Handle,
}

/// A host that makes pages and is ready to serve them.
pub struct Host {
    deployment: Arc<Deployment>,
    fallbacks: Arc<FallbackCache>,
    merchants: Option<Arc<Merchants>>,
    events: Events,
    here: Here,
    workers: Workers,
    operator: Operator,
    exports: Exports,
    /// Tasks that end with the host.
    upkeep: JoinSet<()>,
}

impl Host {
    /// Links the components to the backends, takes over the jobs of dead processes, and starts the workers.
    pub async fn start(config: &Config, parts: Parts<'_>) -> anyhow::Result<Self> {
        let Parts { components: loaded, backends, telemetry, exports, background } = parts;
        let Backends { mut capabilities, installed, here } = backends;
        let overload = Overload::watching(config.file.server.memory_mib_max);
        capabilities.limits = overload.shedding(capabilities.limits);
        let recorder = exports.traces.as_ref().map(|traces| traces.recorder().clone());
        let deployment = Arc::new(loaded.link(Arc::new(capabilities))?.recording(recorder));
        let (events, merchants) = match installed {
            Some(installed) => {
                let (events, listener) = Events::channel();
                let merchants =
                    Merchants::start(config, installed, &deployment, listener, &background).await?;
                (events, Some(merchants))
            }
            None => (Events::default(), None),
        };
        let fallbacks = Arc::new(FallbackCache::default());
        fallbacks.refresh(&deployment.routing, &deployment.capabilities.settings.now().shops).await;
        adopt(&deployment.capabilities).await;
        let members = deployment.capabilities.settings.now().pool.members();
        let slots = Slots::new(members, config.file.document.pool.jobs_per_member);
        here.beat(&deployment, &slots).await;

        let workers = Workers::start(&deployment, &events, &overload, &here, &slots, &background);
        let mut upkeep = JoinSet::new();
        // Not with the background work: a process that has too much to do must not seem dead.
        upkeep.spawn(here.clone().keep_beating(deployment.clone(), slots));
        upkeep.spawn(elsewhere::watch(deployment.clone(), here.clone()));
        let tidying = Tidying {
            deployment: deployment.clone(),
            fallbacks: fallbacks.clone(),
            merchants: merchants.clone(),
            idle: Duration::from_millis(config.file.document.pool.inactivity_timeout_ms),
            keep_completed: Duration::from_secs(config.file.document.pool.keep_completed_seconds),
            retention: config.file.retention,
        };
        upkeep.spawn(tidying.run());
        if let Some(readings) = exports.readings.clone() {
            upkeep.spawn(readings.run(telemetry.clone(), deployment.clone()));
        }
        if let Some(id) = here.id() {
            match Control::listen(&config.control_folder(), &id) {
                Ok(control) => {
                    upkeep.spawn(control.serve(control::Server {
                        deployment: deployment.clone(),
                        store: components::store(config),
                        swapped: components::swapped(config),
                        configured: Arc::new(components::all_configured(config)?),
                        background: background.clone(),
                    }));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot listen for `wandstore components swap`; components are swapped by a restart");
                }
            }
        }
        if let (Some(swaps), Some(host)) = (backends::swaps(config)?, here.id()) {
            let following =
                Following::new(config, loaded, deployment.clone(), swaps, host, background.clone())?;
            upkeep.spawn(following.run());
        }
        let operator = Operator {
            deployment: deployment.clone(),
            merchants: merchants.clone(),
            plans_with_llm: config.llm().is_some(),
            overload,
            telemetry,
        };
        Ok(Self { deployment, fallbacks, merchants, events, here, workers, operator, exports, upkeep })
    }

    /// Returns the linked components and their backends.
    pub fn deployment(&self) -> &Arc<Deployment> {
        &self.deployment
    }

    /// Serves until `stop` completes, lets running requests finish, and stops.
    pub async fn serve(self, server: Server, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let Self { deployment, fallbacks, merchants, events, here, workers, operator, exports, upkeep } =
            self;
        let spans = exports.traces.as_ref().map(Traces::requests);
        let telemetry = operator.telemetry.clone();
        http::serve(server, operator, fallbacks, events, spans, stop).await?;
        // From here on, this process no longer says that it is alive.
        drop(upkeep);
        let end = async {
            workers.stop().await;
            // If one file is locked, the other does not wait for it.
            tokio::join!(here.give_back(&deployment), close(merchants));
        };
        if tokio::time::timeout(END, end).await.is_err() {
            tracing::warn!(
                "storage did not answer in time; the next start takes over the jobs that were not released"
            );
        }
        if let Some(readings) = &exports.readings {
            readings.take(&telemetry.render_counted());
        }
        exports.stop().await;
        Ok(())
    }
}

async fn close(merchants: Option<Arc<Merchants>>) {
    if let Some(merchants) = merchants {
        merchants.close().await;
    }
}

/// Gives the jobs that an earlier, larger pool left behind to the current members.
async fn adopt(capabilities: &Capabilities) {
    let queues: Vec<_> = capabilities.settings.now().pool.members().collect();
    match capabilities.jobs.adopt(&queues).await {
        Ok(0) => {}
        Ok(jobs) => tracing::info!(jobs, "moved the jobs of removed members to current ones"),
        Err(error) => tracing::warn!(%error, "cannot move the jobs of removed members"),
    }
}

/// Deletes what is no longer needed, and refreshes the fallback cache.
struct Tidying {
    deployment: Arc<Deployment>,
    fallbacks: Arc<FallbackCache>,
    merchants: Option<Arc<Merchants>>,
    /// How long an instance may be idle.
    idle: Duration,
    /// How long completed jobs are kept.
    keep_completed: Duration,
    /// How long and how much is kept of the rest.
    retention: Retention,
}

impl Tidying {
    async fn run(self) {
        let (mut renewed, mut trimmed) = (Instant::now(), Instant::now());
        loop {
            tokio::time::sleep(TIDY).await;
            self.tidy().await;
            if trimmed.elapsed() >= TRIMMED {
                backends::trim(&self.deployment.capabilities, self.retention).await;
                trimmed = Instant::now();
            }
            let shops = &self.deployment.capabilities.settings.now().shops;
            if renewed.elapsed() >= FALLBACKS_RENEWED {
                self.fallbacks.refresh(&self.deployment.routing, shops).await;
                renewed = Instant::now();
            } else {
                self.fallbacks.complete(&self.deployment.routing, shops).await;
            }
        }
    }

    async fn tidy(&self) {
        self.deployment.shrink(self.idle);
        adopt(&self.deployment.capabilities).await;
        backends::prune(&self.deployment.capabilities, self.keep_completed, self.retention).await;
        if let Some(merchants) = &self.merchants {
            merchants.tidy().await;
        }
    }
}
