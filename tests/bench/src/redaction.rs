//! Redaction of one customer among a million shoppers, and of a whole shop, by an otherwise idle server.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::server::Server;

const SHOP: &str = "redacted.myshopify.com";
const SECRET: &str = "hush of the bench";
/// The other shop. Half of all data belongs to it, and half to the redacted shop.
const OTHER: &str = "other.myshopify.com";

/// Time `customers/redact` and `shop/redact` among many other shoppers' data.
#[derive(Args)]
pub struct Redaction {
    /// How many shoppers have a session, a page in key-value storage and a job that is over.
    #[arg(long, default_value_t = 1_000_000)]
    shoppers: u32,
    /// How many have a page and a plan in the folder, as an earlier version left them.
    #[arg(long, default_value_t = 250_000)]
    pages: u32,
}

impl Redaction {
    pub fn measure(&self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let folder = tempfile::tempdir_in("target")?;
        // The first start creates the tables.
        drop(start(folder.path())?);
        runtime.block_on(self.fill_databases(folder.path()))?;
        self.fill_folder(&folder.path().join("blobs/UI_STORAGE/generated"))?;

        let begun = Instant::now();
        let server = start(folder.path())?;
        println!("start beside {} pages of an earlier version: {:.1?}", self.pages, begun.elapsed());
        let took = runtime.block_on(redacted(&server, folder.path(), "customers/redact", ""))?;
        println!("customers/redact, one of {} shoppers: {took:.1?} (under 10 s is promised)", self.shoppers);
        let took = runtime.block_on(redacted(&server, folder.path(), "shop/redact", "1"))?;
        let (entries, objects) = (self.shoppers / 2 * 3, self.pages / 2 * 2);
        let rate = f64::from(entries + objects) / took.as_secs_f64();
        println!(
            "shop/redact, {objects} objects and {entries} entries and jobs: {took:.1?}, {rate:.0} a second \
             (5,000 are promised)"
        );
        Ok(())
    }

    async fn fill_databases(&self, folder: &Path) -> anyhow::Result<()> {
        let numbers = format!(
            "WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < {}),
                shoppers (id) AS (SELECT iif(n % 2, '{SHOP}', '{OTHER}') || ':customer-' || n FROM numbers)",
            self.shoppers
        );
        let entries = |store: &str, prefix: &str, bytes: u32| {
            format!(
                "{numbers} INSERT INTO entries (store, key, value)
                 SELECT '{store}', '{prefix}' || id, zeroblob({bytes}) FROM shoppers"
            )
        };
        let jobs = format!(
            "{numbers} INSERT INTO jobs (id, key, queue, state, enqueued_ms, due_ms, completed_ms, payload)
             SELECT 'bench-' || id, id, 'pool-0', 'done', 1, 1, unixepoch() * 1000, x'' FROM shoppers"
        );
        execute(&folder.join("kv.db"), &entries("SHOPPER_SESSIONS", "session:", 200)).await?;
        execute(&folder.join("kv.db"), &entries("UI_CACHE", "ui:", 200)).await?;
        execute(&folder.join("jobs.db"), &jobs).await
    }

    fn fill_folder(&self, folder: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder)?;
        for number in 1..=self.pages {
            let shop = if number % 2 == 1 { SHOP } else { OTHER };
            for ending in ["html", "json"] {
                std::fs::write(folder.join(format!("{shop}:customer-{number}.{ending}")), b"page")?;
            }
        }
        Ok(())
    }
}

async fn execute(file: &Path, statement: &str) -> anyhow::Result<()> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await?;
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await?;
    pool.close().await;
    Ok(())
}

fn start(folder: &Path) -> anyhow::Result<Server> {
    Server::wandstore_with(folder, &[("SHOPIFY_STORE", SHOP), ("SHOPIFY_API_SECRET", SECRET)])
}

/// Sends a webhook, waits for the audit record of its completion, and returns how long that took.
async fn redacted(server: &Server, folder: &Path, topic: &str, event: &str) -> anyhow::Result<Duration> {
    let body = format!(r#"{{"shop_id":1,"shop_domain":"{SHOP}","customer":{{"id":7}}}}"#);
    let id = format!("b54557e4-bdd9-4b37-8a5f-bf7d70bcd04{event}");
    let begun = Instant::now();
    let answer = reqwest::Client::new()
        .post(format!("http://{}/webhooks", server.address()))
        .header("x-shopify-hmac-sha256", signing::webhook(SECRET, body.as_bytes()))
        .header("x-shopify-topic", topic)
        .header("x-shopify-shop-domain", SHOP)
        .header("x-shopify-webhook-id", &id)
        .header("x-shopify-event-id", &id)
        .header("x-shopify-api-version", "2026-10")
        .body(body)
        .send()
        .await?;
    let status = answer.status();
    ensure!(status.is_success(), "the webhook was answered with {status}: {}", answer.text().await?);
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(folder.join("kv.db"))).await?;
    let record = "SELECT CAST(value AS TEXT) FROM entries
        WHERE store = 'GENERATION_QUEUE' AND key >= 'audit:' AND key < 'audit;' AND instr(value, ?1)";
    loop {
        let found: Option<String> = sqlx::query_scalar(record).bind(topic).fetch_optional(&pool).await?;
        if let Some(found) = found {
            println!("{found}");
            return Ok(begun.elapsed());
        }
        ensure!(begun.elapsed() < Duration::from_mins(10), "it does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
