//! The `wandstore` command: links backends and components, and runs the command line.
#![expect(
    clippy::disallowed_types,
    reason = "the host measures how long its start took and when its own work is due"
)]

mod cli;

/// A request makes some dozens of allocations, and this allocator saves about a microsecond on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::NotPrinted;

fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if matches!(error.downcast_ref(), Some(NotPrinted::ReaderGone)) => ExitCode::SUCCESS,
        Err(error) => {
            cli::complain(&error);
            ExitCode::FAILURE
        }
    }
}
