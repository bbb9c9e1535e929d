//! Key-value storage over a database. Time and randomness are arguments.

use ::sql::{first_after, kv as sql};
use serde_json::json;

use crate::database::{Database, Row, Sql};
use crate::{Failure, within};

/// How often a write also deletes expired keys: once in this many, at random.
const PURGE_ONE_IN: u64 = 8;
/// How many it deletes: few, since a shopper may wait for it, but more than are written meanwhile.
const PURGE_KEYS_MAX: u32 = 16;

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Grows with every write of the key.
    pub version: u64,
}

/// The time of an operation, and a random number for it.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
    /// 64 random bits.
    pub random: u64,
}

/// Key-value storage.
pub struct Kv<'a, S>(pub &'a Database<S>);

impl<S: Sql> Kv<'_, S> {
    /// Returns what `key` holds. An expired key holds nothing.
    pub fn get(&self, store: &str, key: &str, now_ms: u64) -> Result<Option<Entry>, Failure> {
        let row = self.0.first(sql::GET, &[store.into(), key.into(), now_ms.into()])?;
        row.map(|mut row| Ok(Entry { bytes: row.bytes()?, version: row.number()? })).transpose()
    }

    /// Writes `key`, which expires after `ttl_seconds` or never. Returns its new version.
    pub fn set(
        &self,
        store: &str,
        key: &str,
        bytes: &[u8],
        ttl_seconds: Option<u32>,
        at: Moment,
    ) -> Result<u64, Failure> {
        within(bytes, sql::VALUE_BYTES_MAX)?;
        self.purge_by_chance(at);
        let parameters = [store.into(), key.into(), bytes.into(), expiry(at.now_ms, ttl_seconds).into()];
        let row = self.0.first(sql::SET, &parameters)?;
        version(row)?.ok_or_else(|| {
            Failure::Unavailable("the database returned no version for the written key".into())
        })
    }

    /// Writes `key` only if its version is still `expected`, or, if that is `None`, only if it holds nothing. Returns
    /// its new version, or `None` if the race was lost.
    pub fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: Option<u32>,
        at: Moment,
    ) -> Result<Option<u64>, Failure> {
        within(bytes, sql::VALUE_BYTES_MAX)?;
        self.purge_by_chance(at);
        let expires_ms = expiry(at.now_ms, ttl_seconds);
        let parameters =
            [store.into(), key.into(), bytes.into(), expires_ms.into(), at.now_ms.into(), expected.into()];
        version(self.0.first(sql::COMPARE_AND_SWAP, &parameters)?)
    }

    /// Deletes `key`. Returns whether it held something.
    pub fn delete(&self, store: &str, key: &str, now_ms: u64) -> Result<bool, Failure> {
        let row = self.0.first(sql::DELETE, &[store.into(), key.into(), now_ms.into()])?;
        Ok(version(row)?.is_some_and(|held| held == 1))
    }

    /// Deletes many keys. Returns how many existed.
    pub fn delete_many(&self, store: &str, keys: &[String]) -> Result<u32, Failure> {
        let removed =
            self.0.execute(sql::DELETE_MANY, &[store.into(), json!(keys).to_string().as_str().into()])?;
        Ok(u32::try_from(removed.len()).unwrap_or(u32::MAX))
    }

    /// Returns the keys that start with `prefix` and sort after `after`, in byte order, at most `limit`.
    pub fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
        now_ms: u64,
    ) -> Result<Vec<String>, Failure> {
        let parameters = [
            store.into(),
            prefix.into(),
            first_after(prefix).as_deref().into(),
            after.into(),
            limit.into(),
            now_ms.into(),
        ];
        self.0.execute(sql::LIST_KEYS, &parameters)?.into_iter().map(|mut row| row.text()).collect()
    }

    /// Deletes expired keys now and then. A failure is ignored, because the write must not fail and a later one tries
    /// again.
    fn purge_by_chance(&self, at: Moment) {
        if at.random.is_multiple_of(PURGE_ONE_IN) {
            let _ = self.0.execute(sql::PURGE_EXPIRED, &[at.now_ms.into(), PURGE_KEYS_MAX.into()]);
        }
    }
}

fn version(row: Option<Row>) -> Result<Option<u64>, Failure> {
    row.map(|mut row| row.number()).transpose()
}

fn expiry(now_ms: u64, ttl_seconds: Option<u32>) -> Option<u64> {
    ttl_seconds.map(|seconds| now_ms.saturating_add(u64::from(seconds) * 1_000))
}
