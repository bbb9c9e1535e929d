//! `endurance`: the commands `chaos`, `faults` and `soak` of `cargo xtask`.

use clap::Parser;
use endurance::{Chaos, Faults, Soak};

/// Breaks and loads the `wandstore` binary.
#[derive(Parser)]
enum Cli {
    Chaos(Chaos),
    Faults(Faults),
    Soak(Soak),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse() {
        Cli::Chaos(chaos) => chaos.run().await,
        Cli::Faults(faults) => faults.run().await,
        Cli::Soak(soak) => soak.run().await,
    }
}
