//! The logic that all hosts share: the protocol of language models, checks against secrets, settings, requests to
//! upstreams, and the statements of `SQLite`.
//!
//! No I/O, no clock, no randomness, no environment: all of them are arguments, so that the native host and the adapters
//! for other platforms can share it.

pub mod document;
pub mod llm;
mod secret;
pub mod secrets;
pub mod settings;
pub mod signatures;
pub mod sql;
pub mod upstream;

use std::time::Duration;

pub use secret::Secret;

/// Returns a duration in whole milliseconds.
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
