//! Opens the backends that the configuration selects. Those that keep files use one data folder.

use std::sync::Arc;
use std::time::{Duration, Instant};

use admin::Usage;
use anyhow::Context as _;
use capabilities::jobs::Ended;
use capabilities::kind::{Selection, Site};
use capabilities::llm::budget::Limits;
use capabilities::postgres::{Database, Migrated};
use capabilities::processes::Hosts;
use capabilities::redis::Redis;
use capabilities::swaps::Swaps;
use capabilities::{
    Capabilities, blob, clock, fetch, jobs, kv, limits, llm, log, random, shops, signatures, sqlite,
};

use crate::config::{Config, Retention};
use crate::merchants::Installed;
use crate::takeover::Here;
use runtime::trace::{Model, Systems};

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
        let here = here(config)?;
        let database = database(config)?.map(Database::claimed).map(Arc::new);
        let site = Site { process: here.id(), replaces_damaged: true, database, ..site(config)? };
        start(&site).await?;
        let installed = Installed::open(config, &site).await?;
        let tokens: Arc<dyn fetch::Tokens> = match &installed {
            Some(installed) => Arc::new(installed.tokens(config.tokens())),
            None => config.tokens(),
        };
        let capabilities = assemble(config, &site, tokens).await?;
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
    let site = site(config)?;
    start(&site).await?;
    assemble(config, &site, config.tokens()).await
}

/// Opens the costs of pages, for a command; `None` if this deployment is no app.
pub async fn usage(config: &Config) -> anyhow::Result<Option<Arc<Usage>>> {
    let site = site(config)?;
    start(&site).await?;
    Ok(Installed::open(config, &site).await?.map(|installed| installed.usage()))
}

/// Returns what storage and the language model are, for traces.
pub fn systems(config: &Config) -> Systems {
    let selected = &config.file.backends;
    let model = config.llm().map(|settings| {
        let address = settings.address(true).and_then(|address| address.parse().ok());
        let host = address.as_ref().and_then(http::Uri::host).unwrap_or_default();
        Model {
            provider: settings.protocol.provider(),
            name: settings.model.clone(),
            address: host.to_owned(),
        }
    });
    Systems {
        kv: selected.kv.kind(kv::KINDS).to_owned(),
        blob: selected.blob.kind(blob::KINDS).to_owned(),
        jobs: selected.jobs.kind(jobs::KINDS).to_owned(),
        model,
    }
}

/// Returns the database, if a backend needs one.
pub fn database(config: &Config) -> anyhow::Result<Option<Database>> {
    Ok(config.database()?.map(|address| Database::new(address, config.deployment())))
}

/// Runs the migrations of all backends, and returns a line for each. If `takes_over`, the database becomes this
/// deployment's, whosever it was.
pub async fn migrate(config: &Config, takes_over: bool) -> anyhow::Result<Vec<String>> {
    let (site, selected) = (site(config)?, &config.file.backends);
    let mut lines = Vec::new();
    if let Some(database) = &site.database {
        let Migrated { version, migrations } = database.migrate(takes_over).await.context("DATABASE_URL")?;
        lines.push(format!("PostgreSQL {version}: {}", ran(&migrations)));
    }
    for (name, selection) in [
        ("kv", &selected.kv),
        ("jobs", &selected.jobs),
        ("shops", &selected.shops),
        ("budget", &selected.budget),
    ] {
        if selection.kind.as_deref() == Some("sqlite") {
            let file = site.folder.join(name).with_extension("db");
            let before = sqlite::migrations_of(&file).await;
            open_one(name, selection, &site).await?;
            let mut migrations = sqlite::migrations_of(&file).await;
            lines.push(format!("{}: {}", file.display(), ran(&migrations.split_off(before.len()))));
        }
    }
    Ok(lines)
}

/// Opens a backend, which runs its migrations.
async fn open_one(name: &str, selection: &Selection, site: &Site) -> anyhow::Result<()> {
    match name {
        "kv" => kv::open(selection, site).await.map(drop)?,
        "jobs" => jobs::open(selection, site).await.map(drop)?,
        "shops" => shops::open(selection, site).await.map(drop)?,
        _ => llm::budget::open(selection, site).await.map(drop)?,
    }
    Ok(())
}

fn ran(migrations: &[String]) -> String {
    match migrations {
        [] => "up to date".to_owned(),
        migrations => format!("ran {}", migrations.join(", ")),
    }
}

/// Tries out blob storage if it is a service on the network. Returns its kind.
pub async fn try_out_blob(config: &Config) -> anyhow::Result<&str> {
    let selected = &config.file.backends.blob;
    let kind = selected.kind(blob::KINDS);
    if kind == "s3" {
        blob::try_out(&*blob::open(selected, &site(config)?).await?).await?;
    }
    Ok(kind)
}

/// Returns this process among those that work on the same jobs, wherever these are.
fn here(config: &Config) -> anyhow::Result<Here> {
    // With a connection of its own: a host that has too much to do must not seem dead.
    match hosts_database(config)? {
        Some(database) => Ok(Here::among(Arc::new(Hosts::new(Arc::new(database), &random::System)))),
        None => Ok(Here::in_folder(config)),
    }
}

/// Returns the database in which the hosts of this deployment know each other, if they have data folders of their own.
fn hosts_database(config: &Config) -> anyhow::Result<Option<Database>> {
    if config.file.backends.jobs.kind(jobs::KINDS) != "postgres" {
        return Ok(None);
    }
    database(config)?.context("jobs in PostgreSQL have a database").map(Some)
}

/// Returns the components that the operator chose for all hosts, if these share a database.
pub fn swaps(config: &Config) -> anyhow::Result<Option<Swaps>> {
    Ok(hosts_database(config)?.map(|database| Swaps::new(Arc::new(database))))
}

/// Returns the site of a command's backends, and creates the data folder if it is missing.
pub fn site(config: &Config) -> anyhow::Result<Site> {
    let folder = config.file.server.data_dir.clone();
    let redis = config.redis()?.map(|(address, prefix)| Redis::new(address, &prefix));
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(Site {
        folder,
        clock: Arc::new(clock::System),
        random: Arc::new(random::System),
        process: None,
        secrets: config.secrets.backends.clone(),
        database: database(config)?.map(Arc::new),
        redis: redis.map(Arc::new),
        replaces_damaged: false,
    })
}

/// Connects to the servers that backends need, if they can be reached, and migrates the database.
pub(crate) async fn start(site: &Site) -> anyhow::Result<()> {
    if let Some(database) = &site.database {
        database.start().await.context("DATABASE_URL")?;
    }
    if let Some(redis) = &site.redis {
        redis.start().await.context("REDIS_URL")?;
    }
    Ok(())
}

async fn assemble(
    config: &Config,
    site: &Site,
    tokens: Arc<dyn fetch::Tokens>,
) -> anyhow::Result<Capabilities> {
    let (cache, selected) = (&config.file.document.cache, &config.file.backends);
    let trust = Duration::from_millis(cache.memory_trust_ms);
    let origin = config.file.document.shopify.origin.clone();
    let fetch = fetch::Http::new(origin, tokens, site.clock.clone())?;
    let secrets = config.secrets.named.clone();
    Ok(Capabilities {
        kv: kv::open_tiered(&selected.kv, site, cache.memory_mib << 20, trust).await?,
        blob: blob::open(&selected.blob, site).await?,
        jobs: jobs::open(&selected.jobs, site).await?,
        llm: language_model(config, site).await?,
        fetch: Arc::new(fetch),
        limits: limits(config, site),
        signatures: Arc::new(signatures::Secrets::new(random::key(&*site.random), secrets)),
        clock: site.clock.clone(),
        random: site.random.clone(),
        settings: Arc::new(config.settings().into()),
        log: Arc::new(log::Tracing),
    })
}

/// Returns the limits, which are counted among all hosts if there is a server for that.
fn limits(config: &Config, site: &Site) -> Arc<dyn limits::Limits> {
    let limits = config.file.document.limits;
    let here =
        limits::InMemory::new(&limits).watching(site.folder.clone(), config.file.retention.disk_free_mib_min);
    match &site.redis {
        Some(server) => Arc::new(limits::Shared::new(limits, here, server.clone())),
        None => Arc::new(here),
    }
}

async fn language_model(config: &Config, site: &Site) -> anyhow::Result<Arc<dyn llm::Llm>> {
    let client = config.llm_client(site.clock.clone(), site.random.clone()).context("llm")?;
    let Some(llm) = client else { return Ok(Arc::new(llm::Unconfigured)) };
    let is_limited = config.file.document.llm.limits() != Limits::default();
    Ok(Arc::new(match llm::budget::open(&config.file.backends.budget, site).await {
        Ok(budget) => llm.with_budget(budget),
        Err(error) if is_limited => {
            return Err(error).context("the budget of the language model has a limit, and cannot be opened");
        }
        Err(error) => {
            tracing::warn!(%error, "cannot store the cost of the language model; it is counted until the next start only");
            llm
        }
    }))
}

/// The number of completed jobs in one deletion batch. They hold no payload.
const JOBS_AT_ONCE: u32 = 256;
/// The time limit of a deletion run. The next run deletes the rest.
const DELETING: Duration = Duration::from_secs(20);

/// Deletes expired values, jobs that were done longer than `keep_completed` ago, and old dead letters.
pub async fn prune(capabilities: &Capabilities, keep_completed: Duration, retention: Retention) {
    if let Err(error) = bit_by_bit(kv::DELETED_AT_ONCE, |limit| capabilities.kv.purge_expired(limit)).await {
        tracing::warn!(%error, "cannot delete expired values");
    }
    for (ended, kept) in [(Ended::Done, keep_completed), (Ended::Dead, retention.dead_letters())] {
        let before_ms = capabilities.clock.now_ms().saturating_sub(clock::millis(kept));
        let pruned = bit_by_bit(JOBS_AT_ONCE, |limit| capabilities.jobs.prune(ended, before_ms, limit)).await;
        if let Err(error) = pruned {
            tracing::warn!(%error, "cannot delete old jobs");
        }
    }
}

/// Deletes what is over a limit of bytes or was not asked for in a long time.
pub async fn trim(capabilities: &Capabilities, retention: Retention) {
    match capabilities.kv.trim(retention.kv_bytes_max()).await {
        Ok(0) => {}
        Ok(entries) => tracing::info!(
            entries,
            "key-value storage is over its limit; deleted its oldest pages and sessions"
        ),
        Err(error) => tracing::warn!(%error, "cannot make key-value storage smaller"),
    }
    match capabilities.blob.trim(retention.pages(), capabilities.clock.now_ms()).await {
        Ok(0) => {}
        Ok(objects) => tracing::info!(objects, "deleted unread pages"),
        Err(error) => tracing::warn!(%error, "cannot delete unread pages"),
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

        prune(&capabilities, Duration::ZERO, Retention::default()).await;
        assert_eq!(capabilities.kv.purge_expired(1).await, Ok(0), "all are deleted");
        let log_bytes = std::fs::metadata(folder.path().join("kv.db-wal")).map_or(0, |found| found.len());
        assert!(log_bytes < LOG_BYTES_MAX, "{log_bytes}");
    }
}
