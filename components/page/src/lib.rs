//! A storefront page as HTML: what the fallback page and every generated page are made of.
//!
//! Pure: it is given what to show and gives back a document. It decides nothing about what is
//! shown, except on the fallback page, and everything about how it looks, how it is escaped, and
//! how an open page swaps in its successor. A document is whole: one style, one script, and no
//! request but for the pictures of products.

mod address;
mod document;
mod escape;
mod fallback;
mod model;
mod money;
mod money_format;
mod product;
mod sections;

pub use document::{Document, SCRIPT, STYLE, THEME_STYLE, content_security_policy, render};
pub use fallback::{Shelves, fallback};
pub use model::{Block, Collection, Image, Page, Product, Shop};
pub use money::money;
