//! Keys in an `SQLite` file, which other processes such as the command line may use as well.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use model::Store;
use sqlx::Row;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteRow;

use ::sql::{first_after, from_sql, kv as sql, to_sql};

use super::{DELETED_AT_ONCE, Entry, Error, Kv, Swap, check_size, expiry};
use crate::clock::Clock;
use crate::kind::{Opened, Site};
use crate::sqlite::{Database, Durability, OpenError, WriteFailed};
use crate::unavailable::unavailable_after;

pub(super) use crate::kind::NoOptions as Options;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/kv");

/// The file in the data folder.
const FILE: &str = "kv.db";

/// Opens the file in the data folder.
pub(super) async fn open(_: Options, site: &Site) -> Opened<dyn Kv> {
    let (path, clock) = (site.folder.join(FILE), site.clock.clone());
    let opened = if site.replaces_damaged {
        Sqlite::open_cache(&path, clock).await
    } else {
        Sqlite::open(&path, clock).await
    };
    Ok(Arc::new(opened?))
}

/// Key-value storage in `SQLite`. A write survives the end of this process, even a crash; the
/// last ones may be lost when the machine loses power.
pub struct Sqlite {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl Sqlite {
    /// Opens the file at `path`, which is created if it is missing.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let database = Database::open(path, &MIGRATIONS, Durability::Process).await?;
        Ok(Self { database, clock })
    }

    /// Opens the file likewise, but if it is damaged, now or later, it is set aside and created anew.
    pub async fn open_cache(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let database = Database::open_cache(path, &MIGRATIONS, Durability::Process).await?;
        Ok(Self { database, clock })
    }

    /// Finishes pending work and closes the file.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

unavailable_after!(Error: WriteFailed, sqlx::Error);

fn entry(row: &SqliteRow) -> Result<Entry, Error> {
    Ok(Entry {
        value: row.try_get::<Vec<u8>, _>("value")?.into(),
        version: from_sql(row.try_get("version")?),
        expires_ms: row.try_get::<Option<i64>, _>("expires_ms")?.map(from_sql),
    })
}

#[async_trait]
impl Kv for Sqlite {
    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        let query = sqlx::query(sql::GET).bind(store).bind(key).bind(to_sql(self.clock.now_ms()));
        self.database.first(query).await?.as_ref().map(entry).transpose()
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        check_size(&value)?;
        let expires_ms = expiry(self.clock.now_ms(), ttl).map(to_sql);
        let query = sqlx::query(sql::SET).bind(store).bind(key).bind(&value[..]).bind(expires_ms);
        let row = self.database.change(query).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok(from_sql(row.try_get("version")?))
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
        let query = sqlx::query(sql::COMPARE_AND_SWAP)
            .bind(store)
            .bind(key)
            .bind(&value[..])
            .bind(expiry(now_ms, ttl).map(to_sql))
            .bind(to_sql(now_ms))
            .bind(expected.map(to_sql));
        match self.database.change(query).await? {
            Some(row) => Ok(Swap::Done(from_sql(row.try_get("version")?))),
            None => Ok(Swap::Lost),
        }
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        let query = sqlx::query(sql::DELETE).bind(store).bind(key).bind(to_sql(self.clock.now_ms()));
        let row = self.database.change(query).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(false))
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        let mut removed = 0;
        for keys in keys.chunks(DELETED_AT_ONCE as usize) {
            let keys = serde_json::Value::from(keys).to_string();
            removed +=
                self.database.change_many(sqlx::query(sql::DELETE_MANY).bind(store).bind(keys)).await?;
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
        let query = sqlx::query(sql::LIST_KEYS)
            .bind(store)
            .bind(prefix)
            .bind(first_after(prefix))
            .bind(after)
            .bind(limit)
            .bind(to_sql(self.clock.now_ms()));
        let rows = self.database.all(query).await?;
        Ok(rows.iter().map(|row| row.try_get("key")).collect::<Result<_, _>>()?)
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        let query = sqlx::query(sql::PURGE_EXPIRED).bind(to_sql(self.clock.now_ms())).bind(limit);
        Ok(self.database.change_many(query).await?)
    }

    async fn trim(&self, bytes_max: u64) -> Result<u64, Error> {
        let mut deleted = 0;
        for store in [Store::UiCache, Store::ShopperSessions] {
            while self.database.used_bytes().await? > bytes_max {
                let query = sqlx::query(sql::DELETE_OLDEST).bind(store.name()).bind(DELETED_AT_ONCE);
                match self.database.change_many(query).await? {
                    0 => break,
                    entries => deleted += entries,
                }
            }
        }
        self.database.shrink().await?;
        Ok(deleted)
    }

    async fn probe(&self) -> Result<(), Error> {
        Ok(self.database.probe().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[tokio::test]
    async fn a_full_file_loses_pages_and_never_what_must_last() {
        let folder = tempfile::tempdir().unwrap();
        let kv = Sqlite::open(&folder.path().join("kv.db"), Arc::new(clock::System)).await.unwrap();
        let durable = ["catalog:shop", "forgotten:shop:customer-1", "review:shop:home_explorer_-"];
        for key in durable {
            assert!(model::Key::is_durable("UI_CACHE", key));
            kv.set("UI_CACHE", key, "closed".into(), None).await.unwrap();
        }
        for number in 0..200 {
            let page = Bytes::from(vec![b'x'; 16 << 10]);
            kv.set("UI_CACHE", &format!("ui:shop:{number}"), page, None).await.unwrap();
        }
        assert_eq!(kv.trim(1).await, Ok(200));
        assert_eq!(kv.list_keys("UI_CACHE", "", None, 10).await.unwrap(), durable);
    }

    /// If one statement deleted all keys, the log would hold all of them at once, and every other write would wait.
    #[tokio::test]
    async fn many_keys_are_deleted_bit_by_bit() {
        const PAGES: usize = 1_000;
        const LOG_BYTES_MAX: u64 = 8 << 20;
        let folder = tempfile::tempdir().unwrap();
        let kv = Sqlite::open(&folder.path().join("kv.db"), Arc::new(clock::System)).await.unwrap();
        let page = Bytes::from(vec![b'x'; 16 << 10]);
        let keys: Vec<_> = (0..PAGES).map(|number| format!("ui:shop:{number}")).collect();
        for key in &keys {
            kv.set("UI_CACHE", key, page.clone(), None).await.unwrap();
        }
        assert_eq!(kv.delete_many("UI_CACHE", &keys).await, Ok(PAGES as u64));
        let log_bytes = std::fs::metadata(folder.path().join("kv.db-wal")).unwrap().len();
        assert!(log_bytes < LOG_BYTES_MAX, "{log_bytes}");
    }

    #[tokio::test]
    async fn a_file_over_its_limit_loses_the_oldest_pages_then_sessions_and_shrinks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv.db");
        let kv = Sqlite::open(&path, Arc::new(clock::System)).await.unwrap();
        let value = Bytes::from(vec![b'x'; 16 << 10]);
        for number in 0..400 {
            for store in ["SHOPPER_SESSIONS", "UI_CACHE", "GENERATION_QUEUE"] {
                kv.set(store, &format!("k{number:03}"), value.clone(), None).await.unwrap();
            }
        }
        let left = async |store| kv.list_keys(store, "", None, 1_000).await.unwrap();
        assert_eq!(kv.trim(1 << 30).await, Ok(0));

        let deleted = kv.trim(16 << 20).await.unwrap();
        assert!((150..400).contains(&deleted), "{deleted}");
        let pages = left("UI_CACHE").await;
        assert_eq!(pages.len() as u64, 400 - deleted);
        assert_eq!(pages.last().map(String::as_str), Some("k399"), "the newest stay");
        assert_eq!(left("SHOPPER_SESSIONS").await.len(), 400);

        kv.trim(1 << 20).await.unwrap();
        assert_eq!((left("UI_CACHE").await.len(), left("SHOPPER_SESSIONS").await.len()), (0, 0));
        assert_eq!(left("GENERATION_QUEUE").await.len(), 400, "nothing else is deleted");
        kv.close().await;
        let bytes = std::fs::metadata(&path).unwrap().len();
        assert!(bytes < 9 << 20, "{bytes}: the file shrinks");
    }

    /// Finding one owner's keys does not read other owners' keys.
    #[tokio::test]
    async fn keys_are_found_by_their_index() {
        let folder = tempfile::tempdir().unwrap();
        let kv = Sqlite::open(&folder.path().join("kv.db"), Arc::new(clock::System)).await.unwrap();
        for (sql, range) in [
            (sql::GET, "(store=? AND key=?)"),
            (sql::DELETE, "(store=? AND key=?)"),
            (sql::DELETE_MANY, "(store=? AND key=?)"),
            (sql::LIST_KEYS, "(store=? AND key>? AND key<?)"),
        ] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let rows = kv.database.all(sqlx::query(explain)).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            let searches = |step: &String| step.starts_with("SEARCH entries") && step.contains(range);
            assert!(plan.iter().any(searches), "{range}: {plan:#?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN entries")), "{plan:#?}");
        }
    }
}
