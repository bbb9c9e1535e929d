//! A storefront page as HTML: what the fallback page and every generated page are made of.
//!
//! Pure: it is given what to show and gives back a document. It decides nothing about what is
//! shown, and everything about how it looks, how it is escaped, and how an open page swaps in
//! its successor.

mod model;

pub use model::{Block, Image, Page, Product, Shop};
