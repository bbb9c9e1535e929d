//! The `wandstore` binary.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::process::Command;

use crate::deployment::Deployment;

/// `wandstore serve`, with nothing from the environment but the deployment's variables.
pub(super) fn command(port: u16, deployment: &Deployment) -> anyhow::Result<Command> {
    let data = deployment.folder.join("data");
    if deployment.shares_compiled && !data.exists() {
        share_compiled(&data)?;
    }
    let mut command = Command::new(program()?);
    command
        .env_clear()
        .envs(deployment.variables.iter().map(|(name, value)| (name, value)))
        .current_dir(&deployment.folder)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
        .arg(data);
    Ok(command)
}

/// Compiled components are code, so the host requires a folder that no other user may write to.
fn share_compiled(data: &Path) -> anyhow::Result<()> {
    let shared = std::env::current_exe()?.with_file_name("compiled");
    DirBuilder::new().recursive(true).mode(0o700).create(&shared)?;
    fs::create_dir(data)?;
    Ok(symlink(shared, data.join("compiled"))?)
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
