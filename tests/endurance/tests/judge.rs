//! `endurance chaos` passes a server that keeps its promises, and fails one that breaks any of them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The stand-in for `wandstore`, which cargo builds with the tests.
fn double() -> PathBuf {
    let here = std::env::current_exe().expect("a test is a program");
    here.ancestors().nth(2).expect("it is in a folder of the target folder").join("examples/double")
}

/// Runs ten faults on the stand-in under a name, and returns whether it passes, and what is printed.
fn judged(name: &str) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = folder.path().join(name);
    std::fs::copy(double(), &binary).expect("the stand-in is built");
    let output = chaos(&binary, folder.path());
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), text.concat())
}

fn chaos(binary: &Path, folder: &Path) -> std::process::Output {
    let mut chaos = Command::new(env!("CARGO_BIN_EXE_endurance"));
    // What a failed run leaves goes with the folder.
    chaos.env("TMPDIR", folder).args(["chaos", "--faults", "10", "--seed", "1", "--binary"]).arg(binary);
    chaos.arg("--ignore-calls").output().expect("it is built")
}

fn is_noticed(name: &str, reason: &str) {
    let (passes, text) = judged(name);
    assert!(!passes && text.contains(reason), "{text}");
}

#[test]
fn a_server_that_keeps_its_promises_passes() {
    let (passes, text) = judged("keeps-promises");
    assert!(passes && text.contains("test result: ok. 10 passed; 0 failed"), "{text}");
}

#[test]
fn a_lost_job_is_noticed() {
    is_noticed("loses-jobs", "has neither a page nor a job");
}

#[test]
fn a_job_that_is_given_up_is_noticed() {
    is_noticed("gives-up", "was given up");
}

#[test]
fn half_a_page_is_noticed() {
    is_noticed("halves-pages", "without an end");
}

#[test]
fn an_error_for_a_shopper_is_noticed() {
    is_noticed("fails", "a page with status 500");
}

#[test]
fn a_server_that_ends_by_itself_is_noticed() {
    is_noticed("ends", "the server ended by itself");
}
