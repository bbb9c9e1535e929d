//! Data of every earlier version of each database is still there after its migrations.

use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::*;
use crate::jobs::{ClaimResult, Jobs as _};
use crate::kv::Kv as _;
use crate::{clock, random};

/// A database file as a version left it that knew the first `count` migrations.
async fn left_by(path: &Path, count: usize, rows: &str) -> SqliteConnection {
    let name = path.file_name().and_then(|name| name.to_str()).expect("it has a name");
    let all = migrations(name).expect("it is one of ours");
    let earlier = all.iter().take(count).cloned().collect();
    let earlier = Migrator::with_migrations(earlier);
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.expect("it is made");
    earlier.run_direct(None, &mut connection, false).await.expect("it is migrated");
    sqlx::raw_sql(AssertSqlSafe(rows.to_owned()))
        .execute(&mut connection)
        .await
        .expect("the rows suit that version");
    connection
}

fn versions(name: &str) -> std::ops::RangeInclusive<usize> {
    1..=migrations(name).expect("it is one of ours").iter().count()
}

#[tokio::test]
async fn jobs_of_every_earlier_version_are_claimed() {
    for version in versions("jobs.db") {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("jobs.db");
        let (queue, enqueued) = if version < 3 { ("lane", "offered_ms") } else { ("queue", "enqueued_ms") };
        let row = format!(
            "INSERT INTO jobs (id, key, {queue}, state, {enqueued}, due_ms, payload)
             VALUES ('job-1', 'shop:shopper', 'pool-0', 'queued', 1, 1, x'7b7d')"
        );
        left_by(&path, version, &row).await.close().await.expect("it is closed");
        check(&path).await.expect("an earlier version is fine");
        let jobs = jobs::Sqlite::open(&path, Arc::new(random::System)).await.expect("it is migrated");
        let claimed = jobs.claim(1_000, 1_000).await.expect("it is claimed");
        let ClaimResult::Job(job) = claimed else { panic!("version {version}: the job is lost") };
        assert_eq!((job.id.as_str(), &job.payload[..]), ("job-1", &b"{}"[..]), "version {version}");
        jobs.close().await;
    }
}

#[tokio::test]
async fn entries_of_every_earlier_version_are_read() {
    for version in versions("kv.db") {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kv.db");
        let row = "INSERT INTO entries (store, key, value) VALUES ('UI_CACHE', 'ui:shop:shopper', x'78')";
        left_by(&path, version, row).await.close().await.expect("it is closed");
        let kv = kv::Sqlite::open(&path, Arc::new(clock::System)).await.expect("it is migrated");
        let entry = kv.get("UI_CACHE", "ui:shop:shopper").await.expect("it is read").expect("it is there");
        assert_eq!(&entry.value[..], b"x", "version {version}");
        kv.close().await;
    }
}

/// The number of rows of a query after the present version opened the file.
async fn rows_now(path: &Path, query: &'static str) -> i64 {
    let name = path.file_name().and_then(|name| name.to_str()).expect("it has a name");
    let migrations = migrations(name).expect("it is one of ours");
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.expect("it is there");
    migrations.run_direct(None, &mut connection, false).await.expect("it is migrated");
    sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("the query suits this version")
}

#[tokio::test]
async fn shops_and_budgets_of_every_earlier_version_are_there() {
    for version in versions("shops.db") {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shops.db");
        let row =
            "INSERT INTO shops (shop, state, access, changed_ms) VALUES ('tea-house', 'installed', x'01', 1)";
        left_by(&path, version, row).await.close().await.expect("it is closed");
        let query = "SELECT count(*) FROM shops WHERE shop = 'tea-house' AND access = x'01' AND renewal = 0";
        assert_eq!(rows_now(&path, query).await, 1, "version {version}");
    }
    for version in versions("budget.db") {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("budget.db");
        let row = match version {
            1 => "INSERT INTO spent (day, tokens) VALUES (20000, 7)",
            _ => "INSERT INTO budgets (owner, day, tokens) VALUES ('', 20000, 7)",
        };
        left_by(&path, version, row).await.close().await.expect("it is closed");
        let query = "SELECT count(*) FROM budgets WHERE owner = '' AND day = 20000 AND tokens = 7";
        assert_eq!(rows_now(&path, query).await, 1, "version {version}");
    }
}

/// What an earlier version says to the data of a later one: it refuses it, and leaves it as it is.
#[tokio::test]
async fn every_earlier_version_refuses_later_data_and_names_the_remedy() {
    for name in ["budget.db", "jobs.db", "kv.db", "shops.db"] {
        let count = *versions(name).end();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        left_by(&path, count, "").await.close().await.expect("it is closed");
        for earlier in 0..count {
            let known = migrations(name).expect("it is one of ours").iter().take(earlier).cloned().collect();
            let earlier = Migrator::with_migrations(known);
            let refusal = sqlite::check(&path, &earlier).await.expect_err("it is refused").to_string();
            assert!(
                refusal.contains("was written by a newer version of this program: run that version"),
                "{refusal}"
            );
        }
        check(&path).await.expect("it was left as it is");
    }
}

#[tokio::test]
async fn a_file_of_something_else_is_refused_and_an_empty_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("jobs.db");
    std::fs::write(&path, "").expect("there is room");
    check(&path).await.expect("it has no tables yet");
    left_by(&path, 0, "CREATE TABLE recipes (name TEXT)").await.close().await.expect("it is closed");
    sqlx::raw_sql("DROP TABLE _sqlx_migrations")
        .execute(&mut SqliteConnectOptions::new().filename(&path).connect().await.expect("it is there"))
        .await
        .expect("it is there");
    assert!(matches!(check(&path).await, Err(OpenError::Foreign(_))));
    assert!(matches!(check(&folder.path().join("recipes.db")).await, Err(OpenError::Foreign(_))));
}
