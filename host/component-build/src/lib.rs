//! Which components the host carries, and the cargo command that builds components.
//!
//! They are built by a cargo of their own, for their own target and in a folder of their own: whatever profile the host
//! has, the components of a profile are the same bytes. The host's build script and `xtask` run this same command, so
//! that what one of them has built is fresh for the other. This crate runs nothing itself.
//!
//! ```
//! use component_build::{COMPONENTS, Profile};
//!
//! assert!(COMPONENTS.contains(&"routing"));
//! assert_eq!(Profile::parse("component"), Ok(Profile::Shipped));
//! ```
#![expect(clippy::disallowed_methods, reason = "cargo and its folder are named by variables")]

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages. The host carries all but `catalog-json`, which tests hold to its world like the others.
pub const COMPONENTS: [&str; 7] =
    ["routing", "caching", "queueing", "generation", "catalog-demo", "catalog-json", "catalog-shopify"];

/// The compilation target of components.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The stack of a component. The linker's default is a MiB, which every instance would touch a part of.
/// `tests/stories/recursion.rs` has components recurse as deeply as any input makes them.
const STACK_BYTES: u32 = 65_536;

/// How components are compiled: a profile in the workspace's Cargo.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As they are shipped.
    Shipped,
    /// Soon, for `cargo xtask dev`. Nothing but a developer's own host runs these.
    Dev,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 2] = [Self::Shipped, Self::Dev];

    /// The environment variable that names the profile to the host's build script. Without it, components are
    /// compiled as they are shipped.
    pub const VARIABLE: &str = "WANDSTORE_COMPONENT_PROFILE";

    /// Returns the profile's name in Cargo.toml.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shipped => "component",
            Self::Dev => "component-dev",
        }
    }

    /// Returns the profile of this name.
    pub fn parse(name: &str) -> Result<Self, UnknownProfile> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.name() == name)
            .ok_or_else(|| UnknownProfile(name.to_owned()))
    }
}

/// A name that is no profile's.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownProfile(String);

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Profile::ALL.map(Profile::name).join("` and `");
        write!(f, "{}: `{}` is no profile of components; there are `{known}`", Profile::VARIABLE, self.0)
    }
}

impl std::error::Error for UnknownProfile {}

/// A cargo run that builds packages as WebAssembly.
#[derive(Debug, Clone)]
pub struct Build {
    profile: Profile,
    workspace: PathBuf,
    folder: PathBuf,
}

impl Build {
    /// Describes a build in `workspace`, below cargo's target folder, which is relative to the workspace.
    pub fn new(profile: Profile, workspace: &Path, target_dir: &Path) -> Self {
        let folder = workspace.join(target_dir).join("components");
        Self { profile, workspace: workspace.to_owned(), folder }
    }

    /// Returns the command.
    pub fn command(&self, packages: &[&str]) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.workspace).args(["build", "--profile", self.profile.name()]);
        cargo.args(["--target", TARGET, "--target-dir"]).arg(&self.folder);
        cargo.args(packages.iter().flat_map(|package| ["--package", package]));
        // The outer cargo's flags and wrappers, such as clippy's, are not for this one.
        for inherited in ["CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTC"] {
            cargo.env_remove(inherited);
        }
        // No path of the machine that built it may be in a component: its digest must not depend on them.
        cargo
            .env("RUSTFLAGS", format!("{} -Clink-arg=-zstack-size={STACK_BYTES}", remapped(&self.workspace)));
        cargo
    }

    /// Returns the file that the command writes for a package.
    pub fn file(&self, package: &str) -> PathBuf {
        let name = format!("{}.wasm", package.replace('-', "_"));
        self.folder.join(TARGET).join(self.profile.name()).join(name)
    }

    /// Returns the folder of code that was compiled ahead, which a release embeds.
    pub fn ahead(&self) -> PathBuf {
        self.folder.join("ahead")
    }

    /// Returns the file in [`ahead`](Self::ahead) for a package. `cargo xtask build` has the host write it.
    pub fn ahead_file(&self, package: &str) -> PathBuf {
        self.ahead().join(format!("{package}.cwasm"))
    }
}

fn remapped(workspace: &Path) -> String {
    let home = env::var("CARGO_HOME").or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")));
    let workspace = workspace.canonicalize().unwrap_or_else(|_| workspace.to_owned());
    let workspace = format!("--remap-path-prefix={}=/wandstore", workspace.display());
    match home {
        Ok(home) => format!("{workspace} --remap-path-prefix={home}=/cargo"),
        Err(_) => workspace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_of_components_is_in_the_manifest_and_no_other_name_is_accepted() {
        let manifest = include_str!("../../../Cargo.toml");
        for profile in Profile::ALL {
            assert!(manifest.contains(&format!("\n[profile.{}]\n", profile.name())), "{profile:?}");
            assert_eq!(Profile::parse(profile.name()), Ok(profile));
        }
        let refusal = Profile::parse("release").expect_err("it is no profile of components").to_string();
        assert_eq!(
            refusal,
            "WANDSTORE_COMPONENT_PROFILE: `release` is no profile of components; there are `component` and \
             `component-dev`"
        );
    }
}
