//! What Shopify sends and expects, as plain functions: signed queries, webhooks, session tokens,
//! shops' domains, token requests.
//!
//! Pure: no I/O, no clock, no WIT types, and no cryptography of its own. Whoever verifies something
//! brings the time and a check of a message against a code, `Fn(message, mac) -> bool`: in a component
//! the `signatures` capability, on a host HMAC-SHA256. All that is parsed here is hostile until its
//! check has passed, and what has passed is still parsed strictly: a signature says who sent
//! something, not that it is well-formed.

pub mod domain;
mod json;
pub mod oauth;
pub mod payload;
pub mod proxy;
mod query;
mod rejection;
pub mod session_token;
pub mod token_request;
pub mod webhook;

pub use domain::{AdminHost, ShopDomain, WrongDomain};
pub use payload::CustomerId;
pub use rejection::Rejection;

/// How far a timestamp that Shopify signed may be from now, either way, in seconds. Not documented;
/// this is what Shopify's own libraries allow.
pub const WINDOW_S: u64 = 90;

/// Bytes of an HMAC with SHA-256.
pub const MAC_BYTES: usize = 32;
