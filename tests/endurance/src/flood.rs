//! One client who invents shoppers as fast as the server answers, and what that costs the merchant and other shoppers.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use tokio::task::JoinSet;

use crate::figures::{ms, quantile};
use crate::sample::Sample;
use crate::shop::{SHOP, Shop};
use crate::shopper::{Page, Shoppers};

/// The connections of the flood, all from one address.
const CONNECTIONS: usize = 16;
const FLOODING: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// A shopper who has a page returns this often.
const REGULAR: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
const RETURNS: Duration = Duration::from_millis(50);
/// How long hits are measured before the flood.
const BEFORE: Duration = Duration::from_secs(10);
/// Newcomers who arrive during the flood, each at an address of their own.
const NEWCOMERS: u8 = 5;
/// How long a newcomer waits for their page.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often the server's memory is read.
const SAMPLES: Duration = Duration::from_secs(2);

/// What the flood may cost in all: calls of the model, and MiB on disk.
const CALLS_MAX: usize = 100;
const DISK_MIB_MAX: f64 = 50.0;
/// How long a hit may take in 99 of 100 cases.
const P99_MAX: Duration = Duration::from_millis(300);
/// How much more memory the second half of the flood may use than the first.
const GROWTH_MAX: f64 = 1.1;

/// Flood the server with invented shoppers from one address, and measure what that costs.
#[derive(Args)]
pub struct Flood {
    /// How long, in seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

impl Flood {
    /// Runs the flood, and prints the table and the verdict.
    pub async fn run(self) -> anyhow::Result<()> {
        let folder = tempfile::Builder::new().prefix("wandstore-flood-").tempdir()?;
        let (shop, binary) = Shop::open(folder.path(), crate::binary(self.binary)?, "").await?;
        let log = std::fs::File::create(folder.path().join("serve.log"))?;
        let mut server = binary.with_limits().serve(&[], log).await?;
        let sample = || Sample::take(0.0, server.id(), &binary.data());

        let regular = Regular::arrive(&server.address).await?;
        let calm = regular.returns(BEFORE).await?;
        shop.model.forget();
        let (before, lasts) = (sample()?, Duration::from_secs(self.seconds));
        let (mut crowd, requests) = flood(&server.address)?;
        let (began, mut memory) = (Instant::now(), Vec::new());
        let newcomers = tokio::spawn(newcomers(server.address.clone(), lasts / u32::from(NEWCOMERS + 1)));
        let returns = tokio::spawn(async move { regular.returns(lasts).await });
        while began.elapsed() < lasts {
            tokio::time::sleep(SAMPLES).await;
            memory.push(sample()?.rss);
        }
        crowd.shutdown().await;
        let flooded = returns.await??;
        let pages = newcomers.await??;
        let after = sample()?;
        ensure!(server.ended()?.is_none(), "the server ended by itself");
        server.terminate().await?;

        let calls = shop.model.asked().iter().filter(|asked| asked.shopper.is_none()).count();
        let (first, second) = memory.split_at(memory.len() / 2);
        let [first, second] = [first, second].map(|half| half.iter().copied().fold(0.0, f64::max));
        let disk = after.on_disk() - before.on_disk();
        let requests = requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        print_row(
            "requests of the flood",
            &format!("{} ({} wrong)", requests.answered, requests.wrong.len()),
        );
        print_row("calls of the model for it", &calls.to_string());
        print_row("on disk", &format!("{disk:.1} MiB more"));
        print_row(
            "memory",
            &format!("{:.0} MiB before, {first:.0} and {second:.0} MiB at most in its halves", before.rss),
        );
        print_row("newcomers with a page of the model", &format!("{pages} of {NEWCOMERS}"));
        for (name, took) in [("hits before", &calm), ("hits during", &flooded)] {
            let [p50, p99] = [0.5, 0.99].map(|share| ms(quantile(&mut took.clone(), share)));
            print_row(name, &format!("{} of p50 {p50:.1} ms, p99 {p99:.1} ms", took.len()));
        }
        let rules = [
            (requests.wrong.is_empty(), format!("wrong answers, such as {:?}", requests.wrong.first())),
            (calls <= CALLS_MAX, format!("{calls} calls of the model, {CALLS_MAX} are allowed")),
            (disk <= DISK_MIB_MAX, format!("{disk:.1} MiB on disk, {DISK_MIB_MAX} are allowed")),
            (second <= first * GROWTH_MAX, format!("memory grew from {first:.0} to {second:.0} MiB")),
            (pages == NEWCOMERS, format!("{pages} of {NEWCOMERS} newcomers got their page")),
            (quantile(&mut flooded.clone(), 0.99) < P99_MAX, "hits are too slow".to_owned()),
        ];
        crate::judge(&rules)
    }
}

fn print_row(name: &str, value: &str) {
    println!("| {name} | {value} |");
}

/// What the flood noticed.
#[derive(Debug, Clone, Default)]
struct Requests {
    answered: u64,
    wrong: Vec<String>,
}

/// Starts the flood. Every request is of another shopper.
fn flood(address: &str) -> anyhow::Result<(JoinSet<()>, Arc<Mutex<Requests>>)> {
    let (mut crowd, requests) = (JoinSet::new(), Arc::<Mutex<Requests>>::default());
    let (shoppers, number) = (Shoppers::at(SHOP, FLOODING)?, Arc::new(AtomicU64::new(0)));
    for _ in 0..CONNECTIONS {
        let (address, shoppers) = (address.to_owned(), shoppers.clone());
        let (number, requests) = (number.clone(), requests.clone());
        crowd.spawn(async move {
            loop {
                let shopper = format!("flood-{}", number.fetch_add(1, Ordering::Relaxed));
                let visit = shoppers.visit(&address, &shopper).await;
                let mut requests = requests.lock().unwrap_or_else(PoisonError::into_inner);
                match visit {
                    Ok(_) => requests.answered += 1,
                    Err(error) => requests.wrong.push(format!("{error:#}")),
                }
            }
        });
    }
    Ok((crowd, requests))
}

/// A shopper who has a page.
struct Regular {
    address: String,
    shoppers: Shoppers,
}

impl Regular {
    /// Waits until the shopper's page is made.
    async fn arrive(address: &str) -> anyhow::Result<Self> {
        let shoppers = Shoppers::at(SHOP, REGULAR)?;
        page_of_model(&shoppers, address, 0).await?;
        Ok(Self { address: address.to_owned(), shoppers })
    }

    /// Returns again and again for a while, and returns how long each visit took.
    async fn returns(&self, lasts: Duration) -> anyhow::Result<Vec<Duration>> {
        let (began, mut took) = (Instant::now(), Vec::new());
        let mut every = tokio::time::interval(RETURNS);
        while began.elapsed() < lasts {
            every.tick().await;
            let page = self.shoppers.visit(&self.address, &name(0)).await.context("a hit")?;
            ensure!(page.is_theirs, "a shopper lost their page");
            took.push(page.took);
        }
        Ok(took)
    }
}

fn name(shopper: u64) -> String {
    format!("honest-{shopper}")
}

/// Newcomers arrive one after the other. Returns how many of them get a page of the model.
async fn newcomers(address: String, every: Duration) -> anyhow::Result<u8> {
    let mut served = 0;
    for number in 1..=NEWCOMERS {
        tokio::time::sleep(every).await;
        let shoppers = Shoppers::at(SHOP, IpAddr::V4(Ipv4Addr::new(127, 0, 1, number)))?;
        match page_of_model(&shoppers, &address, number.into()).await {
            Ok(_) => served += 1,
            Err(error) => println!("newcomer {number}: {error:#}"),
        }
    }
    Ok(served)
}

/// A shopper searches, visits, and returns until the page is theirs.
async fn page_of_model(shoppers: &Shoppers, address: &str, number: u64) -> anyhow::Result<Page> {
    let (shopper, began) = (name(number), Instant::now());
    ensure!(shoppers.search(address, &shopper, number).await?, "the search was not stored");
    while began.elapsed() < PATIENCE {
        let page = shoppers.visit(address, &shopper).await?;
        if page.source == "llm" {
            return Ok(page);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bail!("no page of the model within {} s", PATIENCE.as_secs())
}
