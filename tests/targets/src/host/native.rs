//! The `wandstore` binary.

use std::path::PathBuf;

use anyhow::Context as _;
use tokio::process::Command;

use super::Deployment;

/// `wandstore serve`, with nothing from the environment but the deployment's variables.
pub(super) fn command(port: u16, deployment: &Deployment) -> anyhow::Result<Command> {
    let mut command = Command::new(program()?);
    command
        .env_clear()
        .envs(deployment.variables.iter().map(|(name, value)| (name, value)))
        .current_dir(&deployment.folder)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
        .arg(deployment.folder.join("data"));
    Ok(command)
}

/// `WANDSTORE_BIN`, else the one that was built beside this program.
pub(super) fn program() -> anyhow::Result<PathBuf> {
    if let Some(program) = std::env::var_os("WANDSTORE_BIN") {
        return Ok(program.into());
    }
    let this = std::env::current_exe()?;
    let mut beside = this.ancestors().skip(1).take(2).map(|folder| folder.join("wandstore"));
    beside.find(|program| program.is_file()).context("there is no wandstore: cargo build --package host")
}
