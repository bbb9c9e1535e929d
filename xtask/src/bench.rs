//! `cargo xtask bench`.

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
}

impl Bench {
    pub fn run(self) -> anyhow::Result<()> {
        shell::install("wrk", "wrk")?;
        shell::build_release()?;
        if self.targets {
            bundle::bundle(&shell::target_dir().join("release/wandstore"), None, bundle::DEPLOYED)?;
            bundle_worker()?;
        }
        shell::step("measuring");
        let (package, seconds) = (if self.targets { "targets" } else { "bench" }, self.seconds.to_string());
        shell::run(
            "cargo",
            &["run", "--release", "--quiet", "--package", package, "--", "--seconds", &seconds],
        )
    }
}

/// Bundles the composed components for upload to Cloudflare.
fn bundle_worker() -> anyhow::Result<()> {
    shell::step("bundling the Worker");
    shell::npm("targets/cloudflare", &["ci", "--no-fund", "--no-audit"])?;
    shell::npm("targets/cloudflare", &["run", "-s", "build"])
}
