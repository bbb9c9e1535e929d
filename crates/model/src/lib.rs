//! What components must agree on besides their interfaces: parsed ids, every storage key and the roles that
//! can access it, personas, markets, the decimals of currencies, causes of failures, visible and invisible
//! characters, how many products a catalog returns, and conversions between WIT types and our own.
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
pub mod catalog;
mod cause;
mod conversions;
mod currency;
mod domains;
mod id;
pub mod jobs;
mod key;
pub mod llm;
mod market;
pub mod pages;
mod persona;
mod scope;
pub mod shop;
mod shopper;
mod shopper_types;
mod signals;
mod source;
pub mod text;

pub use access::{Access, Grant, Operation, Refused};
pub use cause::Cause;
pub use currency::{NO_CURRENCY, decimals, is_currency};
pub use domains::Domains;
pub use id::{EventId, InvalidId, ShopId, ShopperId, shop_name};
pub use key::{Bucket, Key, Object, Store};
pub use market::{InvalidMarket, Market};
pub use persona::Persona;
pub use scope::{Range, Scope, audits_of, domains_of, indexed, shopper_of, short_term_key};
pub use signals::Signals;
pub use source::Source;
