//! A demo catalog of magic wands, without a real shop.
//!
//! The catalog is pure data: it makes no requests and never fails. The deployment's settings decide which shops
//! exist, and each of them sells these wands.
//!
//! ```
//! let found = catalog_demo::search("oak");
//! assert!(!found.is_empty());
//! assert!(found.iter().all(|wand| wand.price_cents > 0));
//! ```

mod find;
mod picture;
mod wands;

#[cfg(target_arch = "wasm32")]
mod guest;

pub use find::{Collection, collections, search};
pub use picture::{Palette, Picture, Shape};
pub use wands::{CURRENCY, PRODUCTS, Product};
