//! The developer commands. `cargo xtask --help` lists them.
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

mod bench;
mod book;
mod build;
mod bundle;
mod catalog;
mod deployment;
mod docs;
mod documents;
mod endurance;
mod fuzz;
mod gallery;
mod new;
mod package;
mod release;
mod storefront_cost;
mod test;

use clap::{Parser, Subcommand};
use xtask_dev::{Serve, shell};

/// Developer commands of Wandstore.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The alias `cargo xtask` runs these without this program; they are here for its help.
    #[command(flatten)]
    Serve(Serve),
    /// Build for release: target/release/wandstore, and its components composed for Spin and Workers.
    Build(build::Build),
    /// Prove that the native host, Spin and the Worker run the same components, byte for byte.
    Proof(build::Proof),
    /// Build a catalog component from a JSON file of products.
    Catalog(catalog::Catalog),
    /// Create a component from a template.
    #[command(subcommand)]
    New(new::New),
    /// Write docs/configuration.md from the types of the configuration.
    Docs,
    /// Build the documents as a book, with mdBook.
    Book(book::Book),
    /// Lint the files of deploy/ and GitHub's workflows.
    Deployment,
    /// Build the Debian package, and start what is in it.
    Package(package::Package),
    /// List the dependencies of the host and its components (`CycloneDX`).
    Sbom,
    /// Go through the checklist of a release.
    Release(release::Release),
    /// Run all tests: formatting, lints, Rust tests, the browser test.
    Test(test::Test),
    /// Fuzz the parsers of network input.
    Fuzz(fuzz::Fuzz),
    Gallery(gallery::Gallery),
    SimulateDay(bench::SimulateDay),
    /// Measure against the native floor, in one run: hits, fallback pages, enqueued jobs, start-up.
    Bench(bench::Bench),
    Chaos(endurance::Chaos),
    Faults(endurance::Faults),
    Flood(endurance::Flood),
    Growth(endurance::Growth),
    Hosts(endurance::Hosts),
    SlowClients(endurance::SlowClients),
    Soak(endurance::Soak),
    StorefrontCost(storefront_cost::StorefrontCost),
    Upgrade(endurance::Upgrade),
}

fn main() -> anyhow::Result<()> {
    // This comes first, because paths on the command line are relative to the caller's working folder.
    let cli = Cli::parse();
    shell::in_workspace()?;
    match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Build(build) => build.run(),
        Command::Proof(proof) => proof.run(),
        Command::Catalog(catalog) => catalog.run(),
        Command::New(new) => new.run(),
        Command::Docs => docs::run(),
        Command::Book(book) => book.run(),
        Command::Deployment => deployment::run(),
        Command::Package(package) => package.run(),
        Command::Sbom => package::sbom(),
        Command::Release(release) => release.run(),
        Command::Test(test) => test.run(),
        Command::Fuzz(fuzz) => fuzz.run(),
        Command::Gallery(gallery) => gallery.run(),
        Command::Bench(bench) => bench.run(),
        Command::SimulateDay(day) => day.run(),
        Command::Chaos(chaos) => chaos.run(),
        Command::Faults(faults) => faults.run(),
        Command::Flood(flood) => flood.run(),
        Command::Growth(growth) => growth.run(),
        Command::Hosts(hosts) => hosts.run(),
        Command::SlowClients(clients) => clients.run(),
        Command::Soak(soak) => soak.run(),
        Command::StorefrontCost(cost) => cost.run(),
        Command::Upgrade(upgrade) => upgrade.run(),
    }
}
