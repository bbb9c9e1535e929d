//! What a job costs our own processes as a deployment grows: on SQLite, and on PostgreSQL with one, two and four hosts.
//!
//! The model answers at once, so a job is our work and that of storage. Shoppers come at a fixed rate, each for the first
//! time, so each makes a job. Pages and plans are in one folder in every row: what differs is key-value storage and jobs.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::model::Model;
use crate::server::{Binary, Server};
use crate::shopper::Shoppers;

const SHOP: &str = "magic-wands";
/// How long shoppers come before anything is measured.
const WARM: Duration = Duration::from_secs(5);
/// How much more a job may cost on PostgreSQL than on SQLite, and with four hosts than with one.
const POSTGRES_MAX: f64 = 1.3;
const FOUR_HOSTS_MAX: f64 = 1.1;
/// The rows, with the number of hosts.
const ROWS: [(&str, usize); 4] = [("sqlite", 1), ("postgres", 1), ("postgres", 2), ("postgres", 4)];

/// Measure what a job costs on SQLite, and on PostgreSQL with one, two and four hosts.
#[derive(Args)]
pub struct Growth {
    /// How many shoppers come in a second.
    #[arg(long, default_value_t = 100)]
    rate: u32,
    /// How long each row is measured, in seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// The server in which a database is created for each row, and dropped at its end.
    #[arg(long, env = "DATABASE_URL", default_value = "postgres://postgres@localhost/postgres")]
    database_url: String,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

/// The measurement.
#[derive(Debug, Clone, Copy)]
struct Cost {
    jobs_per_second: f64,
    cpu_per_job: Duration,
    wrong: usize,
}

impl Growth {
    /// Measures each row, and prints the table and the verdict.
    pub async fn run(self) -> anyhow::Result<()> {
        println!("| jobs and key-value storage | hosts | jobs/s | our CPU per job | wrong |");
        println!("|---|---:|---:|---:|---:|");
        let mut costs = Vec::new();
        for (kind, hosts) in ROWS {
            let cost = self.measure(kind, hosts).await?;
            let Cost { jobs_per_second, cpu_per_job, wrong } = cost;
            let ms = cpu_per_job.as_secs_f64() * 1_000.0;
            println!("| {kind} | {hosts} | {jobs_per_second:.0} | {ms:.2} ms | {wrong} |");
            costs.push(cost);
        }
        let ratio = |row: usize, to: usize| {
            costs[row].cpu_per_job.as_secs_f64() / costs[to].cpu_per_job.as_secs_f64()
        };
        let (postgres, four_hosts) = (ratio(1, 0), ratio(3, 1));
        println!("\nPostgreSQL to SQLite: {postgres:.2}; four hosts to one: {four_hosts:.2}\n");
        let wrong: usize = costs.iter().map(|cost| cost.wrong).sum();
        crate::judge(&[
            (wrong == 0, format!("{wrong} wrong answers")),
            (postgres <= POSTGRES_MAX, format!("a job on PostgreSQL costs {postgres:.2} times as much")),
            (
                four_hosts <= FOUR_HOSTS_MAX,
                format!("a job with four hosts costs {four_hosts:.2} times as much"),
            ),
        ])
    }

    async fn measure(&self, kind: &str, hosts: usize) -> anyhow::Result<Cost> {
        let folder = tempfile::Builder::new().prefix("wandstore-growth-").tempdir()?;
        let database = match kind {
            "postgres" => Database::create(&self.database_url, true).await?,
            _ => None,
        };
        let model = Model::open().await?;
        let url = database.as_ref().map(|database| database.url.to_string());
        let path = crate::binary(self.binary.clone())?;
        let mut servers = Vec::new();
        for place in 0..hosts {
            let binary = host(&folder.path().join(format!("host-{place}")), &path, url.as_deref(), &model)?;
            servers.push(binary.serve(&[], std::process::Stdio::null()).await?);
        }
        let cost = self.load(&servers, &model).await;
        for server in servers {
            server.terminate().await?;
        }
        if let Some(database) = database {
            database.remove().await?;
        }
        cost
    }

    async fn load(&self, servers: &[Server], model: &Model) -> anyhow::Result<Cost> {
        let addresses: Arc<[String]> = servers.iter().map(|server| server.address.clone()).collect();
        let shoppers = Shoppers::new(SHOP)?;
        let mut every = tokio::time::interval(Duration::from_secs(1) / self.rate);
        let (mut visits, mut number, mut wrong) = (JoinSet::new(), 0_usize, 0);
        let lasts = Duration::from_secs(self.seconds);
        let (began, mut start) = (Instant::now(), None);
        while began.elapsed() < WARM + lasts {
            every.tick().await;
            if start.is_none() && began.elapsed() >= WARM {
                start = Some(Reading::of(servers).await?);
                model.forget();
            }
            let (shoppers, addresses) = (shoppers.clone(), addresses.clone());
            number += 1;
            visits.spawn(async move {
                shoppers.visit(&addresses[number % addresses.len()], &format!("growth-{number}")).await
            });
            while let Some(visit) = visits.try_join_next() {
                wrong += usize::from(visit?.is_err());
            }
        }
        let (start, end) = (start.context("it was measured")?, Reading::of(servers).await?);
        let seconds = end.at.duration_since(start.at).as_secs_f64();
        let jobs = end.jobs - start.jobs;
        let cpu_per_job = Duration::from_secs_f64((end.cpu_seconds - start.cpu_seconds) / jobs.max(1.0));
        Ok(Cost { jobs_per_second: jobs / seconds, cpu_per_job, wrong })
    }
}

/// What all hosts together have used and done so far.
struct Reading {
    at: Instant,
    cpu_seconds: f64,
    jobs: f64,
}

impl Reading {
    async fn of(servers: &[Server]) -> anyhow::Result<Self> {
        let (mut cpu_seconds, mut jobs) = (0.0, 0.0);
        for server in servers {
            cpu_seconds += cpu_seconds_of(server.id())?;
            let metrics = reqwest::get(format!("http://{}/metrics", server.address)).await?.text().await?;
            let done = metrics.lines().filter(|line| line.starts_with("wandstore_generation_seconds_count"));
            let counts = done.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
            jobs += counts.sum::<f64>();
        }
        Ok(Self { at: Instant::now(), cpu_seconds, jobs })
    }
}

/// Returns how long a process has computed, in user mode and in the kernel (proc(5): fields 14 and 15 of `stat`).
fn cpu_seconds_of(id: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, rest) = stat.rsplit_once(") ").context("a process has a name")?;
    let fields: Vec<_> = rest.split(' ').collect();
    let ticks: f64 =
        fields.get(11..13).context("fields")?.iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    #[expect(clippy::cast_precision_loss, reason = "a hundred")]
    Ok(ticks / rustix::param::clock_ticks_per_second() as f64)
}

/// Returns the binary of a host, whose pages are in a folder of all hosts.
fn host(folder: &Path, path: &Path, database_url: Option<&str>, model: &Model) -> anyhow::Result<Binary> {
    let data = folder.join("data");
    std::fs::create_dir_all(&data)?;
    let blobs = folder.with_file_name("blobs");
    std::fs::create_dir_all(&blobs)?;
    symlink(&blobs, data.join("blobs"))?;
    let kind = if database_url.is_some() { "postgres" } else { "sqlite" };
    let config = format!(
        "[backends.kv]\nkind = \"{kind}\"\n[backends.jobs]\nkind = \"{kind}\"\n\
         [llm]\ntokens_per_shop_per_day_max = 1000000000000\n[retention]\ndisk_free_mib_min = 0\n"
    );
    std::fs::write(folder.join("wandstore.toml"), config)?;
    let endpoint = format!("http://{}/v1", model.address);
    let mut variables = vec![
        ("LLM_BASE_URL", &*endpoint),
        ("LLM_MODEL", "scripted-1"),
        ("PLANS_PER", "shopper"),
        ("RUST_LOG", "warn"),
    ];
    variables.extend(database_url.map(|url| ("DATABASE_URL", url)));
    Ok(Binary::new(path.to_owned(), folder, &variables))
}
