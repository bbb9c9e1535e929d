//! The performance targets of Wandstore, each next to its native floor, in one run.
//!
//! The machine may be slow or busy, so only the ratio counts. The server has one core, and the load
//! generator another; figures are medians of alternating rounds.
#![expect(clippy::disallowed_types, reason = "it measures how long requests take")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's command, which may fail if its output is closed"
)]
#![expect(clippy::disallowed_methods, reason = "a developer's command, whose tools are named by variables")]

mod client;
mod durable;
mod fallback;
mod floor;
mod hit;
mod hits;
mod instructions;
mod pages;
mod peers;
mod plot;
mod redaction;
mod server;
mod start;

use clap::{Parser, Subcommand};

/// Measures a release build of `wandstore` against its native floor.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// How long each load lasts, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a file with bare hyper on one thread: the floor for comparison.
    Floor {
        /// The file to serve.
        file: std::path::PathBuf,
        /// Check the signature of each request first.
        #[arg(long)]
        signed: bool,
    },
    /// Count the instructions of hits, and compare them with `docs/benchmarks.md`.
    Instructions,
    /// Compare our host with others that return the same page.
    Peers,
    Pages(pages::Pages),
    Redaction(redaction::Redaction),
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Floor { file, signed }) => {
            let checks = if signed { server::Checks::Signature } else { server::Checks::Nothing };
            return floor::serve(&file, checks);
        }
        Some(Command::Peers) => return peers::measure(cli.seconds),
        Some(Command::Instructions) => return instructions::measure(),
        Some(Command::Pages(pages)) => return pages.measure(),
        Some(Command::Redaction(redaction)) => return redaction.measure(),
        None => {}
    }
    hit::measure(cli.seconds)?;
    fallback::measure()?;
    durable::measure()?;
    start::measure()
}

/// Returns the value that `share` of the values do not exceed.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = ((values.len() - 1) as f64 * share).round() as usize;
    values[index]
}
