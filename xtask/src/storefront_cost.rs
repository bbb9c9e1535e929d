//! `cargo xtask storefront-cost`: what the block costs a theme, as Shopify measures it.

use std::process::Command;

use clap::Args;
use xtask_dev::shell::{self, step};

/// The folder of the measurement, which has packages of its own: Lighthouse is large.
const FOLDER: &str = "tests/lighthouse";

/// Measure Lighthouse's performance of the simulated theme with and without the app, by turns; it takes a quarter of an hour.
#[derive(Args)]
pub struct StorefrontCost {
    /// How often each page is looked at on either side. The median counts.
    #[arg(long, default_value_t = 9)]
    runs: u32,
}

impl StorefrontCost {
    pub fn run(self) -> anyhow::Result<()> {
        shell::install("chromium", "chromium")?;
        step("packages of the measurement");
        shell::npm(FOLDER, &["ci", "--no-fund", "--no-audit"])?;
        step("building the app and the simulated shop");
        shell::run("cargo", &["build", "--workspace", "--bin", "wandstore", "--bin", "dev-shop"])?;
        step("pages with and without the app, by turns");
        let mut node = Command::new("node");
        node.arg("measure.js").arg(format!("--runs={}", self.runs)).current_dir(FOLDER);
        shell::check(&mut node, "node measure.js")
    }
}
