//! The ways in which a reader may read a disguised text: with look-alike letters resolved (Unicode TR39), digits and
//! signs as letters, spaced letters joined, and stretched letters shortened.

use crate::fold::{Token, fold_letter, is_unspaced, tokens};
use crate::lexicon::look_of;
use crate::spelling::corrected;

/// Digits and signs that stand for letters; `1`, `!` and `|` stand for `i` or `l`.
const LEET: [(char, char); 12] = [
    ('0', 'o'),
    ('3', 'e'),
    ('4', 'a'),
    ('5', 's'),
    ('7', 't'),
    ('8', 'b'),
    ('9', 'g'),
    ('@', 'a'),
    ('$', 's'),
    ('€', 'e'),
    ('£', 'l'),
    ('¥', 'y'),
];
/// Letters that are drawn on a ground or as flags, which compatibility forms do not resolve.
const DRAWN: [char; 3] = ['\u{1f1e6}', '\u{1f150}', '\u{1f170}'];

/// Returns the tokens of a text as it is written, and of each other reading. In German `ae` is another way to write `ä`.
pub fn readings(text: &str, is_german: bool) -> Vec<Vec<Token>> {
    let plain = tokens(text);
    let resolved: String = text.chars().map(resolved).collect();
    let mut readings = vec![plain];
    let others = [
        resolved.clone(),
        joined(&leet(&resolved, 'i')),
        leet(&resolved, 'l'),
        without_separators(&resolved),
        squeezed(&resolved, 1),
        squeezed(&resolved, 2),
        if is_german { without_second_vowels(&resolved) } else { resolved.clone() },
    ];
    let others = others.iter().filter(|other| *other != text).map(|other| tokens(other));
    for read in others.chain([corrected(&readings[0])]).collect::<Vec<_>>() {
        let is_new = readings
            .iter()
            .all(|known| known.len() != read.len() || known.iter().zip(&read).any(|(a, b)| a.text != b.text));
        if is_new {
            readings.push(read);
        }
    }
    readings
}

/// Returns the ASCII letter or digit that a character looks like, or the character itself.
pub fn resolved(c: char) -> char {
    if c.is_ascii() || is_unspaced(c) {
        return c;
    }
    for first in DRAWN {
        if let Some(at) = u32::from(c).checked_sub(u32::from(first)).filter(|at| *at < 26) {
            return char::from_u32(u32::from('a') + at).unwrap_or(c);
        }
    }
    look_of(c).unwrap_or(c)
}

/// Folds a chunk of a text character by character; signs stay.
pub fn folded_chunk(chunk: &str) -> String {
    let mut folded = String::new();
    for c in chunk.chars() {
        fold_letter(resolved(c), |c| folded.push(c));
    }
    folded
}

fn leet(text: &str, one: char) -> String {
    text.split_inclusive(char::is_whitespace).flat_map(|chunk| leet_chunk(chunk, one)).collect()
}

/// Replaces digits and signs by letters in a chunk that has letters too.
fn leet_chunk(chunk: &str, one: char) -> Vec<char> {
    let replaced = |c: char| match c {
        '1' | '!' | '|' => one,
        c => LEET.iter().find(|(sign, _)| *sign == c).map_or(c, |(_, letter)| *letter),
    };
    // A sign at the end is punctuation.
    let body = chunk.trim_end_matches(|c: char| c.is_whitespace() || c == '!');
    let has_letters = body.chars().any(char::is_alphabetic);
    let is_address = body.contains('@') && body.contains('.');
    if !has_letters || is_address {
        return chunk.chars().collect();
    }
    body.chars().map(replaced).chain(chunk[body.len()..].chars()).collect()
}

/// Joins letters that stand alone: `f r e e`, `f.r.e.e`.
fn joined(text: &str) -> String {
    let pieces: Vec<_> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()).collect();
    let is_single = |piece: &&&str| piece.chars().count() == 1 && !piece.contains(is_unspaced);
    let mut joined = String::new();
    let mut at = 0;
    while at < pieces.len() {
        let singles = pieces[at..].iter().take_while(is_single).count();
        let count = if singles >= 3 { singles } else { 1 };
        pieces[at..at + count].iter().for_each(|piece| joined.push_str(piece));
        joined.push(' ');
        at += count;
    }
    joined
}

/// Removes what is neither a letter, a digit nor a space, so that `dis-count` is one word.
fn without_separators(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).collect()
}

/// Shortens runs of three and more of a letter to `count`.
fn squeezed(text: &str, count: usize) -> String {
    let mut squeezed = String::new();
    let mut run: (Option<char>, usize) = (None, 0);
    let mut end_run = |(letter, length): (Option<char>, usize)| {
        let kept = if length >= 3 && letter.is_some_and(char::is_alphabetic) { count } else { length };
        squeezed.extend(letter.into_iter().flat_map(|letter| std::iter::repeat_n(letter, kept)));
    };
    for c in text.chars() {
        if run.0 == Some(c) {
            run.1 += 1;
        } else {
            end_run(run);
            run = (Some(c), 1);
        }
    }
    end_run(run);
    squeezed
}

/// Writes `ae`, `oe` and `ue` as German umlauts are folded.
fn without_second_vowels(text: &str) -> String {
    ["ae", "oe", "ue"].iter().fold(text.to_lowercase(), |text, pair| text.replace(pair, &pair[..1]))
}
