//! Backups of damaged folders, and restoring: the data folder is replaced whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::harness::Process;
use crate::harness::process::{command, run, warm};

/// A folder with a deployment that made the page of `abc123`, and a backup of it.
async fn deployment() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    warm(folder.path());
    serve_and_make(folder.path(), "abc123").await;
    assert!(command(folder.path(), &["backup", "copy"]).contains("the backup is in copy"));
    folder
}

async fn serve_and_make(folder: &Path, shopper: &str) {
    let process = Process::start(folder, &[]);
    process.visit_until_made(shopper).await;
    process.terminate();
}

async fn has_page(folder: &Path, shopper: &str) -> bool {
    let process = Process::start(folder, &[]);
    let page = process.get(&format!("/s/magic-wands?shopper={shopper}")).await.expect("it serves");
    process.terminate();
    page.header("x-cache") == "HIT"
}

/// Runs a command that fails, and returns what it says.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?}");
    said
}

/// Returns every file below a folder with its content.
fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is listed").path();
        if path.is_dir() {
            files.extend(content(&path));
        } else {
            let bytes = fs::read(&path).expect("it is ours");
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}

/// Moves what is in a database's log into its file.
async fn settle(file: &Path) {
    let mut connection = connect(file).await;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.expect("it is sound");
    connection.close().await.expect("it is closed");
}

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.expect("it is sound")
}

fn truncate(file: &Path) {
    let bytes = fs::read(file).expect("it is there");
    fs::write(file, &bytes[..bytes.len() / 2 - 7]).expect("it is ours");
    remove_log(file);
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).expect("it is there");
    let from = 4096.min(bytes.len() / 2);
    bytes[from..].iter_mut().for_each(|byte| *byte ^= 0x5a);
    fs::write(file, bytes).expect("it is ours");
    remove_log(file);
}

fn remove_log(file: &Path) {
    for ending in ["db-wal", "db-shm"] {
        let _ = fs::remove_file(file.with_extension(ending));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_folder_is_replaced_by_its_backup_and_the_former_data_is_kept() {
    let folder = deployment().await;
    let data = folder.path().join("data");
    serve_and_make(folder.path(), "later").await;
    for name in ["kv.db", "jobs.db"] {
        settle(&data.join(name)).await;
    }
    truncate(&data.join("kv.db"));
    flip(&data.join("jobs.db"));
    fs::remove_dir_all(data.join("blobs")).expect("it is there");
    assert!(refused(folder.path(), &["backup", "damaged"]).contains("jobs.db is damaged"));
    assert!(!folder.path().join("damaged").exists(), "a backup that failed leaves nothing");

    let said = command(folder.path(), &["restore", "copy"]);
    assert!(said.contains("jobs.db: ") && said.contains("the backup is in place"), "{said}");
    assert!(folder.path().join("data.former/jobs.db").exists(), "{said}");
    assert!(has_page(folder.path(), "abc123").await);
    assert!(!has_page(folder.path(), "later").await, "it came after the backup");
    assert!(
        refused(folder.path(), &["restore", "copy"]).contains("data.former is left from an earlier restore")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_without_a_damaged_cache_is_one_all_the_same() {
    let folder = deployment().await;
    settle(&folder.path().join("data/kv.db")).await;
    truncate(&folder.path().join("data/kv.db"));
    fs::remove_dir_all(folder.path().join("data/blobs")).expect("it is there");
    let said = command(folder.path(), &["backup", "partly"]);
    assert!(said.contains("kv.db: damaged, and not copied") && said.contains("blobs: 0 files"), "{said}");
    command(folder.path(), &["restore", "partly"]);
    let listed = command(folder.path(), &["jobs", "list"]);
    assert!(listed.contains("done"), "its jobs are there: {listed}");
    serve_and_make(folder.path(), "afterwards").await;
}

/// Whatever is wrong with a backup, the data stays as it was, byte for byte.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_refused_changes_nothing() {
    let folder = deployment().await;
    let before = content(&folder.path().join("data"));
    let wrong = |name: &str, spoil: &dyn Fn(&Path)| {
        let copy = folder.path().join(name);
        copy_folder(&folder.path().join("copy"), &copy);
        spoil(&copy);
        refused(folder.path(), &["restore", name])
    };
    let said = wrong("flipped", &|copy| flip(&copy.join("jobs.db")));
    assert!(said.contains("jobs.db is damaged"), "{said}");
    let said = wrong("truncated", &|copy| truncate(&copy.join("kv.db")));
    assert!(said.contains("kv.db is damaged"), "{said}");
    let said = wrong("without", &|copy| fs::remove_file(copy.join("jobs.db")).expect("it is there"));
    assert!(said.contains("jobs.db"), "{said}");
    let said = wrong("partial", &|copy| fs::remove_file(copy.join("backup.json")).expect("it is there"));
    assert!(said.contains("is not a complete backup"), "{said}");
    let said = wrong("newer-form", &|copy| {
        fs::write(copy.join("backup.json"), r#"{"form": 2, "version": "9.0.0"}"#).expect("it is ours");
    });
    assert!(said.contains("made by version \"9.0.0\", which is newer than this one"), "{said}");
    let said = wrong("elsewhere", &|copy| {
        let contents = r#"{"form": 1, "version": "0.1.0", "databases": ["../data/jobs.db"], "pages": 0}"#;
        fs::write(copy.join("backup.json"), contents).expect("it is ours");
    });
    assert!(said.contains("is not the list of a backup's contents"), "{said}");
    assert_eq!(content(&folder.path().join("data")), before);
    assert!(!folder.path().join("data.former").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_newer_schema_and_a_server_that_works_are_refused() {
    let folder = deployment().await;
    let mut connection = connect(&folder.path().join("copy/jobs.db")).await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'later', TRUE, x'00', 0)";
    sqlx::query(later).execute(&mut connection).await.expect("it is written");
    connection.close().await.expect("it is closed");
    let said = refused(folder.path(), &["restore", "copy"]);
    assert!(
        said.contains("jobs.db was written by a newer version of this program: run that version"),
        "{said}"
    );

    let process = Process::start(folder.path(), &[]);
    let said = refused(folder.path(), &["restore", "copy"]);
    assert!(said.contains("a server uses ") && said.contains("/data: stop it first"), "{said}");
    process.get("/s/magic-wands?shopper=abc123").await.expect("it serves").is_hit();
}

/// A restore that was interrupted left a part of the backup beside the data.
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_restore_leaves_the_data_and_is_run_again() {
    let folder = deployment().await;
    serve_and_make(folder.path(), "later").await;
    let rest = folder.path().join("data.restoring");
    fs::create_dir(&rest).expect("there is room");
    fs::write(rest.join("jobs.db"), "half of it").expect("there is room");
    assert!(has_page(folder.path(), "later").await, "the data is as it was");
    command(folder.path(), &["restore", "copy"]);
    assert!(!rest.exists());
    assert!(has_page(folder.path(), "abc123").await);
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("there is room");
    for entry in fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("it is listed");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("there is room");
        }
    }
}
