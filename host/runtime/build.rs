//! Builds the components that the host carries, so that the binary needs no other file.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]

use std::env;
use std::path::{Path, PathBuf};

use component_build::{Build, COMPONENTS, Profile, TARGET};

fn main() {
    let workspace = Path::new(&var("CARGO_MANIFEST_DIR")).join("../..");
    for input in ["components", "crates", "wit", "Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        println!("cargo::rerun-if-changed={}", workspace.join(input).display());
    }
    println!("cargo::rerun-if-env-changed={}", Profile::VARIABLE);
    let target_dir = env::var("CARGO_TARGET_DIR").map_or_else(|_| "target".into(), PathBuf::from);
    let build = Build::new(profile(), &workspace, &target_dir);
    let status = build.command(&COMPONENTS).arg("--quiet").status();
    assert!(
        status.unwrap_or_else(|error| panic!("cannot run cargo: {error}")).success(),
        "the components did not build; is the target there? rustup target add {TARGET}"
    );
    if var("PROFILE") == "release" {
        // Cargo would run this script each time if the folder were missing.
        let folder = build.ahead();
        std::fs::create_dir_all(&folder)
            .unwrap_or_else(|error| panic!("cannot create {}: {error}", folder.display()));
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    for component in COMPONENTS {
        let name = component.replace('-', "_").to_uppercase();
        println!("cargo::rustc-env=COMPONENT_{name}={}", build.file(component).display());
        println!("cargo::rustc-env=AHEAD_{name}={}", ahead(&build, component).display());
    }
}

/// Returns the file of a component's code that was compiled ahead. It is empty except in a release, after `cargo xtask
/// build` wrote it. The host compares its digest, so that the code of another build is not run.
fn ahead(build: &Build, component: &str) -> PathBuf {
    let file = build.ahead_file(component);
    if var("PROFILE") == "release" && file.is_file() {
        return file;
    }
    let none = Path::new(&var("OUT_DIR")).join("none");
    std::fs::write(&none, []).unwrap_or_else(|error| panic!("cannot write {}: {error}", none.display()));
    none
}

/// Returns the profile that the environment names. A release always has the components that are shipped.
fn profile() -> Profile {
    let Ok(name) = env::var(Profile::VARIABLE) else { return Profile::Shipped };
    let profile = Profile::parse(&name).unwrap_or_else(|unknown| panic!("{unknown}"));
    assert!(
        profile == Profile::Shipped || var("PROFILE") != "release",
        "a release cannot carry the components of {name}; unset {}",
        Profile::VARIABLE
    );
    profile
}

fn var(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
