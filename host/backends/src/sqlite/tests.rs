//! Tests of files that are refused, and of files that fail while they are in use.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::*;
use crate::jobs::Jobs as _;
use crate::kv::Kv as _;
use crate::{clock, jobs, kv, random};

/// The size of a database page.
const PAGE_BYTES: usize = 4096;

async fn open_jobs(path: &Path) -> Result<jobs::Sqlite, OpenError> {
    jobs::Sqlite::open(path, Arc::new(random::System)).await
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    std::fs::write(&path, "x".repeat(4096)).unwrap();
    let error = open_jobs(&path).await.err().unwrap();
    let expected = format!("{} is damaged, or is not an SQLite database: restore a backup", path.display());
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none/jobs.db");
    let error = open_jobs(&path).await.err().unwrap();
    assert!(matches!(&error, OpenError::Unavailable(named, _) if *named == path), "{error}");
}

#[tokio::test]
async fn a_database_from_the_future_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let jobs = open_jobs(&path).await.unwrap();
    let from_the_future =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, x'00', 0)";
    jobs.database().change_many(sqlx::query(from_the_future)).await.unwrap();
    jobs.close().await;
    assert!(matches!(open_jobs(&path).await.err().unwrap(), OpenError::Newer(_)));
}

#[tokio::test]
async fn a_database_of_another_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kv.db");
    kv::Sqlite::open(&path, Arc::new(clock::System)).await.unwrap().close().await;
    assert!(matches!(open_jobs(&path).await.err().unwrap(), OpenError::Foreign(_)));
}

async fn open_kv(path: &Path) -> kv::Sqlite {
    kv::Sqlite::open_cache(path, Arc::new(clock::System)).await.unwrap()
}

/// Opens the file as another process would.
async fn foreign(path: &Path) -> sqlx::SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

fn job(key: &str) -> jobs::NewJob {
    jobs::NewJob {
        queues: vec!["pool-0".into()],
        queue_depth_max: 1_000,
        key: key.into(),
        payload: "p".into(),
        now_ms: 1,
    }
}

/// A file at its page limit behaves like a full disk: `SQLite` rolls the transaction back by itself. The
/// limit applies to the connection, so the next connection has room.
#[tokio::test]
async fn a_connection_whose_transaction_failed_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let jobs = open_jobs(&path).await.unwrap();
    let bound = sqlx::query("PRAGMA max_page_count = 30");
    jobs.database().change(bound).await.unwrap();
    let mut failed = 0;
    for n in 0..20 {
        let payload = vec![b'x'; 60 << 10].into();
        failed += usize::from(jobs.enqueue(jobs::NewJob { payload, ..job(&format!("k{n}")) }).await.is_err());
    }
    assert_eq!(failed, 1, "full once, and then never again");
    assert_eq!(jobs.stats("pool-0").await.unwrap().queued, 19);
}

#[tokio::test]
async fn a_probe_reports_a_recent_failure() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = open_jobs(&folder.path().join("jobs.db")).await.unwrap();
    assert_eq!(jobs.probe().await, Ok(()));
    jobs.database().change(sqlx::query("INSERT INTO nowhere VALUES (1)")).await.err().unwrap();
    let told = jobs.probe().await.unwrap_err().to_string();
    assert!(told.contains("nowhere"), "{told}");
}

#[tokio::test]
async fn a_file_that_was_deleted_fails_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, away) = (folder.path().join("jobs.db"), folder.path().join("away"));
    let jobs = open_jobs(&path).await.unwrap();
    jobs.enqueue(job("before")).await.unwrap();
    // The contents of the log belong to the file.
    jobs.database().change(sqlx::query("PRAGMA user_version = 2")).await.unwrap();
    checkpoint(&path).await;

    std::fs::rename(&path, &away).unwrap();
    let told = jobs.probe().await.unwrap_err().to_string();
    assert!(told.contains("was moved or deleted"), "{told}");
    assert!(jobs.enqueue(job("meanwhile")).await.is_err(), "nothing is promised that is kept nowhere");

    std::fs::rename(&away, &path).unwrap();
    assert!(jobs.probe().await.is_err(), "it failed a moment ago");
    jobs.enqueue(job("after")).await.unwrap();
    assert_eq!(jobs.stats("pool-0").await.unwrap().queued, 2);
}

#[tokio::test]
async fn another_file_in_its_place_is_used_by_readers_too() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("jobs.db"), folder.path().join("other.db"));
    let restored = open_jobs(&other).await.unwrap();
    restored.enqueue(job("restored")).await.unwrap();
    restored.close().await;
    let jobs = open_jobs(&path).await.unwrap();
    jobs.enqueue(job("former")).await.unwrap();
    assert!(jobs.latest("former").await.unwrap().is_some());

    std::fs::rename(&other, &path).unwrap();
    assert!(jobs.latest("former").await.is_err(), "the writer opens it first");
    jobs.probe().await.unwrap_err();
    jobs.enqueue(job("new")).await.unwrap();
    assert!(jobs.latest("restored").await.unwrap().is_some());
    assert_eq!(jobs.latest("former").await.unwrap(), None, "its log is not the new file's");
    jobs.close().await;
    open_jobs(&path).await.unwrap();
}

#[tokio::test]
async fn a_cache_that_was_deleted_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kv.db");
    let kv = open_kv(&path).await;
    kv.set("S", "k", "before".into(), None).await.unwrap();
    for name in ["kv.db", "kv.db-wal", "kv.db-shm"] {
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    kv.probe().await.unwrap();
    assert_eq!(kv.get("S", "k").await, Ok(None));
    kv.set("S", "k", "after".into(), None).await.unwrap();
    assert_eq!(kv.get("S", "k").await.unwrap().unwrap().value, "after");
}

/// Zeroes each page of a file in turn, as bad disks and torn writes do, and runs `check` on the result.
async fn with_each_page_zeroed(path: &Path, check: impl AsyncFn(&Path, usize)) {
    checkpoint(path).await;
    let sound = std::fs::read(path).unwrap();
    assert!(sound.len() >= 8 * PAGE_BYTES, "there are pages of each kind");
    for page in 0..sound.len() / PAGE_BYTES {
        let folder = tempfile::tempdir().unwrap();
        let damaged = folder.path().join(path.file_name().unwrap());
        let mut bytes = sound.clone();
        bytes[page * PAGE_BYTES..][..PAGE_BYTES].fill(0);
        std::fs::write(&damaged, bytes).unwrap();
        check(&damaged, page).await;
    }
}

async fn checkpoint(path: &Path) {
    let mut connection = foreign(path).await;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_damaged_cache_is_set_aside_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kv.db");
    let kv = open_kv(&path).await;
    for n in 0..100 {
        kv.set("S", &format!("k{n}"), vec![b'x'; 200].into(), Some(Duration::from_hours(1))).await.unwrap();
    }
    kv.close().await;
    with_each_page_zeroed(&path, async |damaged, page| {
        let kv = open_kv(damaged).await;
        assert!(damaged.with_extension("db.damaged").exists(), "page {page} was not missed");
        kv.set("S", "k", "v".into(), None).await.unwrap();
        assert_eq!(kv.get("S", "k").await.unwrap().unwrap().value, "v", "page {page}");
        kv.close().await;
    })
    .await;
    for bytes in [&b"x".repeat(20_000)[..], &std::fs::read(&path).unwrap()[..3 * PAGE_BYTES]] {
        std::fs::write(&path, bytes).unwrap();
        open_kv(&path).await.close().await;
    }
}

/// The damage happens during use, in a file that is too large to be checked when it is opened.
#[tokio::test]
async fn a_cache_that_is_damaged_while_it_is_open_is_made_anew_when_that_is_met() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kv.db");
    let kv = open_kv(&path).await;
    kv.set("S", "k", vec![b'x'; 1 << 20].into(), None).await.unwrap();
    checkpoint(&path).await;
    let pages = std::fs::metadata(&path).unwrap().len() / PAGE_BYTES as u64;
    zero_from_second_page(&path, pages);
    let told = eventually(async || kv.set("S", "l", "v".into(), None).await.err().is_none()).await;
    assert!(told, "it is written again");
    assert_eq!(kv.get("S", "l").await.unwrap().unwrap().value, "v");
}

/// Writes to the file from another process, without touching `SQLite`'s locks.
fn zero_from_second_page(path: &Path, pages: u64) {
    let status = std::process::Command::new("dd")
        .args(["if=/dev/zero", "bs=4096", "seek=1", "conv=notrunc", "status=none"])
        .arg(format!("count={}", pages - 1))
        .arg(format!("of={}", path.display()))
        .status();
    assert!(status.unwrap().success());
}

async fn eventually(look: impl AsyncFn() -> bool) -> bool {
    for _ in 0..300 {
        if look().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn a_damaged_job_database_is_refused_at_the_start_and_reported_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let jobs = open_jobs(&path).await.unwrap();
    for n in 0..50 {
        jobs.enqueue(job(&format!("k{n}"))).await.unwrap();
    }
    jobs.close().await;
    with_each_page_zeroed(&path, async |damaged, page| {
        let refused = open_jobs(damaged).await.err();
        assert!(matches!(refused, Some(OpenError::Damaged(_))), "page {page}: {refused:?}");
        assert!(damaged.exists(), "it is left where it is");
    })
    .await;

    let jobs = open_jobs(&path).await.unwrap();
    let pages = std::fs::metadata(&path).unwrap().len() / PAGE_BYTES as u64;
    zero_from_second_page(&path, pages);
    let told = eventually(
        async || matches!(jobs.probe().await, Err(error) if error.to_string().contains("damaged")),
    );
    assert!(told.await);
}

/// A reader of another process keeps its snapshot of the file, so all later writes stay in the log.
#[tokio::test]
async fn the_log_stays_bounded_under_a_reader_that_does_not_end() {
    const MIB: u64 = 1 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kv.db");
    let kv = open_kv(&path).await;
    let log_bytes = || std::fs::metadata(folder.path().join("kv.db-wal")).unwrap().len();
    let write = async |n: u64| kv.set("S", &format!("k{}", n % 8), vec![0; 1 << 20].into(), None).await;
    kv.set("S", "k", "v".into(), None).await.unwrap();

    let mut reader = foreign(&path).await;
    let mut view = reader.begin().await.unwrap();
    sqlx::query("SELECT count(*) FROM entries").fetch_one(&mut *view).await.unwrap();
    let mut refused = None;
    let began = Instant::now();
    for n in 0..120 {
        if let Err(error) = write(n).await {
            refused = Some(error.to_string());
        }
        assert!(log_bytes() <= 64 * MIB, "{}", log_bytes());
    }
    // One that waits for a lock waits five seconds.
    assert!(began.elapsed() < Duration::from_mins(1), "writes do not wait for the reader");
    let refused = refused.expect("a log without bound");
    assert!(refused.contains("a reader keeps it"), "{refused}");
    assert_eq!(kv.get("S", "k").await.unwrap().unwrap().value, "v", "others read on");

    view.rollback().await.unwrap();
    reader.close().await.unwrap();
    assert!(eventually(async || write(0).await.is_ok()).await, "it goes on by itself");
    assert!(log_bytes() <= 20 * MIB, "{}", log_bytes());
}
