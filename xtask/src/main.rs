//! Every developer command. `cargo xtask --help` lists them.
#![expect(
    clippy::disallowed_methods,
    reason = "a developer's command depends on the developer's environment"
)]
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

mod bench;
mod book;
mod build;
mod bundle;
mod catalog;
mod dev;
mod dev_shop;
mod docs;
mod documents;
mod fuzz;
mod new;
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
    /// Build everything and run the plugin with a simulated Shopify shop on 127.0.0.1.
    DevShop(dev_shop::DevShop),
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
    /// Run all tests: formatting, lints, Rust tests, the browser test.
    Test(test::Test),
    /// Fuzz the parsers of network input.
    Fuzz(fuzz::Fuzz),
    /// Measure against the native floor, in one run: hits, fallback pages, enqueued jobs, start-up.
    Bench(bench::Bench),
}

fn main() -> anyhow::Result<()> {
    // This comes first, because paths on the command line are relative to the caller's working folder.
    let cli = Cli::parse();
    shell::in_workspace()?;
    match cli.command {
        Command::Dev(dev) => dev.run(),
        Command::DevShop(dev_shop) => dev_shop.run(),
        Command::Build(build) => build.run(),
        Command::Proof(proof) => proof.run(),
        Command::Catalog(catalog) => catalog.run(),
        Command::New(new) => new.run(),
        Command::Docs => docs::run(),
        Command::Book(book) => book.run(),
        Command::Test(test) => test.run(),
        Command::Fuzz(fuzz) => fuzz.run(),
        Command::Bench(bench) => bench.run(),
    }
}
