//! `wandstore cache` works through the caching component, like every other reader.

use std::sync::Arc;

use anyhow::bail;
use capabilities::fetch::is_shop_domain;
use clap::Subcommand;
use host::backends;
use host::config::Config;
use host::pages::{self, Found};
use runtime::deployment::Deployment;

use super::output::print;

/// Show a shopper's page, make pages stale, or delete them.
///
/// A running server caches reads in memory for a moment (`cache.memory_trust_ms`) and sees the change
/// afterwards.
#[derive(Subcommand)]
pub enum Cache {
    /// Show whether a shopper's page is fresh, its persona and its planner.
    Show {
        /// The shop's id.
        shop: String,
        /// The shopper's id.
        shopper: String,
    },
    /// Delete a shopper's page and plan.
    Purge {
        /// The shop's id.
        shop: String,
        /// The shopper's id.
        shopper: String,
    },
    /// Mark a shop's products as changed: its pages are served stale and rendered again from their plans.
    Stale {
        /// The shop's id.
        shop: String,
    },
}

impl Cache {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let (Self::Show { shop, .. } | Self::Purge { shop, .. } | Self::Stale { shop }) = &self;
        // The configuration does not list installed shops.
        if !(config.file.document.shops.contains_key(shop) || is_shop_domain(shop)) {
            bail!("there is no shop {shop}; `wandstore check` lists the shops");
        }
        let deployment = deployment(config).await?;
        match self {
            Self::Show { shop, shopper } => match pages::show(&deployment, &shop, &shopper).await? {
                Some(found) => print(describe(&found))?,
                None => print(format_args!("there is no page for {shopper} in {shop}"))?,
            },
            Self::Purge { shop, shopper } => {
                pages::purge(&deployment, &shop, &shopper).await?;
                print("deleted")?;
            }
            Self::Stale { shop } => {
                let version = pages::bump_catalog_version(&deployment, &shop).await?;
                print(format_args!("the catalog of {shop} is at version {version}; older pages are stale"))?;
            }
        }
        Ok(())
    }
}

/// Links the components to the backends, for a command that changes stored data.
pub async fn deployment(config: &Config) -> anyhow::Result<Deployment> {
    let components = tokio::task::block_in_place(|| host::components::load(config))?;
    components.link(Arc::new(backends::open(config).await?))
}

fn describe(found: &Found) -> String {
    let Found { state, persona, confidence, source, job, planned_ms, fresh_until_ms, catalog_version, bytes } =
        found;
    format!(
        "state            {state}\npersona          {persona} ({confidence} %)\nplanned by       {source}\njob              {job}\n\
         planned          {planned_ms} ms\nfresh until      {fresh_until_ms} ms\ncatalog version  {catalog_version}\nsize             {bytes} bytes"
    )
}
