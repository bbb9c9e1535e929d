//! What the patterns that match a text say of it and what it means, as numbers. Each has a weight, which is learned together
//! with the weights of the words (`evidence.rs`).

use crate::kind::Kind;
use crate::meaning::{MEANING, Meaning};

/// The patterns that are told apart by their number: one, two or three of them say more than none.
const COUNTED: usize = 3;
/// The words up to which the length of a text counts. A long text has more words that a pattern may match by chance.
const WORDS_MAX: usize = 25;
/// The most words of a short text.
const SHORT: usize = 4;

const STRONG: usize = 0;
const WEAK: usize = STRONG + COUNTED;
const STRONG_LENGTH: usize = WEAK + COUNTED;
const WEAK_LENGTH: usize = STRONG_LENGTH + 1;
const STRONG_IN_SHORT: usize = WEAK_LENGTH + 1;
const WEAK_IN_SHORT: usize = STRONG_IN_SHORT + 1;
const LENGTH: usize = WEAK_IN_SHORT + 1;
const IS_SHORT: usize = LENGTH + 1;
const FOREIGN: usize = IS_SHORT + 1;
const STRONG_KIND: usize = FOREIGN + 2;
const WEAK_KIND: usize = STRONG_KIND + Kind::ALL.len();
const MEANT: usize = WEAK_KIND + Kind::ALL.len();
/// The number of signs.
pub const SIGNS: usize = MEANT + MEANING;

/// The value of a sign that is there, and of a kind, which is one of many.
const ONE: i64 = 100;
const HALF: i64 = 50;
/// The part of ONE that a word adds to the length of a text.
const WORD: i64 = 10;
/// By what the numbers of a meaning are divided: all of them together say about as much as a pattern or two.
const MEANT_PARTS: i64 = 5;

/// The signs of a text in hundredths.
pub type Signs = [i64; SIGNS];

/// The kinds of the patterns that match a text, each pattern once.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Of the strong patterns of the language in which the text is read.
    pub strong: Vec<Kind>,
    /// Of the weak ones.
    pub weak: Vec<Kind>,
    /// Whether strong and weak patterns of other languages match.
    pub foreign: [bool; 2],
}

/// Returns the signs of a text of so many words.
pub fn signs(found: &Found, words: usize, meaning: &Meaning) -> Signs {
    let mut signs = [0; SIGNS];
    let length = i64::try_from(words.min(WORDS_MAX)).unwrap_or_default() * WORD;
    let is_short = if words <= SHORT { ONE } else { 0 };
    for (kinds, count, length_of, in_short, kind_of) in [
        (&found.strong, STRONG, STRONG_LENGTH, STRONG_IN_SHORT, STRONG_KIND),
        (&found.weak, WEAK, WEAK_LENGTH, WEAK_IN_SHORT, WEAK_KIND),
    ] {
        signs[count..count + kinds.len().min(COUNTED)].fill(ONE);
        if !kinds.is_empty() {
            signs[length_of] = length;
            signs[in_short] = is_short;
        }
        for kind in kinds {
            let number = Kind::ALL.iter().position(|known| known == kind).unwrap_or_default();
            signs[kind_of + number] = HALF;
        }
    }
    signs[LENGTH] = length;
    signs[IS_SHORT] = is_short;
    for (number, is_there) in found.foreign.into_iter().enumerate() {
        signs[FOREIGN + number] = if is_there { ONE } else { 0 };
    }
    for (sign, number) in signs[MEANT..].iter_mut().zip(meaning) {
        *sign = number / MEANT_PARTS;
    }
    signs
}

/// Returns how many strong and weak patterns of the text's language match it, as far as they are told apart.
#[cfg(feature = "corpus")]
pub fn matched(signs: &Signs) -> (usize, usize) {
    let count = |from: usize| signs[from..from + COUNTED].iter().filter(|sign| **sign > 0).count();
    (count(STRONG), count(WEAK))
}
