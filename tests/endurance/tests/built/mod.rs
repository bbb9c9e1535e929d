//! What cargo built beside a test.

use std::path::PathBuf;

/// Returns the `wandstore` binary that cargo builds for the whole workspace.
pub fn wandstore() -> PathBuf {
    let here = std::env::current_exe().expect("a test is a program");
    let path = here.ancestors().nth(2).expect("it is in a folder of the target folder").join("wandstore");
    assert!(path.is_file(), "{} is not there: run `cargo build --package host`", path.display());
    path
}
