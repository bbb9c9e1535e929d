//! The lexicon as tables, which are read from the strings that the build script makes of `lexicon/*.toml`.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::LazyLock;

use crate::fold::is_unspaced;
use crate::kind::Kind;

/// A pattern of a language.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    /// The number of its language in [`LANGUAGES`].
    pub language: usize,
    /// What a text with it is.
    pub kind: Kind,
    /// Whether it applies only to shops of its language.
    pub is_own: bool,
    /// Whether plain copy has it too.
    pub is_weak: bool,
    /// Its atoms, separated by spaces.
    pub atoms: &'static str,
}

impl Pattern {
    /// Returns whether it is the same pattern as another.
    pub fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.atoms, other.atoms)
    }
}

/// Patterns by what their first word may be.
#[derive(Debug, Default)]
pub struct Table {
    patterns: Vec<Pattern>,
    /// The patterns of all keys. Those of one key are a chain.
    links: Vec<Link>,
    /// The first link by the whole word.
    words: Links<&'static str>,
    /// By the first characters of the word, at most [`START_CHARS`].
    starts: Links<&'static str>,
    /// By the last character of the word.
    ends: Links<char>,
    /// By the sign of what is no word, such as `#`.
    signs: Links<char>,
}

/// The number of a pattern, and of the next link of its key.
#[derive(Debug, Clone, Copy)]
struct Link {
    pattern: u32,
    next: Option<u32>,
}

type Links<K> = HashMap<K, u32, BuildHasherDefault<Fnv>>;

/// The hash function FNV-1a. The keys are ours, and are tens of thousands.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The characters of a beginning by which patterns are found.
const START_CHARS: usize = 3;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// The patterns of claims.
pub static CLAIMS: LazyLock<Table> = LazyLock::new(|| table(|kind| kind != Kind::Plain));
/// The phrases that look like a claim but are not one.
pub static PLAIN: LazyLock<Table> = LazyLock::new(|| table(|kind| kind == Kind::Plain));

/// The number of the patterns that are of no language.
pub const ANY: usize = 0;

static WORDS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| lines_of_words(LISTS));
/// Numbers, parts of numbers and digits of each language.
static NUMERALS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| lines_of_words(NUMBERS));
static SIMILAR: LazyLock<BTreeMap<char, char>> =
    LazyLock::new(|| LOOKALIKES.chars().step_by(2).zip(LOOKALIKES.chars().skip(1).step_by(2)).collect());

/// The longest word that is taken apart into numerals.
const NUMERAL_BYTES_MAX: usize = 40;
/// The smallest number in digits that copy does not count by: a dozen is the most.
const LARGE_NUMBER: u32 = 13;
/// Years that copy may name: those of this century.
const YEARS: std::ops::Range<u32> = 2000..2100;

fn lines_of_words(text: &'static str) -> Vec<Vec<&'static str>> {
    text.split('\n').map(|line| line.split_whitespace().collect()).collect()
}

fn table(is_of: impl Fn(Kind) -> bool) -> Table {
    let mut table = Table::default();
    let mut head = (0, Kind::Plain, false);
    for line in PATTERNS.lines() {
        if let Some(line) = line.strip_prefix('=') {
            let mut fields = line.split(' ');
            let language = fields.next().and_then(|number| number.parse().ok()).unwrap_or_default();
            let kind = fields.next().and_then(Kind::of_code).unwrap_or(Kind::Plain);
            head = (language, kind, fields.next() == Some("true"));
        } else if is_of(head.1) {
            let (is_weak, atoms) = line.strip_prefix('~').map_or((false, line), |atoms| (true, atoms));
            let (language, kind, is_own) = head;
            table.patterns.push(Pattern { language, kind, is_own, is_weak, atoms });
        }
    }
    // A chain starts with the link that is added last.
    (0..table.patterns.len()).rev().for_each(|number| table.link(number));
    table
}

impl Table {
    fn link(&mut self, number: usize) {
        let first = self.patterns[number].atoms.split(' ').next().unwrap_or_default();
        let pattern = u32::try_from(number).unwrap_or(u32::MAX);
        let links = &mut self.links;
        if first.starts_with('?') || matches!(first, ".." | "_" | ",") {
            return chain(links, &mut self.signs, '*', pattern);
        }
        for choice in first.split('|').filter(|choice| !choice.is_empty()) {
            let sign = choice.chars().next().filter(|c| "#@^_".contains(*c));
            let sign = sign.or_else(|| {
                (choice.len() > 1 && choice.starts_with('*') && choice.ends_with('*')).then_some('*')
            });
            if let Some(sign) = sign {
                chain(links, &mut self.signs, if sign == '_' { '*' } else { sign }, pattern);
            } else if let Some(end) = choice.strip_prefix('*') {
                chain(links, &mut self.ends, end.chars().next_back().unwrap_or('*'), pattern);
            } else if let Some(start) = choice.strip_suffix('*') {
                chain(links, &mut self.starts, start_of(start, START_CHARS), pattern);
            } else {
                chain(links, &mut self.words, first_word(choice), pattern);
            }
        }
    }

    /// Returns the patterns that may start with a word, which stands at the start of the text or not.
    pub fn starting_with<'a>(&'a self, word: &'a str, is_start: bool) -> impl Iterator<Item = &'a Pattern> {
        let signs = [Some('*'), Some('@'), is_start.then_some('^'), is_number(0, word).then_some('#')];
        let first = word.chars().next().filter(|c| "#@".contains(*c));
        let starts = (1..=START_CHARS).map(|chars| start_of(word, chars));
        let starts = starts.enumerate().filter(|(at, start)| *at == 0 || start.chars().count() > *at);
        let of_word = self.words.get(word).into_iter();
        let of_start = starts.filter_map(|(_, start)| self.starts.get(start));
        let of_end = word.chars().next_back().and_then(|last| self.ends.get(&last)).into_iter();
        let of_sign = signs.into_iter().chain([first]).flatten().filter_map(|sign| self.signs.get(&sign));
        let link = |number: u32| self.links.get(number as usize);
        let chains = of_word.chain(of_start).chain(of_end).chain(of_sign);
        chains
            .flat_map(move |head| std::iter::successors(link(*head), move |at| link(at.next?)))
            .filter_map(|link| self.patterns.get(link.pattern as usize))
    }
}

/// Puts a pattern before the others of its key.
fn chain<K: Hash + Eq>(links: &mut Vec<Link>, heads: &mut Links<K>, key: K, pattern: u32) {
    let number = u32::try_from(links.len()).unwrap_or(u32::MAX);
    let next = heads.insert(key, number);
    links.push(Link { pattern, next });
}

/// Returns the first token of a word or of a phrase of a script without spaces.
fn first_word(choice: &str) -> &str {
    let first = choice.chars().next().filter(|c| is_unspaced(*c));
    let end = first.map_or_else(|| choice.find(is_unspaced).unwrap_or(choice.len()), char::len_utf8);
    &choice[..end]
}

/// Returns the first characters of a word.
pub fn start_of(word: &str, chars: usize) -> &str {
    word.char_indices().nth(chars).map_or(word, |(end, _)| &word[..end])
}

/// Returns whether a list holds a word.
pub fn list_holds(list: usize, word: &str) -> bool {
    WORDS.get(list).is_some_and(|list| list.binary_search(&word).is_ok())
}

/// Returns the words whose misspellings are read as them.
pub fn often_misspelled() -> &'static [&'static str] {
    WORDS.get(TYPOS).map_or(&[], Vec::as_slice)
}

/// Returns the ASCII letter or digit that a letter looks like.
pub fn look_of(c: char) -> Option<char> {
    SIMILAR.get(&c).copied()
}

/// Returns whether a word is a number in a language: digits, a numeral, or a compound of numerals. The language 0
/// stands for all.
pub fn is_number(language: usize, word: &str) -> bool {
    if word.starts_with(|c: char| c.is_numeric() && !is_unspaced(c)) {
        return true;
    }
    let of = |lists: &[Vec<&str>]| {
        let [words, morphemes, _] = lists else { return false };
        words.binary_search(&word).is_ok() || (word.len() > 5 && is_compound(word, morphemes))
    };
    if language == 0 { NUMERALS.chunks(3).any(of) } else { NUMERALS.chunks(3).nth(language).is_some_and(of) }
}

/// Returns whether a word is a number in digits that is larger than copy counts, and no year of this century.
pub fn is_large_number(word: &str) -> bool {
    word.parse().is_ok_and(|number: u32| number >= LARGE_NUMBER && !YEARS.contains(&number))
}

/// Returns whether a word is a digit in any language, as in a number that is read out.
pub fn is_digit_word(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
        || NUMERALS
            .chunks(3)
            .any(|lists| lists.get(2).is_some_and(|digits| digits.binary_search(&word).is_ok()))
}

fn is_compound(word: &str, morphemes: &[&str]) -> bool {
    if morphemes.is_empty() || word.len() > NUMERAL_BYTES_MAX {
        return false;
    }
    let mut reached = [false; NUMERAL_BYTES_MAX + 1];
    reached[0] = true;
    for at in 0..word.len() {
        let Some(rest) = word.get(at..).filter(|_| reached[at]) else { continue };
        for morpheme in morphemes.iter().filter(|morpheme| rest.starts_with(**morpheme)) {
            reached[at + morpheme.len()] = true;
        }
    }
    reached[word.len()]
}

/// Returns the number of a language in [`LANGUAGES`], by the primary subtag of its tag (BCP 47); `None` if it has no
/// lexicon.
pub fn language(tag: &str) -> Option<usize> {
    let primary = tag.split('-').next()?.to_ascii_lowercase();
    LANGUAGES.iter().skip(1).position(|language| *language == primary).map(|at| at + 1)
}
