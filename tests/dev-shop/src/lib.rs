//! A shop as Shopify would run it, for development and tests: a theme with the app's blocks, an app proxy that signs, webhooks,
//! session tokens, OAuth, and the Storefront API over a file of products.
//!
//! It shares no code with what it tests: what it signs (crate `signing`) is computed once more. It never checks what Shopify would not.

mod admin;
mod cart;
mod control;
mod goods;
mod oauth;
mod options;
mod pages;
mod place;
mod proxy;
mod server;
mod shop;
mod storefront;
mod theme;
mod webhooks;

pub use options::Options;
pub use server::{Running, serve};
