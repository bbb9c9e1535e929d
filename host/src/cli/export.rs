//! `wandstore export`: a deployment as files, for other hosts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use capabilities::Capabilities;
use clap::Args;
use host::config::Config;
use host::http::FallbackCache;
use model::shop::ShopSettings;
use runtime::deployment::Components;

use super::output::print;

/// Write the deployment into a folder, for Spin and Cloudflare Workers: the component of each role,
/// byte for byte as this host runs it; `settings.json`, without secrets; and `fallback/<store>.html`.
#[derive(Args)]
pub struct Export {
    /// The folder. Created if missing.
    folder: PathBuf,
}

impl Export {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        // Loading checks every component against its role, and refuses one that imports more. The bytes that were
        // checked are written, even if the file has changed since.
        let components = host::components::load(config)?;
        for (role, binary) in &components.binaries {
            write(&self.folder.join(format!("{role}.wasm")), &binary.bytes)?;
        }
        let settings = serde_json::to_vec_pretty(&config.file.document)?;
        write(&self.folder.join("settings.json"), &settings)?;
        for (shop, page) in fallback_pages(&components, config).await? {
            write(&self.folder.join("fallback").join(format!("{shop}.html")), &page)?;
        }
        // Printed last, so that the export is complete even if the reader of the output stops early.
        for (role, binary) in &components.binaries {
            print(format_args!("{:<10}  {}  {}", role.name(), binary.digest, binary.origin))?;
        }
        Ok(())
    }
}

/// Returns each shop's fallback page. Routing makes it without storage.
async fn fallback_pages(components: &Components, config: &Config) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let (mut capabilities, _) = Capabilities::scripted();
    capabilities.settings = Arc::new(config.settings().into());
    let deployment = components.link(Arc::new(capabilities))?;
    let fallbacks = FallbackCache::default();
    let shops = &config.file.document.shops;
    fallbacks.refresh(&deployment.routing, shops).await;
    let page = |(shop, settings): (&String, &ShopSettings)| {
        let page = fallbacks.page(shop, settings.exclusions());
        let page = page.with_context(|| format!("{shop} has no fallback page"))?;
        Ok((shop.clone(), page.body.to_vec()))
    };
    shops.iter().map(page).collect()
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
