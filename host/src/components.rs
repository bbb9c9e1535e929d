//! The components of a deployment: from this binary, from files and from registries, or swapped in while it served. What
//! comes from a registry is kept in the data folder, so that the next start needs no registry.

pub mod control;
pub mod following;
mod swapped;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context as _;
use artifacts::client::Times;
use artifacts::{Artifacts, Authorities, Client, Digest, Key, Reference, Store};
use runtime::component::{Binary, ComponentConfig, Role, Source, Watched};
use runtime::deployment::{Components, Deployment};
use tokio::runtime::Handle;

use crate::backends;
use crate::config::{Chosen, Config};
pub use swapped::{Choice, Swapped};

/// What stands for the component in the configuration, in the command that swaps.
pub const CONFIGURED: &str = "configured";

/// Loads the components that were swapped in, and otherwise those that a configuration names. Blocks while a registry is
/// asked.
pub fn load(config: &Config) -> anyhow::Result<Components> {
    let mut swapped_in = HashMap::new();
    for role in Role::ALL {
        swapped_in.extend(self::swapped_in(config, role)?.map(|binary| (role, binary)));
    }
    if swapped_in.is_empty() {
        return load_with(config, &swapped_in);
    }
    load_with(config, &swapped_in).or_else(|error| {
        // It may be from before an upgrade. The configuration must have what fits.
        let why = format!("{error:#}");
        tracing::warn!(
            why,
            "cannot take the components that were swapped in; taking those in the configuration"
        );
        load_with(config, &HashMap::new())
    })
}

fn load_with(config: &Config, swapped_in: &HashMap<Role, Binary>) -> anyhow::Result<Components> {
    let of_role = |role| {
        let source = match swapped_in.get(&role) {
            Some(binary) => Source::Fetched(binary.clone()),
            None => source(config, role)?,
        };
        anyhow::Ok(ComponentConfig { role, source, limits: config.limits(role) })
    };
    let chosen = Role::ALL.into_iter().map(of_role).collect::<Result<Vec<_>, _>>()?;
    Components::load(&chosen, &config.compiled_folder())
}

/// Returns the component that was swapped in for a role, as long as the configuration names what it named then. Hosts that
/// share a database have their choices there.
pub fn swapped_in(config: &Config, role: Role) -> anyhow::Result<Option<Binary>> {
    let Some(choice) = swapped(config).of(role) else { return Ok(None) };
    if backends::swaps(config)?.is_some() {
        return Ok(None);
    }
    let Choice { sha256, origin, in_place_of } = choice;
    if in_place_of != configured(config, role)? {
        tracing::info!(
            component = role.name(),
            "the configuration names another component than when one was swapped in, and counts"
        );
        return Ok(None);
    }
    let bytes = store(config).read(sha256).unwrap_or_default();
    if bytes.is_none() {
        tracing::warn!(
            component = role.name(),
            %sha256,
            "the component that was swapped in is no longer in the data folder; taking the one in the configuration"
        );
    }
    Ok(bytes.map(|bytes| Binary::new(origin, bytes.into())))
}

/// Returns what a configuration names for a role, so that a later change of it is noticed: another file or reference,
/// another version of this binary, or another key.
pub fn configured(config: &Config, role: Role) -> anyhow::Result<String> {
    let component = match config.source(role)? {
        Chosen::Here(source) => source.read(role)?.digest.named(),
        Chosen::Artifact(reference) => reference.to_string(),
    };
    let Some(path) = config.public_key(role) else { return Ok(component) };
    let key = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(format!("{component}, signed with {}", Digest::of(&key)))
}

/// Returns where the component of a role comes from, with its bytes if a registry had them. Blocks while a registry is
/// asked.
pub fn source(config: &Config, role: Role) -> anyhow::Result<Source> {
    match config.source(role)? {
        Chosen::Here(source) => Ok(source),
        Chosen::Artifact(reference) => {
            let pulled = pull(config, role, &reference).with_context(|| format!("components.{role}"))?;
            Ok(Source::Fetched(pulled))
        }
    }
}

/// Returns what a configuration names for each role.
pub fn all_configured(config: &Config) -> anyhow::Result<HashMap<Role, String>> {
    Role::ALL.into_iter().map(|role| Ok((role, configured(config, role)?))).collect()
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
        let pulled = self.artifacts.pull(reference, self.keys.get(&role)).await?;
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

/// Returns the store of components that were pulled or swapped in.
pub fn store(config: &Config) -> Store {
    Store::new(config.file.server.data_dir.join("components"))
}

/// Returns the components that were swapped in on the data folder.
pub fn swapped(config: &Config) -> Swapped {
    Swapped::new(config.file.server.data_dir.join("swapped"))
}

/// Deletes from the store what nobody has used for long, and files that a killed process left.
#[expect(clippy::disallowed_methods, reason = "the age of a file is by the machine's clock")]
pub fn remove_old(config: &Config) {
    let now = SystemTime::now();
    let removed = store(config).remove_old(now).and_then(|()| swapped(config).remove_partial(now));
    if let Err(error) = removed {
        tracing::warn!(%error, "cannot remove unused components");
    }
}

/// Runs a task to its end on a thread of its own, because the caller may be a task itself.
fn wait<T: Send>(task: impl Future<Output = anyhow::Result<T>> + Send) -> anyhow::Result<T> {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task);
    std::thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
