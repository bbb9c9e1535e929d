//! Faults on the wire to the dependencies that are reached over the network: healthy, slow, failing, restored.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use clap::Args;
use tokio::task::JoinSet;

use crate::figures::{ms, quantile};
use crate::proxy::{Proxy, Wire};
use crate::shop::{SHOP, Shop};
use crate::shopper::Shoppers;

/// The phases. After each that fails, the dependency is restored.
const PHASES: [(&str, Wire); 10] = [
    ("healthy", Wire::Passes),
    ("slow: each part of an answer 1 s late", Wire::Delays(Duration::from_secs(1))),
    ("restored", Wire::Passes),
    ("failing: cut off after 300 bytes", Wire::Cuts(300)),
    ("restored", Wire::Passes),
    ("failing: stalled", Wire::Stalls),
    ("restored", Wire::Passes),
    ("failing: corrupted", Wire::Corrupts),
    ("failing: refused", Wire::Refuses),
    ("restored", Wire::Passes),
];
/// How long a storefront request may take in 99 of 100 cases.
const P99_MAX: Duration = Duration::from_millis(300);
/// How soon after a fault the page of a newcomer is planned by the model and made of the shop's products again.
const AGAIN_MAX: Duration = Duration::from_secs(10);
/// After so long it is not waited for any longer.
const AGAIN_PATIENCE: Duration = Duration::from_mins(2);
/// A newcomer arrives this often, and one who was there before returns this often.
const NEWCOMERS: Duration = Duration::from_millis(250);
const REGULARS: Duration = Duration::from_millis(50);
/// How often products change, so that pages are rendered again and the catalog is asked.
const CHANGES: Duration = Duration::from_secs(2);
const HEALTH: Duration = Duration::from_millis(250);

/// Break the wires to the model and to the catalog, and measure what shoppers notice.
#[derive(Args)]
pub struct Faults {
    /// How long each phase lasts, in seconds.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

/// What shoppers noticed in a phase.
#[derive(Debug, Default)]
struct Noticed {
    took: Vec<Duration>,
    wrong: Vec<String>,
    promised: Vec<u64>,
    degraded: usize,
    checks: usize,
}

/// Who visits, and what they noticed in the present phase.
struct Visitors {
    address: String,
    shoppers: Shoppers,
    noticed: Mutex<Noticed>,
    newcomers: Mutex<u64>,
}

impl Faults {
    /// Runs the phases for each dependency, and prints the table.
    pub async fn run(self) -> anyhow::Result<()> {
        let path = crate::binary(self.binary)?;
        let phase = Duration::from_secs(self.seconds);
        println!(
            "| what | phase | requests | wrong | p50 | p99 | slowest | `/health` | the model's pages again after |"
        );
        println!("|---|---|---:|---:|---:|---:|---:|---|---:|");
        let mut failed = Vec::new();
        for dependency in ["model", "catalog"] {
            failed.extend(measure(dependency, path.clone(), phase).await?);
        }
        for what in &failed {
            println!("FAILED: {what}");
        }
        println!(
            "\nfaults: {} passed, {} failed",
            (PHASES.len() * 2).saturating_sub(failed.len()),
            failed.len()
        );
        ensure!(failed.is_empty(), "{} phases failed", failed.len());
        Ok(())
    }
}

/// Runs the phases of one dependency, with a server of its own. Returns what failed.
async fn measure(dependency: &str, path: PathBuf, lasts: Duration) -> anyhow::Result<Vec<String>> {
    let folder = tempfile::Builder::new().prefix("wandstore-faults-").tempdir()?;
    let (shop, binary) = Shop::open(folder.path(), path, "").await?;
    let log = std::fs::File::create(folder.path().join("serve.log"))?;
    let mut server = binary.serve(&[], log).await?;
    let visitors = Arc::new(Visitors {
        address: server.address.clone(),
        shoppers: Shoppers::new(SHOP)?,
        noticed: Mutex::default(),
        newcomers: Mutex::new(0),
    });
    planned_by_model(&visitors).await?;
    let mut load = load(&visitors);
    let wire = if dependency == "model" { &shop.to_model } else { &shop.to_catalog };
    let (mut failed, mut promised) = (Vec::new(), Vec::new());
    for (name, state) in PHASES {
        let noticed = phase(&visitors, wire, name, state, lasts).await;
        let (row, wrong) = noticed.judge(dependency, name);
        println!("{row}");
        failed.extend(wrong);
        promised.extend(noticed.noticed.promised);
        ensure!(server.ended()?.is_none(), "the server ended by itself");
    }
    load.shutdown().await;
    let lost = all_made(&visitors, &promised).await?;
    println!("| {dependency} | in all | {} pages promised, {} not made | | | | | | |", promised.len(), lost);
    if lost > 0 {
        failed.push(format!("{dependency}: {lost} promised pages were not made"));
    }
    let dead = binary.jobs("dead")?;
    if !dead.is_empty() {
        failed.push(format!("{dependency}: dead letters: {dead:?}"));
    }
    server.terminate().await?;
    Ok(failed)
}

/// A phase as it was measured.
struct Measured {
    noticed: Noticed,
    /// How soon the page of a newcomer was the model's again, after a restoration.
    again: Option<Duration>,
    is_restored: bool,
}

async fn phase(visitors: &Visitors, wire: &Proxy, name: &str, state: Wire, lasts: Duration) -> Measured {
    *visitors.noticed_now() = Noticed::default();
    wire.set(state);
    let (began, is_restored) = (Instant::now(), name == "restored");
    let again = if is_restored { planned_by_model(visitors).await.ok() } else { None };
    tokio::time::sleep(lasts.saturating_sub(began.elapsed())).await;
    Measured { noticed: std::mem::take(&mut visitors.noticed_now()), again, is_restored }
}

impl Measured {
    /// Returns the row of the table, and what is not as it has to be.
    fn judge(&self, dependency: &str, name: &str) -> (String, Vec<String>) {
        let Noticed { took, wrong, degraded, checks, .. } = &self.noticed;
        let mut took = took.clone();
        let [p50, p99, slowest] = [0.5, 0.99, 1.0].map(|share| quantile(&mut took, share));
        let health = match degraded {
            0 => "ok".to_owned(),
            degraded => format!("degraded in {degraded} of {checks}"),
        };
        let again = match (self.is_restored, self.again) {
            (true, Some(again)) => format!("{:.1} s", again.as_secs_f64()),
            (true, None) => "never".to_owned(),
            (false, _) => String::new(),
        };
        let row = format!(
            "| {dependency} | {name} | {} | {} | {:.0} ms | {:.0} ms | {:.0} ms | {health} | {again} |",
            took.len(),
            wrong.len(),
            ms(p50),
            ms(p99),
            ms(slowest)
        );
        let mut failed = Vec::new();
        if let Some(first) = wrong.first() {
            failed.push(format!("{dependency}, {name}: {} wrong answers, such as {first}", wrong.len()));
        }
        if p99 >= P99_MAX {
            failed.push(format!("{dependency}, {name}: p99 {:.0} ms", ms(p99)));
        }
        if self.is_restored && self.again.is_none_or(|again| again > AGAIN_MAX) {
            failed.push(format!("{dependency}, {name}: the model's pages again: {again}"));
        }
        (row, failed)
    }
}

impl Visitors {
    fn noticed_now(&self) -> MutexGuard<'_, Noticed> {
        self.noticed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of a new shopper.
    fn newcomer(&self) -> u64 {
        let mut newcomers = self.newcomers.lock().unwrap_or_else(PoisonError::into_inner);
        *newcomers += 1;
        *newcomers
    }

    /// Visits the shop, and notices how that goes.
    async fn visit(&self, shopper: u64) {
        let visit = self.shoppers.visit(&self.address, &name(shopper)).await;
        let mut noticed = self.noticed_now();
        match visit {
            Ok(page) => {
                noticed.took.push(page.took);
                if page.is_promised && !page.is_theirs {
                    noticed.promised.push(shopper);
                }
            }
            Err(error) => noticed.wrong.push(format!("{error:#}")),
        }
    }

    async fn check_health(&self) {
        let health = self.shoppers.health(&self.address).await;
        let mut noticed = self.noticed_now();
        noticed.checks += 1;
        match health {
            Ok((is_ok, _)) => noticed.degraded += usize::from(!is_ok),
            Err(error) => noticed.wrong.push(format!("{error:#}")),
        }
    }
}

fn name(shopper: u64) -> String {
    format!("wire-{shopper}")
}

/// Shoppers come and return, products change, and health is checked, until this is dropped.
fn load(visitors: &Arc<Visitors>) -> JoinSet<()> {
    let mut load = JoinSet::new();
    let each = |visitors: &Arc<Visitors>, every| (visitors.clone(), tokio::time::interval(every));
    let (them, mut every) = each(visitors, NEWCOMERS);
    load.spawn(async move {
        loop {
            every.tick().await;
            let (them, shopper) = (them.clone(), them.newcomer());
            tokio::spawn(async move { them.visit(shopper).await });
        }
    });
    let (them, mut every) = each(visitors, REGULARS);
    load.spawn(async move {
        for turn in 0_u64.. {
            every.tick().await;
            let (them, shopper) = (them.clone(), turn % 40 + 1);
            tokio::spawn(async move { them.visit(shopper).await });
        }
    });
    let (them, mut every) = each(visitors, CHANGES);
    load.spawn(async move {
        loop {
            every.tick().await;
            let _ = them.shoppers.bump(&them.address).await;
        }
    });
    let (them, mut every) = each(visitors, HEALTH);
    load.spawn(async move {
        loop {
            every.tick().await;
            them.check_health().await;
        }
    });
    load
}

/// Lets newcomers arrive until the page of one is the model's, and returns how long that took.
async fn planned_by_model(visitors: &Visitors) -> anyhow::Result<Duration> {
    let began = Instant::now();
    while began.elapsed() < AGAIN_PATIENCE {
        let shopper = name(visitors.newcomer());
        let first = visitors.shoppers.visit(&visitors.address, &shopper).await?;
        if first.is_promised {
            // One who came while the breaker was open waits longer than the next one.
            visitors.shoppers.state(&visitors.address, &shopper, 2).await?;
            let second = visitors.shoppers.visit(&visitors.address, &shopper).await?;
            if second.source == "llm" {
                return Ok(began.elapsed());
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("no page is planned by the model")
}

/// Waits until every promised page is made, and returns how many are not.
async fn all_made(visitors: &Visitors, promised: &[u64]) -> anyhow::Result<usize> {
    let (mut lost, began) = (0, Instant::now());
    for shopper in promised {
        loop {
            let state = visitors.shoppers.state(&visitors.address, &name(*shopper), 5).await?;
            if state == "ready" {
                break;
            }
            if ["none", "failed"].contains(&&*state) || began.elapsed() > AGAIN_PATIENCE {
                lost += 1;
                break;
            }
        }
    }
    Ok(lost)
}
