//! The command line.

mod ahead;
mod approvals;
mod audit;
mod backup;
mod cache;
mod check;
mod components;
mod cost;
mod effects;
mod export;
mod inherited;
mod jobs;
mod keys;
mod migrate;
mod migrate_data;
mod output;
mod replay;
mod restore;
mod serve;
mod shop;
mod shopper;
mod signals;
mod spending;
mod worth;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use host::config::{Config, Environment};

pub use output::{NotPrinted, complain};

/// Storefront pages made for each shopper, from WebAssembly components.
///
/// A shopper who opens `/s/{store}?shopper={id}` gets a page at once: their own if it is stored, else the
/// shop's fallback page while a job makes theirs in the background.
///
/// Without a configuration it serves the demo shop `magic-wands` and plans pages by rules. Set LLM_API_KEY,
/// or LLM_BASE_URL for any OpenAI-compatible endpoint, to plan them with a language model.
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
    /// The folder for databases, pages and compiled components. Overrides `WANDSTORE_DATA_DIR` [default: data].
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve shoppers and make pages, until SIGINT or SIGTERM.
    Serve(serve::Serve),
    /// Validate the configuration and every component, and list what each component may use.
    Check,
    /// Run the pending migrations of all databases, and list them. `serve` runs them too.
    Migrate(migrate::Migrate),
    /// List jobs, retry dead ones, cancel live ones.
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Show a shopper's page, make pages stale, or delete them.
    #[command(subcommand)]
    Cache(cache::Cache),
    /// Render a stored page again from its record, and compare the bytes.
    Replay(replay::Replay),
    /// List the pages of a shop that wait for its merchant's approval, and those that were approved.
    Approvals(approvals::Approvals),
    /// List how personal data was handled and what merchants requested, oldest first.
    Audit(audit::Audit),
    /// Print a report: a customer's data for a merchant, the effects of personal pages, or spending.
    Report(audit::Report),
    /// Close or reopen a shop.
    #[command(subcommand)]
    Shop(shop::Shop),
    /// Export or erase everything that is stored about one shopper.
    #[command(subcommand)]
    Shopper(shopper::Shopper),
    /// Change the key that encrypts merchants' tokens.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// List the component of each role, push, pull and inspect components of OCI registries, or swap one while serving.
    Components(components::Components),
    /// Copy the databases and pages in the data folder, also while a server works on them.
    Backup(backup::Backup),
    /// Replace the data folder by a backup.
    Restore(restore::Restore),
    /// Copy the data of one configuration's backends to those of another.
    MigrateData(migrate_data::MigrateData),
    /// Estimate the monthly bill for given traffic.
    Cost(cost::Cost),
    /// Write components, settings and fallback pages into a folder, for Spin and Cloudflare Workers.
    Export(export::Export),
    #[command(hide = true)]
    CompileAhead(ahead::CompileAhead),
}

/// Runs the command.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let DeploymentArgs { config, data_dir } = cli.deployment;
    let mut config = Config::load(config.as_deref(), &Environment::of_process()?)?;
    if let Some(folder) = &data_dir {
        folder.clone_into(&mut config.file.server.data_dir);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(serve) => serve.run(config).await,
            Command::Check => check::run(&config).await,
            Command::Migrate(migrate) => migrate.run(&config).await,
            Command::Cost(cost) => cost.run(&config),
            Command::Components(components) => components.run(&config).await,
            Command::Backup(backup) => backup.run(&config).await,
            Command::Restore(restore) => restore.run(&config).await,
            Command::MigrateData(migrate) => migrate.run(data_dir.as_deref()).await,
            Command::Export(export) => export.run(&config).await,
            Command::CompileAhead(compile) => compile.run(),
            Command::Jobs(jobs) => jobs.run(&config).await,
            Command::Cache(cache) => cache.run(&config).await,
            Command::Replay(replay) => replay.run(&config).await,
            Command::Approvals(approvals) => approvals.run(&config).await,
            Command::Audit(audit) => audit.run(&config).await,
            Command::Report(report) => report.run(&config).await,
            Command::Shop(shop) => shop.run(&config).await,
            Command::Shopper(shopper) => shopper.run(&config).await,
            Command::Keys(keys) => keys.run(&config).await,
        }
    });
    // A file system that hangs blocks a thread, which would keep the process from ending.
    runtime.shutdown_background();
    outcome
}
