//! Takes over the jobs of dead processes. A lease names the process that holds it. Before a lease expires, only a
//! process that is proven gone can lose it (`capabilities::processes`).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use capabilities::jobs::End;
use capabilities::processes::{Found, Gone, Process};
use capabilities::random;

use crate::config::Config;
use runtime::changes::Topic;
use runtime::deployment::Deployment;

/// How often to look for processes that died.
const LOOK: Duration = Duration::from_secs(1);

/// The registration of this process among those that use the same data folder.
///
/// By default, there is none.
#[derive(Clone, Default)]
pub struct Here(Option<Arc<Process>>);

impl Here {
    /// Registers this process with the others. If that fails, its leases name no process, and if it dies, its jobs wait
    /// until the leases expire.
    pub fn register(config: &Config) -> Self {
        let folder = config.processes_folder();
        let process = Process::register(&folder, &random::System).inspect_err(|error| {
            let folder = folder.display();
            tracing::warn!(%folder, %error, "cannot lock a file: if this process dies, its jobs wait until their leases expire");
        });
        Self(process.ok().map(Arc::new))
    }

    /// Returns the name in this process's leases.
    pub fn id(&self) -> Option<String> {
        self.0.as_ref().map(|process| process.id().to_owned())
    }

    /// Takes over the jobs of the processes that have died so far.
    pub async fn take_over(&self, deployment: &Deployment) {
        let Some(process) = self.0.clone() else { return };
        let found = tokio::task::spawn_blocking(move || process.find_gone()).await;
        match found.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
            Ok(Found { gone, unreadable }) => {
                for (file, error) in unreadable {
                    let file = file.display();
                    tracing::warn!(%file, %error, "cannot tell whether a process died; if so, its jobs wait until \
                        the leases expire: delete the file if no `wandstore serve` of another user works on this data folder");
                }
                for gone in gone {
                    release(gone, deployment).await;
                }
            }
            Err(error) => tracing::warn!(%error, "cannot find dead processes"),
        }
    }

    /// Takes over the jobs of dead processes, every `LOOK`.
    pub async fn watch(self, deployment: Arc<Deployment>) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.take_over(&deployment).await;
        }
    }

    /// Releases the running jobs of this process, because it is stopping. If that fails, they are taken up later, as
    /// after a crash.
    pub async fn give_back(&self, deployment: &Deployment) {
        let Some(process) = &self.0 else { return };
        let capabilities = &deployment.capabilities;
        match capabilities.jobs.release(process.id(), End::Stopped, capabilities.clock.now_ms()).await {
            Ok(jobs) => {
                if jobs > 0 {
                    tracing::info!(jobs, "released the running jobs; the next start takes them over");
                }
                let process = process.clone();
                let _ = tokio::task::spawn_blocking(move || process.retire()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot release the running jobs; the next start takes them over");
            }
        }
    }
}

/// Releases the jobs of a process that died. If that fails, the next search finds the process again.
async fn release(gone: Gone, deployment: &Deployment) {
    let (process, capabilities) = (gone.id().to_owned(), &deployment.capabilities);
    match capabilities.jobs.release(&process, End::Died, capabilities.clock.now_ms()).await {
        Ok(jobs) => {
            deployment.changes.announce(Topic::Pool);
            if jobs > 0 {
                tracing::info!(process, jobs, "took over the jobs of a dead process");
            }
            if let Err(error) = gone.remove() {
                tracing::warn!(process, %error, "cannot remove the file of a dead process");
            }
        }
        Err(error) => tracing::warn!(process, %error, "cannot take over the jobs of a dead process"),
    }
}
