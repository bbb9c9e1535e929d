//! `cargo xtask bench`.

use std::process::Command;

use clap::Args;
use xtask_dev::shell;

use crate::bundle;

/// Run a day of a shop in virtual time, per segment and per shopper, and print what its visits cost.
#[derive(Args)]
pub struct SimulateDay {
    /// How many visits there are.
    #[arg(long, default_value_t = 100_000)]
    visits: u64,
    /// The seed, which decides everything that is drawn.
    #[arg(long, default_value_t = 2)]
    seed: u64,
}

impl SimulateDay {
    pub fn run(self) -> anyhow::Result<()> {
        let (visits, seed) = (self.visits.to_string(), self.seed.to_string());
        let day = ["run", "--release", "--quiet", "--package", "simulation", "--bin", "simulate-day", "--"];
        shell::run("cargo", &[&day[..], &["--visits", &visits, "--seed", &seed]].concat())
    }
}

/// Measure against the native floor, in one run.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args)]
pub struct Bench {
    /// How long each load lasts, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Compare the hosts instead: wandstore, Spin where it is installed, and workerd.
    #[arg(long)]
    targets: bool,
    /// Count the instructions of hits instead, with valgrind, and compare them with docs/benchmarks.md.
    #[arg(long, conflicts_with = "targets")]
    instructions: bool,
    /// Compare our host instead with bare hyper, Node.js, workerd, wasmtime and Spin, where they are installed.
    #[arg(long, conflicts_with_all = ["targets", "instructions"])]
    peers: bool,
    /// Measure instead what hits cost among 1,000, 100,000 and 1,000,000 pages. Needs PostgreSQL at `DATABASE_URL`, Redis
    /// at `REDIS_URL`, and 25 GB of disk and memory.
    #[arg(long, conflicts_with_all = ["targets", "instructions", "peers"])]
    pages: bool,
}

impl Bench {
    pub fn run(self) -> anyhow::Result<()> {
        if self.instructions || self.pages {
            shell::install("valgrind", "valgrind")?;
        } else {
            shell::install("wrk", "wrk")?;
        }
        shell::build_release()?;
        if self.targets {
            bundle::bundle(&shell::target_dir().join("release/wandstore"), None, bundle::DEPLOYED)?;
            bundle_worker()?;
        }
        if self.peers {
            shell::npm("targets/cloudflare", &["ci", "--no-fund", "--no-audit"])?;
        }
        shell::step("measuring");
        let (package, seconds) = (if self.targets { "targets" } else { "bench" }, self.seconds.to_string());
        let mut cargo = Command::new("cargo");
        cargo.args(["run", "--release", "--quiet", "--package", package, "--", "--seconds", &seconds]);
        cargo.args(self.instructions.then_some("instructions")).args(self.peers.then_some("peers"));
        cargo.args(self.pages.then_some("pages"));
        shell::check(&mut cargo, "cargo run")
    }
}

/// Bundles the composed components for upload to Cloudflare.
fn bundle_worker() -> anyhow::Result<()> {
    shell::step("bundling the Worker");
    shell::npm("targets/cloudflare", &["ci", "--no-fund", "--no-audit"])?;
    shell::npm("targets/cloudflare", &["run", "-s", "build"])
}
