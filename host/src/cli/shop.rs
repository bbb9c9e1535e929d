//! `wandstore shop` does by hand what an uninstallation does at once, and undoes it.

use clap::Subcommand;
use host::config::Config;
use host::pages;
use model::ShopId;

use super::cache::deployment;
use super::output::print;

/// Close or reopen a shop.
///
/// A running server caches reads in memory for a moment (`cache.memory_trust_ms`) and sees the change
/// afterwards.
#[derive(Subcommand)]
pub enum Shop {
    /// Stop serving and making a shop's pages, as after an uninstallation.
    Close {
        /// The shop's id.
        shop: String,
    },
    /// Resume serving and making a shop's pages.
    Reopen {
        /// The shop's id.
        shop: String,
    },
}

impl Shop {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let (Self::Close { shop } | Self::Reopen { shop }) = &self;
        let shop = ShopId::parse(shop)?;
        let deployment = deployment(config).await?;
        let (done, outcome) = match self {
            Self::Close { .. } => ("closed", pages::close(&deployment, shop.as_str()).await),
            Self::Reopen { .. } => ("open", pages::reopen(&deployment, shop.as_str()).await),
        };
        outcome?;
        Ok(print(format_args!("{shop} is {done}"))?)
    }
}
