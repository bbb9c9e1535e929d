//! Runs other programs, and holds helpers that several commands share.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use component_build::{Build, Profile, TARGET};

/// Returns the root of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Changes the working folder to the workspace.
pub fn in_workspace() -> anyhow::Result<()> {
    let workspace = workspace();
    std::env::set_current_dir(&workspace).with_context(|| format!("cannot enter {}", workspace.display()))
}

/// Makes a command-line path absolute, before the working folder changes.
pub fn absolute(path: &str) -> std::io::Result<PathBuf> {
    std::path::absolute(path)
}

/// Prints a step's heading.
pub fn step(what: &str) {
    println!("\n=== {what}");
}

/// Runs a program to its end; returns an error if it fails.
pub fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    check(Command::new(program).args(arguments), &format!("{program} {}", arguments.join(" ")))
}

/// Runs a command to its end; returns an error with its `name` if it fails.
pub fn check(command: &mut Command, name: &str) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot run `{name}`"))?;
    if !status.success() {
        bail!("`{name}` failed: {status}");
    }
    Ok(())
}

/// Runs npm in a folder.
pub fn npm(folder: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let name = format!("npm {}", arguments.join(" "));
    check(Command::new("npm").args(arguments).current_dir(folder), &name)
        .with_context(|| format!("in {folder}"))
}

/// Returns whether a program is installed.
pub fn has(program: &str) -> bool {
    let quiet = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// Installs the components' compilation target, if it is missing.
pub fn add_target() -> anyhow::Result<()> {
    let sysroot = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let libraries = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
    if Path::new(&libraries).is_dir() {
        return Ok(());
    }
    step("adding the target of the components");
    run("rustup", &["target", "add", TARGET])
        .context("without rustup, install the standard library for wasm32-unknown-unknown by other means")
}

/// Returns cargo's target folder.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

/// Builds packages for WebAssembly as they are shipped, next to the components that the host's build script builds.
/// `variables` are environment variables of the build, which says where the files are.
pub fn build_wasm(packages: &[&str], variables: &[(&str, &Path)]) -> anyhow::Result<Build> {
    let build = Build::new(Profile::Shipped, &std::env::current_dir()?, &target_dir());
    let mut cargo = build.command(packages);
    cargo.arg("--quiet").envs(variables.iter().copied());
    check(&mut cargo, &format!("cargo build --package {}", packages.join(" --package ")))?;
    Ok(build)
}

/// Builds `target/release/wandstore`, with its components and their code, compiled ahead. Only the host knows how to
/// compile them, so it is built, compiles them, and is built again if their code has changed.
pub fn build_release() -> anyhow::Result<()> {
    add_target()?;
    step("building the components and the host (the first time takes minutes)");
    let build = ["build", "--release", "--package", "host"];
    run("cargo", &build)?;
    step("compiling the components ahead");
    let folder = Build::new(Profile::Shipped, &std::env::current_dir()?, &target_dir()).ahead();
    let mut compile = Command::new(target_dir().join("release/wandstore"));
    check(compile.arg("compile-ahead").arg(folder), "wandstore compile-ahead")?;
    run("cargo", &build)
}

/// Installs the Debian package of a missing program, if possible.
pub fn install(program: &str, package: &str) -> anyhow::Result<()> {
    if has(program) {
        return Ok(());
    }
    let how = format!("`{program}` is missing; install it with: apt-get install {package}");
    if !(has("apt-get") && is_root()) {
        bail!(how);
    }
    step(&format!("installing {package}"));
    run("apt-get", &["update", "-qq"])?;
    run("apt-get", &["install", "-y", "-qq", package]).context(how)
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
