//! The lines by which the gate is measured: attacks that no page may show, and honest copy that it may.

use crate::evidence;
use crate::fold::tokens;
use crate::gate::{Gate, Terms};
use crate::kind::Kind;
use crate::lexicon;
use crate::signs::Signs;

pub use crate::evidence::{signed, weighed};
pub use crate::signs::matched;

/// The languages of the corpus.
pub const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "it", "ja"];
/// The trades of the shops that honest lines are for.
pub const TRADES: [&str; 10] = [
    "fashion",
    "tea and coffee",
    "outdoor",
    "furniture",
    "books",
    "jewellery",
    "cosmetics",
    "toys",
    "tools",
    "pet supplies",
];

const ATTACKS: [&str; 6] = [
    include_str!("../corpus/attacks/en.txt"),
    include_str!("../corpus/attacks/de.txt"),
    include_str!("../corpus/attacks/fr.txt"),
    include_str!("../corpus/attacks/es.txt"),
    include_str!("../corpus/attacks/it.txt"),
    include_str!("../corpus/attacks/ja.txt"),
];
const HONEST: [&str; 6] = [
    include_str!("../corpus/honest/en.txt"),
    include_str!("../corpus/honest/de.txt"),
    include_str!("../corpus/honest/fr.txt"),
    include_str!("../corpus/honest/es.txt"),
    include_str!("../corpus/honest/it.txt"),
    include_str!("../corpus/honest/ja.txt"),
];

/// Attacks that were found later, with language, kind, and what else the shop of an attack on its banned words bans.
const FOUND: &str = include_str!("../corpus/attacks/found.tsv");

/// Lines that only weights are learned from: a kind and a claim in each language, and honest lines in each. The lexicon was
/// written for the first two, and not for the others: of those, the weights of signs are learned.
const TRAINING: [(&str, bool); 2] = [
    (include_str!("../corpus/training/claims.tsv"), false),
    (include_str!("../corpus/training/blind/claims.tsv"), true),
];
const TRAINING_HONEST: [(&str, bool); 2] = [
    (include_str!("../corpus/training/honest.tsv"), false),
    (include_str!("../corpus/training/blind/honest.tsv"), true),
];

/// Kinds whose lines are judged by their characters or by the shop, not by what their words say.
const UNLEARNED: [Kind; 5] = [Kind::Junk, Kind::Markup, Kind::Disguise, Kind::Banned, Kind::Script];

/// A line of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The language of the shop.
    pub language: &'static str,
    /// The code of the kind of an attack, the trade of an honest line.
    pub section: &'static str,
    /// The text.
    pub text: &'static str,
    /// A word that the shop bans besides those of its language.
    pub banned: Option<&'static str>,
}

/// Returns the attacks.
pub fn attacks() -> Vec<Line> {
    let codes: Vec<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    let found = FOUND.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        let (language, section, text) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Line { language, section, text, banned: fields.next() })
    });
    lines(&ATTACKS, &codes).into_iter().chain(found).collect()
}

/// Returns the honest lines.
pub fn honest() -> Vec<Line> {
    lines(&HONEST, &TRADES)
}

/// A line that weights are learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// The line.
    pub line: Line,
    /// Whether it is a claim.
    pub is_claim: bool,
    /// Whether the lexicon was written without it.
    pub is_blind: bool,
    /// The number of what it says. Lines that say the same in other languages share it.
    pub idea: usize,
    /// Its places in the table of weights.
    pub places: Vec<usize>,
    /// What patterns say of it.
    pub signs: Signs,
}

/// Returns the lines that weights are learned from.
pub fn lessons() -> Vec<Lesson> {
    let is_learned = |line: &Line| UNLEARNED.iter().all(|kind| kind.code() != line.section);
    let corpus = attacks().into_iter().map(|line| (line, true));
    let corpus = corpus.chain(honest().into_iter().map(|line| (line, false)));
    let corpus =
        corpus.enumerate().map(|(idea, (line, is_claim))| (line, is_claim, false, usize::MAX - idea));
    let lines = training().chain(corpus).filter(|(line, ..)| is_learned(line));
    lines.map(|(line, is_claim, is_blind, idea)| lesson(line, is_claim, is_blind, idea)).collect()
}

/// Returns lines of training with whether they are claims, whether the lexicon was written without them, and the numbers
/// of what they say.
fn training() -> impl Iterator<Item = (Line, bool, bool, usize)> {
    let claims = TRAINING.into_iter().flat_map(|(claims, is_blind)| {
        claims.lines().filter_map(move |row| row.split_once('\t').map(|row| (row, is_blind)))
    });
    let honest = TRAINING_HONEST
        .into_iter()
        .flat_map(|(honest, is_blind)| honest.lines().map(move |row| (("", row), is_blind)));
    claims.chain(honest).enumerate().flat_map(|(idea, ((section, row), is_blind))| {
        let lines = LANGUAGES.into_iter().zip(row.split('\t'));
        lines.map(move |(language, text)| {
            (Line { language, section, text, banned: None }, !section.is_empty(), is_blind, idea)
        })
    })
}

fn lesson(line: Line, is_claim: bool, is_blind: bool, idea: usize) -> Lesson {
    let language = lexicon::language(line.language).unwrap_or(lexicon::ANY);
    let gate = Gate::new(&Terms { language: line.language, ..Terms::default() });
    let places = evidence::places(&tokens(line.text), language);
    Lesson { line, is_claim, is_blind, idea, places, signs: gate.signs(line.text) }
}

/// Returns the words that the shop of a line bans.
pub fn banned(line: &Line) -> Vec<String> {
    let words: &[&str] = match line.language {
        "en" => &["cheap", "art", "miracle"],
        "de" => &["billig", "wunder"],
        "fr" => &["miracle", "discount"],
        "es" => &["barato", "milagro"],
        "it" => &["economico", "miracolo"],
        "ja" => &["安い", "激安"],
        _ => &[],
    };
    words.iter().copied().chain(line.banned).map(str::to_owned).collect()
}

fn lines(files: &[&'static str; 6], sections: &[&str]) -> Vec<Line> {
    LANGUAGES.iter().zip(files).flat_map(|(language, file)| lines_of(language, file, sections)).collect()
}

fn lines_of(language: &'static str, file: &'static str, sections: &[&str]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut section = "";
    for line in file.lines() {
        let name = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        if let Some(name) = name.filter(|name| sections.contains(name)) {
            section = name;
        } else {
            lines.push(Line { language, section, text: line, banned: None });
        }
    }
    lines
}
