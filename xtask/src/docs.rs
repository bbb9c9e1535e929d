//! `cargo xtask docs`.

use xtask_dev::shell;

/// Writes docs/configuration.md. Only the host's crate knows the types, so one of its tests writes the file.
pub fn run() -> anyhow::Result<()> {
    let test = ["config::reference::write_the_reference", "--exact", "--ignored"];
    shell::run("cargo", &[&["test", "--quiet", "--package", "host", "--lib", "--"], &test[..]].concat())
}
