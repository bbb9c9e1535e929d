//! `wandstore export`: a deployment as files, for hosts that are not this one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use capabilities::Capabilities;
use clap::Args;
use host::config::Config;
use host::deployment::Components;
use host::http::FallbackCache;

use super::output::print;

/// Write the deployment into a folder, for Spin and Cloudflare Workers: the component of each role,
/// byte for byte as this host runs it; `settings.json`, without secrets; and `fallback/<store>.html`.
#[derive(Args)]
pub struct Export {
    /// The folder; made if need be.
    folder: PathBuf,
}

impl Export {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        // Loading holds every component to its role: one that wants more is not passed on. What is written is
        // what was held to it, whatever the file is by now.
        let components = Components::load(config)?;
        for (role, binary) in &components.binaries {
            write(&self.folder.join(format!("{role}.wasm")), &binary.bytes)?;
        }
        let settings = serde_json::to_vec_pretty(&config.file.document)?;
        write(&self.folder.join("settings.json"), &settings)?;
        for (store, page) in fallback_pages(&components, config).await? {
            write(&self.folder.join("fallback").join(format!("{store}.html")), &page)?;
        }
        // Only now: whoever stops reading gets the whole export all the same.
        for (role, binary) in &components.binaries {
            print(format_args!("{:<10}  {}  {}", role.name(), binary.digest, binary.origin))?;
        }
        Ok(())
    }
}

/// Each shop's page for every shopper. Routing makes it; storage is not asked.
async fn fallback_pages(components: &Components, config: &Config) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let (mut capabilities, _) = Capabilities::scripted();
    capabilities.settings = Arc::new(config.settings().into());
    let deployment = components.link(Arc::new(capabilities))?;
    let fallbacks = FallbackCache::default();
    let stores: Vec<_> = config.file.document.stores.keys().cloned().collect();
    fallbacks.refresh(&deployment.routing, &config.file.document.stores).await;
    let page = |store: String| {
        let page = fallbacks.page(&store).with_context(|| format!("{store} has no fallback page"))?;
        Ok((store, page.body.to_vec()))
    };
    stores.into_iter().map(page).collect()
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
