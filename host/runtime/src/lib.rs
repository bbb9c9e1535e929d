//! The WebAssembly side of the host: the engine, the components and their pools, the links between components, and the
//! capabilities of each component.
//!
//! It depends on `wit/` and on the backends' traits. It never serves HTTP, reads configuration or the environment, or
//! knows a component's crate.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use capabilities::Capabilities;
//! use runtime::component::{Builtin, ComponentConfig, Limits, Role, Source};
//! use runtime::deployment::{Components, Deployment};
//!
//! /// Links the components of this binary to backends in memory.
//! fn link(limits: Limits) -> anyhow::Result<Deployment> {
//!     let source = Source::Embedded(Builtin::Demo);
//!     let chosen = Role::ALL.map(|role| ComponentConfig { role, source: source.clone(), limits });
//!     let components = Components::load(&chosen, Path::new("data/compiled"))?;
//!     let (capabilities, _controls) = Capabilities::scripted();
//!     components.link(Arc::new(capabilities))
//! }
//! ```
#![expect(clippy::disallowed_types, reason = "the host measures how long components and their backends take")]

#[allow(missing_docs, reason = "generated")]
pub mod bindings;
pub mod capability;
pub mod changes;
pub mod component;
pub mod context;
pub mod deployment;
pub mod engine;
pub mod memory;
pub mod patience;
pub mod trace;
