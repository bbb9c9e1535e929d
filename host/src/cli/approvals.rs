//! `wandstore approvals`: what a merchant approved, and what waits for them.

use clap::Args;
use host::config::Config;
use host::{backends, reviews};
use model::review::Review;
use model::{Audience, ShopId};

use super::output::{aligned, print};

/// List the pages of a shop that wait for its merchant's approval, and those that were approved.
#[derive(Args)]
pub struct Approvals {
    /// The shop's id.
    shop: String,
}

impl Approvals {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let shop = ShopId::parse(&self.shop)?;
        let capabilities = backends::open(config).await?;
        let reviews = reviews::list(&*capabilities.kv, &shop).await?;
        let rows: Vec<_> = reviews.iter().map(row).collect();
        let all: Vec<_> = [head()].into_iter().chain(rows).collect();
        for row in &all {
            print(aligned(row, &all))?;
        }
        Ok(())
    }
}

fn head() -> [String; 5] {
    ["audience", "waits since (ms)", "approved (ms)", "by", "rejections"].map(str::to_owned)
}

fn row((audience, review): &(Audience, Review)) -> [String; 5] {
    let Review { waiting, approved, rejections } = review;
    let absent = || "-".to_owned();
    [
        audience.to_string(),
        waiting.as_ref().map_or_else(absent, |waiting| waiting.planned_ms.to_string()),
        approved.as_ref().map_or_else(absent, |approved| approved.at_ms.to_string()),
        approved.as_ref().map_or_else(absent, |approved| approved.by.clone()),
        rejections.len().to_string(),
    ]
}
