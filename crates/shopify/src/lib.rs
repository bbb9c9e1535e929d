//! Shopify's formats and rules as plain functions: signed queries, webhooks, session tokens, shop domains, token
//! requests.
//!
//! The crate is pure: it has no I/O, clock, WIT types or cryptography of its own. The caller of a verification
//! passes the time and a check of a message against a MAC, `Fn(message, mac) -> bool`: in a component the
//! `signatures` capability, on a host HMAC-SHA256. All input is hostile until its check has passed. Even then it
//! is parsed strictly, because a signature proves the sender, not that the input is well-formed.

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

pub use domain::{AdminHost, InvalidDomain, ShopDomain};
pub use payload::CustomerId;
pub use rejection::Rejection;

/// The largest difference between a timestamp that Shopify signed and now, in either direction, in seconds. It is
/// not documented; Shopify's own libraries allow this much.
pub const WINDOW_S: u64 = 90;

/// The length of an HMAC-SHA256, in bytes.
pub const MAC_BYTES: usize = 32;
