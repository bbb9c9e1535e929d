//! The components of a configuration: from this binary, from files and from registries. What comes from a registry is
//! kept in the data folder, so that the next start needs no registry.

pub mod control;
pub mod following;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context as _;
use artifacts::client::Times;
use artifacts::{Artifacts, Authorities, Client, Key, Reference, Store};
use runtime::component::{Binary, ComponentConfig, Role, Source, Watched};
use runtime::deployment::{Components, Deployment};
use tokio::runtime::Handle;

use crate::config::{Chosen, Config};

/// Loads the components that a configuration names. Blocks while a registry is asked.
pub fn load(config: &Config) -> anyhow::Result<Components> {
    let of_role = |role| {
        anyhow::Ok(ComponentConfig { role, source: source(config, role)?, limits: config.limits(role) })
    };
    let chosen = Role::ALL.into_iter().map(of_role).collect::<Result<Vec<_>, _>>()?;
    Components::load(&chosen, &config.compiled_folder())
}

/// Returns where the component of a role comes from, with its bytes if a registry had them. Blocks while a registry is
/// asked.
pub fn source(config: &Config, role: Role) -> anyhow::Result<Source> {
    match config.source(role)? {
        Chosen::Here(source) => Ok(source),
        Chosen::Artifact(reference) => pull(config, role, &reference).map(Source::Fetched),
    }
}

/// Returns a component of a registry. Blocks while the registry is asked.
pub fn pull(config: &Config, role: Role, reference: &Reference) -> anyhow::Result<Binary> {
    wait(Puller::new(config)?.pull(role, reference))
}

/// Fails if a component does not fit a role.
pub fn check(config: &Config, role: Role, binary: Binary) -> anyhow::Result<()> {
    let chosen = ComponentConfig { role, source: Source::Fetched(binary), limits: config.limits(role) };
    Components::load(&[chosen], &config.compiled_folder()).map(drop)
}

/// Fetches components of registries, which must be signed with the key of their role if that has one.
pub struct Puller {
    artifacts: Artifacts,
    keys: HashMap<Role, Key>,
}

impl Puller {
    /// Reads the keys of a configuration.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let mut keys = HashMap::new();
        for role in Role::ALL {
            if let Some(path) = config.public_key(role) {
                let key = read_key(&path).with_context(|| format!("components.{role}.public_key"))?;
                keys.insert(role, key);
            }
        }
        Ok(Self { artifacts: artifacts(config)?, keys })
    }

    /// Returns a component for a role.
    pub async fn pull(&self, role: Role, reference: &Reference) -> anyhow::Result<Binary> {
        let pulled = self.artifacts.pull(reference, self.keys.get(&role)).await;
        let pulled = pulled.with_context(|| format!("components.{role}"))?;
        Ok(Binary::new(reference.to_string(), pulled.bytes))
    }
}

/// Swaps a component of a deployment for the one that `read` returns. Both are done on `background`: compiling takes long.
async fn swap(
    deployment: Arc<Deployment>,
    background: &Handle,
    role: Role,
    read: impl FnOnce() -> anyhow::Result<Binary> + Send + 'static,
) -> anyhow::Result<Watched> {
    let swapped = background.spawn_blocking(move || deployment.swap(role, read()?));
    swapped.await.unwrap_or_else(|panic| Err(panic.into()))
}

/// Reads a public key.
pub fn read_key(path: &std::path::Path) -> anyhow::Result<Key> {
    let pem = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Key::parse(&pem).with_context(|| path.display().to_string())
}

/// Returns the artifacts of registries.
pub fn artifacts(config: &Config) -> anyhow::Result<Artifacts> {
    let client = Client::new(config.credentials()?, authorities(config)?, Times::default())?;
    Ok(Artifacts::new(client, store(config)))
}

/// Reads the authorities of registries.
fn authorities(config: &Config) -> anyhow::Result<Authorities> {
    let mut authorities = Authorities::default();
    for (registry, path) in config.authorities() {
        let mut read = || {
            let pem = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            authorities.add(registry, &pem).with_context(|| path.display().to_string())
        };
        read().with_context(|| format!("registries.{registry:?}.ca"))?;
    }
    Ok(authorities)
}

/// Returns the store of what was pulled and swapped in.
pub fn store(config: &Config) -> Store {
    Store::new(config.file.server.data_dir.join("components"))
}

/// Deletes from the store what nobody has used for long.
#[expect(clippy::disallowed_methods, reason = "the age of a file is by the machine's clock")]
pub fn remove_old(config: &Config) {
    if let Err(error) = store(config).remove_old(SystemTime::now()) {
        tracing::warn!(%error, "cannot remove unused components");
    }
}

/// Runs a task to its end on a thread of its own, because the caller may be a task itself.
fn wait<T: Send>(task: impl Future<Output = anyhow::Result<T>> + Send) -> anyhow::Result<T> {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task);
    std::thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
