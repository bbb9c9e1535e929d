//! workerd under miniflare, with the KV, R2 and Durable Objects that come with it.

use anyhow::ensure;
use tokio::process::Command;

use super::in_workspace;
use crate::deployment::Deployment;

/// What `wrangler deploy` uploads, in `targets/cloudflare`.
pub(super) const UPLOAD: &str = "dist/worker";
/// The same with the catalog of shops at Shopify.
const UPLOAD_OF_SHOPIFY: &str = "dist/shopify";

/// The Worker in the workspace, served by the Node.js that its packages bring.
pub(super) fn command(port: u16, deployment: &Deployment) -> anyhow::Result<Command> {
    let folder = in_workspace("targets/cloudflare");
    let node = folder.join("node_modules/.bin/node");
    ensure!(node.is_file(), "{} is missing: npm ci in targets/cloudflare", node.display());
    let (bundle, how) = if deployment.of_shopify {
        (UPLOAD_OF_SHOPIFY, "cargo xtask test builds it")
    } else {
        (UPLOAD, "npm run build in targets/cloudflare")
    };
    ensure!(folder.join(bundle).is_dir(), "{} is missing: {how}", folder.join(bundle).display());
    let variables: serde_json::Map<_, _> =
        deployment.variables.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let mut command = Command::new(node);
    command
        .current_dir(&folder)
        .arg("serve.mjs")
        .args(["--port", &port.to_string()])
        .arg("--persist")
        .arg(deployment.folder.join("data"))
        .args(["--bundle", bundle])
        .arg("--vars")
        .arg(serde_json::Value::from(variables).to_string());
    Ok(command)
}
