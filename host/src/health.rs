//! The health of the backends: whether each of them can be written. A probe in the background tries every second, so
//! that a health check costs nothing and never waits.

use std::error::Error;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use capabilities::Capabilities;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::task::JoinSet;

/// The pause between two probes of a backend.
const PAUSE: Duration = Duration::from_secs(1);
/// A probe that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);
/// A probe that takes longer is abandoned, and another one begins. Until then no other probe starts, so that hanging
/// probes do not pile up.
const GIVE_UP: Duration = Duration::from_secs(30);
/// A backend with no probe result for this long counts as failing.
const SILENCE: Duration = Duration::from_secs(5);

/// The outcome of a probe.
type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// A backend that a deployment depends on, and how to find out whether it can be written, or whether the disk has room.
pub struct Probe {
    name: &'static str,
    run: Box<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>,
}

impl Probe {
    /// Creates a probe. `name` is the name that operators see.
    pub fn new<B, P, E>(
        name: &'static str,
        backend: B,
        probe: impl Fn(B) -> P + Send + Sync + 'static,
    ) -> Self
    where
        B: Clone + Send + Sync + 'static,
        P: Future<Output = Result<(), E>> + Send + 'static,
        E: Error + Send + Sync + 'static,
    {
        let run = move || probe(backend.clone()).map(|outcome| outcome.map_err(Into::into)).boxed();
        Self { name, run: Box::new(run) }
    }

    /// Returns the probes of all backends that can be written.
    pub fn of(capabilities: &Capabilities) -> Vec<Self> {
        let Capabilities { kv, blob, jobs, llm, limits, .. } = capabilities;
        let mut probes = vec![
            Self::new("kv", kv.clone(), |kv| async move { kv.probe().await }),
            Self::new("blob", blob.clone(), |blob| async move { blob.probe().await }),
            Self::new("jobs", jobs.clone(), |jobs| async move { jobs.probe().await }),
        ];
        if limits.watches_disk() {
            probes.push(Self::new("disk", limits.clone(), |limits| async move { limits.probe().await }));
        }
        if llm.budget().is_some() {
            probes.push(Self::new("budget", llm.clone(), |llm| async move {
                match llm.budget() {
                    Some(budget) => budget.probe().await,
                    None => Ok(()),
                }
            }));
        }
        probes
    }
}

/// The health of each backend. Probing stops when this is dropped.
pub struct Health {
    checks: Vec<Arc<Check>>,
    _probes: JoinSet<()>,
}

struct Check {
    probe: Probe,
    last: Mutex<Last>,
}

/// A probe took too long.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} s", .0.as_secs())]
struct NoAnswer(Duration);

/// The time and result of a backend's last probe. A backend that was just opened counts as healthy.
struct Last {
    at: Instant,
    is_healthy: bool,
}

impl Health {
    /// Starts probing.
    pub fn watch(probes: Vec<Probe>) -> Self {
        let checks: Vec<_> = probes.into_iter().map(Check::new).map(Arc::new).collect();
        let mut running = JoinSet::new();
        for check in &checks {
            running.spawn(check.clone().watch());
        }
        Self { checks, _probes: running }
    }

    /// Returns the name of each backend and whether it is healthy.
    pub fn checks(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.checks.iter().map(|check| (check.probe.name, check.is_healthy()))
    }
}

impl Check {
    fn new(probe: Probe) -> Self {
        Self { probe, last: Mutex::new(Last { at: Instant::now(), is_healthy: true }) }
    }

    fn is_healthy(&self) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_healthy && last.at.elapsed() < SILENCE
    }

    async fn watch(self: Arc<Self>) {
        loop {
            let mut probe = pin!((self.probe.run)());
            let outcome = if let Ok(outcome) = tokio::time::timeout(PATIENCE, &mut probe).await {
                outcome
            } else {
                self.record(&Err(NoAnswer(PATIENCE).into()));
                let late = tokio::time::timeout(GIVE_UP, probe).await;
                late.unwrap_or_else(|_| Err(NoAnswer(GIVE_UP).into()))
            };
            self.record(&outcome);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Stores an outcome, and logs it if it differs from the last one.
    fn record(&self, outcome: &Outcome) {
        let is_healthy = outcome.is_ok();
        let before = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *last, Last { at: Instant::now(), is_healthy })
        };
        let backend = self.probe.name;
        metrics::gauge!("wandstore_backend_up", "backend" => backend).set(if is_healthy { 1.0 } else { 0.0 });
        match outcome {
            Err(reason) if before.is_healthy => {
                tracing::error!(backend, %reason, "cannot write to a backend");
            }
            Ok(()) if !before.is_healthy => tracing::info!(backend, "a backend is writable again"),
            _ => {}
        }
    }
}
