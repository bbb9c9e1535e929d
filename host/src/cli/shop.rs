//! `wandstore shop` does by hand what an uninstallation does at once, and undoes it.

use anyhow::anyhow;
use clap::Subcommand;
use host::config::Config;
use host::pages;
use model::StoreId;

use super::cache::deployment;
use super::output::print;

/// Close a shop or open it again.
///
/// A server that runs keeps what it read in memory for a moment (`cache.memory_trust_ms`) and sees
/// the change after that.
#[derive(Subcommand)]
pub enum Shop {
    /// Serve none of a shop's pages and make none, as after an uninstallation.
    Close {
        /// The store's id.
        store: String,
    },
    /// Serve and make them again.
    Reopen {
        /// The store's id.
        store: String,
    },
}

impl Shop {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let (Self::Close { store } | Self::Reopen { store }) = &self;
        let store = StoreId::parse(store)?;
        let deployment = deployment(config).await?;
        let (done, outcome) = match self {
            Self::Close { .. } => ("closed", pages::close(&deployment, store.as_str()).await),
            Self::Reopen { .. } => ("open", pages::reopen(&deployment, store.as_str()).await),
        };
        outcome.map_err(|reason| anyhow!(reason))?;
        Ok(print(format_args!("{store} is {done}"))?)
    }
}
