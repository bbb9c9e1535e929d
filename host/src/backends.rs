//! Chooses and opens the backends of a deployment. All of them use one data folder.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use capabilities::{Capabilities, blob, clock, fetch, jobs, kv, llm, log, random, signatures};

use crate::config::Config;
use crate::merchants::Installed;
use crate::takeover::Here;

/// Everything that a server stores and reaches.
pub struct Backends {
    /// The backends of the capabilities.
    pub capabilities: Capabilities,
    /// The stored data of merchants, if this deployment is an app.
    pub installed: Option<Installed>,
    /// The registration of this process among those that use the same data.
    pub here: Here,
}

impl Backends {
    /// Opens the backends of a server. Damaged short-term storage is recreated.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let here = Here::register(config);
        let short_term = kv::Sqlite::open_cache(&file(config, "kv.db")?, Arc::new(clock::System)).await?;
        let (clock, random) = (Arc::new(clock::System), Arc::new(random::System));
        let installed = Installed::open(config, clock, random).await?;
        let tokens = match &installed {
            Some(installed) => Arc::new(installed.tokens(config.tokens())),
            None => config.tokens(),
        };
        let capabilities = assemble(config, tokens, short_term, here.id()).await?;
        Ok(Self { capabilities, installed, here })
    }
}

impl From<Capabilities> for Backends {
    /// Returns backends without merchants, whose data no other process uses.
    fn from(capabilities: Capabilities) -> Self {
        Self { capabilities, installed: None, here: Here::default() }
    }
}

/// Opens the backends for a command. The only shop token is the configured one. Creates the data folder if it is
/// missing.
pub async fn open(config: &Config) -> anyhow::Result<Capabilities> {
    let short_term = kv::Sqlite::open(&file(config, "kv.db")?, Arc::new(clock::System)).await?;
    assemble(config, config.tokens(), short_term, None).await
}

/// Returns the path of a file in the data folder, and creates the folder if it is missing.
fn file(config: &Config, name: &str) -> anyhow::Result<PathBuf> {
    let folder = &config.file.server.data_dir;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder.join(name))
}

async fn assemble(
    config: &Config,
    tokens: Arc<dyn fetch::Tokens>,
    short_term: kv::Sqlite,
    process: Option<String>,
) -> anyhow::Result<Capabilities> {
    let clock: Arc<dyn clock::Clock> = Arc::new(clock::System);
    let random: Arc<dyn random::Random> = Arc::new(random::System);
    let cache = &config.file.document.cache;

    let trust = Duration::from_millis(cache.memory_trust_ms);
    let short_term = kv::Tiered::new(Arc::new(short_term), clock.clone(), cache.memory_mib << 20, trust);
    let llm: Arc<dyn llm::Llm> = match config.llm() {
        Some(llm) => {
            let is_limited = llm.tokens_per_day_max.is_some();
            let llm = llm::OpenAi::new(llm, clock.clone(), random.clone()).context("llm")?;
            Arc::new(match llm::budget::Sqlite::open(&file(config, "budget.db")?).await {
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
    let jobs = jobs::Sqlite::open(&file(config, "jobs.db")?, random.clone()).await?;
    Ok(Capabilities {
        kv: Arc::new(short_term),
        blob: Arc::new(blob::Bounded::new(Arc::new(blob::ObjectStore::folder(&file(config, "blobs")?)?))),
        jobs: Arc::new(jobs.held_by(process)),
        llm,
        fetch: Arc::new(fetch),
        signatures: Arc::new(signatures::Secrets::new(random::key(&*random), secrets)),
        clock,
        random,
        settings: Arc::new(config.settings().into()),
        log: Arc::new(log::Tracing),
    })
}

/// The number of completed jobs in one deletion batch. They hold no payload.
const JOBS_AT_ONCE: u32 = 256;
/// The time limit of a deletion run. The next run deletes the rest.
const DELETING: Duration = Duration::from_secs(20);

/// Deletes expired values, and jobs that were completed longer than `keep_settled` ago.
pub async fn prune(capabilities: &Capabilities, keep_settled: Duration) {
    let before_ms = capabilities.clock.now_ms().saturating_sub(clock::millis(keep_settled));
    if let Err(error) = bit_by_bit(kv::DELETED_AT_ONCE, |limit| capabilities.kv.purge_expired(limit)).await {
        tracing::warn!(%error, "expired values were not deleted");
    }
    if let Err(error) = bit_by_bit(JOBS_AT_ONCE, |limit| capabilities.jobs.prune(before_ms, limit)).await {
        tracing::warn!(%error, "completed jobs were not deleted");
    }
}

/// Deletes in batches until nothing is left or `DELETING` has passed. After each batch, pauses for as long as the
/// batch took, so that others can write.
async fn bit_by_bit<E, D: Future<Output = Result<u64, E>>>(
    limit: u32,
    delete: impl Fn(u32) -> D,
) -> Result<(), E> {
    let began = Instant::now();
    while began.elapsed() < DELETING {
        let started = Instant::now();
        if delete(limit).await? < u64::from(limit) {
            break;
        }
        tokio::time::sleep(started.elapsed()).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A single statement would put all deletions into the write-ahead log at once, and every other write would wait
    /// for it.
    #[tokio::test]
    async fn expired_pages_are_deleted_bit_by_bit() {
        const PAGES: u32 = 1_500;
        const LOG_BYTES_MAX: u64 = 12 << 20;
        let folder = tempfile::tempdir().expect("a folder");
        let (mut capabilities, controls) = Capabilities::scripted();
        let kv = kv::Sqlite::open(&folder.path().join("kv.db"), controls.clock.clone()).await;
        capabilities.kv = Arc::new(kv.expect("it is made"));
        let page = bytes::Bytes::from(vec![b'x'; 16 << 10]);
        for number in 0..PAGES {
            let (key, ttl) = (format!("ui:shop:{number}"), Some(Duration::from_secs(1)));
            capabilities.kv.set("UI_CACHE", &key, page.clone(), ttl).await.expect("it is written");
        }
        controls.clock.advance(Duration::from_secs(2));

        prune(&capabilities, Duration::ZERO).await;
        assert_eq!(capabilities.kv.purge_expired(1).await, Ok(0), "all are deleted");
        let log_bytes = std::fs::metadata(folder.path().join("kv.db-wal")).map_or(0, |found| found.len());
        assert!(log_bytes < LOG_BYTES_MAX, "{log_bytes}");
    }
}
