//! What components have to agree on beside their interfaces: ids that were parsed, every key under which
//! something is stored, markets, and in what amounts are counted.
//!
//! Pure: no I/O, no clock, no WIT types. A [`StoreId`] or [`ShopperId`] cannot hold a separator
//! of keys, paths or URLs, so that no id can reach what belongs to another.

mod currency;
mod id;
mod key;
mod market;
mod scope;
mod shopper;

pub use currency::{NO_CURRENCY, decimals};
pub use id::{EventId, ShopperId, StoreId, WrongId, shop_name};
pub use key::{Bucket, Key, Object, Store};
pub use market::Market;
pub use scope::{Range, Scope, audits_of, reports_of, shopper_of, short_term_key};
