//! What the cache needs of its host.

use names::{Key, Object as Name};

/// Bytes that stay with the host.
pub trait Value: Sized {
    /// Hands bytes over.
    fn new(bytes: &[u8]) -> Self;
    /// `head`, then these bytes, joined by the host.
    #[must_use]
    fn behind(&self, head: &[u8]) -> Self;
    /// These bytes without the first `count`. The host copies nothing.
    #[must_use]
    fn without_first(&self, count: usize) -> Self;
}

/// Why storage did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// More than it takes, in bytes.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// No answer, or no such store. The text is for the log.
    #[error("{0}")]
    Unavailable(String),
}

/// What a key holds.
#[derive(Debug)]
pub struct Entry<V> {
    /// The bytes, held by the host.
    pub value: V,
    /// The first of them, as many as were asked for.
    pub head: Vec<u8>,
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

/// Short-term storage.
pub trait Kv {
    /// The host's bytes.
    type Value: Value;
    /// What `key` holds, with its first `peek` bytes.
    fn get(&self, key: Key<'_>, peek: u32) -> Result<Option<Entry<Self::Value>>, Failure>;
    /// Writes `key`, to expire after `ttl_seconds`.
    fn set(&self, key: Key<'_>, value: &Self::Value, ttl_seconds: u32) -> Result<(), Failure>;
    /// Writes `key` if its version is still `expected`; `None`: if it holds nothing.
    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        value: &Self::Value,
        ttl_seconds: Option<u32>,
    ) -> Result<Swap, Failure>;
    /// Removes `key`; true if it was there.
    fn delete(&self, key: &str) -> Result<bool, Failure>;
    /// Removes many keys, maybe as they were listed; how many were there.
    fn delete_many(&self, keys: &[String]) -> Result<u32, Failure>;
    /// The keys that start with `prefix` and sort after `after`, at most `limit`.
    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure>;
}

/// An object that was found.
#[derive(Debug)]
pub struct Object<V> {
    /// The bytes, held by the host.
    pub value: V,
    /// The first of them, as many as were asked for.
    pub head: Vec<u8>,
}

/// Long-term storage.
pub trait Blob {
    /// The host's bytes.
    type Value: Value;
    /// The object of that name, with its first `peek` bytes.
    fn get(&self, name: Name<'_>, peek: u32) -> Result<Option<Object<Self::Value>>, Failure>;
    /// Writes the object whole.
    fn put(&self, name: Name<'_>, value: &Self::Value) -> Result<(), Failure>;
    /// Removes the object, if it is there.
    fn delete(&self, name: &str) -> Result<(), Failure>;
    /// Removes many objects, maybe as they were listed.
    fn delete_many(&self, names: &[String]) -> Result<(), Failure>;
    /// The names that start with `prefix` and come after `after` in an order of the host's own, at most `limit`.
    fn list_names(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure>;
}

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Something went wrong and was dealt with.
    Warn,
}

/// The one who runs the deployment: what they decided, and what they are told.
pub trait Operator {
    /// How long a page stays in short-term storage.
    fn kv_ttl_seconds(&self) -> u32;
    /// Tells of an event, in words that do not vary, with particulars as name and value.
    fn event(&self, level: Level, message: &str, particulars: &[(&str, &str)]);
}
