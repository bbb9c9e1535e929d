//! How much a text sounds like a claim, by its words and by the patterns that match it.
//!
//! Each word, each beginning of a word and each pair of words beside each other has a weight, and so has each of the
//! signs that patterns give. `cargo run -p claims --features corpus --example learn` learns them together from lines of
//! claims and of honest copy. The weights of words stand in a table whose place is a hash, so that it holds no words.
//! Those of the signs and of every text follow it. Only integers are added, so every host judges alike.

use std::hash::Hasher as _;

use fnv::FnvHasher;

use crate::fold::{Token, is_unspaced};
use crate::lexicon::start_of;
use crate::pattern::MASK;
use crate::signs::{SIGNS, Signs};

/// The places of the table, each half a byte: a weight from −7 to 7, plus 8.
pub const PLACES: usize = 1 << 16;
static WEIGHTS: &[u8] = include_bytes!("../lexicon/weights.bin");

/// The beginnings of words that have a weight of their own, in characters. Inflections and related languages share
/// them.
const BEGINNINGS: [usize; 2] = [4, 6];
/// What stands before the first word and after the last.
const EDGE: &str = "^";

/// Returns how much a text in a language sounds like a claim, in hundredths of a weight: more than zero like one, less
/// like plain copy.
pub fn of(tokens: &[Token], language: usize, signs: &Signs) -> i64 {
    weighed(&places(tokens, language), weight) + signed(signs, sign_weight)
}

/// Returns the sum of the weights of signs and of the weight of every text, in hundredths.
pub fn signed(signs: &Signs, weight: impl Fn(usize) -> i64) -> i64 {
    let sum: i64 = signs.iter().enumerate().map(|(sign, value)| value * weight(sign)).sum();
    sum / 100 + weight(SIGNS)
}

/// Returns the sum of the weights at places over the square root of their number, in hundredths. A long text does not
/// weigh more than a short one.
pub fn weighed(places: &[usize], weight: impl Fn(usize) -> i64) -> i64 {
    let sum: i64 = places.iter().map(|place| weight(*place)).sum();
    let root = (places.len() as u64 * 10_000).isqrt();
    if root == 0 { 0 } else { sum * 10_000 / i64::try_from(root).unwrap_or(i64::MAX) }
}

/// Returns the weight of a sign; the last is that of every text.
fn sign_weight(sign: usize) -> i64 {
    let (bytes, _) = WEIGHTS[PLACES / 2..].as_chunks();
    bytes.get(sign).map_or(0, |bytes| i16::from_le_bytes(*bytes).into())
}

fn weight(place: usize) -> i64 {
    let byte = WEIGHTS[place / 2];
    i64::from(if place.is_multiple_of(2) { byte & 15 } else { byte >> 4 }) - 8
}

/// Returns the places of a text's signs, each once, sorted. Masked parts have been accounted for.
pub fn places(tokens: &[Token], language: usize) -> Vec<usize> {
    let mut places = Vec::with_capacity(tokens.len() * 4);
    let words: Vec<_> =
        tokens.iter().map(|token| if token.text == MASK { EDGE } else { &*token.text }).collect();
    let at = |at: usize| words.get(at).copied().unwrap_or(EDGE);
    for (number, word) in words.iter().enumerate() {
        places.push(place(language, &["b", word, at(number + 1)]));
        if number == 0 {
            places.push(place(language, &["b", EDGE, word]));
        }
        if *word == EDGE {
            continue;
        }
        places.push(place(language, &["w", word]));
        if word.chars().nth(BEGINNINGS[0] - 1).is_some() {
            places.extend(BEGINNINGS.map(|chars| place(0, &["p", start_of(word, chars)])));
        }
        // A character is less than a word.
        if word.starts_with(is_unspaced) {
            places.push(place(language, &["t", word, at(number + 1), at(number + 2)]));
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// Returns the place of parts in the table, by the hash function FNV-1a.
fn place(language: usize, parts: &[&str]) -> usize {
    let mut hasher = FnvHasher::default();
    hasher.write(&[u8::try_from(language).unwrap_or(u8::MAX)]);
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write(&[0]);
    }
    let hash = hasher.finish();
    usize::try_from((hash ^ (hash >> 32)) % PLACES as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::tokens;
    use crate::meaning;
    use crate::signs::{Found, signs};

    #[test]
    fn a_long_text_does_not_weigh_more_by_its_length() {
        assert_eq!(weighed(&[0; 4], |_| 2), 400);
        assert_eq!(weighed(&[0; 16], |_| 1), 400);
        assert_eq!(weighed(&[], |_| 7), 0);
    }

    #[test]
    fn a_masked_word_says_nothing() {
        let mut masked = tokens("free tea");
        masked[0].text = MASK.to_owned();
        let plain = places(&tokens("tea"), 1);
        assert!(plain.iter().all(|place| places(&masked, 1).contains(place)));
        assert!(!places(&masked, 1).contains(&place(1, &["w", "free"])));
    }

    #[test]
    fn claims_weigh_more_than_plain_copy() {
        let of = |text| {
            let tokens = tokens(text);
            of(&tokens, 1, &signs(&Found::default(), tokens.len(), &meaning::of(&tokens)))
        };
        assert!(of("Your wallet will thank you for the price") > of("Rain on the window and a cup of tea"));
    }
}
