//! A deployment: the five components and their backends, linked together. A component can be swapped while it is called.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use capabilities::Capabilities;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::changes::Changes;
use crate::component::{
    Binary, Cache, Catalog, ComponentConfig, Export, Generator, Handler, Limits, Links, Loaded, Pool, Queue,
    Role, Watched, fit, world,
};
use crate::engine::{self, Compiled};
use crate::trace::Recorder;

/// The five linked components and their backends.
pub struct Deployment {
    /// The backends.
    pub capabilities: Arc<Capabilities>,
    /// The topics that callers wait on.
    pub changes: Arc<Changes>,
    /// Records traces, if they are recorded at all.
    pub recorder: Option<Arc<Recorder>>,
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
    loader: Loader,
}

/// Compiles and checks components for an engine.
#[derive(Clone)]
struct Loader {
    engine: Engine,
    cache: Arc<Compiled>,
    limits: HashMap<Role, Limits>,
}

/// The components of a configuration, compiled and checked against their roles, but not linked yet.
pub struct Components {
    loader: Loader,
    compiled: Vec<Component>,
    /// The loaded component of each role.
    pub loaded: Vec<Loaded>,
    /// The exact bytes that were read, compiled and checked for each role.
    pub binaries: Vec<(Role, Binary)>,
}

impl Components {
    /// Reads, compiles and checks the component of each role. `compiled` is the folder where compiled code is kept.
    pub fn load(chosen: &[ComponentConfig], compiled: &Path) -> anyhow::Result<Self> {
        let loader = Loader::new(chosen, compiled)?;
        // Compiling takes seconds the first time, so the components compile in parallel.
        let results: Vec<_> = std::thread::scope(|scope| {
            let loader = &loader;
            let load = |chosen: &ComponentConfig| {
                let ComponentConfig { role, source, .. } = chosen.clone();
                scope.spawn(move || loader.load(role, source.read(role)?))
            };
            let threads: Vec<_> = chosen.iter().map(load).collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.map(|thread| thread.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });

        let (mut compiled, mut entries, mut binaries) = (Vec::new(), Vec::new(), Vec::new());
        for result in results {
            let (component, entry, binary) = result?;
            binaries.push((entry.role, binary));
            compiled.push(component);
            entries.push(entry);
        }
        Ok(Self { loader, compiled, loaded: entries, binaries })
    }

    /// Removes compiled code that an earlier start left behind and this one does not use.
    pub fn remove_old_code(&self) {
        self.loader.cache.remove_old(&self.loader.engine, &self.binaries);
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
            recorder: None,
            caching,
            queueing,
            catalog,
            loader: self.loader.clone(),
        })
    }
}

impl Loader {
    fn new(chosen: &[ComponentConfig], compiled: &Path) -> anyhow::Result<Self> {
        let instances: usize = chosen.iter().map(|chosen| chosen.limits.instances).sum();
        let memory_bytes_max = chosen.iter().map(|chosen| chosen.limits.memory_bytes).max();
        // There is one instance more, in which a component is checked while the others run.
        let engine = engine::new(instances + 1, memory_bytes_max.unwrap_or_default())?;
        let cache = Arc::new(Compiled::open(compiled.to_owned())?);
        let limits = chosen.iter().map(|chosen| (chosen.role, chosen.limits)).collect();
        Ok(Self { engine, cache, limits })
    }

    /// Compiles and checks a component.
    fn load(&self, role: Role, binary: Binary) -> anyhow::Result<(Component, Loaded, Binary)> {
        let Self { engine, cache, .. } = self;
        let component = cache.load(engine, role, &binary).with_context(|| format!("components.{role}"))?;
        world::check(engine, role, &component)
            .with_context(|| format!("components.{role}: {}", binary.origin))?;
        fit::check(engine, role, &component, &self.limits(role)?)
            .map_err(anyhow::Error::from)
            .with_context(|| format!("components.{role}: {} does not fit", binary.origin))?;
        let imports = world::imports_of(engine, &component);
        let loaded = Loaded { role, origin: binary.origin.clone(), digest: binary.digest, imports };
        Ok((component, loaded, binary))
    }

    fn limits(&self, role: Role) -> anyhow::Result<Limits> {
        self.limits.get(&role).copied().with_context(|| format!("there is no {role} component"))
    }
}

struct Linker<'a> {
    components: &'a Components,
    capabilities: &'a Arc<Capabilities>,
}

impl Linker<'_> {
    fn pool<E: Export>(&self, role: Role, links: Links) -> anyhow::Result<Arc<Pool<E>>> {
        let Components { loader, compiled, loaded, .. } = self.components;
        let mut all = loaded.iter().zip(compiled);
        let found = all.find(|(loaded, _)| loaded.role == role);
        let (loaded, component) = found.with_context(|| format!("there is no {role} component"))?;
        let (capabilities, limits) = (self.capabilities.clone(), loader.limits(role)?);
        let pool = Pool::new(&loader.engine, loaded.clone(), component, capabilities, links, limits);
        Ok(Arc::new(pool.map_err(anyhow::Error::from).with_context(|| format!("components.{role}"))?))
    }
}

impl Deployment {
    /// Records traces.
    #[must_use]
    pub fn recording(self, recorder: Option<Arc<Recorder>>) -> Self {
        Self { recorder, ..self }
    }

    /// Returns the component of each role that is called now.
    pub fn loaded(&self) -> [Loaded; 5] {
        [
            self.routing.loaded(),
            self.caching.loaded(),
            self.queueing.loaded(),
            self.generation.loaded(),
            self.catalog.loaded(),
        ]
    }

    /// Compiles and checks a component, and calls it in `role` from now on. If it does not fit, or if more of its first
    /// calls fail than of those before, the component before goes on. Blocks for as long as compiling takes.
    pub fn swap(&self, role: Role, binary: Binary) -> anyhow::Result<Watched> {
        let (component, loaded, _) = self.loader.load(role, binary)?;
        let engine = &self.loader.engine;
        let watched = match role {
            Role::Routing => self.routing.swap(engine, loaded, &component),
            Role::Caching => self.caching.swap(engine, loaded, &component),
            Role::Queueing => self.queueing.swap(engine, loaded, &component),
            Role::Generation => self.generation.swap(engine, loaded, &component),
            Role::Catalog => self.catalog.swap(engine, loaded, &component),
        };
        watched.with_context(|| format!("components.{role}"))
    }

    /// Drops instances that were idle for `idle` or longer.
    pub fn shrink(&self, idle: Duration) {
        self.routing.shrink(idle);
        self.caching.shrink(idle);
        self.queueing.shrink(idle);
        self.generation.shrink(idle);
        self.catalog.shrink(idle);
    }
}
