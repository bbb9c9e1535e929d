//! A simulated Shopify shop, for development and tests: a theme with the app's blocks, an app proxy that signs
//! requests, a cart and orders, webhooks, session tokens, OAuth, a subscription, and the Storefront API over a file of
//! products.
//!
//! It shares no code with the app under test: it has its own implementation of signatures (crate `signing`). It never
//! makes checks that Shopify does not make.

mod admin;
mod billing;
mod cart;
mod control;
mod failures;
mod flow;
mod goods;
mod oauth;
mod options;
mod orders;
mod pages;
mod place;
mod proxy;
mod server;
mod shop;
mod storefront;
mod subscription;
mod theme;
mod trigger;
mod webhooks;

pub use options::Options;
pub use server::{Running, serve};
