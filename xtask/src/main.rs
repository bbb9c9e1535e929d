//! Every developer command. `cargo xtask --help` lists them.

mod bench;
mod dev;
mod shell;
mod test;

use clap::{Parser, Subcommand};

/// Developer commands of Wandstore.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and serve the demo shop on 127.0.0.1, in development mode.
    Dev(dev::Dev),
    /// Build the components and the `wandstore` binary for release: target/release/wandstore.
    Build,
    /// Run every test there is: formatting, lints, Rust tests, the browser test.
    Test(test::Test),
    /// Measure against the native floor, in one run: hits, fallback pages, offers, start-up.
    Bench(bench::Bench),
}

fn main() -> anyhow::Result<()> {
    shell::in_workspace()?;
    match Cli::parse().command {
        Command::Dev(dev) => dev.run(),
        Command::Build => shell::build_release(),
        Command::Test(test) => test.run(),
        Command::Bench(bench) => bench.run(),
    }
}
