//! What components have to agree on beside their interfaces: ids that were parsed, every key under which
//! something is stored and which role reaches it, personas, markets, in what amounts are counted, causes of failures,
//! what of a text can be seen, how many products a catalog answers with, and how a type crosses.
//!
//! Pure: no I/O, no clock, no WIT types. A [`StoreId`] or [`ShopperId`] cannot hold a separator
//! of keys, paths or URLs, so that no id can reach what belongs to another.

mod access;
mod cause;
mod conversions;
mod currency;
mod domains;
mod id;
mod key;
mod market;
mod persona;
mod scope;
mod shopper;
mod source;
pub mod text;

pub use access::{Access, Grant, Operation, Refused};
pub use cause::Cause;
pub use currency::{NO_CURRENCY, decimals};
pub use domains::Domains;
pub use id::{EventId, ShopperId, StoreId, WrongId, shop_name};
pub use key::{Bucket, Key, Object, Store};
pub use market::Market;
pub use persona::Persona;
pub use scope::{Range, Scope, audits_of, domains_of, indexed, shopper_of, short_term_key};
pub use source::Source;

/// The most products that a catalog answers with (`assortment` in `wit/storefront/types.wit`). A shop
/// whose catalog answers with as many may have more.
pub const PRODUCTS_MAX: usize = 100;
