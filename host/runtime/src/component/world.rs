//! The allowed imports of each role: the host's side of `wit/storefront/worlds.wit`.
//!
//! A component is given these interfaces and no others; one that asks for more is refused before
//! it runs.

use wasmtime::component::{Component, HasSelf, Linker, types::ComponentItem};
use wasmtime::{Engine, Result};

use super::Role;
use crate::bindings::wandstore::storefront::{
    cache, cache_control, catalog, catalog_types, catalog_version, http_types, job_types, page_types, queue,
    shopper_types,
};
use crate::capability;
use crate::context::Context;

/// Returns the interfaces that a role's world imports, with their versions. Types come with the interfaces that use
/// them.
pub fn imports(role: Role) -> &'static [&'static str] {
    match role {
        Role::Routing => &[
            "wandstore:capabilities/values@0.1.0",
            "wandstore:capabilities/kv@0.1.0",
            "wandstore:capabilities/signatures@0.1.0",
            "wandstore:capabilities/limits@0.1.0",
            "wandstore:capabilities/clock@0.1.0",
            "wandstore:capabilities/settings@0.1.0",
            "wandstore:capabilities/log@0.1.0",
            "wandstore:storefront/shopper-types@0.1.0",
            "wandstore:storefront/catalog-types@0.1.0",
            "wandstore:storefront/page-types@0.1.0",
            "wandstore:storefront/job-types@0.1.0",
            "wandstore:storefront/http-types@0.1.0",
            "wandstore:storefront/cache@0.1.0",
            "wandstore:storefront/cache-control@0.1.0",
            "wandstore:storefront/queue@0.1.0",
            "wandstore:storefront/catalog@0.1.0",
        ],
        Role::Caching => &[
            "wandstore:capabilities/values@0.1.0",
            "wandstore:capabilities/kv@0.1.0",
            "wandstore:capabilities/blob@0.1.0",
            "wandstore:capabilities/clock@0.1.0",
            "wandstore:capabilities/settings@0.1.0",
            "wandstore:capabilities/log@0.1.0",
            "wandstore:storefront/shopper-types@0.1.0",
            "wandstore:storefront/page-types@0.1.0",
        ],
        Role::Queueing => &[
            "wandstore:capabilities/values@0.1.0",
            "wandstore:capabilities/kv@0.1.0",
            "wandstore:capabilities/jobs@0.1.0",
            "wandstore:capabilities/clock@0.1.0",
            "wandstore:capabilities/random@0.1.0",
            "wandstore:capabilities/settings@0.1.0",
            "wandstore:capabilities/log@0.1.0",
            "wandstore:storefront/shopper-types@0.1.0",
            "wandstore:storefront/catalog-types@0.1.0",
            "wandstore:storefront/page-types@0.1.0",
            "wandstore:storefront/job-types@0.1.0",
        ],
        Role::Generation => &[
            "wandstore:capabilities/values@0.1.0",
            "wandstore:capabilities/llm@0.1.0",
            "wandstore:capabilities/clock@0.1.0",
            "wandstore:capabilities/settings@0.1.0",
            "wandstore:capabilities/log@0.1.0",
            "wandstore:storefront/shopper-types@0.1.0",
            "wandstore:storefront/catalog-types@0.1.0",
            "wandstore:storefront/page-types@0.1.0",
            "wandstore:storefront/job-types@0.1.0",
            "wandstore:storefront/cache@0.1.0",
            "wandstore:storefront/catalog-version@0.1.0",
            "wandstore:storefront/catalog@0.1.0",
        ],
        Role::Catalog => &[
            "wandstore:capabilities/values@0.1.0",
            "wandstore:capabilities/kv@0.1.0",
            "wandstore:capabilities/fetch@0.1.0",
            "wandstore:capabilities/clock@0.1.0",
            "wandstore:capabilities/log@0.1.0",
            "wandstore:storefront/shopper-types@0.1.0",
            "wandstore:storefront/catalog-types@0.1.0",
            "wandstore:storefront/page-types@0.1.0",
            "wandstore:storefront/catalog-version@0.1.0",
        ],
    }
}

/// Returns the interfaces that a component of a role exports.
pub fn exports(role: Role) -> &'static [&'static str] {
    match role {
        Role::Routing => &["wandstore:storefront/handler@0.1.0", "wandstore:storefront/maintenance@0.1.0"],
        Role::Caching => &[
            "wandstore:storefront/cache@0.1.0",
            "wandstore:storefront/cache-control@0.1.0",
            "wandstore:storefront/catalog-version@0.1.0",
        ],
        Role::Queueing => &["wandstore:storefront/queue@0.1.0", "wandstore:storefront/leases@0.1.0"],
        Role::Generation => &["wandstore:storefront/generator@0.1.0", "wandstore:storefront/reviewer@0.1.0"],
        Role::Catalog => &["wandstore:storefront/catalog@0.1.0"],
    }
}

/// Why a component does not fit a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldMismatch {
    /// It imports an interface that the role is not given.
    #[error("the {0} component imports `{1}`, which its role does not allow; it may import: {2}")]
    Import(Role, String, String),
    /// It was built for another version of an interface.
    #[error(
        "the {0} component has `{1}`, and this version of wandstore has `{2}`: use a component that was built for it"
    )]
    Version(Role, String, &'static str),
    /// It lacks an export of the role.
    #[error("the {0} component does not export `{1}`; it exports: {2}")]
    Export(Role, &'static str, String),
}

/// Returns the imports of a component, in its own order.
pub fn imports_of(engine: &Engine, component: &Component) -> Vec<String> {
    component.component_type().imports(engine).map(|(name, _)| name.to_owned()).collect()
}

/// Returns the interfaces that a component exports.
pub fn exports_of(engine: &Engine, component: &Component) -> Vec<String> {
    let of = component.component_type();
    let interfaces =
        of.exports(engine).filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentInstance(_)));
    interfaces.map(|(name, _)| name.to_owned()).collect()
}

/// Checks a component against its role.
pub fn check(engine: &Engine, role: Role, component: &Component) -> Result<(), WorldMismatch> {
    let allowed = imports(role);
    if let Some(name) =
        imports_of(engine, component).into_iter().find(|name| !allowed.contains(&name.as_str()))
    {
        return Err(match allowed.iter().find(|own| interface(own) == interface(&name)) {
            Some(own) => WorldMismatch::Version(role, name, own),
            None => WorldMismatch::Import(role, name, allowed.join(", ")),
        });
    }
    let exported = exports_of(engine, component);
    let Some(missing) = exports(role).iter().find(|wanted| !exported.iter().any(|name| name == *wanted))
    else {
        return Ok(());
    };
    Err(match exported.iter().find(|name| interface(name) == interface(missing)) {
        Some(name) => WorldMismatch::Version(role, name.clone(), missing),
        None => WorldMismatch::Export(role, missing, exported.join(", ")),
    })
}

/// Returns the name of an interface without its version.
fn interface(name: &str) -> &str {
    name.split_once('@').map_or(name, |(interface, _version)| interface)
}

/// Creates a linker that supplies what the role's world imports.
pub fn linker(engine: &Engine, role: Role) -> Result<Linker<Context>> {
    let mut linker = Linker::new(engine);
    for interface in imports(role) {
        supply(&mut linker, interface)?;
    }
    Ok(linker)
}

fn supply(linker: &mut Linker<Context>, interface: &str) -> Result<()> {
    type Own = HasSelf<Context>;
    let name = self::interface(interface);
    if let Some(capability) = name.strip_prefix("wandstore:capabilities/") {
        return capability::add_to_linker(linker, capability);
    }
    match name {
        "wandstore:storefront/shopper-types" => shopper_types::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/catalog-types" => catalog_types::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/page-types" => page_types::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/job-types" => job_types::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/http-types" => http_types::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/cache" => cache::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/cache-control" => cache_control::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/catalog-version" => catalog_version::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/queue" => queue::add_to_linker::<_, Own>(linker, |own| own),
        "wandstore:storefront/catalog" => catalog::add_to_linker::<_, Own>(linker, |own| own),
        other => wasmtime::bail!("no such interface: {other}"),
    }
}
