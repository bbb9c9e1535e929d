//! Deployments with many stored pages.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use capabilities::blob::{Blob, ObjectStore};
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::ROUNDS;
use crate::server::Server;

/// The size of a page.
const PAGE_BYTES: usize = 4 << 10;
/// How many pages are requested again and again, where memory has them.
const HOT: u64 = 200;
/// How many hits are counted in a round.
const HITS: u64 = 10_000;
/// How many hits are counted by callgrind, after as many that are not.
const COUNTED: u64 = 1_000;
/// How many pages are written at once.
const WRITERS: u64 = 32;

/// Where a page is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// In the memory of the process.
    Memory,
    /// In key-value storage. The process has no memory tier, so the shop's record is read there too.
    KeyValue,
    /// In the folder alone. A hit puts the page back into key-value storage.
    Folder,
}

impl Tier {
    /// Returns those that are measured with a kind of key-value storage. The folder is the same for all kinds.
    pub fn of(kind: &str) -> &'static [Self] {
        if kind == "sqlite" {
            &[Self::Memory, Self::KeyValue, Self::Folder]
        } else {
            &[Self::Memory, Self::KeyValue]
        }
    }

    /// Returns its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::KeyValue => "key-value storage",
            Self::Folder => "the folder",
        }
    }
}

/// A deployment that stores pages.
pub struct Deployment {
    /// The kind of its key-value storage.
    pub kind: String,
    /// How many pages it stores: in key-value storage, and if that is `sqlite`, as many others in the folder.
    pub pages: u64,
    folder: tempfile::TempDir,
    database: Option<String>,
    runtime: Runtime,
}

impl Deployment {
    /// Creates one and fills it.
    pub fn filled(kind: &str, pages: u64) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let folder = tempfile::Builder::new().prefix("wandstore-pages-").tempdir()?;
        let database = match kind {
            "sqlite" => None,
            _ => Some(format!("wandstore_pages_{}_{pages}", std::process::id())),
        };
        let deployment = Self { kind: kind.to_owned(), pages, folder, database, runtime };
        if let Some(name) = &deployment.database {
            deployment.on_server(&format!("CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))?;
        }
        // The first start creates the tables.
        drop(deployment.serve(Tier::Memory)?);
        deployment.fill()?;
        Ok(deployment)
    }

    /// Deletes everything.
    pub fn remove(self) -> anyhow::Result<()> {
        if self.kind == "redis" {
            self.runtime.block_on(forget(&self.prefix()))?;
        }
        match &self.database {
            Some(name) => self.on_server(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")),
            None => Ok(()),
        }
    }

    /// Starts a server.
    pub fn serve(&self, tier: Tier) -> anyhow::Result<Server> {
        self.serve_under(&[], tier)
    }

    /// Starts a server as the last argument of the command `tool`.
    pub fn serve_under(&self, tool: &[String], tier: Tier) -> anyhow::Result<Server> {
        self.configure(!tool.is_empty(), tier)?;
        let database = self.database.as_ref().map(|name| at_server(name)).transpose()?;
        let redis = redis_url();
        let mut variables = vec![("REDIS_URL", &*redis)];
        variables.extend(database.as_ref().map(|url| ("DATABASE_URL", url.as_str())));
        Server::wandstore_under(tool, self.folder.path(), &variables)
    }

    fn configure(&self, is_under_tool: bool, tier: Tier) -> anyhow::Result<()> {
        let memory_mib = if tier == Tier::Memory { 64 } else { 0 };
        let (kind, jobs) = (&self.kind, if self.database.is_some() { "postgres" } else { "sqlite" });
        let mut config = std::fs::File::create(self.folder.path().join("wandstore.toml"))?;
        writeln!(config, "[cache]\nmemory_mib = {memory_mib}\n[retention]\nkv_mib_max = 1000000")?;
        writeln!(config, "disk_free_mib_min = 0\n[backends.jobs]\nkind = \"{jobs}\"")?;
        writeln!(config, "[backends.kv]\nkind = \"{kind}\"")?;
        if kind == "redis" {
            writeln!(config, "prefix = \"{}\"", self.prefix())?;
        }
        if is_under_tool {
            // Each instance reserves gibibytes of address space, and valgrind has little.
            for role in ["routing", "caching", "queueing", "generation", "catalog"] {
                writeln!(config, "[components.{role}]\ninstances = 1")?;
            }
        }
        Ok(())
    }

    /// Returns the requests of a round.
    pub fn targets(&self, tier: Tier, round: u64) -> Vec<String> {
        match tier {
            Tier::Memory => (0..HITS).map(|number| target("kept", number % HOT)).collect(),
            Tier::KeyValue => (0..HITS).map(|number| self.any(round * HITS + number)).collect(),
            Tier::Folder => {
                let each = (self.pages - 2 * self.counted_in_folder()) / (ROUNDS + 1);
                let first = 2 * self.counted_in_folder() + round * each.min(HITS);
                (first..first + each.min(HITS)).map(|number| target("filed", number)).collect()
            }
        }
    }

    /// Returns the requests that precede those whose instructions are counted, and those.
    pub fn counted(&self, tier: Tier) -> [Vec<String>; 2] {
        let count = self.counted_in_folder();
        [0, 1].map(|part| match tier {
            Tier::Memory => (0..COUNTED).map(|number| target("kept", number % HOT)).collect(),
            Tier::KeyValue => (0..COUNTED).map(|number| self.any(part * COUNTED + number)).collect(),
            Tier::Folder => {
                (part * count..(part + 1) * count).map(|number| target("filed", number)).collect()
            }
        })
    }

    /// Each page in the folder is requested once, because it is in key-value storage afterwards.
    fn counted_in_folder(&self) -> u64 {
        (self.pages / 8).min(COUNTED)
    }

    /// Returns the request for a page that looks drawn by chance.
    fn any(&self, number: u64) -> String {
        target("kept", number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % self.pages)
    }

    fn fill(&self) -> anyhow::Result<()> {
        let page = page();
        self.runtime.block_on(async {
            match &*self.kind {
                "sqlite" => {
                    fill_sqlite(&self.folder.path().join("kv.db"), self.pages, &page).await?;
                    fill_folder(&self.folder.path().join("blobs"), self.pages, &page).await
                }
                "postgres" => {
                    let name = self.database.as_deref().context("a database")?;
                    fill_postgres(&at_server(name)?, self.pages, &page).await
                }
                _ => fill_redis(&self.prefix(), self.pages, &page).await,
            }
        })
    }

    fn prefix(&self) -> String {
        format!("pages-{}-{}", std::process::id(), self.pages)
    }

    fn on_server(&self, statement: &str) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            let pool = PgPool::connect(&server_url()).await.context("DATABASE_URL")?;
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await?;
            pool.close().await;
            Ok(())
        })
    }
}

fn target(kind: &str, number: u64) -> String {
    format!("/s/magic-wands?shopper={kind}-{number}")
}

/// Returns a page as caching stores it. Storage cannot compress it any further.
fn page() -> Bytes {
    let mut state = 1_u64;
    let mut letter = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        char::from(b'0' + u8::try_from(state >> 58).unwrap_or_default())
    };
    let text: String = (0..PAGE_BYTES).map(|_| letter()).map(|c| if c == '<' { ' ' } else { c }).collect();
    let head = "<!--wand explorer 50 local bench 1 99999999999999 0-->\n<!--part 15 4096-->\n";
    format!("{head}<!doctype html>{text}").into()
}

async fn fill_sqlite(file: &Path, pages: u64, page: &Bytes) -> anyhow::Result<()> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await?;
    let statement = "
        WITH RECURSIVE numbers (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1 - 1)
        INSERT INTO entries (store, key, value) SELECT 'UI_CACHE', 'ui:magic-wands:kept-' || n, ?2 FROM numbers";
    sqlx::query(statement).bind(i64::try_from(pages)?).bind(&page[..]).execute(&pool).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    Ok(())
}

async fn fill_folder(folder: &Path, pages: u64, page: &Bytes) -> anyhow::Result<()> {
    let blob: Arc<dyn Blob> = Arc::new(ObjectStore::folder(folder)?);
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (blob, page) = (blob.clone(), page.clone());
        writers.spawn(async move {
            for number in (writer..pages).step_by(usize::try_from(WRITERS)?) {
                let key = format!("generated/magic-wands:filed-{number}.html");
                blob.put("UI_STORAGE", &key, page.clone()).await?;
            }
            anyhow::Ok(())
        });
    }
    all(writers).await
}

async fn fill_postgres(url: &str, pages: u64, page: &Bytes) -> anyhow::Result<()> {
    let pool = PgPool::connect(url).await?;
    let statement = "
        INSERT INTO kv_entries (store, key, version, value)
        SELECT 'UI_CACHE'::bytea, convert_to('ui:magic-wands:kept-' || n, 'UTF8'), nextval('kv_versions'), $2
        FROM generate_series(0, $1 - 1) AS n";
    sqlx::query(statement).bind(i64::try_from(pages)?).bind(&page[..]).execute(&pool).await?;
    sqlx::query("VACUUM ANALYZE kv_entries").execute(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Writes through the backend, because an entry in Redis has a place in an index.
async fn fill_redis(prefix: &str, pages: u64, page: &Bytes) -> anyhow::Result<()> {
    let kv = redis(prefix).await?;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (kv, page) = (kv.clone(), page.clone());
        writers.spawn(async move {
            for number in (writer..pages).step_by(usize::try_from(WRITERS)?) {
                let key = format!("ui:magic-wands:kept-{number}");
                kv.set("UI_CACHE", &key, page.clone(), None).await?;
            }
            anyhow::Ok(())
        });
    }
    all(writers).await
}

/// Deletes all keys in Redis, some at a time.
async fn forget(prefix: &str) -> anyhow::Result<()> {
    let kv = redis(prefix).await?;
    loop {
        let keys = kv.list_keys("UI_CACHE", "", None, 5_000).await?;
        if keys.is_empty() {
            return Ok(());
        }
        kv.delete_many("UI_CACHE", &keys).await?;
    }
}

async fn redis(prefix: &str) -> anyhow::Result<Arc<dyn capabilities::kv::Kv>> {
    use capabilities::kind::{Selection, Site};
    use capabilities::redis::{Address, Redis};
    let address = Address::parse(&capabilities::Secret::new(redis_url())).context("REDIS_URL")?;
    let site = Site {
        folder: std::env::temp_dir(),
        clock: Arc::new(capabilities::clock::System),
        random: Arc::new(capabilities::random::System),
        process: None,
        secrets: [].into(),
        database: None,
        redis: Some(Arc::new(Redis::new(address, prefix))),
        replaces_damaged: false,
    };
    Ok(capabilities::kv::open(&Selection::of("redis"), &site).await?)
}

async fn all(mut writers: JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    Ok(())
}

fn server_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| "postgres://postgres@localhost/postgres".to_owned())
}

fn redis_url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned())
}

/// Returns the URL of a database of the server.
fn at_server(name: &str) -> anyhow::Result<String> {
    let mut url: reqwest::Url = server_url().parse().context("DATABASE_URL")?;
    url.set_path(name);
    Ok(url.into())
}
