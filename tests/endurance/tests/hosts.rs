//! Three real hosts over one database, one Redis and one bucket: `endurance hosts`, with each fault once.

mod built;

use std::process::Command;

use built::wandstore;

#[test]
fn hosts_that_die_are_cut_off_or_stop_lose_no_job_and_show_shoppers_whole_pages() {
    let mut hosts = Command::new(env!("CARGO_BIN_EXE_endurance"));
    hosts.args(["hosts", "--short", "--binary"]).arg(wandstore());
    let status = hosts.status().expect("it is built");
    assert!(status.success(), "{status}");
}
