//! Keys in a server of Redis or Valkey, which several hosts share.
//!
//! Beside the entries there is an index of the keys of each store, which lists them in byte order, and one of expiries.
//! Scripts change all of them in one step and one round trip. The hosts' clocks decide when an entry expires. Redis
//! deletes its value by itself, a little later; its places in the indexes go when a host purges.

mod name;
mod scripts;
#[cfg(test)]
mod tests;

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use ::redis::cmd;
use async_trait::async_trait;
use bytes::Bytes;
use serde::Deserialize;

use super::{DELETED_AT_ONCE, Entry, Error, Kv, Reports, Swap, Watcher, check_size, expiry};
use crate::clock::{Clock, millis};
use crate::kind::{BadSelection, Opened, Selection, Site};
use crate::redis;
use crate::unavailable::unavailable_after;
use name::{EXPIRIES, VERSION, index, of_entry, parse, store_prefix};
use scripts::SCRIPTS;

/// The options of the kind `redis`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// What all keys of this deployment start with, followed by a colon: letters, digits, `-` and `_`. Deployments that
    /// share a server need different ones. `wandstore` unless set.
    pub prefix: Prefix,
}

/// The start of all keys of a deployment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Prefix(String);

impl TryFrom<String> for Prefix {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if text.is_empty() || !text.chars().all(is_plain) {
            return Err("`prefix` must consist of letters, digits, `-` and `_`");
        }
        Ok(Self(text))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { prefix: Prefix("wandstore".to_owned()) }
    }
}

/// Returns the prefix of the selection's keys.
pub(super) fn prefix(selection: &Selection) -> Result<String, BadSelection> {
    selection.read::<Options>("kv", "redis").map(|options| options.prefix.0)
}

/// Returns key-value storage in the site's server. The server has the prefix already.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Kv>> {
    let opened =
        site.redis().map(|server| -> Arc<dyn Kv> { Arc::new(Redis { server, clock: site.clock.clone() }) });
    ready(opened.map_err(Into::into))
}

/// How much longer Redis keeps a value than the hosts do, whose clocks may differ.
const GRACE: Duration = Duration::from_mins(1);
/// How many keys a script looks at to list some, because other calls wait for it.
const LOOKED_AT_ONCE: u32 = 500;
/// The digits of a version and of a time at the head of an entry.
const DIGITS: usize = 16;
/// The greatest time that has so many digits.
const LATEST_MS: u64 = 9_999_999_999_999_999;

/// Key-value storage in Redis. A write is as durable as the server's configuration makes it.
pub struct Redis {
    server: Arc<redis::Redis>,
    clock: Arc<dyn Clock>,
}

unavailable_after!(Error: redis::Error);

impl Redis {
    /// Writes a key that holds what is `expected`, and returns the new version; `None` if it holds something else.
    async fn write(
        &self,
        (store, key): (&str, &str),
        expected: &str,
        value: &Bytes,
        ttl: Option<Duration>,
    ) -> Result<Option<u64>, Error> {
        check_size(value)?;
        let now_ms = self.clock.now_ms();
        let expires_ms = expiry(now_ms, ttl).map_or(0, |at_ms| at_ms.min(LATEST_MS));
        let life = ttl.map(|ttl| millis(ttl.saturating_add(GRACE)).min(LATEST_MS).to_string());
        let script = &SCRIPTS.write;
        let mut call = script.prepare_invoke();
        call.key(self.entry(store, key))
            .key(self.server.key(&index(store)))
            .key(self.server.key(EXPIRIES))
            .key(self.server.key(VERSION))
            .arg(of_entry(store, key))
            .arg(key)
            .arg(&value[..])
            .arg(now_ms)
            .arg(expires_ms)
            .arg(life.unwrap_or_default())
            .arg(expected);
        Ok(self.server.run(&call).await?)
    }

    fn entry(&self, store: &str, key: &str) -> String {
        self.server.key(&of_entry(store, key))
    }

    /// Lists keys from `first` on, as ZRANGEBYLEX names it. Looks at some only.
    async fn list_some(&self, store: &str, first: &[u8], last: &[u8], limit: u32) -> Result<Listed, Error> {
        let mut call = SCRIPTS.list.prepare_invoke();
        call.key(self.server.key(&index(store)))
            .arg(self.server.key(&store_prefix(store)))
            .arg(self.clock.now_ms())
            .arg(first)
            .arg(last)
            .arg(LOOKED_AT_ONCE)
            .arg(limit);
        let found: Vec<Bytes> = self.server.run(&call).await?;
        let [more, last, keys @ ..] = found.as_slice() else { return Err(unreadable()) };
        let keys = keys.iter().map(text).collect::<Result<_, _>>()?;
        Ok(Listed { keys, next: (&more[..] == b"more").then(|| last.clone()) })
    }
}

/// A part of a list.
struct Listed {
    keys: Vec<String>,
    /// The key after which to go on.
    next: Option<Bytes>,
}

/// Reads an entry as it is stored; see `entry.lua`.
fn read(stored: &Bytes) -> Option<Entry> {
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u64>().ok();
    let version = number(stored.get(..DIGITS)?)?;
    let expires_ms = number(stored.get(DIGITS..2 * DIGITS)?)?;
    let expires_ms = Some(expires_ms).filter(|at_ms| *at_ms > 0);
    Some(Entry { value: stored.slice(2 * DIGITS..), version, expires_ms })
}

fn text(bytes: &Bytes) -> Result<String, Error> {
    String::from_utf8(bytes.to_vec()).map_err(|_| unreadable())
}

fn unreadable() -> Error {
    Error::Unavailable("Redis holds something else under a key of this deployment".to_owned())
}

#[async_trait]
impl Kv for Redis {
    fn watch(&self, watcher: Arc<dyn Watcher>) -> Reports {
        self.server.watch(watcher, parse);
        Reports::All
    }

    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        let stored: Option<Bytes> = self.server.query(cmd("GET").arg(self.entry(store, key))).await?;
        let entry = stored.map(|stored| read(&stored).ok_or_else(unreadable)).transpose()?;
        Ok(entry.filter(|entry| entry.holds_at(self.clock.now_ms())))
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        self.write((store, key), "any", &value, ttl).await?.ok_or_else(unreadable)
    }

    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error> {
        let expected = expected.map_or("absent".to_owned(), |version| format!("{version:0DIGITS$}"));
        let written = self.write((store, key), &expected, &value, ttl).await?;
        Ok(written.map_or(Swap::Lost, Swap::Done))
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        let mut call = SCRIPTS.delete.prepare_invoke();
        call.key(self.entry(store, key))
            .key(self.server.key(&index(store)))
            .key(self.server.key(EXPIRIES))
            .arg(of_entry(store, key))
            .arg(key)
            .arg(self.clock.now_ms());
        Ok(self.server.run(&call).await?)
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        let mut removed = 0;
        for keys in keys.chunks(DELETED_AT_ONCE as usize) {
            let mut call = SCRIPTS.delete_many.prepare_invoke();
            call.key(self.server.key(&index(store))).key(self.server.key(EXPIRIES)).arg(store_prefix(store));
            for key in keys {
                call.key(self.entry(store, key)).arg(key);
            }
            removed += self.server.run::<u64>(&call).await?;
        }
        Ok(removed)
    }

    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        let mut first = match after {
            Some(after) if after >= prefix => [b"(", after.as_bytes()].concat(),
            _ => [b"[", prefix.as_bytes()].concat(),
        };
        let last = [b"(", &::sql::postgres::first_after(prefix)[..]].concat();
        let mut found = Vec::new();
        let mut left = limit;
        while left > 0 {
            let listed = self.list_some(store, &first, &last, left).await?;
            found.extend(listed.keys);
            left = limit - u32::try_from(found.len()).unwrap_or(limit).min(limit);
            let Some(next) = listed.next else { break };
            first = [b"(", &next[..]].concat();
        }
        Ok(found)
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        let mut call = SCRIPTS.purge.prepare_invoke();
        call.key(self.server.key(EXPIRIES))
            .arg(self.clock.now_ms())
            .arg(limit)
            .arg(self.server.key(""))
            .arg(self.server.key(&index("")));
        Ok(self.server.run(&call).await?)
    }

    async fn probe(&self) -> Result<(), Error> {
        Ok(self.server.query(cmd("SET").arg(self.server.key("probe")).arg(self.clock.now_ms())).await?)
    }
}
