//! The vocabulary of Wandstore: what components and hosts must agree on besides their interfaces. Parsed ids, every
//! storage key and the roles that can access it, personas, signals, markets, currencies, products ([`catalog`]), pages
//! ([`pages`]) and how they were made ([`origin`]), jobs ([`jobs`]), the settings of a shop ([`shop`]), what merchants
//! approve ([`review`]), calls of the language model ([`llm`]), limits
//! ([`limits`]), and the characters of texts ([`text`]). For each WIT interface, a macro such as
//! [`page_types_conversions!`] implements the conversions between these types and those that a crate's bindings
//! generated.
//!
//! Pure: no I/O, no clock, no WIT types. A [`ShopId`] or [`ShopperId`] cannot contain a separator
//! of keys, paths or URLs, so an id never matches another shop's or shopper's keys.
//!
//! An id parses into a type that no separator fits in, and every key is made of such ids:
//!
//! ```
//! use model::{Key, ShopId, ShopperId};
//!
//! let shop = ShopId::parse("magic-wands")?;
//! let shopper = ShopperId::parse("abc123")?;
//! assert_eq!(Key::Page(&shop, &shopper).to_string(), "ui:magic-wands:abc123");
//! assert!(ShopId::parse("magic:wands").is_err());
//! # Ok::<(), model::InvalidId>(())
//! ```

mod access;
#[cfg(target_arch = "wasm32")]
mod allocator;
pub mod assignment;
mod audience;
pub mod catalog;
mod cause;
mod conversions;
mod currency;
mod currency_codes;
mod decimals;
mod domains;
mod durability;
mod id;
pub mod jobs;
mod key;
pub mod limits;
pub mod llm;
mod look;
mod market;
pub mod microdollars;
pub mod origin;
mod page_kind;
pub mod pages;
mod persona;
pub mod review;
mod scope;
mod segment;
pub mod shop;
mod shopper;
mod shopper_types;
mod signals;
mod source;
pub mod text;

pub use access::{Access, Grant, Operation, Refused};
pub use audience::Audience;
pub use cause::Cause;
pub use currency::{Currency, UnknownCurrency};
pub use currency_codes::is_currency;
pub use decimals::{NO_CURRENCY, decimals};
pub use domains::Domains;
pub use durability::Durability;
pub use id::{EventId, InvalidId, ShopId, ShopperId, shop_name};
pub use key::{Bucket, Key, Object, Store};
pub use look::Look;
pub use market::{InvalidMarket, Market};
pub use page_kind::PageKind;
pub use persona::Persona;
pub use scope::{
    Range, Scope, audits_of, domains_of, effects_of, indexed, orders_of, sales_of, shopper_of, short_term_key,
};
pub use segment::SegmentId;
pub use signals::Signals;
pub use source::Source;
