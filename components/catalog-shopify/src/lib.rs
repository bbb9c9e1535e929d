//! Products of a shop, by Shopify's Storefront API (<https://shopify.dev/docs/api/storefront>).
//!
//! What it asks is in `queries/` and held to Shopify's own schema by a test. An answer is read into types
//! ([`answer`]), with no price that is not exactly what Shopify said ([`price`]), and kept for a while ([`kept`]);
//! when Shopify is asked, and what is served when it does not answer, is in the module `visit`.
//!
//! Pure: no clock, no network. What it needs of the world is [`capabilities::World`]. It holds no address and no token:
//! the host adds those. Whatever Shopify says or fails to say, it never traps, and no word of a shopper's is logged.

pub mod answer;
pub mod ask;
pub mod capabilities;
pub mod catalog;
pub mod failure;
pub mod kept;
pub mod model;
pub mod price;
pub mod query;
pub mod question;
mod visit;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use catalog::{Catalog, CatalogError, Freshness};
pub use model::{Assortment, Collection, Image, Product};
