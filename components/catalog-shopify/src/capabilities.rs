//! The capabilities that the catalog needs.

use model::{Key, ShopId};

/// A response of the Storefront API with any status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// How long Shopify asks callers to wait before the next request, in milliseconds, if it does.
    pub retry_after_ms: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The deployment has no Storefront API for that shop.
    NoSuchUpstream,
    /// The answer did not arrive in time.
    Timeout,
    /// The answer exceeds the size limit, given in bytes.
    TooLarge(u64),
    /// Shopify was not reached, or the connection broke. The text is for the log.
    Unavailable(String),
}

/// A storage operation failed. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageFailed(pub String);

/// All capabilities together.
pub trait World {
    /// Posts a request to the shop's Storefront API and waits for the whole answer, at most `timeout_ms`.
    fn post(&self, shop: &ShopId, body: &[u8], timeout_ms: u32) -> Result<Answer, NoAnswer>;
    /// Returns the value of `key`.
    fn recall(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StorageFailed>;
    /// Writes `key`. It expires after `ttl_seconds`.
    fn keep(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), StorageFailed>;
    /// Claims `key` for `ttl_seconds`. Returns false if it is already claimed. If two callers race, one succeeds.
    fn claim(&self, key: Key<'_>, ttl_seconds: u32) -> Result<bool, StorageFailed>;
    /// Ends a claim. The entry says so for `ttl_seconds`, and after that it is gone, which means the same.
    fn release(&self, key: Key<'_>, ttl_seconds: u32) -> Result<(), StorageFailed>;
    /// Returns the shop's catalog version; `None` if it is unknown.
    fn catalog_version(&self, shop: &ShopId) -> Option<u64>;
    /// Returns the current time in milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Logs for the operator that something went wrong and was handled.
    fn warn(&self, message: &str, particulars: &[(&str, &str)]);
}
