//! The three hosts of Wandstore behind one interface: the `wandstore` binary, Spin, and workerd.
//!
//! For tests and measurements. It starts and stops hosts as an operator would, and sends requests over
//! HTTP; it links no host and uses no internals.
#![expect(clippy::disallowed_methods, reason = "a developer names their programs in variables")]
#![expect(clippy::disallowed_types, reason = "a host has a limited time to start")]

pub mod client;
pub mod deployment;
pub mod host;
pub mod server;

pub use client::{Answer, Request};
pub use deployment::Deployment;
pub use host::Host;
pub use server::Server;
