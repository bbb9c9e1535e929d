//! A version takes turns with itself: `endurance upgrade`, without the build of another version.

mod built;

use std::process::Command;

use built::wandstore;

#[test]
fn a_version_that_takes_turns_with_itself_loses_no_page() {
    let mut upgrade = Command::new(env!("CARGO_BIN_EXE_endurance"));
    upgrade.args(["upgrade", "--folder-only", "--seconds", "2", "--from"]).arg(wandstore());
    upgrade.arg("--binary").arg(wandstore());
    let status = upgrade.status().expect("it is built");
    assert!(status.success(), "{status}");
}
