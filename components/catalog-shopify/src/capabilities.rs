//! What the catalog needs of the world.

use names::{Key, StoreId};

/// An answer of the Storefront API, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// How long it wants to be left alone, in milliseconds, if it said so.
    pub retry_after_ms: Option<u64>,
    /// The content.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The deployment has no Storefront API for that shop.
    NoSuchUpstream,
    /// Not within the time.
    Timeout,
    /// Longer than answers may be, in bytes.
    TooLarge(u64),
    /// Not reached, or it broke off. The text is for the log.
    Unavailable(String),
}

/// Storage did not do it. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageFailed(pub String);

/// All of it.
pub trait World {
    /// Posts a request to the shop's Storefront API and waits for the whole answer, at most `timeout_ms`.
    fn post(&self, store: &StoreId, body: &[u8], timeout_ms: u32) -> Result<Answer, NoAnswer>;
    /// What `key` holds.
    fn recall(&self, key: Key<'_>) -> Result<Option<Vec<u8>>, StorageFailed>;
    /// Writes `key`, to expire after `ttl_seconds`.
    fn keep(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), StorageFailed>;
    /// Claims `key` for `ttl_seconds`; false if it is claimed. Of two who try, one succeeds.
    fn claim(&self, key: Key<'_>, ttl_seconds: u32) -> Result<bool, StorageFailed>;
    /// Ends a claim. That it is free is known for `ttl_seconds`, and after that it is free anyway.
    fn release(&self, key: Key<'_>, ttl_seconds: u32) -> Result<(), StorageFailed>;
    /// The shop's catalog version; `None` where that cannot be said.
    fn catalog_version(&self, store: &StoreId) -> Option<u64>;
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Tells the operator of something that went wrong and was dealt with.
    fn warn(&self, message: &str, particulars: &[(&str, &str)]);
}
