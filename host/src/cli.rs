//! The command line.

mod audit;
mod cache;
mod check;
mod export;
mod jobs;
mod output;
mod serve;
mod shop;
mod signals;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use host::config::{Config, Environment};

pub use output::{NotPrinted, complain};

/// Storefront pages made for each shopper, from WebAssembly components.
///
/// A shopper who opens /s/<store>?shopper=<id> gets a page at once: the one made for them if there is
/// one, else the shop's fallback page, while a job makes theirs in the background.
///
/// Without any configuration it serves the demo shop `magic-wands`, and plans pages itself. Set
/// LLM_API_KEY, or LLM_BASE_URL for any OpenAI-compatible endpoint, to have a language model plan them.
#[derive(Parser)]
#[command(name = "wandstore", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    deployment: DeploymentArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct DeploymentArgs {
    /// The configuration file [default: wandstore.toml, if there is one].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder for databases, pages and compiled components; it overrides `WANDSTORE_DATA_DIR` [default: data].
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve shoppers and make pages, until SIGINT or SIGTERM.
    Serve(serve::Serve),
    /// Validate the configuration and every component, and say what each may reach.
    Check,
    /// Look at jobs, try dead ones again, give up live ones.
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Look at a shopper's page, make pages stale, forget them.
    #[command(subcommand)]
    Cache(cache::Cache),
    /// What was done with personal data, and what merchants asked for: a line each, oldest first.
    Audit(audit::Audit),
    /// Print what was put together about a customer for a merchant, as JSON; kept for 30 days.
    Report(audit::Report),
    /// Close a shop or open it again.
    #[command(subcommand)]
    Shop(shop::Shop),
    /// Which component plays each role: where it is from, its SHA-256, what it imports.
    Components,
    /// Write components, settings and fallback pages into a folder, for Spin and Cloudflare Workers.
    Export(export::Export),
}

/// Runs the command.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let mut config = Config::load(cli.deployment.config.as_deref(), &Environment::of_process())?;
    if let Some(folder) = cli.deployment.data_dir {
        config.file.server.data_dir = folder;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(serve) => serve.run(config).await,
            Command::Check => check::run(&config).await,
            Command::Components => check::components(&config),
            Command::Export(export) => export.run(&config).await,
            Command::Jobs(jobs) => jobs.run(&config).await,
            Command::Cache(cache) => cache.run(&config).await,
            Command::Audit(audit) => audit.run(&config).await,
            Command::Report(report) => report.run(&config).await,
            Command::Shop(shop) => shop.run(&config).await,
        }
    });
    // A file system that hangs blocks a thread, which would keep the process from ending.
    runtime.shutdown_background();
    outcome
}
