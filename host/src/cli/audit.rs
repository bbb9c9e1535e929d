//! `wandstore audit` and `wandstore report`: the records of compliance, straight from storage.

use anyhow::{Context as _, bail};
use capabilities::Capabilities;
use clap::{Args, Subcommand};
use host::backends;
use host::config::Config;
use model::{EventId, Key, ShopId, Store};

use super::effects::Effects;
use super::output::print;
use super::spending::Spending;

/// The number of records that are read at a time.
const BATCH: u32 = 500;

/// List how personal data was handled and what merchants requested, oldest first.
///
/// A record holds the action, the time and a count, but no personal data.
#[derive(Args)]
pub struct Audit {
    /// Only records of this shop.
    #[arg(long)]
    shop: Option<String>,
}

/// Print a report: a customer's data for a merchant, as JSON; the effects of personal pages (`report effects`); or the
/// costs of the language model (`report spending`).
///
/// Reports on customers are stored for 30 days.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Report {
    #[command(subcommand)]
    other: Option<Other>,
    /// The shop's id.
    #[arg(required = true)]
    shop: Option<String>,
    /// The request's id, as `wandstore audit` shows it.
    #[arg(required = true)]
    id: Option<String>,
}

/// Reports about shops.
#[derive(Subcommand)]
enum Other {
    Effects(Effects),
    Spending(Spending),
}

impl Audit {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let prefix = match &self.shop {
            Some(shop) => model::audits_of(&ShopId::parse(shop)?),
            None => Key::AUDITS.to_owned(),
        };
        let capabilities = backends::open(config).await?;
        let (store, mut after) = (Store::GenerationQueue.name(), None::<String>);
        loop {
            let keys = capabilities.kv.list_keys(store, &prefix, after.as_deref(), BATCH).await?;
            for key in &keys {
                if let Some(record) = text(&capabilities, store, key).await? {
                    print(format_args!("{}  {record}", key.strip_prefix(Key::AUDITS).unwrap_or(key)))?;
                }
            }
            let Some(last) = keys.into_iter().last() else { return Ok(()) };
            after = Some(last);
        }
    }
}

impl Report {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self.other {
            Some(Other::Effects(effects)) => return effects.run(config).await,
            Some(Other::Spending(spending)) => return spending.run(config).await,
            None => {}
        }
        let (shop, id) = (self.shop.unwrap_or_default(), self.id.unwrap_or_default());
        let (shop, id) = (ShopId::parse(&shop)?, EventId::parse(&id)?);
        let key = Key::Report(&shop, &id);
        let capabilities = backends::open(config).await?;
        match text(&capabilities, key.store().name(), &key.to_string()).await? {
            Some(report) => print(report)?,
            None => bail!("there is no report {id} for {shop}; `wandstore audit` lists all reports"),
        }
        Ok(())
    }
}

async fn text(capabilities: &Capabilities, store: &str, key: &str) -> anyhow::Result<Option<String>> {
    let entry = capabilities.kv.get(store, key).await.with_context(|| key.to_owned())?;
    Ok(entry.map(|entry| String::from_utf8_lossy(&entry.value).into_owned()))
}
