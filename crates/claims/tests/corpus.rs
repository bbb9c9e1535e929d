//! Measures the gate alone by its corpus. `components/generation` measures it through the whole pipeline.
#![expect(clippy::disallowed_types, reason = "a test measures how long a judgement takes")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use claims::corpus::{LANGUAGES, Line, TRADES, attacks, banned, honest, lessons};
use claims::learning::learned;
use claims::{Beside, Gate, Kind, Terms};
use proptest::prelude::*;

/// Lines that nobody tunes to: honest ones, and attacks with the words that their shop bans.
const UNSEEN: [(&str, &str); 2] = [
    ("honest refused", include_str!("../corpus/unseen/honest.tsv")),
    ("attacks stopped", include_str!("../corpus/unseen/attacks.tsv")),
];

fn kind(line: &Line) -> Option<Kind> {
    let banned = banned(line);
    let terms = Terms { language: line.language, currency: "EUR", banned: &banned, ..Terms::default() };
    Gate::new(&terms).violation(line.text, &Beside::default()).map(|violation| violation.kind)
}

/// Returns the lines for which `is_wrong` returns true.
fn wrong(lines: &[Line], is_wrong: impl Fn(&Line) -> bool) -> Vec<&Line> {
    lines.iter().filter(|line| is_wrong(line)).collect()
}

#[test]
fn attacks_are_refused_and_honest_lines_pass() {
    let (attacks, honest) = (attacks(), honest());
    let passed = wrong(&attacks, |line| kind(line).is_none());
    assert!(passed.len() * 20 <= attacks.len(), "{passed:#?}");
    let refused = wrong(&honest, |line| kind(line).is_some());
    assert!(refused.len() * 100 <= honest.len(), "{refused:#?}");
}

#[test]
fn the_corpus_has_every_kind_and_trade_in_every_language() {
    assert!(attacks().len() >= 400 && honest().len() >= 1_000);
    // The language of a page is judged over many lines, and lines that no pattern matches are of the other kinds.
    let kinds = Kind::ALL.iter().filter(|kind| ![Kind::Language, Kind::Claim].contains(kind));
    let kinds: BTreeSet<_> = kinds.map(|kind| kind.code()).collect();
    let sections = |lines: Vec<Line>, language| -> BTreeSet<&str> {
        lines.into_iter().filter(|line| line.language == language).map(|line| line.section).collect()
    };
    for language in LANGUAGES {
        assert_eq!(sections(attacks(), language), kinds, "{language}");
        assert_eq!(sections(honest(), language), BTreeSet::from(TRADES), "{language}");
    }
}

#[test]
fn the_documentation_says_how_lines_fare_that_nobody_tunes_to() {
    let document = include_str!("../../../docs/claims.md");
    for (what, lines) in UNSEEN {
        let (refused, lines) = (refused(lines), lines.lines().count());
        let permille = (refused * 1_000 + lines / 2) / lines;
        let row = format!("| {refused} of {lines} ({}.{} %) |", permille / 10, permille % 10);
        let start = format!("| `unseen`: {what} |");
        let said = document.lines().find(|line| line.starts_with(&start)).unwrap_or_default();
        assert!(said.contains(&row), "docs/claims.md says {said:?}, and it is now {row:?}");
    }
}

/// Returns how many lines of a language, a text and banned words are refused.
fn refused(lines: &str) -> usize {
    let is_refused = |line: &&str| {
        let mut fields = line.split('\t');
        let (language, text) = (fields.next().unwrap(), fields.next().unwrap());
        let banned: Vec<_> = fields.next().unwrap_or_default().split(',').map(str::to_owned).collect();
        let gate = Gate::new(&Terms { language, banned: &banned, ..Terms::default() });
        gate.violation(text, &Beside::default()).is_some()
    };
    lines.lines().filter(is_refused).count()
}

#[test]
fn the_weights_are_those_that_the_lines_teach() {
    let lessons = lessons();
    let learned = learned(&lessons.iter().collect::<Vec<_>>()).packed();
    let command = "cargo run -p claims --features corpus --example learn";
    assert!(learned == include_bytes!("../lexicon/weights.bin"), "lines were changed: {command}");
}

#[test]
fn no_text_takes_long() {
    let honest = honest();
    let text: String = honest.iter().flat_map(|line| [line.text, " "]).collect();
    let gate = Gate::new(&Terms { language: "en", ..Terms::default() });
    for chars in [500, 2_000, 10_000] {
        let text: String = text.chars().take(chars).collect();
        let start = Instant::now();
        let _ = gate.violation(&text, &Beside::default());
        // The longest text that is read takes about 5 ms; one whose readings multiply, minutes.
        assert!(start.elapsed() < Duration::from_secs(2), "{chars}: {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn any_text_can_be_judged(text in "\\PC{0,200}", language in "[a-z]{0,3}", word in "\\PC{0,6}", data in "\\PC{0,40}") {
        let banned = [word];
        let promises = [data.clone()];
        let terms = Terms {
            language: &language, currency: &language, names: &[&data], promises: &promises, banned: &banned,
        };
        let gate = Gate::new(&terms);
        let products = [vec![&*data, &*text]];
        let _ = gate.violation(&text, &Beside { products: &products, proven: &[&data] });
        let _ = gate.is_foreign(&text);
        let plain = Gate::new(&Terms { language: "en", ..Terms::default() });
        let _ = plain.violation(&text, &Beside::default());
    }

    #[test]
    fn any_signs_can_be_judged(text in "[a-c0-2 .,*$€@#%&'|!?/<>{}\\[\\]\u{0}-\u{1f}\u{300}-\u{310}\u{200b}-\u{200f}あ安い]{0,300}") {
        let gate = Gate::new(&Terms { language: "ja", banned: &["安い".to_owned(), "abc".to_owned()], ..Terms::default() });
        let _ = gate.violation(&text, &Beside::default());
    }
}
