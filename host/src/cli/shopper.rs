//! `wandstore shopper` does for one shopper on the operator's command what Shopify's privacy webhooks do for a customer.

use clap::Subcommand;
use host::backends;
use host::config::Config;
use host::shopper;
use model::{EventId, ShopId, ShopperId};

use super::cache::deployment;
use super::output::print;

/// Export or erase everything that is stored about one shopper.
///
/// Both run at once, with or without a running server, and leave a record in `wandstore audit`. The shopper's id is the
/// one in pages' addresses and in `wandstore cache`: `customer-` and Shopify's number, `visitor-` and what the browser
/// drew, or what `?shopper=` says.
#[derive(Subcommand)]
pub enum Shopper {
    /// Print everything that is stored about a shopper, as JSON. The report itself is not stored.
    Export {
        /// The shop's id.
        shop: String,
        /// The shopper's id.
        shopper: String,
    },
    /// Delete everything that is stored about a shopper: session, jobs, pages, plans and reports.
    ///
    /// Five minutes later a running server deletes their pages once more, because one may have been under way.
    Erase {
        /// The shop's id.
        shop: String,
        /// The shopper's id.
        shopper: String,
    },
}

impl Shopper {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let (Self::Export { shop, shopper } | Self::Erase { shop, shopper }) = &self;
        let (shop, shopper) = (ShopId::parse(shop)?, ShopperId::parse(shopper)?);
        let random = backends::site(config)?.random;
        let cause = EventId::parse(&format!("operator-{:016x}", random.next_u64()))?;
        let deployment = deployment(config).await?;
        match self {
            Self::Export { .. } => print(shopper::export(&deployment, &shop, &shopper, &cause).await?)?,
            Self::Erase { .. } => {
                shopper::erase(&deployment, &shop, &shopper, &cause).await?;
                print(format_args!("erased; `wandstore audit --shop {shop}` has the record {cause}"))?;
            }
        }
        Ok(())
    }
}
