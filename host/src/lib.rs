//! Wandstore's own host: the components in process, over native backends, with workers, merchants and HTTP around them.
//!
//! [`Host::start`] puts everything together, for the `wandstore` binary and for the tests. The host depends on no
//! component's crate: only components decide which page a shopper gets.
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
//! assert_eq!(refusal.to_string(), "unknown key `pool.sise`; did you mean `pool.size`?");
//! # Ok::<(), anyhow::Error>(())
//! ```
#![expect(
    clippy::disallowed_types,
    reason = "the host measures how long calls take and when its own work is due"
)]

pub mod backends;
pub mod client;
pub mod components;
pub mod config;
pub mod cost;
pub mod effects;
mod elsewhere;
pub mod event;
pub mod health;
pub mod http;
pub mod logging;
pub mod merchants;
pub mod otlp;
pub mod overload;
pub mod pages;
pub mod reviews;
mod root;
pub mod shopper;
pub mod takeover;
pub mod telemetry;
pub mod traces;
pub mod transfer;
pub mod tryout;
pub mod worker;

pub use backends::Backends;
pub use root::{Host, Parts};
