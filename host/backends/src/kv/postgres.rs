//! Keys in a database of PostgreSQL, which several hosts share.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use ::sql::postgres::{first_after, kv as sql};
use ::sql::{from_sql, to_sql};
use async_trait::async_trait;
use bytes::Bytes;
use model::Store;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::tiered::is_exact;
use super::{DELETED_AT_ONCE, Entry, Error, Kv, Reports, Swap, Watcher, check_size, expiry};
use crate::clock::Clock;
use crate::kind::{Opened, Site};
use crate::postgres::{self, Database, Notices, Statement, Subject};
use crate::unavailable::unavailable_after;

pub(super) use crate::kind::NoOptions as Options;

/// The stores in the order in which their entries are kept when there are too many bytes, and whether entries of the
/// store are deleted then at all.
const BY_WORTH: [(Store, bool); 3] =
    [(Store::GenerationQueue, false), (Store::ShopperSessions, true), (Store::UiCache, true)];

/// Returns key-value storage in the site's database.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Kv>> {
    let opened = site
        .database()
        .map(|database| -> Arc<dyn Kv> { Arc::new(Postgres::new(database, site.clock.clone())) });
    ready(opened.map_err(Into::into))
}

/// Key-value storage in PostgreSQL. A write is as durable as the server's commits.
pub struct Postgres {
    database: Arc<Database>,
    clock: Arc<dyn Clock>,
    notices: Notices,
}

unavailable_after!(Error: postgres::Error);

impl Postgres {
    fn new(database: Arc<Database>, clock: Arc<dyn Clock>) -> Self {
        let notices = Notices::new(database.clone(), Subject::Keys);
        Self { database, clock, notices }
    }

    /// Tells other hosts that a key changed, if they may have it in memory.
    fn notify(&self, store: &str, key: &str) {
        if !is_exact(store, key) {
            self.notices.add(store, key);
        }
    }

    fn now(&self) -> i64 {
        to_sql(self.clock.now_ms())
    }

    /// Runs a statement that writes a key, and returns the new version, if it was written.
    async fn write(&self, statement: Statement) -> Result<Option<u64>, Error> {
        let row = self.database.first(statement).await?;
        Ok(row.map(|row| row.try_get("version").map(from_sql)).transpose()?)
    }

    /// Returns the version before which entries of `store` are beyond `room` bytes, or how much room is left if none
    /// are. Reads the newest entries first, some at a time.
    async fn find_excess(&self, store: Store, mut room: u64) -> Result<Result<u64, u64>, Error> {
        let mut before = i64::MAX;
        loop {
            let query = sqlx::query(sql::MEASURE)
                .bind(store.name().as_bytes())
                .bind(before)
                .bind(to_sql(room))
                .bind(sql::MEASURED_AT_ONCE);
            let row = self.database.first(query).await?.ok_or(sqlx::Error::RowNotFound)?;
            let (entries, bytes): (i64, i64) = (row.try_get("entries")?, row.try_get("bytes")?);
            if from_sql(bytes) > room {
                let oldest_within: Option<i64> = row.try_get("oldest_within")?;
                return Ok(Ok(from_sql(oldest_within.unwrap_or(before))));
            }
            room -= from_sql(bytes);
            let oldest: Option<i64> = row.try_get("oldest")?;
            match oldest {
                Some(oldest) if entries == sql::MEASURED_AT_ONCE => before = oldest,
                _ => return Ok(Err(room)),
            }
        }
    }

    /// Deletes the entries of `store` that were written before `version`, in small steps.
    async fn delete_before(&self, store: Store, version: u64) -> Result<u64, Error> {
        let mut deleted = 0;
        loop {
            let query = sqlx::query(sql::DELETE_BEFORE)
                .bind(store.name().as_bytes())
                .bind(to_sql(version))
                .bind(i64::from(DELETED_AT_ONCE));
            match self.database.count(query).await? {
                0 => return Ok(deleted),
                entries => deleted += entries,
            }
        }
    }
}

fn entry(row: &PgRow) -> Result<Entry, Error> {
    Ok(Entry {
        value: row.try_get::<Vec<u8>, _>("value")?.into(),
        version: from_sql(row.try_get("version")?),
        expires_ms: row.try_get::<Option<i64>, _>("expires_ms")?.map(from_sql),
    })
}

fn text(bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| Error::Unavailable(format!("a key is no text: {error}")))
}

#[async_trait]
impl Kv for Postgres {
    fn watch(&self, watcher: Arc<dyn Watcher>) -> Reports {
        self.notices.hear(watcher);
        Reports::Most
    }

    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        let query = sqlx::query(sql::GET).bind(store.as_bytes()).bind(key.as_bytes()).bind(self.now());
        self.database.first(query).await?.as_ref().map(entry).transpose()
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        check_size(&value)?;
        let query = sqlx::query(sql::SET)
            .bind(store.as_bytes())
            .bind(key.as_bytes())
            .bind(&value[..])
            .bind(expiry(self.clock.now_ms(), ttl).map(to_sql));
        let version = self.write(query).await?.ok_or(sqlx::Error::RowNotFound)?;
        self.notify(store, key);
        Ok(version)
    }

    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error> {
        check_size(&value)?;
        let now_ms = self.clock.now_ms();
        let statement = if expected.is_some() { sql::SET_IF_VERSION } else { sql::SET_IF_ABSENT };
        let mut query = sqlx::query(statement)
            .bind(store.as_bytes())
            .bind(key.as_bytes())
            .bind(&value[..])
            .bind(expiry(now_ms, ttl).map(to_sql))
            .bind(to_sql(now_ms));
        if let Some(version) = expected {
            query = query.bind(to_sql(version));
        }
        let Some(version) = self.write(query).await? else { return Ok(Swap::Lost) };
        self.notify(store, key);
        Ok(Swap::Done(version))
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        let query = sqlx::query(sql::DELETE).bind(store.as_bytes()).bind(key.as_bytes()).bind(self.now());
        let row = self.database.first(query).await?;
        self.notify(store, key);
        Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(false))
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        let mut removed = 0;
        for keys in keys.chunks(DELETED_AT_ONCE as usize) {
            let names: Vec<&[u8]> = keys.iter().map(String::as_bytes).collect();
            let query = sqlx::query(sql::DELETE_MANY).bind(store.as_bytes()).bind(names);
            removed += self.database.count(query).await?;
            for key in keys {
                self.notify(store, key);
            }
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
        let start = match after {
            // The first bytes after a key are the key with a zero.
            Some(after) if after >= prefix => [after.as_bytes(), b"\0"].concat(),
            _ => prefix.as_bytes().to_vec(),
        };
        let query = sqlx::query(sql::LIST_KEYS)
            .bind(store.as_bytes())
            .bind(start)
            .bind(first_after(prefix))
            .bind(i64::from(limit))
            .bind(self.now());
        let rows = self.database.all(query).await?;
        rows.iter().map(|row| text(row.try_get("key")?)).collect()
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        let query = sqlx::query(sql::PURGE_EXPIRED).bind(self.now()).bind(i64::from(limit));
        Ok(self.database.count(query).await?)
    }

    /// Finds the oldest entries to keep first, so that hosts that do this at the same time delete the same ones.
    async fn trim(&self, bytes_max: u64) -> Result<u64, Error> {
        let (mut room, mut deleted) = (bytes_max, 0);
        for (store, may_be_deleted) in BY_WORTH {
            room = match self.find_excess(store, room).await? {
                Ok(version) if may_be_deleted => {
                    deleted += self.delete_before(store, version).await?;
                    0
                }
                Ok(_) => 0,
                Err(left) => left,
            };
        }
        Ok(deleted)
    }

    async fn probe(&self) -> Result<(), Error> {
        Ok(self.database.probe("kv").await?)
    }
}

#[cfg(test)]
mod tests;
