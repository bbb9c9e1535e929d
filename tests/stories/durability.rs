//! `kill -9` at any moment: no job is lost, no page is stored twice.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::harness::{Process, process};

/// How often the process is killed.
const KILLS: usize = 6;
/// Shoppers who come between two kills.
const SHOPPERS: usize = 12;
/// How long the last process may take to make every page.
const PATIENCE: Duration = Duration::from_mins(1);

/// A lease outlasts the story, and a job has one attempt: a kill is not an attempt.
const CONFIG: &str = "[pool]\nsize = 3\nlease_ms = 600000\nbackoff_ms = 10\nattempts_max = 1\n";

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_process_is_killed_every_promised_page_is_made_and_stored_once() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wandstore.toml"), CONFIG).expect("it is written");
    let mut promised = Vec::new();
    for kill in 0..KILLS {
        let process = Process::start(folder.path(), &[("RUST_LOG", "info")]);
        for index in 0..SHOPPERS {
            let shopper = format!("shopper-{kill}-{index}");
            let Ok(page) = process.get(&format!("/s/magic-wands?shopper={shopper}")).await else { break };
            if page.header("x-generation-triggered") == "true" {
                promised.push(shopper);
            }
        }
        // Some rounds end while most jobs wait, some while they run, some when they are done.
        let moment = Instant::now() + Duration::from_millis(7 * kill as u64);
        while Instant::now() < moment {
            let _ = process.get("/health").await;
        }
        process.kill();
    }

    let process = Process::start(folder.path(), &[("RUST_LOG", "info")]);
    let deadline = Instant::now() + PATIENCE;
    for shopper in &promised {
        let target = format!("/api/generation/status?store=magic-wands&shopper={shopper}&wait=5");
        while process.get(&target).await.expect("it serves").json("state") != "ready" {
            assert!(Instant::now() < deadline, "the page of {shopper} was promised and never made");
        }
        process.get(&format!("/s/magic-wands?shopper={shopper}")).await.expect("it serves").is_hit();
    }
    // A busy machine may answer a newcomer before its job is enqueued: that page promises nothing.
    assert!(promised.len() >= KILLS * SHOPPERS / 2, "only {} pages were promised", promised.len());
    each_page_was_stored_once(&process.log);
}

/// Each page is logged with its job once it is stored, and only then.
fn each_page_was_stored_once(log: &Path) {
    let text = std::fs::read_to_string(log).expect("there is a log");
    let mut stored: HashMap<&str, usize> = HashMap::new();
    for line in text.lines().filter(|line| line.contains("a page was stored")) {
        let job = line
            .split("job ")
            .nth(1)
            .and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next());
        *stored.entry(job.expect("the line names its job")).or_default() += 1;
    }
    let twice: Vec<_> = stored.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "stored more than once: {twice:?}");
    assert!(stored.len() >= KILLS * SHOPPERS / 4, "the log names the pages that were made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_server_that_works_has_every_page_that_was_made_before() {
    const PAGES: usize = 5;
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(folder.path(), &[]);
    let shoppers: Vec<_> = (0..PAGES).map(|shopper| format!("before-{shopper}")).collect();
    for shopper in &shoppers {
        process.get(&format!("/s/magic-wands?shopper={shopper}")).await.expect("it serves").is_fallback();
        process.made(shopper).await.expect("the page is made");
    }
    let (done, copied) = (AtomicBool::new(false), folder.path().join("copy"));
    let meanwhile = async {
        for shopper in 0.. {
            let _ = process.get(&format!("/s/magic-wands?shopper=meanwhile-{shopper}")).await;
            if done.load(Ordering::Relaxed) {
                break;
            }
        }
    };
    let backup = async {
        let (data, copy) = (folder.path().to_owned(), copied.display().to_string());
        let copy = tokio::task::spawn_blocking(move || process::command(&data, &["backup", &copy])).await;
        done.store(true, Ordering::Relaxed);
        copy.expect("it does not panic")
    };
    let (printed, ()) = tokio::join!(backup, meanwhile);
    for what in ["jobs.db: ", "kv.db: ", "blobs: ", "the backup is in "] {
        assert!(printed.contains(what), "{printed}");
    }
    process.kill();

    let restored = tempfile::tempdir().expect("a folder");
    std::fs::rename(copied, restored.path().join("data")).expect("it is there");
    let process = Process::start(restored.path(), &[]);
    for shopper in &shoppers {
        process.get(&format!("/s/magic-wands?shopper={shopper}")).await.expect("it serves").is_hit();
    }
}

#[test]
fn a_backup_is_written_into_an_empty_folder_only_and_says_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = |arguments: &[&str]| {
        let output = process::run(folder.path(), arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(error(&["backup", "copy"]).contains("cannot read"), "no data");
    process::command(folder.path(), &["jobs", "list"]);
    let data = folder.path().join("data");
    assert!(error(&["backup", "data"]).contains("data is not empty: name a new folder"));
    assert!(process::command(folder.path(), &["backup", "copy"]).contains("the backup is in copy"));
    assert!(error(&["backup", "copy"]).contains("copy is not empty: name a new folder"));
    std::fs::write(data.join("jobs.db"), "x".repeat(4096)).expect("it is ours");
    // What a command wrote last is still in the log.
    let _ = std::fs::remove_file(data.join("jobs.db-wal"));
    assert!(error(&["backup", "damaged"]).contains("jobs.db is damaged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_moves_to_other_backends_with_all_it_has_and_again_after_an_interruption() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["data", "new"].map(|data| {
        let file = folder.path().join(format!("{data}.toml"));
        std::fs::write(&file, format!("[server]\ndata_dir = \"{data}\"\n")).expect("it is written");
        file.display().to_string()
    });
    let migrate = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wandstore"));
        command.env_clear().current_dir(folder.path());
        let output = command.args(["migrate-data", "--from", &old, "--to", &new]).output();
        let output = output.expect("the binary is built");
        let [printed, errors] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
        (output.status.success(), printed + &errors)
    };
    let process = Process::start(folder.path(), &[]);
    process.get("/s/magic-wands?shopper=abc123").await.expect("it serves").is_fallback();
    process.made("abc123").await.expect("the page is made");
    let (is_done, said) = migrate();
    assert!(!is_done && said.contains("a server uses data: stop it first"), "{said}");
    process.terminate();

    let (is_done, said) = migrate();
    assert!(is_done && said.contains("blob: 2 copied, 0 there already"), "{said}");
    assert!(said.contains("kv: ") && said.contains("jobs: 1 copied"), "{said}");
    let (is_done, said) = migrate();
    assert!(is_done && said.contains("blob: 0 copied, 2 there already"), "{said}");
    std::fs::rename(folder.path().join("data"), folder.path().join("former")).expect("it is there");
    std::fs::rename(folder.path().join("new"), folder.path().join("data")).expect("it is there");
    let process = Process::start(folder.path(), &[]);
    process.get("/s/magic-wands?shopper=abc123").await.expect("it serves").is_hit();
}

/// If files of compiled components are damaged, the next start compiles again and logs it.
#[tokio::test(flavor = "multi_thread")]
async fn damaged_compiled_code_is_compiled_again_and_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    process::command(folder.path(), &["check"]);
    let compiled = folder.path().join("data/compiled");
    let mut files: Vec<_> = files_of(&compiled);
    files.sort();
    assert_eq!(files.len(), 5, "one for each component");
    let code: Vec<_> = files.iter().map(|file| std::fs::read(file).expect("it is there")).collect();
    let mut zeroed = code[0].clone();
    let middle = zeroed.len() / 2;
    zeroed[middle..middle + 4_096].fill(0);
    let damaged =
        [zeroed, code[1][..code[1].len() / 2].to_vec(), Vec::new(), code[4].clone(), code[4].clone()];
    for (file, damaged) in files.iter().zip(damaged) {
        std::fs::write(file, damaged).expect("it is ours");
    }
    let old = compiled.join(format!("{}-0123456789abcdef.cwasm", "0".repeat(64)));
    std::fs::write(&old, &code[0]).expect("it is ours");

    let process = Process::start(folder.path(), &[("RUST_LOG", "info")]);
    let page = process.get("/s/magic-wands?shopper=abc123").await.expect("it serves");
    page.is_fallback();
    let log = std::fs::read_to_string(&process.log).expect("there is a log");
    assert_eq!(log.matches("ignored an unusable file of compiled code; compiling again").count(), 4, "{log}");
    assert!(!old.exists(), "what no component uses is removed");
    for (file, code) in files.iter().zip(code) {
        assert!(std::fs::read(file).expect("it is there") == code, "{} was not repaired", file.display());
    }
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("it is listed").path()).collect()
}
