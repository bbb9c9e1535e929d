//! Judges lines of standard input, each a language, a tab and a text, and prints those that are refused. After another
//! tab a line may name banned words, separated by commas.
//!
//!     printf 'en\tOnly two left\n' | cargo run -p claims --example judge
//!
//! With `--features corpus` the patterns that match a refused line follow it.

use std::io::{self, BufRead as _, Write as _};

use claims::{Beside, Gate, Terms};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut fields = line.split('\t');
        let (Some(language), Some(text)) = (fields.next(), fields.next()) else { continue };
        let banned: Vec<_> = fields.next().unwrap_or_default().split(',').map(str::to_owned).collect();
        let gate = Gate::new(&Terms { language, banned: &banned, ..Terms::default() });
        if let Some(violation) = gate.violation(text, &Beside::default()) {
            writeln!(out, "{language}\t{}\t{text}", violation.kind)?;
            #[cfg(feature = "corpus")]
            for pattern in gate.patterns(text) {
                writeln!(out, "    {pattern}")?;
            }
        }
    }
    Ok(())
}
