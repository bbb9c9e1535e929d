//! The lines by which the gate is measured: attacks that no page may show, and honest copy that it may.

use crate::kind::Kind;

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
