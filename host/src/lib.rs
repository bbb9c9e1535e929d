//! Wandstore's own host: the capabilities natively, the components in process, HTTP in front.
//!
//! It depends on `wit/` and the backends, and on no component's crate: only components decide which page a shopper
//! gets.
//!
//! A configuration is parsed and validated before anything starts:
//!
//! ```
//! use host::config::{Config, Environment};
//!
//! let config = Config::parse("[pool]\nsize = 4", ".".into(), &Environment::default())?;
//! assert_eq!(config.settings().pool.size, 4);
//!
//! let refusal = Config::parse("[pool]\nsise = 4", ".".into(), &Environment::default()).unwrap_err();
//! assert_eq!(refusal.to_string(), "there is no key `pool.sise`; the nearest is `pool.size`");
//! # Ok::<(), anyhow::Error>(())
//! ```
#![expect(
    clippy::disallowed_types,
    reason = "the host measures how long calls take and when its own work is due"
)]

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
