//! Faults on the wire to the dependencies that are reached over the network: healthy, slow, failing, restored.

mod visitors;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;

use self::visitors::{Noticed, Visitors, load};
use crate::figures::{ms, quantile};
use crate::proxy::{Proxy, Wire};
use crate::shop::Shop;

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
        crate::print_result(PHASES.len() * 2, failed.len());
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
    let visitors = Arc::new(Visitors::of(&server.address)?);
    visitors.planned_by_model().await?;
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
    let lost = visitors.all_made(&promised).await?;
    println!("| {dependency} | in all | {} pages promised, {} not made | | | | | | |", promised.len(), lost);
    if lost > 0 {
        failed.push(format!("{dependency}: {lost} promised pages were not made"));
    }
    let dead = binary.jobs("dead")?;
    if !dead.is_empty() {
        failed.push(format!("{dependency}: {} dead letters, such as: {}", dead.len(), dead[0]));
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
    drop(visitors.noticed());
    wire.set(state);
    let (began, is_restored) = (Instant::now(), name == "restored");
    let again = if is_restored { visitors.planned_by_model().await.ok() } else { None };
    tokio::time::sleep(lasts.saturating_sub(began.elapsed())).await;
    Measured { noticed: visitors.noticed(), again, is_restored }
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
