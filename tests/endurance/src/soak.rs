//! A mixed load for a long time, and what the server uses meanwhile.

mod load;
mod report;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use clap::Args;

use self::load::Load;
use self::report::{Point, Report};
use crate::sample::Sample;
use crate::shop::Shop;

/// How often a sample is taken.
const SAMPLES: Duration = Duration::from_secs(5);
/// Tokens of the model cost nothing here.
const CONFIG: &str = "[llm]\ntokens_per_shop_per_day_max = 1000000000000\n";

/// Load the server for a long time, and show what it uses: memory, descriptors, disk, time.
#[derive(Args)]
pub struct Soak {
    /// How long.
    #[arg(long, default_value_t = 120)]
    minutes: u32,
    /// How long memory may grow first, while caches fill; a third of the time at most.
    #[arg(long, default_value_t = 20)]
    warm_up: u32,
    /// Where the plot is written.
    #[arg(long, default_value = "target/soak.svg")]
    plot: PathBuf,
    /// The `wandstore` binary; the one next to this program without it.
    #[arg(long, env = "WANDSTORE_BINARY")]
    binary: Option<PathBuf>,
}

impl Soak {
    /// Runs the load, prints the table and the verdict, and writes the plot.
    pub async fn run(self) -> anyhow::Result<()> {
        let folder = tempfile::Builder::new().prefix("wandstore-soak-").tempdir()?;
        let (shop, binary) = Shop::open(folder.path(), crate::binary(self.binary.clone())?, CONFIG).await?;
        let log = std::fs::File::create(folder.path().join("serve.log"))?;
        let mut server = binary.serve(&[], log).await?;
        let load = Load::start(&server.address)?;
        let (began, lasts) = (Instant::now(), Duration::from_mins(self.minutes.into()));
        let mut report = Report::new(f64::from(self.warm_up.min(self.minutes / 3)));
        while began.elapsed() < lasts {
            tokio::time::sleep(SAMPLES).await;
            if let Some(status) = server.ended()? {
                bail!("the server ended by itself: {status}");
            }
            let (minute, id, data) = (began.elapsed().as_secs_f64() / 60.0, server.id(), binary.data());
            let sample = tokio::task::spawn_blocking(move || Sample::take(minute, id, &data)).await??;
            report.add(Point { sample, noticed: load.noticed() });
            if report.is_full_minute() {
                self.write(&report)?;
            }
            shop.model.forget();
        }
        drop(load);
        let dead = binary.jobs("dead")?;
        server.terminate().await?;
        println!("{}", report.table());
        self.write(&report)?;
        let failed = report.failed();
        for what in &failed {
            println!("FAILED: {what}");
        }
        ensure!(dead.is_empty(), "dead letters: {dead:?}");
        ensure!(failed.is_empty(), "{} of the rules for a long run do not hold", failed.len());
        println!("the plot is in {}", self.plot.display());
        Ok(())
    }

    /// Writes the plot, and the table beside it, also while the run lasts.
    fn write(&self, report: &Report) -> anyhow::Result<()> {
        std::fs::write(self.plot.with_extension("md"), report.table())?;
        Ok(std::fs::write(&self.plot, report.plot())?)
    }
}
