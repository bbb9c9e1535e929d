//! The output of commands. `println!` panics if standard output is closed or full. Commands end with an error instead,
//! or silently if their reader stopped reading, as in `wandstore jobs list | head -1`.

use std::fmt::Display;
use std::io::{self, Write as _};

/// A line was not printed.
#[derive(Debug, thiserror::Error)]
pub enum NotPrinted {
    /// The reader of standard output is gone.
    #[error("standard output is closed")]
    ReaderGone,
    /// Standard output cannot be written for another reason.
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

/// Returns a row of a table whose columns are as wide as their widest cell.
pub fn aligned<const N: usize>(row: &[String; N], rows: &[[String; N]]) -> String {
    let cells = row.iter().enumerate().map(|(column, cell)| {
        let width = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        format!("{cell:width$}")
    });
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// Prints on standard error why a command failed, if that can be written.
pub fn complain(error: &anyhow::Error) {
    let _ = writeln!(io::stderr(), "error: {error:#}");
}
