//! Builds the programs that serve a developer, in profiles that compile soon.

use std::path::PathBuf;
use std::process::Command;

use component_build::{Build, COMPONENTS, Profile};

use crate::shell;

/// The profile of the programs, in Cargo.toml.
const PROFILE: &str = "quick";

/// Builds packages, one of them the host, and returns the folder of their programs. The host's build script would
/// build the components, too, but silently.
pub fn build(packages: &[&str]) -> anyhow::Result<PathBuf> {
    shell::add_target()?;
    shell::step("1 of 3: building the components (the first build takes minutes)");
    let components = Build::new(Profile::Dev, &std::env::current_dir()?, &shell::target_dir());
    shell::check(&mut components.command(&COMPONENTS), "cargo build of the components")?;
    shell::step("2 of 3: building the host");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--profile", PROFILE]);
    cargo.args(packages.iter().flat_map(|package| ["--package", package]));
    cargo.env(Profile::VARIABLE, Profile::Dev.name());
    shell::check(&mut cargo, &format!("cargo build --package {}", packages.join(" --package ")))?;
    Ok(shell::target_dir().join(PROFILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_profile_is_in_the_manifest() {
        let manifest = include_str!("../../../Cargo.toml");
        assert!(manifest.contains(&format!("\n[profile.{PROFILE}]\n")));
    }
}
