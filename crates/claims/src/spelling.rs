//! Corrects misspelled and divided words of claims: `discuont`, `guarentee`, `dis count`.

use crate::fold::Token;
use crate::lexicon::often_misspelled;

/// The shortest word that may be misspelled, in bytes, and the shortest in which a letter may be another one: shorter
/// words have neighbours, as `shipping` has `shopping`.
const WORD_BYTES_MIN: usize = 6;
const REPLACED_BYTES_MIN: usize = 9;

/// Returns the tokens with words that were meant in place of their misspellings.
pub fn corrected(tokens: &[Token]) -> Vec<Token> {
    let mut corrected = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let joined = tokens.get(at + 1).and_then(|next| known(&format!("{}{}", token.text, next.text)));
        let meant = joined.or_else(|| meant(&token.text));
        corrected.push(Token { text: meant.unwrap_or(&token.text).to_owned(), ..token.clone() });
        at += if joined.is_some() { 2 } else { 1 };
    }
    corrected
}

fn known(word: &str) -> Option<&'static str> {
    let words = often_misspelled();
    words.binary_search(&word).ok().map(|at| words[at])
}

fn meant(word: &str) -> Option<&'static str> {
    let is_candidate = word.len() >= WORD_BYTES_MIN && word.is_ascii() && known(word).is_none();
    let is_near = |right: &str| {
        right.as_bytes().first() == word.as_bytes().first() && right.len().abs_diff(word.len()) <= 1
    };
    let is_it = |right: &&&str| is_near(right) && is_misspelling(word.as_bytes(), right.as_bytes());
    is_candidate.then(|| often_misspelled().iter().find(is_it).copied()).flatten()
}

/// Returns whether a word has a letter too many or too few, two letters exchanged, or in a long word another letter.
fn is_misspelling(word: &[u8], right: &[u8]) -> bool {
    let same_start = word.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (word, rest) = (&word[same_start..], &right[same_start..]);
    match (word, rest) {
        _ if same_start == 0 => false,
        ([_, word @ ..], rest) if word == rest => true,
        (word, [_, rest @ ..]) if word == rest => true,
        ([a, b, word @ ..], [c, d, rest @ ..]) if a == d && b == c => word == rest,
        ([_, word @ ..], [_, rest @ ..]) => right.len() >= REPLACED_BYTES_MIN && word == rest,
        _ => false,
    }
}
