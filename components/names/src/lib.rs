//! Ids that were parsed, and every key under which something is stored.
//!
//! Pure: no I/O, no clock, no WIT types. A [`StoreId`] or [`ShopperId`] cannot hold a separator
//! of keys, paths or URLs, so that no id can reach what belongs to another.

mod id;
mod key;
mod market;
mod scope;
mod shopper;

pub use id::{EventId, ShopperId, StoreId, WrongId, shop_name};
pub use key::{Bucket, Key, Object, Store};
pub use market::Market;
pub use scope::{Range, Scope, audits_of, reports_of, short_term_key};
