//! The backends of a deployment, chosen here and nowhere else, all in one data folder.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use capabilities::{Capabilities, blob, clock, fetch, ids, jobs, kv, llm, log, signatures};

use crate::config::Config;

/// Opens them, with no token of a shop but the configuration's; the data folder is made if need be.
pub async fn open(config: &Config) -> anyhow::Result<Capabilities> {
    open_with(config, config.tokens()).await
}

/// Opens them; upstreams are asked with `tokens`.
pub async fn open_with(config: &Config, tokens: Arc<dyn fetch::Tokens>) -> anyhow::Result<Capabilities> {
    let folder = &config.file.server.data_dir;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let clock: Arc<dyn clock::Clock> = Arc::new(clock::System);
    let ids: Arc<dyn ids::Ids> = Arc::new(ids::System);
    let cache = &config.file.document.cache;

    let short_term = kv::Sqlite::open(&folder.join("kv.db"), clock.clone()).await?;
    let trust = Duration::from_millis(cache.memory_trust_ms);
    let short_term = kv::Tiered::new(Arc::new(short_term), clock.clone(), cache.memory_mib << 20, trust);
    let llm: Arc<dyn llm::Llm> = match config.llm() {
        Some(llm) => {
            let is_limited = llm.tokens_per_day_max.is_some();
            let llm = llm::OpenAi::new(llm, clock.clone(), ids.clone()).context("llm")?;
            Arc::new(match llm::budget::Sqlite::open(&folder.join("budget.db")).await {
                Ok(budget) => llm.with_budget(Arc::new(budget)),
                Err(error) if is_limited => return Err(error).context("llm.tokens_per_day_max"),
                Err(error) => {
                    tracing::warn!(%error, "what the language model costs is counted until the next start only");
                    llm
                }
            })
        }
        None => Arc::new(llm::Unconfigured),
    };
    let origin = config.file.document.shopify.origin.clone();
    let fetch = fetch::Http::new(origin, tokens, clock.clone())?;
    let secrets = config.secrets.named.clone();
    Ok(Capabilities {
        kv: Arc::new(short_term),
        blob: Arc::new(blob::ObjectStore::folder(&folder.join("blobs"))?),
        jobs: Arc::new(jobs::Sqlite::open(&folder.join("jobs.db"), ids.clone()).await?),
        llm,
        fetch: Arc::new(fetch),
        signatures: Arc::new(signatures::Secrets::new(ids::key(&*ids), secrets)),
        clock,
        ids,
        settings: Arc::new(config.settings().into()),
        log: Arc::new(log::Tracing),
    })
}

/// Throws away expired values, and jobs that were settled longer than `keep_settled` ago.
pub async fn prune(capabilities: &Capabilities, keep_settled: Duration) {
    let keep_ms = u64::try_from(keep_settled.as_millis()).unwrap_or(u64::MAX);
    let before_ms = capabilities.clock.now_ms().saturating_sub(keep_ms);
    if let Err(error) = capabilities.kv.purge_expired().await {
        tracing::warn!(%error, "expired values were not thrown away");
    }
    if let Err(error) = capabilities.jobs.prune(before_ms).await {
        tracing::warn!(%error, "settled jobs were not thrown away");
    }
}
