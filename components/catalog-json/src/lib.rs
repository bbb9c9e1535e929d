//! A catalog from a JSON file: the products of the shops of one deployment.
//!
//! A component opens no files, so that the file becomes part of it when it is built: `build.rs`
//! finds it under `CATALOG_JSON`, and `sample.json`, a tea shop, where that is not set. Pure data:
//! it asks nobody, and a shop that the file does not name is unknown to it.

pub mod catalog;

#[cfg(target_arch = "wasm32")]
mod guest;

pub use catalog::{Assortment, Catalog, Collection, Image, Price, Problem, Product};

/// The file that this catalog was built from.
pub const FILE: &str = include_str!(env!("CATALOG_JSON"));
