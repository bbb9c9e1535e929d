//! The capabilities that the cache needs from its host.

use model::{Key, Object as Name};

/// A handle to bytes that stay with the host.
pub trait Value: Sized {
    /// Hands bytes over to the host.
    fn new(bytes: &[u8]) -> Self;
    /// Returns `head` followed by these bytes. The host joins them.
    #[must_use]
    fn behind(&self, head: &[u8]) -> Self;
    /// Returns these bytes without the first `count`. The host copies nothing.
    #[must_use]
    fn without_first(&self, count: usize) -> Self;
}

/// A failure of storage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The value is larger than this limit in bytes.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// The call is invalid and can never succeed: there is no such store, or caching may not access the key. The text is
    /// for the log.
    #[error("{0}")]
    Invalid(String),
    /// Storage does not answer. The text is for the log.
    #[error("{0}")]
    Unavailable(String),
}

/// The entry under a key.
#[derive(Debug)]
pub struct Entry<V> {
    /// The bytes, held by the host.
    pub value: V,
    /// The first of these bytes, as many as the caller asked for.
    pub head: Vec<u8>,
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

/// Short-term storage.
pub trait Kv {
    /// The host's handle to bytes.
    type Value: Value;
    /// Returns the entry under `key`, with its first `peek` bytes.
    fn get(&self, key: Key<'_>, peek: u32) -> Result<Option<Entry<Self::Value>>, Failure>;
    /// Writes `key`, which expires after `ttl_seconds`.
    fn set(&self, key: Key<'_>, value: &Self::Value, ttl_seconds: u32) -> Result<(), Failure>;
    /// Writes `key` if its version is still `expected`; `None` means that the key holds nothing yet.
    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        value: &Self::Value,
        ttl_seconds: Option<u32>,
    ) -> Result<Swap, Failure>;
    /// Deletes `key`. Returns whether it existed.
    fn delete(&self, key: &str) -> Result<bool, Failure>;
    /// Deletes many keys, which may come from a listing. Returns how many existed.
    fn delete_many(&self, keys: &[String]) -> Result<u32, Failure>;
    /// Lists at most `limit` keys that start with `prefix` and sort after `after`.
    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure>;
}

/// An object in long-term storage.
#[derive(Debug)]
pub struct Object<V> {
    /// The bytes, held by the host.
    pub value: V,
    /// The first of these bytes, as many as the caller asked for.
    pub head: Vec<u8>,
}

/// Long-term storage.
pub trait Blob {
    /// The host's handle to bytes.
    type Value: Value;
    /// Returns the object of that name, with its first `peek` bytes.
    fn get(&self, name: Name<'_>, peek: u32) -> Result<Option<Object<Self::Value>>, Failure>;
    /// Writes the whole object.
    fn put(&self, name: Name<'_>, value: &Self::Value) -> Result<(), Failure>;
    /// Deletes the object, if it exists.
    fn delete(&self, name: &str) -> Result<(), Failure>;
    /// Deletes many objects, whose names may come from a listing.
    fn delete_many(&self, names: &[String]) -> Result<(), Failure>;
    /// Lists at most `limit` names that start with `prefix` and come after `after`, in the host's own order.
    fn list_names(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure>;
}

/// The severity of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// An event that is worth knowing.
    Info,
    /// A failure that was handled.
    Warn,
}

/// The operator of the deployment: their settings and their log.
pub trait Operator {
    /// Returns how long a page stays in short-term storage.
    fn kv_ttl_seconds(&self) -> u32;
    /// Logs an event: a constant message, and its details as pairs of name and value.
    fn event(&self, level: Level, message: &str, particulars: &[(&str, &str)]);
}
