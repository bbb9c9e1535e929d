//! What commands print. `println!` panics where standard output is closed or full; commands end with an error
//! instead, and quietly where their reader only had enough, as in `wandstore jobs list | head -1`.

use std::fmt::Display;
use std::io::{self, Write as _};

/// A line was not printed.
#[derive(Debug, thiserror::Error)]
pub enum NotPrinted {
    /// Whoever read standard output has gone.
    #[error("nobody reads standard output")]
    ReaderGone,
    /// It cannot be written for another reason.
    #[error("cannot write to standard output: {0}")]
    Failed(io::Error),
}

impl From<io::Error> for NotPrinted {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ReaderGone } else { Self::Failed(error) }
    }
}

/// Prints a line on standard output.
pub fn print(line: impl Display) -> Result<(), NotPrinted> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Says on standard error why a command failed, if anybody can read it.
pub fn complain(error: &anyhow::Error) {
    let _ = writeln!(io::stderr(), "error: {error:#}");
}
