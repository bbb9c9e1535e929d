//! The `wandstore` command: puts backends and components together, and runs what is asked for.

mod cli;

/// A request allocates some dozens of times; this allocator is about a microsecond cheaper for it.
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
