//! A catalog from a JSON file: the products of the shops of one deployment.
//!
//! A component opens no files, so the file is built into it. `build.rs` finds it through `CATALOG_JSON`; if that
//! is not set, it uses `sample.json`, a tea shop. The catalog is pure data: it makes no requests, and a shop that
//! the file does not name is unknown.
//!
//! ```
//! use catalog_json::{Catalog, FILE};
//!
//! let catalog = Catalog::parse(FILE).expect("the build refuses an invalid file");
//! assert!(catalog.assortment("tea-house").is_some());
//!
//! let problems = Catalog::parse("[]").expect_err("it is no object");
//! assert!(!problems.is_empty());
//! ```

pub mod catalog;

#[cfg(target_arch = "wasm32")]
mod guest;

pub use catalog::{Assortment, Catalog, Choice, Collection, Image, Price, Problem, Product, Rating, Variant};

/// The content of the file that this catalog was built from.
pub const FILE: &str = include_str!(env!("CATALOG_JSON"));
