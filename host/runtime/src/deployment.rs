//! A deployment: the five components and their backends, linked together.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use capabilities::Capabilities;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::changes::Changes;
use crate::component::{
    Binary, Cache, Catalog, ComponentConfig, Digest, Export, Generator, Handler, Limits, Links, Pool, Queue,
    Role, fit, world,
};
use crate::engine::{self, Compiled};

/// The five linked components and their backends.
pub struct Deployment {
    /// The backends.
    pub capabilities: Arc<Capabilities>,
    /// The topics that callers wait on.
    pub changes: Arc<Changes>,
    /// Answers shoppers, and runs maintenance tasks.
    pub routing: Arc<Handler>,
    /// Keeps pages.
    pub caching: Arc<Cache>,
    /// Keeps jobs.
    pub queueing: Arc<Queue>,
    /// Makes pages.
    pub generation: Arc<Generator>,
    /// Supplies products.
    pub catalog: Arc<Catalog>,
    /// The loaded component of each role.
    pub loaded: Vec<Loaded>,
}

/// A component as it was loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its role.
    pub role: Role,
    /// Where it comes from.
    pub origin: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// What it imports.
    pub imports: Vec<String>,
}

/// The components of a configuration, compiled and checked against their roles, but not linked yet.
pub struct Components {
    engine: Engine,
    cache: Compiled,
    compiled: Vec<(Role, Component, Limits)>,
    /// The loaded component of each role.
    pub loaded: Vec<Loaded>,
    /// The exact bytes that were read, compiled and checked for each role.
    pub binaries: Vec<(Role, Binary)>,
}

impl Components {
    /// Reads, compiles and checks the component of each role. `compiled` is the folder where compiled code is kept.
    pub fn load(chosen: &[ComponentConfig], compiled: &Path) -> anyhow::Result<Self> {
        let instances = chosen.iter().map(|chosen| chosen.limits.instances).sum();
        let memory_bytes_max = chosen.iter().map(|chosen| chosen.limits.memory_bytes).max();
        let engine = engine::new(instances, memory_bytes_max.unwrap_or_default())?;
        let cache = Compiled::open(compiled.to_owned())?;

        // Compiling takes seconds the first time, so the components compile in parallel.
        let results: Vec<_> = std::thread::scope(|scope| {
            let (engine, cache) = (&engine, &cache);
            let load = |chosen| scope.spawn(move || load(engine, cache, chosen));
            let threads: Vec<_> = chosen.iter().map(load).collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.map(|thread| thread.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });

        let (mut compiled, mut loaded, mut binaries) = (Vec::new(), Vec::new(), Vec::new());
        for (chosen, result) in chosen.iter().zip(results) {
            let (component, entry, binary) = result?;
            compiled.push((chosen.role, component, chosen.limits));
            loaded.push(entry);
            binaries.push((chosen.role, binary));
        }
        Ok(Self { engine, cache, compiled, loaded, binaries })
    }

    /// Removes compiled code that an earlier start left behind and this one does not use.
    pub fn remove_old_code(&self) {
        self.cache.remove_old(&self.engine, &self.binaries);
    }

    /// Links the components to each other and to `capabilities`.
    pub fn link(&self, capabilities: Arc<Capabilities>) -> anyhow::Result<Deployment> {
        let changes = Arc::new(Changes::new());
        let linker = Linker { components: self, capabilities: &capabilities };
        let caching = linker.pool(Role::Caching, Links::new(&changes))?;
        let for_catalog = Links { cache: Some(caching.clone()), ..Links::new(&changes) };
        let catalog = linker.pool(Role::Catalog, for_catalog)?;
        let queueing = linker.pool(Role::Queueing, Links::new(&changes))?;
        let for_generation =
            Links { cache: Some(caching.clone()), catalog: Some(catalog.clone()), ..Links::new(&changes) };
        let for_routing = Links { queue: Some(queueing.clone()), ..for_generation.clone() };
        Ok(Deployment {
            generation: linker.pool(Role::Generation, for_generation)?,
            routing: linker.pool(Role::Routing, for_routing)?,
            capabilities,
            changes,
            caching,
            queueing,
            catalog,
            loaded: self.loaded.clone(),
        })
    }
}

/// Reads, compiles and checks one component.
fn load(
    engine: &Engine,
    cache: &Compiled,
    chosen: &ComponentConfig,
) -> anyhow::Result<(Component, Loaded, Binary)> {
    let role = chosen.role;
    let binary = chosen.source.read(role)?;
    let component = cache.load(engine, role, &binary).with_context(|| format!("components.{role}"))?;
    world::check(engine, role, &component)
        .with_context(|| format!("components.{role}: {}", binary.origin))?;
    fit::check(engine, role, &component, &chosen.limits)
        .map_err(anyhow::Error::from)
        .with_context(|| format!("components.{role}: {} does not fit", binary.origin))?;
    let imports = world::imports_of(engine, &component);
    let loaded = Loaded { role, origin: binary.origin.clone(), digest: binary.digest, imports };
    Ok((component, loaded, binary))
}

struct Linker<'a> {
    components: &'a Components,
    capabilities: &'a Arc<Capabilities>,
}

impl Linker<'_> {
    fn pool<E: Export>(&self, role: Role, links: Links) -> anyhow::Result<Arc<Pool<E>>> {
        let found = self.components.compiled.iter().find(|(of, ..)| *of == role);
        let (_, component, limits) = found.with_context(|| format!("there is no {role} component"))?;
        let pool =
            Pool::new(&self.components.engine, role, component, self.capabilities.clone(), links, *limits);
        Ok(Arc::new(pool.map_err(anyhow::Error::from).with_context(|| format!("components.{role}"))?))
    }
}

impl Deployment {
    /// Drops instances that were idle for `idle` or longer.
    pub fn shrink(&self, idle: Duration) {
        self.routing.shrink(idle);
        self.caching.shrink(idle);
        self.queueing.shrink(idle);
        self.generation.shrink(idle);
        self.catalog.shrink(idle);
    }
}
