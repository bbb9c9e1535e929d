//! `cargo xtask bench`.

use clap::Args;

use crate::shell;

/// Measure against the native floor, in one run.
#[derive(Args)]
pub struct Bench {
    /// How long each load lasts, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
}

impl Bench {
    pub fn run(self) -> anyhow::Result<()> {
        shell::install("wrk", "wrk")?;
        shell::build_release()?;
        shell::step("measuring");
        let seconds = self.seconds.to_string();
        shell::run(
            "cargo",
            &["run", "--release", "--quiet", "--package", "bench", "--", "--seconds", &seconds],
        )
    }
}
