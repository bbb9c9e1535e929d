//! Folds lines of standard input into words, as the gate does, for `meaning/pieces.py`.

use std::io::{self, BufRead as _, Write as _};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", claims::words(&line?).join(" "))?;
    }
    Ok(())
}
