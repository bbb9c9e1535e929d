//! Storage that hangs, is full, is damaged or is locked by others: shoppers do not wait for it, the operator is
//! told, and nothing stays broken once the cause has gone.

use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::harness::process::wandstore;
use crate::harness::{Answer, BUSY, Host, Process, eventually, shopify};

/// How long a shopper may wait for storage.
const PATIENCE: Duration = Duration::from_millis(250).saturating_mul(BUSY);
/// How long storage hangs.
const HANGS: Duration = Duration::from_secs(30);
/// How soon `/health` reports a failure.
const TOLD: Duration = Duration::from_secs(3).saturating_mul(BUSY);

/// Returns the result of `answer`, which must not take longer than storage's time limit.
async fn soon(what: &str, answer: impl Future<Output = Answer>) -> Answer {
    let began = Instant::now();
    let answer = answer.await;
    assert!(began.elapsed() < PATIENCE, "{what} took {:?}", began.elapsed());
    answer
}

#[tokio::test]
async fn shoppers_do_not_wait_for_storage_that_hangs() {
    let host = Host::open().await;
    host.visit("known").await;
    host.final_state("known").await;
    let (kv, blob, jobs) = (&host.controls.kv, &host.controls.blob, &host.controls.jobs);

    kv.delay(HANGS);
    soon("a page from blob storage", host.visit("known")).await.is_hit();
    let page = soon("a page without key-value storage", host.visit("a")).await;
    page.is_fallback();
    assert_eq!(page.header("x-generation-triggered"), "true", "one that hangs leaves time for the others");
    kv.restore();

    blob.delay(HANGS);
    let page = soon("a page without blob storage", host.visit("b")).await;
    page.is_fallback();
    assert_eq!(page.header("x-generation-triggered"), "true");
    blob.restore();

    jobs.delay(HANGS);
    let page = soon("a page without the queue", host.visit("c")).await;
    page.is_fallback();
    assert_eq!(
        (page.header("x-generation-triggered"), page.header("x-generation-refused")),
        ("false", "queue-unavailable")
    );

    kv.delay(HANGS);
    blob.delay(HANGS);
    soon("a page without any storage", host.visit("d")).await.is_fallback();
    let status = "/api/generation/status?store=magic-wands&shopper=d";
    assert_eq!(soon("a status", host.get(status)).await.json("state"), "unknown");
    let tracked = r#"{"store":"magic-wands","shopper":"d","events":[{"type":"visit"}]}"#;
    assert_eq!(soon("a signal", host.post("/api/shopper/track", tracked)).await.json("stored"), 0);

    for faults in [kv, blob, jobs] {
        faults.restore();
    }
    host.visit("known").await.is_hit();
    assert_eq!(host.visit("d").await.header("x-generation-triggered"), "true");
}

/// Webhooks have no fallback page, so they wait as long as Shopify does.
#[tokio::test]
async fn a_webhook_waits_for_storage_longer_than_a_shopper() {
    let host = shopify::shop().open().await;
    host.controls.kv.delay(Duration::from_millis(400));
    host.controls.jobs.delay(Duration::from_millis(400));
    let body = r#"{"id":1,"admin_graphql_api_id":"gid://shopify/Product/1"}"#;
    assert_eq!(host.webhook("products/update", "slow", body).await.status, 200);
}

/// Starts a process on a data folder, with the compiled components of an earlier one.
fn start(folder: &Path) -> Process {
    start_with(folder, &[])
}

fn start_with(folder: &Path, environment: &[(&str, &str)]) -> Process {
    let compiled = Path::new(env!("CARGO_TARGET_TMPDIR")).join("of-processes");
    let data = folder.join("data");
    if !data.join("compiled").exists() {
        std::fs::create_dir_all(&data).expect("there is room");
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&compiled);
        made.and_then(|()| symlink(&compiled, data.join("compiled"))).expect("there is room");
    }
    let always = [("RUST_LOG", "info"), ("ENVIRONMENT", "development")];
    Process::start(folder, &[&always, environment].concat())
}

async fn visit(process: &Process, shopper: &str) -> Answer {
    process.get(&format!("/s/magic-wands?shopper={shopper}")).await.expect("it serves")
}

async fn made(process: &Process, shopper: &str) {
    visit(process, shopper).await;
    let target = format!("/api/generation/status?store=magic-wands&shopper={shopper}&wait=5");
    let ready = async || {
        let state = process.get(&target).await.expect("it serves").json("state");
        (state == "ready").then_some(())
    };
    eventually("the page is made", ready).await;
}

/// Waits until `/health` reports `status`, and the same for that backend.
async fn told(process: &Process, status: &str, backend: &str) {
    let began = Instant::now();
    let expected = if status == "ok" { "ok" } else { "failing" };
    let look = async || {
        let health = process.get("/health").await.expect("it serves");
        (health.json("status") == status && health.json("checks")[backend] == expected).then_some(())
    };
    eventually(&format!("{backend} is {expected}"), look).await;
    if status == "degraded" {
        assert!(began.elapsed() < TOLD, "it was told after {:?}", began.elapsed());
    }
}

/// A database connection of another process, such as a shell.
async fn foreign(database: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(database).connect().await.expect("it is a database")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_outlives_locks_lost_files_and_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let process = start(folder.path());
    made(&process, "known").await;
    told(&process, "ok", "jobs").await;
    others_hold_the_write_locks(&process, &data).await;
    the_jobs_are_moved_away(&process, &data).await;
    the_blob_folder_is_none(&process, &data).await;
    a_cache_that_is_damaged_is_set_aside(process, folder.path()).await;
    damaged_jobs_are_refused(folder.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_cannot_be_written_is_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let process =
        start_with(folder.path(), &[("LLM_BASE_URL", "http://127.0.0.1:9/v1"), ("LLM_MODEL", "none")]);
    told(&process, "ok", "budget").await;
    let mut connection = foreign(&folder.path().join("data/budget.db")).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.expect("the lock is free");
    told(&process, "degraded", "budget").await;
    connection.close().await.expect("it is closed");
    told(&process, "ok", "budget").await;
}

/// A write waits five seconds for another process's lock. A stopping server does not, unless the machine is busy: that
/// may delay one server, but not three.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_does_not_wait_for_a_lock() {
    let mut took = Vec::new();
    for _ in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        let process = start(folder.path());
        made(&process, "known").await;
        let mut lock = foreign(&folder.path().join("data/jobs.db")).await;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut lock).await.expect("the lock is free");
        took.push(process.terminate());
    }
    assert!(took.iter().any(|took| *took < Duration::from_secs(4)), "they took {took:?}");
}

async fn others_hold_the_write_locks(process: &Process, data: &Path) {
    let mut locks = Vec::new();
    for name in ["kv.db", "jobs.db"] {
        let mut connection = foreign(&data.join(name)).await;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.expect("the lock is free");
        locks.push(connection);
    }
    let page = soon("a page while others write", visit(process, "locked-out")).await;
    page.is_fallback();
    assert_eq!(page.header("x-generation-refused"), "queue-unavailable");
    soon("a page that is there", visit(process, "known")).await.is_hit();
    told(process, "degraded", "kv").await;
    told(process, "degraded", "jobs").await;

    for lock in locks {
        lock.close().await.expect("it is closed");
    }
    told(process, "ok", "jobs").await;
    made(process, "locked-out").await;
    visit(process, "locked-out").await.is_hit();
}

async fn the_jobs_are_moved_away(process: &Process, data: &Path) {
    let (jobs, away) = (data.join("jobs.db"), data.join("away.db"));
    std::fs::rename(&jobs, &away).expect("it is there");
    told(process, "degraded", "jobs").await;
    let page = visit(process, "homeless").await;
    page.is_fallback();
    assert_eq!(page.header("x-generation-triggered"), "false", "nothing is promised that is kept nowhere");

    std::fs::rename(&away, &jobs).expect("it is there");
    told(process, "ok", "jobs").await;
    assert_eq!(visit(process, "homeless").await.header("x-generation-triggered"), "true");
}

async fn the_blob_folder_is_none(process: &Process, data: &Path) {
    let (blobs, away) = (data.join("blobs"), data.join("away"));
    std::fs::rename(&blobs, &away).expect("it is there");
    std::fs::write(&blobs, "no folder").expect("there is room");
    told(process, "degraded", "blob").await;
    soon("a page that is in key-value storage", visit(process, "known")).await.is_hit();

    std::fs::remove_file(&blobs).expect("it is there");
    std::fs::rename(&away, &blobs).expect("it is there");
    told(process, "ok", "blob").await;
}

async fn a_cache_that_is_damaged_is_set_aside(process: Process, folder: &Path) {
    process.kill();
    let database = folder.join("data/kv.db");
    std::fs::remove_file(database.with_extension("db-wal")).expect("it was killed");
    std::fs::write(&database, vec![0; 64 << 10]).expect("there is room");
    let process = start(folder);
    visit(&process, "known").await.is_hit();
    told(&process, "ok", "kv").await;
    made(&process, "after").await;
    assert!(database.with_extension("db.damaged").exists());
    let log = std::fs::read_to_string(&process.log).expect("there is a log");
    assert!(log.contains("was set aside"), "it is said");
    process.kill();
}

fn damaged_jobs_are_refused(folder: &Path) {
    let database = folder.join("data/jobs.db");
    std::fs::remove_file(database.with_extension("db-wal")).expect("it was killed");
    std::fs::write(&database, vec![0; 64 << 10]).expect("there is room");
    let output = wandstore(folder).args(["serve", "--listen", "127.0.0.1:0"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("jobs.db is damaged") && text.contains("restore a backup"), "{text}");
}

/// Mounts a file system for a data folder; returns `None` if this process may not.
struct Disk(PathBuf);

impl Disk {
    fn mount(folder: &Path, mib: u32) -> Option<Self> {
        std::fs::create_dir_all(folder).expect("there is room");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"])
            .arg(folder)
            .output();
        let is_mounted = mount.is_ok_and(|output| output.status.success());
        is_mounted.then(|| Self(folder.to_owned()))
    }

    /// Fills the disk.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.0.join("filler")).expect("it is made");
        for size in [1 << 20, 4096, 1] {
            while std::io::Write::write(&mut filler, &vec![0; size]).is_ok_and(|written| written > 0) {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("it is there");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A lazy unmount, because a process that was just killed may still run.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_full_disk_everything_goes_on_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = Disk::mount(&folder.path().join("data"), 16) else {
        eprintln!(
            "SKIPPED: a full disk was not tried, since this process may not mount one (run it as root); \
             capabilities::sqlite::tests::a_connection_whose_transaction_failed_is_replaced fills a database instead"
        );
        return;
    };
    let config = "[retention]\ndisk_free_mib_min = 0\n";
    std::fs::write(folder.path().join("wandstore.toml"), config).expect("there is room");
    let process = start(folder.path());
    made(&process, "known").await;
    disk.fill();
    soon("a page without room", visit(&process, "no-room")).await.is_fallback();
    told(&process, "degraded", "jobs").await;
    told(&process, "degraded", "blob").await;
    visit(&process, "known").await.is_hit();

    disk.free();
    told(&process, "ok", "jobs").await;
    made(&process, "room-again").await;
    visit(&process, "room-again").await.is_hit();
}
