//! `wandstore cache` works through the caching component, like every other reader.

use std::sync::Arc;

use admin::Stored;
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
    /// Show whether a shopper's page is fresh, and how it was made: its persona and the reasons, its planner, the cost
    /// of the language model, the texts that the check refused, and the former page.
    Show {
        /// The shop's id.
        shop: String,
        /// The shopper's id.
        shopper: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Also print the plan as JSON: the blocks of the page and their texts. It may repeat the shopper's searches.
        #[arg(long)]
        plan: bool,
        /// Also print the question to the language model. It may repeat the shopper's searches.
        #[arg(long)]
        question: bool,
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
        check_shop(config, shop)?;
        let deployment = deployment(config).await?;
        match self {
            Self::Show { shop, shopper, json, plan, question } => {
                let Some(mut found) = pages::show(&deployment, &shop, &shopper).await? else {
                    return Ok(print(format_args!("there is no page for {shopper} in {shop}"))?);
                };
                let asked = pages::question(&deployment, &shop, &found.told).await?;
                found.told.question = asked.filter(|_| question);
                if plan {
                    found.plan = pages::planned(&deployment, &shop, &shopper).await?;
                }
                print(if json {
                    serde_json::to_string_pretty(&found)?
                } else {
                    describe(&found, plan, question)?
                })?;
            }
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

/// Checks that a shop may exist. The configuration does not list installed shops.
pub fn check_shop(config: &Config, shop: &str) -> anyhow::Result<()> {
    if !(config.file.document.shops.contains_key(shop) || is_shop_domain(shop)) {
        bail!("there is no shop {shop}; `wandstore check` lists the shops");
    }
    Ok(())
}

/// Links the components to the backends, for a command that changes stored data.
pub async fn deployment(config: &Config) -> anyhow::Result<Deployment> {
    let components = tokio::task::block_in_place(|| host::components::load(config))?;
    components.link(Arc::new(backends::open(config).await?))
}

/// Describes a page, a line for each thing that is known of it. The plan and the question follow if they were asked for.
fn describe(found: &Found, with_plan: bool, with_question: bool) -> anyhow::Result<String> {
    let more = vec![
        ("job", found.job.clone()),
        ("catalog version", found.catalog_version.to_string()),
        ("size", format!("{} bytes", found.bytes)),
    ];
    let facts = Stored::from(found.clone()).facts(more);
    let lines = facts.into_iter().map(|(name, value)| format!("{name:16} {value}"));
    let plan = match &found.plan {
        Some(plan) => Some(format!("\nplan:\n{}", serde_json::to_string_pretty(plan)?)),
        None => with_plan.then(|| "\nno plan is stored with the page".to_owned()),
    };
    let turns = found.told.question.iter().flatten();
    let asked = turns.map(|turn| format!("\n{}:\n{}", turn.role, turn.text));
    let unknown = with_question && found.told.question.is_none();
    let unknown = unknown.then(|| "\nwhat the language model was asked is not kept".to_owned());
    Ok(lines.chain(plan).chain(asked).chain(unknown).collect::<Vec<_>>().join("\n"))
}
