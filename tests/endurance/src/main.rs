//! `endurance`: the commands `chaos`, `faults`, `flood`, `growth`, `hosts`, `slow-clients`, `soak` and `upgrade` of `cargo xtask`.

use clap::Parser;
use endurance::{Chaos, Faults, Flood, Growth, Hosts, SlowClients, Soak, Upgrade};

/// Breaks and loads the `wandstore` binary.
#[derive(Parser)]
enum Cli {
    Chaos(Chaos),
    Faults(Faults),
    Flood(Flood),
    Growth(Growth),
    Hosts(Hosts),
    SlowClients(SlowClients),
    Soak(Soak),
    Upgrade(Upgrade),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse() {
        Cli::Chaos(chaos) => chaos.run().await,
        Cli::Faults(faults) => faults.run().await,
        Cli::Flood(flood) => flood.run().await,
        Cli::Growth(growth) => growth.run().await,
        Cli::Hosts(hosts) => hosts.run().await,
        Cli::SlowClients(clients) => clients.run().await,
        Cli::Soak(soak) => soak.run().await,
        Cli::Upgrade(upgrade) => upgrade.run().await,
    }
}
