//! Spin, where it is installed.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use tokio::process::Command;

use super::in_workspace;
use crate::deployment::Deployment;

/// The folder of the components that `spin.toml` names.
pub(super) const COMPONENTS: &str = "target/spin";
/// The same with the catalog of shops at Shopify.
const COMPONENTS_OF_SHOPIFY: &str = "target/shopify/spin";

/// `spin up` of the application in the workspace. Spin has variables in lower case.
pub(super) fn command(port: u16, deployment: &Deployment) -> anyhow::Result<Command> {
    let mut command = Command::new(program().context("there is no spin on the PATH")?);
    command.args(["up", "--listen", &format!("127.0.0.1:{port}"), "--from"]).arg(manifest(deployment)?);
    command.arg("--state-dir").arg(deployment.folder.join("data"));
    command.arg("--log-dir").arg(deployment.folder.join("logs"));
    for (name, value) in &deployment.variables {
        command.args(["--variable", &format!("{}={value}", name.to_lowercase())]);
        for (address, host) in [("LLM_BASE_URL", "llm_host"), ("SHOPIFY_ORIGIN", "shopify_host")] {
            if name == address {
                command.args(["--variable", &format!("{host}={}", origin(value))]);
            }
        }
    }
    Ok(command)
}

/// The manifest in the workspace, or a copy that names the components with the catalog of shops at Shopify.
fn manifest(deployment: &Deployment) -> anyhow::Result<PathBuf> {
    let (built, how) = if deployment.of_shopify {
        (COMPONENTS_OF_SHOPIFY, "cargo xtask test builds it")
    } else {
        (COMPONENTS, "cargo xtask build")
    };
    let built = in_workspace(built);
    ensure!(built.is_dir(), "{} is missing: {how}", built.display());
    let manifest = in_workspace("spin.toml");
    if !deployment.of_shopify {
        return Ok(manifest);
    }
    let built = built.canonicalize()?;
    let copy = deployment.folder.join("spin.toml");
    let source = built.to_str().context("the path of the workspace is not UTF-8")?;
    fs::write(&copy, fs::read_to_string(&manifest)?.replace(COMPONENTS, source))?;
    Ok(copy)
}

/// Scheme, host and port of an address: a component of Spin reaches only hosts that it was given.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |colon| colon + 3);
    url[start..].find('/').map_or(url, |slash| &url[..start + slash])
}

/// `WANDSTORE_SPIN`, else the first `spin` on the PATH.
pub(super) fn program() -> Option<PathBuf> {
    let named = std::env::var_os("WANDSTORE_SPIN").map(PathBuf::from);
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = || std::env::split_paths(&folders).map(|folder| folder.join("spin")).find(|it| it.is_file());
    named.or_else(found)
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_an_address_without_its_path() {
        assert_eq!(origin("http://127.0.0.1:8080/v1"), "http://127.0.0.1:8080");
        assert_eq!(origin("https://llm.example"), "https://llm.example");
    }
}
