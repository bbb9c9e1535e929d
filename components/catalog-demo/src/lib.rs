//! A demo shop for magic wands: products without a shop behind them.
//!
//! Pure data. It asks nobody, knows no store and never fails: which stores exist is decided by the
//! deployment's settings, and each of them sells these wands.

mod find;
mod picture;
mod wands;

#[cfg(target_arch = "wasm32")]
mod guest;

pub use find::{Collection, collections, search};
pub use picture::{Palette, Picture, Shape};
pub use wands::{CURRENCY, PRODUCTS, Product};
