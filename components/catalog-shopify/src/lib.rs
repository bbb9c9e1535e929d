//! The catalog of a Shopify shop, from the Storefront API (<https://shopify.dev/docs/api/storefront>).
//!
//! The queries are in `queries/`, and a test checks them against Shopify's own schema. Answers are parsed into
//! types ([`answer`]), with prices exactly as Shopify gave them ([`price`]), and stored for a while ([`kept`]).
//! The module `visit` decides when to ask Shopify, and what to serve if it does not answer.
//!
//! The crate is pure: it has no clock or network, and reaches the outside only through [`capabilities::World`]. It
//! has no address and no token: the host adds them. No answer of Shopify makes it trap, and it never logs a
//! shopper's words.
//!
//! Prices are never rounded:
//!
//! ```
//! use catalog_shopify::price::minor;
//!
//! assert_eq!(minor("12.5", "EUR"), Some(1_250));
//! assert_eq!(minor("12.5", "JPY"), None, "a yen has no decimals");
//! ```

pub mod answer;
pub mod ask;
pub mod capabilities;
pub mod catalog;
pub mod failure;
pub mod kept;
pub mod price;
pub mod query;
pub mod question;
pub mod types;
mod visit;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use catalog::Catalog;
