//! The `wandstore` binary under faults and under load for a long time: chaos from a seed, faults on the wire to what it
//! depends on, hosts that die one after the other, what a job costs on more hosts, a flood, slow clients, a soak, and an
//! upgrade and the way back. Child
//! processes serve; everything that judges them is outside of them.
#![expect(clippy::disallowed_types, reason = "it measures how long requests take")]
#![expect(clippy::print_stdout, reason = "a developer's command, which may fail if its output is closed")]

mod chaos;
mod chart;
mod database;
mod disk;
mod faults;
mod figures;
mod flood;
mod growth;
mod hosts;
mod interposer;
mod log_pipe;
mod model;
mod prefix;
mod proxy;
mod random;
mod sample;
mod server;
mod shop;
mod shopper;
mod slow_clients;
mod soak;
mod upgrade;

use std::path::PathBuf;

use anyhow::ensure;
pub use chaos::Chaos;
pub use faults::Faults;
pub use flood::Flood;
pub use growth::Growth;
pub use hosts::Hosts;
pub use slow_clients::SlowClients;
pub use soak::Soak;
pub use upgrade::Upgrade;

/// Prints the counts as Rust's test runner does, so that whoever adds up counts needs to know one form.
fn print_result(all: usize, failed: usize) {
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {} passed; {failed} failed", all.saturating_sub(failed));
}

/// Prints which rules do not hold, and fails if there is one. Each rule comes with the words for that.
fn judge(rules: &[(bool, String)]) -> anyhow::Result<()> {
    let broken: Vec<_> = rules.iter().filter(|(holds, _)| !holds).collect();
    for (_, what) in &broken {
        println!("FAILED: {what}");
    }
    print_result(rules.len(), broken.len());
    ensure!(broken.is_empty(), "{} of the rules do not hold", broken.len());
    Ok(())
}

/// Returns the `wandstore` binary: the one that is named, or the one next to this program.
fn binary(named: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let path = match named {
        Some(path) => std::path::absolute(path)?,
        None => std::env::current_exe()?.with_file_name("wandstore"),
    };
    ensure!(path.is_file(), "{} is not there: build it, or name another by --binary", path.display());
    Ok(path)
}
