//! Renders storefront pages as HTML: the fallback page and every generated page.
//!
//! The crate is pure: it turns a page's content into a document. It does not decide what is shown, except on the
//! fallback page. It decides how a page looks, how it is escaped, and how an open page is replaced by its
//! successor. A document is self-contained: one style, one script, and no requests except for product images.

mod address;
mod document;
mod escape;
mod fallback;
mod money;
mod money_format;
mod product;
mod sections;
mod view;

pub use document::{Document, SCRIPT, STYLE, THEME_STYLE, content_security_policy, render};
pub use fallback::{Shelves, fallback};
pub use money::money;
pub use view::{Block, Collection, Image, Page, Product, Shop};
