//! Learns the weights of words and signs from the lines of claims and of honest copy, and writes `lexicon/weights.bin`.
//!
//!     cargo run -p claims --features corpus --example learn
//!
//! With `--measure` it prints, for each line, whether it is a claim, whether the lexicon was written without it, its
//! weight when weights are learned without what it says, how many words it has, how many strong and weak patterns match
//! it, its language, its kind, and its text. A text is refused from the weight that `src/gate.rs` says.

use std::io::{self, Write as _};
use std::path::Path;
use std::{env, fs};

use claims::corpus::{Lesson, Line, lessons, matched, signed, weighed};
use claims::learning::learned;
use claims::words;

/// The parts that are learned without in turn, to measure.
const PARTS: usize = 5;

fn main() -> io::Result<()> {
    let lessons = lessons();
    if env::args().any(|argument| argument == "--measure") {
        return measure(&lessons);
    }
    let weights = learned(&lessons.iter().collect::<Vec<_>>());
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("lexicon/weights.bin"), weights.packed())
}

fn measure(lessons: &[Lesson]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for part in 0..PARTS {
        let is_of = |lesson: &&Lesson| lesson.idea % PARTS == part;
        let others: Vec<_> = lessons.iter().filter(|lesson| !is_of(lesson)).collect();
        let weights = learned(&others);
        for Lesson { line, is_claim, is_blind, places, signs, .. } in lessons.iter().filter(is_of) {
            let weight = weighed(places, |place| weights.words[place].into())
                + signed(signs, |sign| weights.signs[sign].into());
            let (strong, weak) = matched(signs);
            let Line { language, section, text, .. } = line;
            let (is_claim, is_blind, words) = (u8::from(*is_claim), u8::from(*is_blind), words(text).len());
            writeln!(
                out,
                "{is_claim}\t{is_blind}\t{weight}\t{words}\t{strong}\t{weak}\t{language}\t{section}\t{text}"
            )?;
        }
    }
    Ok(())
}
