//! Standard error and standard output that cannot be written: lines are lost, and nothing else.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::harness::process::{run, wandstore};
use crate::harness::{BUSY, Process, eventually};

/// Short leases: if a log failure killed a worker, its job would be dead within the story.
const CONFIG: &str = "[pool]\nsize = 3\nlease_ms = 1000\nbackoff_ms = 10\n";
const SHOPPERS: usize = 30;
/// Each request logs a line of about a hundred bytes.
const REQUESTS: usize = 2_500;
const LOST: &str = "wandstore_log_lines_lost_total";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wandstore.toml"), CONFIG).expect("it is written");
    folder
}

/// Every request is answered at once, and every page that the answer promises is made. On a busy machine storage may be
/// too slow for a shopper's request, which then promises none, but not for most.
async fn every_page_is_made(process: &Process) {
    let mut promised = Vec::new();
    for shopper in 0..SHOPPERS {
        let visit = process.get(&format!("/s/magic-wands?shopper=shopper-{shopper}")).await;
        let visit = visit.expect("there is an answer");
        visit.is_fallback();
        if visit.header("x-generation-triggered") == "true" {
            promised.push(shopper);
        }
    }
    assert!(promised.len() > SHOPPERS / 2, "{promised:?}");
    for shopper in promised {
        process.made(&format!("shopper-{shopper}")).await.expect("a promised page is made");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_reader_loses_lines_and_no_job() {
    let folder = folder();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let process = Process::start_logging_to(folder.path(), &[], writer);
    every_page_is_made(&process).await;
    assert!(process.metric(LOST).await >= SHOPPERS as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_on_a_full_disk_costs_lines_and_no_job() {
    let folder = folder();
    let full = File::options().write(true).open("/dev/full").expect("Linux has one");
    let process = Process::start_logging_to(folder.path(), &[("RUST_LOG", "debug")], full);
    every_page_is_made(&process).await;
    assert!(process.metric(LOST).await >= SHOPPERS as u64);
}

/// The pipe holds 64 KiB and the queue about a thousand lines: the requests overflow both.
#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_log_reader_delays_nothing() {
    let folder = folder();
    let (_reader, writer) = std::io::pipe().expect("a pipe");
    let process = Process::start_logging_to(folder.path(), &[("RUST_LOG", "info,host=debug")], writer);
    every_page_is_made(&process).await;
    let client = reqwest::Client::new();
    for _ in 0..REQUESTS {
        let page = client.get(format!("http://{}/s/magic-wands?shopper=shopper-0", process.address)).send();
        assert_eq!(page.await.expect("there is an answer").status(), 200);
    }
    assert!(process.metric(LOST).await > 0);
    let took = process.terminate();
    assert!(took < Duration::from_secs(1) * BUSY, "it waited for its log: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_serves_whether_or_not_its_output_is_read() {
    let (closed, reads_nothing) = std::io::pipe().expect("a pipe");
    drop(closed);
    let full = File::options().write(true).open("/dev/full").expect("Linux has one");
    for stdout in [Stdio::from(reads_nothing), Stdio::from(full)] {
        let folder = folder();
        let log = folder.path().join("serve.log");
        let mut command = wandstore(folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(stdout);
        let mut child =
            command.stderr(File::create(&log).expect("the folder is there")).spawn().expect("it starts");
        let address = eventually("it serves", async || {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            Some(log.split("address=").nth(1)?.split_whitespace().next()?.to_owned())
        })
        .await;
        let answer = reqwest::get(format!("http://{address}/health")).await.expect("it answers");
        assert_eq!(answer.status(), 200);
        child.kill().expect("it still runs");
        child.wait().expect("it ends");
    }
}

/// Every command that prints, with its arguments.
const COMMANDS: [&[&str]; 8] = [
    &["check"],
    &["components"],
    &["jobs", "list"],
    &["cache", "show", "magic-wands", "abc123"],
    &["cache", "stale", "magic-wands"],
    &["shop", "close", "magic-wands"],
    &["export", "exported"],
    &["--help"],
];

#[test]
fn a_command_with_closed_output_finishes_its_work_quietly() {
    let folder = folder();
    for arguments in COMMANDS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = wandstore(folder.path()).args(arguments).stdout(writer).output().expect("it starts");
        let complaint = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && complaint.is_empty(), "{arguments:?}: {complaint}");
    }
    assert!(folder.path().join("exported/fallback/magic-wands.html").exists());
}

#[test]
fn a_command_that_cannot_print_fails_and_says_why() {
    let folder = folder();
    for arguments in COMMANDS.iter().filter(|arguments| **arguments != ["--help"]) {
        let full = File::options().write(true).open("/dev/full").expect("Linux has one");
        let ended = wandstore(folder.path()).args(*arguments).stdout(full).output().expect("it starts");
        let complaint = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}");
        assert!(
            complaint.starts_with("error: cannot write to standard output: "),
            "{arguments:?}: {complaint}"
        );
    }
}

#[test]
fn an_error_that_cannot_be_printed_is_still_a_failure() {
    let folder = folder();
    for arguments in [&["jobs", "show", "nothing"][..], &["no-such-command"]] {
        let said = run(folder.path(), arguments).status.code();
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let unheard = wandstore(folder.path()).args(arguments).stderr(writer).status().expect("it starts");
        assert_eq!((unheard.code(), said != Some(0)), (said, true), "{arguments:?}");
    }
}

/// Nothing waits for the log's disk, and a server that stops still writes its last lines.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_lines_are_written_before_the_process_ends() {
    let folder = folder();
    let process = Process::start(folder.path(), &[]);
    let (log, started) = (process.log.clone(), Instant::now());
    process.terminate();
    assert!(started.elapsed() < Duration::from_secs(1) * BUSY);
    let text = std::fs::read_to_string(log).expect("there is a log");
    assert!(text.contains("stopping"), "{text}");
}
