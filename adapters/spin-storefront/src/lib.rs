//! The storefront's server in Spin: answers the requests that the front (`adapters/spin-front`) forwards, and runs jobs.
//!
//! It is composed with the five components and the platform. It never decides which page a shopper gets, reads no page
//! and knows no secret. Nothing on a network reaches it: the manifest makes its route private.

mod drain;
mod health;

#[cfg(target_arch = "wasm32")]
mod bindings;
#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod jobs;

pub use crate::drain::{Bounds, Claim, Ended, Failure, Pool, Progress, Report, drain};
pub use health::{Checks, health, is_due, mark};
