//! Checks that a component's functions and records match its role's world. This happens when the component is loaded,
//! so that the first shopper does not find a mismatch. No function is called.

use std::sync::Arc;

use capabilities::Capabilities;
use futures_util::FutureExt as _;
use wasmtime::component::Component;
use wasmtime::{Engine, Result, Store};

use super::pool::ticks;
use super::{Export, Front, Jobs, Limits, Links, Makers, Pages, Role, world};
use crate::bindings::exports::wandstore::storefront::catalog;
use crate::changes::Changes;
use crate::context::Context;

/// Checks the types of a component's imports and export against its role, and its memory against its limit.
pub fn check(engine: &Engine, role: Role, component: &Component, limits: &Limits) -> Result<()> {
    match role {
        Role::Routing => check_export::<Front>(engine, role, component, limits),
        Role::Caching => check_export::<Pages>(engine, role, component, limits),
        Role::Queueing => check_export::<Jobs>(engine, role, component, limits),
        Role::Generation => check_export::<Makers>(engine, role, component, limits),
        Role::Catalog => check_export::<catalog::Guest>(engine, role, component, limits),
    }
}

/// Checks the types of an export, which takes an instance. The instance is never called.
fn check_export<E: Export>(
    engine: &Engine,
    role: Role,
    component: &Component,
    limits: &Limits,
) -> Result<()> {
    let pre = world::linker(engine, role)?.instantiate_pre(component)?;
    let (capabilities, _) = Capabilities::scripted();
    let links = Arc::new(Links::new(&Arc::new(Changes::new())));
    let context = Context::new(role, Arc::new(capabilities), links, limits.memory_bytes);
    let mut store = Store::new(engine, context);
    store.limiter(|context| &mut context.handles.memory);
    store.set_epoch_deadline(ticks(limits.compute));
    // Instantiation cannot wait, because it calls no imports.
    let instance = pre.instantiate_async(&mut store).now_or_never();
    let instance = instance.ok_or_else(|| wasmtime::format_err!("it waits before it was called"))??;
    E::bind(&E::find(&pre)?, &mut store, &instance)?;
    Ok(())
}
