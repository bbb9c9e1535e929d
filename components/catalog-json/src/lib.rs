//! A catalog from a JSON file: the products of the shops of one deployment.
//!
//! A component opens no files, so the file is built into it. `build.rs` finds it through `CATALOG_JSON`; if that
//! is not set, it uses `sample.json`, a tea shop. The catalog is pure data: it makes no requests, and a shop that
//! the file does not name is unknown.

pub mod catalog;

#[cfg(target_arch = "wasm32")]
mod guest;

pub use catalog::{Assortment, Catalog, Collection, Image, Price, Problem, Product};

/// The content of the file that this catalog was built from.
pub const FILE: &str = include_str!(env!("CATALOG_JSON"));
