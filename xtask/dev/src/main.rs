//! `cargo xtask`. It runs the commands that serve, and leaves every other one to the package `xtask`.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::Context as _;
use clap::{Parser, Subcommand as _};
use component_build::Profile;
use xtask_dev::{Serve, shell};

/// Developer commands of Wandstore.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Serve,
}

fn main() -> anyhow::Result<()> {
    let command = std::env::args().nth(1).unwrap_or_default();
    if Serve::has_subcommand(&command) {
        let cli = Cli::parse();
        shell::in_workspace()?;
        cli.command.run()
    } else {
        run_xtask()
    }
}

/// Becomes `xtask`, in the caller's working folder.
fn run_xtask() -> anyhow::Result<()> {
    let manifest = shell::workspace().join("Cargo.toml");
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--profile", "quick", "--package", "xtask"]);
    cargo.arg("--manifest-path").arg(manifest).arg("--");
    cargo.args(std::env::args_os().skip(1));
    // What these commands build, test and measure are the components that are shipped.
    cargo.env_remove(Profile::VARIABLE);
    Err(cargo.exec()).context("cannot run cargo")
}
