//! Builds the components that the host carries, so that the binary needs no other file.
//!
//! They are built by a cargo of their own, for their own target and in a folder of their own:
//! whatever profile the host has, the components are the same bytes.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The host carries all but `catalog-json`, which tests hold to its world like the others.
const COMPONENTS: [&str; 7] =
    ["routing", "caching", "queueing", "generation", "catalog-demo", "catalog-json", "catalog-shopify"];
const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "component";

fn main() {
    let workspace = Path::new(&var("CARGO_MANIFEST_DIR")).join("../..");
    for input in ["components", "crates", "wit", "Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        println!("cargo::rerun-if-changed={}", workspace.join(input).display());
    }
    let target_dir = target_dir(&workspace);
    build(&workspace, &target_dir);
    for component in COMPONENTS {
        let file = format!("{}.wasm", component.replace('-', "_"));
        let path = target_dir.join(TARGET).join(PROFILE).join(file);
        let name = component.replace('-', "_").to_uppercase();
        println!("cargo::rustc-env=COMPONENT_{name}={}", path.display());
    }
}

fn build(workspace: &Path, target_dir: &Path) {
    let mut cargo = Command::new(var("CARGO"));
    cargo.current_dir(workspace).args(["build", "--quiet", "--profile", PROFILE, "--target", TARGET]);
    cargo.arg("--target-dir").arg(target_dir);
    for component in COMPONENTS {
        cargo.args(["--package", component]);
    }
    // The outer cargo's flags and wrappers, such as clippy's, are not for this one.
    for inherited in
        ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTC"]
    {
        cargo.env_remove(inherited);
    }
    // No path of the machine that built it may be in a component: its digest must not depend on them.
    cargo.env("RUSTFLAGS", remapped(workspace));
    let status = cargo.status().unwrap_or_else(|error| panic!("cannot run cargo: {error}"));
    assert!(
        status.success(),
        "the components did not build; is the target there? rustup target add {TARGET}"
    );
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

fn target_dir(workspace: &Path) -> PathBuf {
    let target = env::var("CARGO_TARGET_DIR").map_or_else(|_| workspace.join("target"), PathBuf::from);
    let target = if target.is_absolute() { target } else { workspace.join(target) };
    target.join("components")
}

fn var(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
