//! Hits while more and more pages are stored: what one costs if memory has the page, and if only key-value storage or
//! the folder has it. The deployments of different sizes run side by side and are measured in turn, so the machine's
//! other work costs each of them the same.

mod deployment;

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use clap::Args;

use crate::client::Client;
use crate::instructions;
use crate::server::Server;
use deployment::{Deployment, Tier};

/// How often each deployment is measured.
const ROUNDS: u64 = 5;
/// How much more a hit may cost among the most pages than among the fewest.
const MORE_MAX: f64 = 1.1;

/// Measure hits among 1,000, 100,000 and 1,000,000 stored pages of 4 KiB.
#[derive(Args)]
pub struct Pages {
    /// The numbers of pages.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000,1000000")]
    pages: Vec<u64>,
    /// The kinds of key-value storage: `sqlite`, `postgres` (at `DATABASE_URL`) and `redis` (with both; at `REDIS_URL`).
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres,redis")]
    kinds: Vec<String>,
}

/// What hits cost.
struct Cost {
    instructions: f64,
    cpu: Duration,
    took: Duration,
    hits: u64,
}

impl Pages {
    /// Prints a table, and fails if hits are not flat.
    pub fn measure(&self) -> anyhow::Result<()> {
        println!(
            "| key-value storage | the page is in | pages | instructions | CPU of a hit | hits/s | CPU, beside |"
        );
        println!("|---|---|---:|---:|---:|---:|---:|");
        let mut more = Vec::new();
        for kind in &self.kinds {
            let deployments: Vec<_> =
                self.pages.iter().map(|pages| Deployment::filled(kind, *pages)).collect::<Result<_, _>>()?;
            for tier in Tier::of(kind) {
                more.extend(measure(&deployments, *tier)?);
            }
            deployments.into_iter().try_for_each(Deployment::remove)?;
        }
        ensure!(more.is_empty(), "hits are not flat: {}", more.join("; "));
        Ok(())
    }
}

/// Measures hits in one tier of all deployments. Returns which of them cost too much more than those in the first.
fn measure(deployments: &[Deployment], tier: Tier) -> anyhow::Result<Vec<String>> {
    let mut costs = Vec::new();
    for deployment in deployments {
        costs.push(Cost {
            instructions: count(deployment, tier)?,
            cpu: Duration::ZERO,
            took: Duration::ZERO,
            hits: 0,
        });
    }
    let servers: Vec<_> =
        deployments.iter().map(|deployment| deployment.serve(tier)).collect::<Result<_, _>>()?;
    for round in 0..=ROUNDS {
        for ((deployment, server), cost) in deployments.iter().zip(&servers).zip(&mut costs) {
            let targets = deployment.targets(tier, round);
            let (cpu, began) = (server.cpu()?, Instant::now());
            hit(server, &targets)?;
            // The first round fills memory, and is not counted.
            if round > 0 || tier == Tier::Folder {
                cost.cpu += server.cpu()?.saturating_sub(cpu);
                cost.took += began.elapsed();
                cost.hits += targets.len() as u64;
            }
        }
    }
    Ok(print(deployments, tier, &costs))
}

/// Counts the instructions of a hit in user space.
fn count(deployment: &Deployment, tier: Tier) -> anyhow::Result<f64> {
    let counts = tempfile::tempdir()?;
    let file = counts.path().join("counts");
    let server = deployment.serve_under(&instructions::valgrind(&file), tier)?;
    let [before, targets] = deployment.counted(tier);
    instructions::run(&server, &before, &targets, &file)
}

/// Requests each target, which must be a hit.
fn hit(server: &Server, targets: &[String]) -> anyhow::Result<()> {
    let mut client = Client::connect(server.address())?;
    for target in targets {
        let answer = client.get(target)?;
        if answer.header("x-cache") != Some("HIT") {
            bail!("{target} is no hit but {:?}", answer.header("x-cache"));
        }
    }
    Ok(())
}

/// Prints a row for each deployment. Returns which of them cost too much more than the first.
fn print(deployments: &[Deployment], tier: Tier, costs: &[Cost]) -> Vec<String> {
    let mut more = Vec::new();
    for (deployment, cost) in deployments.iter().zip(costs) {
        let (kind, pages) = (&deployment.kind, deployment.pages);
        let (cpu_us, rate) = (cost.cpu_us(), cost.rate());
        let (instructions, first) = (cost.instructions, &costs[0]);
        let (by_instructions, by_cpu) = (instructions / first.instructions, cpu_us / first.cpu_us());
        println!(
            "| {kind} | {} | {pages} | {instructions:.0} ({by_instructions:.2}) | {cpu_us:.0} µs | {rate:.0} | {by_cpu:.2} |",
            tier.name()
        );
        if by_instructions > MORE_MAX || by_cpu > MORE_MAX {
            let name = tier.name();
            more.push(format!(
                "{kind}, {name}, {pages} pages: {by_instructions:.2} times the instructions, {by_cpu:.2} times the CPU"
            ));
        }
    }
    more
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
impl Cost {
    fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.hits as f64
    }

    fn rate(&self) -> f64 {
        self.hits as f64 / self.took.as_secs_f64()
    }
}
