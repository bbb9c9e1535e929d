//! The capabilities that routing needs from its deployment. A handler's signature names the traits that it
//! uses, and so shows what the handler can access. Times are milliseconds since the epoch.

mod jobs;
mod pages;

use model::catalog::{Assortment, Collection, Product};
use model::limits::Allowance;
use model::shop::{ShopSettings, ShopStatus};
use model::{Key, Market, ShopId, ShopperId, Store};

pub use jobs::{JobError, Member, Queue};
pub use pages::{Cache, Content};

/// All capabilities that routing needs.
pub trait Deployment:
    Cache + Queue + Catalog + Storage + Settings + Limits + Signatures + Clock + Log
{
}

impl<T: Cache + Queue + Catalog + Storage + Settings + Limits + Signatures + Clock + Log> Deployment for T {}

/// A failed call to another component or to the host. The texts are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The call is invalid and can never succeed.
    #[error("{0}")]
    Invalid(String),
    /// The other side did not answer. A later call may succeed.
    #[error("{0}")]
    Unavailable(String),
}

impl Failure {
    /// Returns the reason in words.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Invalid(reason) | Self::Unavailable(reason) => reason,
        }
    }
}

/// The catalog of a shop.
pub trait Catalog {
    /// Returns the products that the storefront may show.
    fn products(&self, shop: &ShopId, market: &Market) -> Result<Assortment, Failure>;
    /// Returns the shop's collections, those with the most products first.
    fn collections(&self, shop: &ShopId, market: &Market) -> Result<Vec<Collection>, Failure>;
    /// Returns the ids of the products of each of these collections, in the order of the handles.
    fn members(&self, shop: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, Failure>;
    /// Returns the products with these ids or handles that the shop has.
    fn by_name(&self, shop: &ShopId, market: &Market, names: &[String]) -> Result<Vec<Product>, Failure>;
}

/// Short-term storage.
pub trait Storage {
    /// Reads the first `bytes_max` bytes of the entry under `key`: all of it, unless it is longer.
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure>;
    /// Writes `key` if its version is still `expected`; `None` means that the key holds nothing yet.
    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure>;
    /// Writes `key`. It expires after `ttl_seconds`, or never.
    fn put(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: Option<u32>) -> Result<(), Failure>;
    /// Reads at most `bytes_max` bytes of the entry under a listed key.
    fn peek(&self, store: Store, key: &str, bytes_max: u32) -> Result<Option<Vec<u8>>, Failure>;
    /// Removes a key. Returns whether it held anything.
    fn remove(&self, store: Store, key: &str) -> Result<bool, Failure>;
    /// Removes many keys. Returns how many of them existed.
    fn remove_many(&self, store: Store, keys: &[String]) -> Result<u32, Failure>;
    /// Lists at most `limit` keys that start with `prefix` and sort after `after`, in byte order.
    fn keys(
        &self,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure>;
}

/// The entry under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The version of the entry. It changes with every write of the key.
    pub version: u64,
}

/// The result of a compare-and-swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// Written.
    Done,
    /// Another writer was first.
    Lost,
}

/// The operator's settings.
pub trait Settings {
    /// Returns whether this is a developer's own machine, with no shoppers.
    fn development(&self) -> bool;
    /// Returns the status of the shop, as far as this caller may know it.
    fn shop_status(&self, shop: &ShopId, asks: Asker) -> ShopStatus;
    /// Returns the shop's settings; `None` if this deployment does not serve the shop.
    fn merchant(&self, shop: &ShopId) -> Option<ShopSettings>;
    /// Returns the first of the shops that this deployment serves.
    fn first_shop(&self) -> Option<ShopId>;
}

/// The caller that asks about a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Shopify, which proves itself by a signature, or the operator.
    VouchedFor,
    /// Any other caller. A shop that is closed to the public is unknown to them.
    Anybody,
}

/// How much strangers can make the deployment do.
pub trait Limits {
    /// Takes one from each of these allowances, in this order, until one is used up. Returns whether none was.
    fn take(&self, allowances: &[Allowance], shop: &ShopId, shopper: &ShopperId) -> bool;
}

/// Checks against secrets, which stay with the host.
pub trait Signatures {
    /// Returns whether `candidate` is the secret of that name; false if there is no such secret.
    fn matches(&self, secret: &str, candidate: &str) -> bool;
    /// Returns whether `mac` is the HMAC-SHA-256 of `message` under the secret; false if there is no such secret.
    fn verifies(&self, secret: &str, message: &[u8], mac: &[u8]) -> bool;
}

/// The time.
pub trait Clock {
    /// Returns the current time.
    fn now_ms(&self) -> u64;
}

/// The log for the operator: failures that routing handled.
pub trait Log {
    /// Logs a warning: a constant message, and its details as pairs of name and value.
    fn warn(&self, message: &str, particulars: &[(&str, &str)]);
}
