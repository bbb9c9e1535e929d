//! A version of a component, and its idle instances.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use wasmtime::component::{Component, InstancePre};
use wasmtime::{Engine, Store};

use super::fuse::Fuse;
use super::record::Record;
use super::trial::Trial;
use super::{Export, Loaded, world};
use crate::context::Context;

/// An instance of a version between two calls.
pub struct Instance<E> {
    pub store: Store<Context>,
    pub guest: E,
    /// How many calls it has served.
    pub calls: u32,
    /// When the last one ended.
    pub used: Instant,
}

/// A version of a component.
pub struct Version<E: Export> {
    pub loaded: Loaded,
    pub pre: InstancePre<Context>,
    pub indices: E::Indices,
    pub fuse: Fuse,
    pub record: Arc<Record>,
    /// The trial of a version that took the place of another.
    pub trial: Option<Trial<Self>>,
    /// `None` once another version has taken its place: an instance that ends its call then is dropped.
    idle: Mutex<Option<Vec<Instance<E>>>>,
}

impl<E: Export> Version<E> {
    /// Prepares a component, which must fit its role.
    pub fn new(
        engine: &Engine,
        loaded: Loaded,
        component: &Component,
        trial: Option<Trial<Self>>,
    ) -> wasmtime::Result<Self> {
        let pre = world::linker(engine, loaded.role)?.instantiate_pre(component)?;
        let indices = E::find(&pre)?;
        let idle = Mutex::new(Some(Vec::new()));
        Ok(Self { loaded, pre, indices, fuse: Fuse::new(), record: Arc::default(), trial, idle })
    }

    /// Returns an idle instance.
    pub fn take(&self) -> Option<Instance<E>> {
        self.idle().as_mut()?.pop()
    }

    /// Keeps an instance for the next call, unless another version has taken this one's place.
    pub fn give_back(&self, instance: Instance<E>) {
        if let Some(idle) = self.idle().as_mut() {
            idle.push(instance);
        }
    }

    /// Drops the instances that were idle for `idle` or longer.
    pub fn shrink(&self, idle: Duration) {
        if let Some(instances) = self.idle().as_mut() {
            instances.retain(|instance| instance.used.elapsed() < idle);
        }
    }

    /// Drops all idle instances. Calls that are under way end as they would have.
    pub fn retire(&self) {
        let idle = self.idle().take();
        drop(idle);
    }

    /// Takes its place again.
    pub fn revive(&self) {
        self.idle().get_or_insert_default();
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Instance<E>>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
