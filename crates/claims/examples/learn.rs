//! Learns the weights of words from the lines of claims and of honest copy, and writes `lexicon/weights.bin`.
//!
//!     cargo run -p claims --features corpus --example learn
//!
//! With `--measure` it prints, for each line, whether it is a claim, how many strong and weak patterns match it, the
//! weight of its words when they are learned without what it says, its language and its text.

use std::io::{self, Write as _};
use std::path::Path;
use std::{env, fs};

use claims::corpus::{Lesson, lessons};
use claims::learning::{learned, packed};
use claims::{Gate, Terms};

/// The parts that are learned without in turn, to measure.
const PARTS: usize = 5;

fn main() -> io::Result<()> {
    let lessons = lessons();
    if env::args().any(|argument| argument == "--measure") {
        return measure(&lessons);
    }
    let weights = learned(&lessons.iter().collect::<Vec<_>>());
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("lexicon/weights.bin"), packed(&weights))
}

fn measure(lessons: &[Lesson]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for part in 0..PARTS {
        let is_of = |lesson: &&Lesson| lesson.idea % PARTS == part;
        let others: Vec<_> = lessons.iter().filter(|lesson| !is_of(lesson)).collect();
        let weights = learned(&others);
        for lesson in lessons.iter().filter(is_of) {
            let line = &lesson.line;
            let gate = Gate::new(&Terms { language: line.language, ..Terms::default() });
            let weight = claims::corpus::weighed(&lesson.places, |place| i64::from(weights[place]));
            let ((strong, weak), is_claim) = (gate.patterns(line.text), u8::from(lesson.is_claim));
            writeln!(out, "{is_claim}\t{strong}\t{weak}\t{weight}\t{}\t{}", line.language, line.text)?;
        }
    }
    Ok(())
}
