//! This process among the others of the deployment (`capabilities::processes`): says that it is alive, takes over the
//! jobs of those that died, and keeps its share of the pool. A lease names the process that holds it. Before a lease
//! expires, only a process that is proven or declared gone can lose it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use capabilities::jobs::End;
use capabilities::processes::{BEAT, Beat, Error, Files, Gone, Processes, Seen, Slots};
use capabilities::random;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use runtime::changes::Topic;
use runtime::deployment::Deployment;

/// This process among the others that work on the same jobs.
///
/// By default, there are no others.
#[derive(Clone, Default)]
pub struct Here(Arc<State>);

#[derive(Default)]
struct State {
    processes: Option<Arc<dyn Processes>>,
    /// How many others live.
    others: AtomicUsize,
    is_failing: AtomicBool,
    /// Cancelled when this process learns that it was declared gone, and replaced.
    term: Mutex<CancellationToken>,
}

impl Here {
    /// Returns this process among the others.
    pub fn among(processes: Arc<dyn Processes>) -> Self {
        Self(Arc::new(State { processes: Some(processes), ..State::default() }))
    }

    /// Registers this process with the others on the same data folder. If that fails, its leases name no process, and
    /// if it dies, its jobs wait until the leases expire.
    pub fn in_folder(config: &Config) -> Self {
        let folder = config.processes_folder();
        match Files::register(&folder, &random::System) {
            Ok(files) => Self::among(Arc::new(files)),
            Err(error) => {
                let folder = folder.display();
                tracing::warn!(%folder, %error, "cannot lock a file: if this process dies, its jobs wait until their leases expire");
                Self::default()
            }
        }
    }

    /// Returns the name in this process's leases.
    pub fn id(&self) -> Option<String> {
        self.0.processes.as_ref().map(|processes| processes.id().to_owned())
    }

    /// Returns whether other processes work on the same jobs.
    pub fn has_others(&self) -> bool {
        self.0.others.load(Ordering::Relaxed) > 0
    }

    /// Returns a token that is cancelled when this process loses all jobs that it has begun before.
    pub fn term(&self) -> CancellationToken {
        self.lock().clone()
    }

    /// Says that this process is alive, takes over the jobs of the processes that have died so far, and allows this
    /// process its share of the slots.
    pub async fn beat(&self, deployment: &Deployment, slots: &Slots) {
        let Some(processes) = &self.0.processes else { return slots.allow_all() };
        let beat = match processes.beat().await {
            Ok(Beat::Alive(seen)) => self.alive(&**processes, seen, deployment, slots).await,
            Ok(Beat::DeclaredGone) => {
                self.begin_anew(processes.id(), deployment).await;
                Ok(())
            }
            Err(error) => Err(error),
        };
        let was_failing = self.0.is_failing.swap(beat.is_err(), Ordering::Relaxed);
        match beat {
            Err(error) if !was_failing => {
                tracing::warn!(%error, "cannot report that this process lives, or find processes that died");
            }
            Ok(()) if was_failing => tracing::info!("the other processes can be reached again"),
            _ => {}
        }
    }

    async fn alive(
        &self,
        processes: &dyn Processes,
        Seen { gone, others }: Seen,
        deployment: &Deployment,
        slots: &Slots,
    ) -> Result<(), Error> {
        self.0.others.store(others, Ordering::Relaxed);
        for gone in gone {
            release(gone, processes, deployment).await;
        }
        let before = slots.allowed();
        let shared = processes.share(slots).await;
        if slots.allowed() > before {
            deployment.changes.announce(Topic::Pool);
        }
        #[expect(clippy::cast_precision_loss, reason = "a few")]
        for (name, count) in
            [("wandstore_processes", others + 1), ("wandstore_pool_members", slots.members_here())]
        {
            metrics::gauge!(name).set(count as f64);
        }
        shared
    }

    /// Drops all jobs, because others take them over. A claim that was under way may have come through since.
    async fn begin_anew(&self, id: &str, deployment: &Deployment) {
        tracing::warn!("other processes declared this one dead; it drops its jobs and registers again");
        std::mem::take(&mut *self.lock()).cancel();
        let capabilities = &deployment.capabilities;
        if let Err(error) = capabilities.jobs.release(id, End::Stopped, capabilities.clock.now_ms()).await {
            tracing::warn!(%error, "cannot release the jobs of this process; their leases expire");
        }
    }

    /// Beats for ever.
    pub async fn keep_beating(self, deployment: Arc<Deployment>, slots: Arc<Slots>) {
        loop {
            tokio::time::sleep(BEAT).await;
            self.beat(&deployment, &slots).await;
        }
    }

    /// Releases the running jobs of this process, because it is stopping. If that fails, they are taken up later, as
    /// after a crash.
    pub async fn give_back(&self, deployment: &Deployment) {
        let Some(processes) = &self.0.processes else { return };
        let capabilities = &deployment.capabilities;
        match capabilities.jobs.release(processes.id(), End::Stopped, capabilities.clock.now_ms()).await {
            Ok(jobs) => {
                if jobs > 0 {
                    tracing::info!(jobs, "released the running jobs; another process takes them over");
                }
                if let Err(error) = processes.retire().await {
                    tracing::warn!(%error, "cannot tell the other processes that this one stops; its leases expire");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot release the running jobs; the next start takes them over");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, CancellationToken> {
        self.0.term.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Releases the jobs of a process that died. If that fails, the next search finds the process again.
async fn release(gone: Gone, processes: &dyn Processes, deployment: &Deployment) {
    let (process, capabilities) = (gone.id.clone(), &deployment.capabilities);
    match capabilities.jobs.release(&process, End::Died, capabilities.clock.now_ms()).await {
        Ok(jobs) => {
            deployment.changes.announce(Topic::Pool);
            if jobs > 0 {
                tracing::info!(process, jobs, "took over the jobs of a dead process");
            }
            if let Err(error) = processes.remove(gone).await {
                tracing::warn!(process, %error, "cannot remove a dead process");
            }
        }
        Err(error) => tracing::warn!(process, %error, "cannot take over the jobs of a dead process"),
    }
}
