//! The health of the backends: whether each of them can be written. A probe in the background tries every second, so
//! that a health check costs nothing and never waits.

use std::fmt::Display;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::deployment::Deployment;

/// The pause between two probes of a backend.
const PAUSE: Duration = Duration::from_secs(1);
/// A probe that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);
/// A probe that takes longer is abandoned, and another one begins. Until then no other probe starts, so that hanging
/// probes do not pile up.
const GIVE_UP: Duration = Duration::from_secs(30);
/// A backend with no probe result for this long counts as failing.
const SILENCE: Duration = Duration::from_secs(5);

/// A backend that a deployment depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Short-term storage.
    Kv,
    /// Long-term storage.
    Blob,
    /// The queue.
    Jobs,
    /// Installations of the app, if this deployment is an app.
    Shops,
    /// The budget of the language model, if there is one.
    Budget,
}

impl Backend {
    const ALL: [Self; 5] = [Self::Kv, Self::Blob, Self::Jobs, Self::Shops, Self::Budget];

    /// Returns the name that operators see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kv => "kv",
            Self::Blob => "blob",
            Self::Jobs => "jobs",
            Self::Shops => "shops",
            Self::Budget => "budget",
        }
    }

    fn is_used(self, deployment: &Deployment) -> bool {
        match self {
            Self::Kv | Self::Blob | Self::Jobs => true,
            Self::Shops => deployment.merchants.get().is_some(),
            Self::Budget => deployment.capabilities.llm.budget().is_some(),
        }
    }

    async fn probe(self, deployment: &Deployment) -> Result<(), String> {
        let capabilities = &deployment.capabilities;
        match self {
            Self::Kv => capabilities.kv.probe().await.map_err(text),
            Self::Blob => capabilities.blob.probe().await.map_err(text),
            Self::Jobs => capabilities.jobs.probe().await.map_err(text),
            Self::Shops => match deployment.merchants.get() {
                Some(merchants) => merchants.probe().await.map_err(text),
                None => Ok(()),
            },
            Self::Budget => match capabilities.llm.budget() {
                Some(budget) => budget.probe().await.map_err(text),
                None => Ok(()),
            },
        }
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}

/// The health of each backend. Probing stops when this is dropped.
pub struct Health {
    checks: Vec<Arc<Check>>,
    _probes: JoinSet<()>,
}

struct Check {
    backend: Backend,
    last: Mutex<Last>,
}

/// The time and result of a backend's last probe. A backend that was just opened counts as healthy.
struct Last {
    at: Instant,
    is_well: bool,
}

impl Health {
    /// Starts probing the backends of a deployment.
    pub fn watch(deployment: &Arc<Deployment>) -> Self {
        let backends = Backend::ALL.into_iter().filter(|backend| backend.is_used(deployment));
        let checks: Vec<_> = backends.map(Check::new).map(Arc::new).collect();
        let mut probes = JoinSet::new();
        for check in &checks {
            probes.spawn(check.clone().watch(deployment.clone()));
        }
        Self { checks, _probes: probes }
    }

    /// Returns each backend and whether it is healthy.
    pub fn checks(&self) -> impl Iterator<Item = (Backend, bool)> {
        self.checks.iter().map(|check| (check.backend, check.is_well()))
    }
}

impl Check {
    fn new(backend: Backend) -> Self {
        Self { backend, last: Mutex::new(Last { at: Instant::now(), is_well: true }) }
    }

    fn is_well(&self) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_well && last.at.elapsed() < SILENCE
    }

    async fn watch(self: Arc<Self>, deployment: Arc<Deployment>) {
        loop {
            let mut probe = pin!(self.backend.probe(&deployment));
            let outcome = if let Ok(outcome) = tokio::time::timeout(PATIENCE, &mut probe).await {
                outcome
            } else {
                self.tell(&Err(format!("there is no answer in {} s", PATIENCE.as_secs())));
                let late = tokio::time::timeout(GIVE_UP, probe).await;
                late.unwrap_or_else(|_| Err(format!("there is no answer in {} s", GIVE_UP.as_secs())))
            };
            self.tell(&outcome);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Stores an outcome, and logs it if it differs from the last one.
    fn tell(&self, outcome: &Result<(), String>) {
        let is_well = outcome.is_ok();
        let before = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *last, Last { at: Instant::now(), is_well })
        };
        let backend = self.backend.name();
        metrics::gauge!("wandstore_backend_up", "backend" => backend).set(if is_well { 1.0 } else { 0.0 });
        match outcome {
            Err(reason) if before.is_well => tracing::error!(backend, reason, "a backend cannot be written"),
            Ok(()) if !before.is_well => tracing::info!(backend, "a backend can be written again"),
            _ => {}
        }
    }
}
