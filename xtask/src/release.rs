//! `cargo xtask release`: the checklist of a release. It changes nothing that is under version control, and publishes
//! nothing: at its end it prints the commands that do.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::Args;
use xtask_dev::shell::step;

use crate::build::{Build, Proof};
use crate::deployment;
use crate::package::{self, Package};
use crate::test::Test;

/// Check that the current commit can be released, and build everything that a release consists of.
#[derive(Args)]
pub struct Release {
    /// The version, such as 0.1.0.
    version: String,
    /// Print the checklist, and do nothing.
    #[arg(long)]
    list: bool,
}

/// A point of the checklist.
struct Point {
    what: &'static str,
    check: fn(&str) -> anyhow::Result<()>,
}

const CHECKLIST: [Point; 8] = [
    Point { what: "everything is committed", check: committed },
    Point { what: "the manifest and the changelog have the version", check: has_version },
    Point { what: "everything passes", check: |_| Test::all() },
    Point { what: "the files of deploy/ and the workflows are right", check: |_| deployment::run() },
    Point { what: "the binary, and the components for every host", check: |_| Build::release().run() },
    Point { what: "every host has the same components", check: |_| Proof::default().run() },
    Point { what: "the Debian package starts", check: |_| Package::default().run() },
    Point { what: "lists of dependencies", check: |_| package::sbom() },
];

impl Release {
    pub fn run(self) -> anyhow::Result<()> {
        for (number, Point { what, check }) in (1..).zip(&CHECKLIST) {
            step(&format!("{number} of {}: {what}", CHECKLIST.len()));
            if !self.list {
                check(&self.version).with_context(|| format!("not ready for release: {what}"))?;
            }
        }
        let version = self.version;
        println!(
            "\nTo publish it:\n    git tag --sign v{version} --message 'Wandstore {version}'\n    git push origin v{version}"
        );
        Ok(())
    }
}

fn committed(_: &str) -> anyhow::Result<()> {
    let status = Command::new("git").args(["status", "--porcelain"]).output().context("cannot run git")?;
    let left = String::from_utf8_lossy(&status.stdout);
    ensure!(status.status.success() && left.is_empty(), "commit or remove these first:\n{left}");
    Ok(())
}

fn has_version(version: &str) -> anyhow::Result<()> {
    stated(version, &fs::read_to_string("Cargo.toml")?, &fs::read_to_string("CHANGELOG.md")?)
}

/// Checks that the manifest has the version, and that the changelog has a section of it.
fn stated(version: &str, manifest: &str, changelog: &str) -> anyhow::Result<()> {
    let line = format!("version = \"{version}\"");
    ensure!(manifest.lines().any(|found| found == line), "Cargo.toml does not say {line}");
    let heading = format!("## [{version}] - ");
    ensure!(
        changelog.lines().any(|found| found.starts_with(&heading)),
        "CHANGELOG.md has no section {version}: rename [Unreleased] to `{heading}<date>`"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::stated;

    const MANIFEST: &str = "[workspace.package]\nversion = \"0.1.0\"\n";

    #[test]
    fn a_version_is_released_that_manifest_and_changelog_have() {
        let changelog = "# Changelog\n\n## [0.1.0] - 2026-12-01\n";
        assert!(stated("0.1.0", MANIFEST, changelog).is_ok());
        let refusal = |version, changelog| stated(version, MANIFEST, changelog).unwrap_err().to_string();
        assert_eq!(refusal("0.2.0", changelog), "Cargo.toml does not say version = \"0.2.0\"");
        assert!(refusal("0.1.0", "## [Unreleased]\n").starts_with("CHANGELOG.md has no section 0.1.0"));
    }
}
