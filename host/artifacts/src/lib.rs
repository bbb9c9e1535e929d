//! Components as artifacts: their digests, their references in OCI registries, the client of such registries, signatures,
//! and the store of pulled artifacts.
//!
//! An artifact is a manifest with a config of the type `application/vnd.wasm.config.v0+json` and one layer of the type
//! `application/wasm`, which is the component
//! (<https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>). Everything that a registry sends is
//! bounded in size and time, and nothing is accepted whose digest is not the one that was asked for.
//!
//! This crate never compiles or runs a component, and knows no role.
//!
//! ```
//! use artifacts::Reference;
//!
//! let reference = Reference::parse("ghcr.io/acme/catalog:1.2")?;
//! assert_eq!(reference.registry(), "ghcr.io");
//! let refusal = reference.pinned().unwrap_err().to_string();
//! assert!(refusal.starts_with("ghcr.io/acme/catalog:1.2 names no digest"), "{refusal}");
//! # Ok::<(), artifacts::reference::Malformed>(())
//! ```
#![cfg_attr(
    test,
    expect(clippy::disallowed_types, reason = "tests measure how long a registry is waited for")
)]

mod artifacts;
pub mod client;
mod digest;
pub mod index;
pub mod manifest;
pub mod reference;
pub mod signature;
mod store;

pub use artifacts::{Artifacts, Error, Inspected, Pulled, Why};
pub use client::{Authorities, Client, Credentials};
pub use digest::{Digest, NoDigest};
pub use index::Index;
pub use manifest::Config;
pub use reference::Reference;
pub use signature::Key;
pub use store::Store;
