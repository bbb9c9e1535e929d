#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod domain;
mod json;
pub mod oauth;
pub mod order;
pub mod payload;
pub mod proxy;
mod query;
mod rejection;
pub mod session_token;
mod time;
pub mod token_request;
mod topic;
pub mod webhook;

pub use domain::{AdminHost, InvalidDomain, ShopDomain};
pub use payload::CustomerId;
pub use rejection::Rejection;

/// The largest difference between a timestamp that Shopify signed and now, in either direction, in seconds. It is
/// not documented; Shopify's own libraries allow this much.
pub const WINDOW_S: u64 = 90;

/// The length of an HMAC-SHA256, in bytes.
pub const MAC_BYTES: usize = 32;
