//! What routing needs of its deployment. A handler's signature names the traits that it uses, so
//! that it says what the handler can reach. Times are milliseconds since the epoch.

mod jobs;
mod pages;

use names::{Key, Market, Store, StoreId};
use page::{Collection, Product};

pub use jobs::{
    GenerationRequest, JobError, JobState, MaintenanceKind, MaintenanceTask, Member, Offered, Queue, Work,
};
pub use pages::{Cache, Cached, Content, Forgotten, Fragment, Page, PageMetadata, Staleness};

/// Everything that routing needs.
pub trait Deployment: Cache + Queue + Catalog + Storage + Settings + Signatures + Clock + Log {}

impl<T: Cache + Queue + Catalog + Storage + Settings + Signatures + Clock + Log> Deployment for T {}

/// What was asked did not do it. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

/// What a shop sells.
pub trait Catalog {
    /// The products that the storefront may show.
    fn products(&self, store: &StoreId, market: &Market) -> Result<Assortment, Failure>;
    /// The shop's collections, those with the most products first.
    fn collections(&self, store: &StoreId, market: &Market) -> Result<Vec<Collection>, Failure>;
}

/// What a shop has to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assortment {
    /// What the catalog knows the shop as; empty where it does not.
    pub shop_name: String,
    /// ISO 4217 code of all its prices.
    pub currency: String,
    /// How the shop writes prices; empty where the catalog does not know it.
    pub money_format: String,
    /// Whether the products that sell best come first.
    pub best_sellers_first: bool,
    /// Its products.
    pub products: Vec<Product>,
}

/// Short-term storage.
pub trait Storage {
    /// What `key` holds, if it is at most `bytes_max` long; else its first `bytes_max` bytes.
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure>;
    /// Writes `key` if its version is still `expected`; `None`: if it holds nothing.
    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure>;
    /// Writes `key`, to expire after `ttl_seconds` or never.
    fn put(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: Option<u32>) -> Result<(), Failure>;
    /// What a key that was listed holds, at most `bytes_max` bytes of it.
    fn peek(&self, store: Store, key: &str, bytes_max: u32) -> Result<Option<Vec<u8>>, Failure>;
    /// Removes a key; true if it held something.
    fn remove(&self, store: Store, key: &str) -> Result<bool, Failure>;
    /// Removes many keys; how many were there.
    fn remove_many(&self, store: Store, keys: &[String]) -> Result<u32, Failure>;
    /// The keys that start with `prefix` and sort after `after`, in byte order, at most `limit`.
    fn keys(
        &self,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure>;
}

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Changes with every write of the key.
    pub version: u64,
}

/// How a compare-and-swap ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// Written.
    Done,
    /// Somebody else wrote first.
    Lost,
}

/// What the operator decided.
pub trait Settings {
    /// Whether this is somebody's own machine, with no shoppers.
    fn development(&self) -> bool;
    /// Where the shop stands, for whoever asks.
    fn shop_status(&self, store: &StoreId, asks: Asker) -> ShopStatus;
    /// The shop; `None` if this deployment serves no such shop.
    fn merchant(&self, store: &StoreId) -> Option<Merchant>;
    /// The first of the shops that this deployment serves.
    fn first_store(&self) -> Option<StoreId>;
}

/// Who asks about a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Shopify, by its signature, or the operator.
    VouchedFor,
    /// Anybody. A shop that is closed to them is unknown to them.
    Anybody,
}

/// Where a shop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopStatus {
    /// This deployment serves no such shop.
    Unknown,
    /// It is served.
    Open,
    /// Everybody gets the page that fits every shopper, and nothing is made or stored.
    Paused,
}

/// What the merchant decided, as far as the fallback page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// The name that shoppers know.
    pub name: String,
    /// Where the theme's own pages live, with no slash at the end; empty for a shop that has none.
    pub url: String,
    /// BCP 47 language tag of its texts.
    pub language: String,
    /// What it promises, a few words each.
    pub promises: Vec<String>,
    /// The brand's accent colour, `#rrggbb`; empty for the pages' own.
    pub accent: String,
    /// The brand's background colour, likewise.
    pub surface: String,
}

/// Checks against secrets that stay with the host.
pub trait Signatures {
    /// Whether `candidate` is the secret; false too where there is no secret of that name.
    fn matches(&self, secret: &str, candidate: &str) -> bool;
    /// Whether `mac` is the HMAC with SHA-256 of `message` under the secret; false likewise.
    fn verifies(&self, secret: &str, message: &[u8], mac: &[u8]) -> bool;
}

/// The time.
pub trait Clock {
    /// Now.
    fn now_ms(&self) -> u64;
}

/// The operator, who hears what went wrong and was dealt with.
pub trait Log {
    /// Tells of it, in words that do not vary, with particulars as name and value.
    fn warn(&self, message: &str, particulars: &[(&str, &str)]);
}
