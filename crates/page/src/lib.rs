//! Storefront pages: the closed catalogue of their [`blocks`], and their HTML, of the fallback page and of every
//! generated page.
//!
//! The crate is pure: it turns a page's content into a document. It does not decide what is shown, except on the
//! fallback page. It decides which kinds of block there are, how a page looks, how it is escaped, and how an open
//! page is replaced by its successor. A document is self-contained: one style, one script, and no requests except for
//! product images.
//!
//! The fallback page of a shop whose catalog does not answer:
//!
//! ```
//! use model::shop::ShopSettings;
//! use page::{Shelves, Shop, fallback, render};
//!
//! let shop = Shop {
//!     id: "magic-wands".into(),
//!     settings: ShopSettings::demo(),
//!     currency: "EUR".into(),
//!     money_format: String::new(),
//! };
//! let document = render(&fallback(&shop, Shelves::Unknown, &[], &[]));
//! assert!(document.html.contains("Magic Wands"));
//! assert!(!document.html[document.fragment].contains("<main"));
//! ```

mod about;
mod address;
pub mod because;
pub mod blocks;
mod choosing;
mod document;
mod escape;
mod facts;
mod fallback;
mod forms;
mod group;
mod kind;
mod money;
mod money_format;
mod picture;
mod ratio;
mod sections;
mod shelves;
mod stars;
mod tiles;
mod view;

pub use about::{About, Subject};
pub use because::Because;
pub use blocks::View;
pub use document::{
    Document, Page, RENDERER, SCRIPT, STYLE, THEME_STYLE, beginning, content_security_policy, facts, render,
    render_because, render_for,
};
pub use fallback::{fallback, fallback_about};
pub use model::Look;
pub use money::money;
pub use shelves::Shelves;
pub use view::{Collection, Shop};
