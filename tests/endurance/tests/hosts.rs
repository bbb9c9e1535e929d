//! Three real hosts over one database, one Redis and one bucket: `endurance hosts`, with each fault once.

use std::path::PathBuf;
use std::process::Command;

/// The binary that cargo builds for the whole workspace.
fn wandstore() -> PathBuf {
    let here = std::env::current_exe().expect("a test is a program");
    let path = here.ancestors().nth(2).expect("it is in a folder of the target folder").join("wandstore");
    assert!(path.is_file(), "{} is not there: run `cargo build --package host`", path.display());
    path
}

#[test]
fn hosts_that_die_are_cut_off_or_stop_lose_no_job_and_show_shoppers_whole_pages() {
    let mut hosts = Command::new(env!("CARGO_BIN_EXE_endurance"));
    hosts.args(["hosts", "--short", "--binary"]).arg(wandstore());
    let status = hosts.status().expect("it is built");
    assert!(status.success(), "{status}");
}
