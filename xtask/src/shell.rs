//! Running other programs, and what more than one command needs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// Where the components are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Makes the workspace the working folder.
pub fn in_workspace() -> anyhow::Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::set_current_dir(&workspace).with_context(|| format!("cannot enter {}", workspace.display()))
}

/// A path of the command line, before the working folder is another.
pub fn absolute(path: &str) -> std::io::Result<PathBuf> {
    std::path::absolute(path)
}

/// Says what is being done.
pub fn step(what: &str) {
    println!("\n=== {what}");
}

/// Runs a program to its end; an error if it fails.
pub fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    check(Command::new(program).args(arguments), &format!("{program} {}", arguments.join(" ")))
}

/// Runs a command to its end; an error, with its `name`, if it fails.
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

/// Whether a program is there.
pub fn has(program: &str) -> bool {
    let quiet = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// Adds the target of the components, if it is missing.
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

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

/// Builds packages for WebAssembly as they are shipped, beside the components that `host/build.rs` builds;
/// the folder of what was built. `variables` are for the build.
pub fn build_wasm(packages: &[&str], variables: &[(&str, &Path)]) -> anyhow::Result<PathBuf> {
    let folder = std::path::absolute(target_dir().join("components"))?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--quiet", "--profile", "component", "--target", TARGET, "--target-dir"])
        .arg(&folder);
    cargo.args(packages.iter().flat_map(|package| ["--package", package]));
    cargo.envs(variables.iter().copied()).env("RUSTFLAGS", remapped()?);
    check(&mut cargo, &format!("cargo build --package {}", packages.join(" --package ")))?;
    Ok(folder.join(TARGET).join("component"))
}

/// Paths of this machine are not to be in a component.
fn remapped() -> anyhow::Result<String> {
    let workspace = std::env::current_dir()?.canonicalize()?;
    let flags = format!("--remap-path-prefix={}=/wandstore", workspace.display());
    let cargo = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"));
    Ok(cargo.map_or(flags.clone(), |cargo| format!("{flags} --remap-path-prefix={cargo}=/cargo")))
}

/// Builds `target/release/wandstore`, components included.
pub fn build_release() -> anyhow::Result<()> {
    add_target()?;
    step("building the components and the host (the first time takes minutes)");
    run("cargo", &["build", "--release", "--package", "host"])
}

/// Installs a Debian package for a program that is missing, where that is possible.
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
