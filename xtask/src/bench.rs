//! `cargo xtask bench`.

use std::process::Command;

use clap::Args;
use xtask_dev::shell;

use crate::bundle;

/// Measure against the native floor, in one run.
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
}

impl Bench {
    pub fn run(self) -> anyhow::Result<()> {
        if self.instructions {
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
        shell::check(&mut cargo, "cargo run")
    }
}

/// Bundles the composed components for upload to Cloudflare.
fn bundle_worker() -> anyhow::Result<()> {
    shell::step("bundling the Worker");
    shell::npm("targets/cloudflare", &["ci", "--no-fund", "--no-audit"])?;
    shell::npm("targets/cloudflare", &["run", "-s", "build"])
}
