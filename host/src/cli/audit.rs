//! `wandstore audit` and `wandstore report`: the records of compliance, straight from storage.

use anyhow::{Context as _, bail};
use capabilities::Capabilities;
use clap::Args;
use host::backends;
use host::config::Config;
use model::{EventId, Key, ShopId, Store};

use super::output::print;

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

/// Print a report on a customer for a merchant, as JSON. Reports are stored for 30 days.
#[derive(Args)]
pub struct Report {
    /// The shop's id.
    shop: String,
    /// The request's id, as `wandstore audit` shows it.
    id: String,
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
        let (shop, id) = (ShopId::parse(&self.shop)?, EventId::parse(&self.id)?);
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
