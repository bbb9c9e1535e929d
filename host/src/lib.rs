//! Wandstore's own host: the capabilities natively, the components in process, HTTP in front.
//!
//! It depends on `wit/` and the backends, and on no component's crate: only components decide which page a shopper
//! gets.

pub mod backends;
#[allow(missing_docs, reason = "generated")]
mod bindings;
pub mod changes;
pub mod component;
pub mod config;
pub mod context;
pub mod deployment;
pub mod engine;
pub mod health;
pub mod http;
pub mod logging;
pub mod memory;
pub mod merchants;
pub mod pages;
pub mod patience;
pub mod takeover;
pub mod telemetry;
pub mod worker;
