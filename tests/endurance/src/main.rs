//! `endurance`: the commands `chaos`, `faults`, `flood`, `hosts`, `slow-clients` and `soak` of `cargo xtask`.

use clap::Parser;
use endurance::{Chaos, Faults, Flood, Hosts, SlowClients, Soak};

/// Breaks and loads the `wandstore` binary.
#[derive(Parser)]
enum Cli {
    Chaos(Chaos),
    Faults(Faults),
    Flood(Flood),
    Hosts(Hosts),
    SlowClients(SlowClients),
    Soak(Soak),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse() {
        Cli::Chaos(chaos) => chaos.run().await,
        Cli::Faults(faults) => faults.run().await,
        Cli::Flood(flood) => flood.run().await,
        Cli::Hosts(hosts) => hosts.run().await,
        Cli::SlowClients(clients) => clients.run().await,
        Cli::Soak(soak) => soak.run().await,
    }
}
