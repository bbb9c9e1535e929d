//! What a text means, as a few numbers: texts that mean alike have numbers alike, in whichever of the languages.
//!
//! A small network of fixed weights (`lexicon/meaning.bin`) computes them. It learned to say what a large sentence
//! encoder says; `meaning/README.md` tells how. It reads folded words, which it divides into pieces that it knows,
//! the likeliest ones. The pieces stand in a table whose place is a hash, so that it holds no words. All arithmetic is of
//! integers, so every host computes the same.

use std::hash::Hasher as _;
use std::sync::LazyLock;

use fnv::FnvHasher;

use crate::fold::{Token, is_unspaced};
use crate::pattern::MASK;

/// The numbers that say what a text means.
pub const MEANING: usize = 64;
/// What a text means: in hundredths of what is usual.
pub type Meaning = [i64; MEANING];

static BYTES: &[u8] = include_bytes!("../lexicon/meaning.bin");

/// The slots of the table, of which a few are empty, and the bytes of one: of the hash by which a piece is known, its
/// likelihood, and its vector, two numbers in a byte, each plus 8.
const SLOTS: usize = 30_000;
const KNOWN_BY: usize = 3;
const SLOT: usize = KNOWN_BY + 1 + PIECE / 2;
/// The most slots that are looked at for a piece.
const PROBES: usize = 128;
/// The numbers of a piece, of its surroundings, and of a text before its meaning.
const PIECE: usize = 32;
const AROUND: usize = 64;
const HIDDEN: usize = 128;
/// The longest piece in characters, the mark of a word's beginning included.
const PIECE_CHARS_MAX: usize = 16;
/// How unlikely a character is that is no known piece.
const UNKNOWN: u32 = 300;
/// The most pieces of a text that are read. Copy has fewer.
const PIECES_MAX: usize = 128;
/// What stands before the beginning of a word, in scripts that separate words.
const WORD: u8 = b'_';
/// Numbers between layers are in this fraction of what they are.
const UNIT: i64 = 64;

/// A layer: sums of its inputs by weights from −127 to 127.
struct Layer {
    weights: &'static [u8],
    /// What is added to each sum.
    added: Vec<i32>,
    /// By which sums are multiplied, and divided by 65,536.
    scale: i32,
}

static LAYERS: LazyLock<[Layer; 4]> = LazyLock::new(|| {
    let mut rest = &BYTES[SLOTS * SLOT..];
    [(3 * PIECE, AROUND), (3 * AROUND, AROUND), (PIECE + 2 * AROUND, HIDDEN), (HIDDEN, MEANING)].map(
        |(inputs, outputs)| {
            let (weights, after) = rest.split_at(inputs * outputs);
            let (numbers, after) = after.split_at((outputs + 1) * 4);
            rest = after;
            let (numbers, _) = numbers.as_chunks();
            let mut numbers = numbers.iter().map(|bytes| i32::from_le_bytes(*bytes));
            let scale = numbers.next().unwrap_or_default();
            Layer { weights, added: numbers.collect(), scale }
        },
    )
});

impl Layer {
    /// Returns the scaled sums of the inputs. They are too small to overflow, whatever the text; in wasm an overflow would
    /// end the call, so it wraps.
    fn of(&self, inputs: impl Iterator<Item = i32>) -> Vec<i32> {
        let mut sums = self.added.clone();
        let outputs = sums.len();
        for (input, weights) in
            inputs.zip(self.weights.chunks_exact(outputs)).filter(|(input, _)| *input != 0)
        {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = sum.wrapping_add(input.wrapping_mul(i32::from(weight.cast_signed())));
            }
        }
        for sum in &mut sums {
            *sum = narrow((i64::from(*sum) * i64::from(self.scale)) >> 16);
        }
        sums
    }

    /// Returns the sums of each vector and the two beside it, without those below zero.
    fn around(&self, vectors: &[Vec<i32>]) -> Vec<Vec<i32>> {
        let none = vec![0; vectors.first().map_or(0, Vec::len)];
        let at = |at: Option<usize>| at.and_then(|at| vectors.get(at)).unwrap_or(&none);
        let around = |number: usize| {
            let three = [at(number.checked_sub(1)), at(Some(number)), at(Some(number + 1))];
            positive(self.of(three.into_iter().flatten().copied()))
        };
        (0..vectors.len()).map(around).collect()
    }
}

fn narrow(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn positive(mut numbers: Vec<i32>) -> Vec<i32> {
    for number in &mut numbers {
        *number = (*number).max(0);
    }
    numbers
}

/// Returns what a text means. Masked parts have been accounted for.
pub fn of(tokens: &[Token]) -> Meaning {
    let pieces: Vec<Vec<i32>> = pieces(tokens).into_iter().map(vector).collect();
    let [first, second, third, last] = &*LAYERS;
    let near = first.around(&pieces);
    let far = second.around(&near);
    let root = (pieces.len().max(1) as u64 * 1_000_000).isqrt();
    let root = i64::try_from(root).unwrap_or(i64::MAX);
    let sum = |vectors: &[Vec<i32>], size: usize, unit: i64| -> Vec<i32> {
        let of = |at: usize| vectors.iter().map(|vector| i64::from(vector[at])).sum::<i64>();
        (0..size).map(|at| narrow(of(at) * unit * 1_000 / root)).collect()
    };
    // The numbers of a piece are quarters.
    let sums = [sum(&pieces, PIECE, UNIT / 4), sum(&near, AROUND, 1), sum(&far, AROUND, 1)];
    let hidden = positive(third.of(sums.into_iter().flatten()));
    let mut meaning = [0; MEANING];
    for (number, sum) in meaning.iter_mut().zip(last.of(hidden.into_iter())) {
        *number = sum.into();
    }
    meaning
}

/// Returns the slots of the pieces of a text.
fn pieces(tokens: &[Token]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut run = String::new();
    for token in tokens {
        if token.text.starts_with(is_unspaced) {
            run.push_str(&token.text);
            continue;
        }
        divide(&std::mem::take(&mut run), false, &mut found);
        if token.text != MASK {
            divide(&token.text, true, &mut found);
        }
    }
    divide(&run, false, &mut found);
    found.truncate(PIECES_MAX);
    found
}

/// Divides a word into the likeliest known pieces (Viterbi's algorithm) and puts their slots behind the others.
fn divide(word: &str, is_marked: bool, found: &mut Vec<usize>) {
    let starts: Vec<_> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let chars = starts.len() - 1;
    // To each end, how unlikely its best division is, and the start and slot of its last piece.
    let mut best = vec![(u32::MAX, 0, None); chars + 1];
    best[0].0 = 0;
    for start in 0..chars {
        let (before, _, _) = best[start];
        let mut hasher = FnvHasher::default();
        let is_marked = is_marked && start == 0;
        if is_marked {
            hasher.write(&[WORD]);
        }
        let longest = PIECE_CHARS_MAX - usize::from(is_marked);
        for end in start + 1..=chars.min(start + longest) {
            hasher.write(&word.as_bytes()[starts[end - 1]..starts[end]]);
            let slot = slot_of(mixed(hasher.finish()));
            let unlikely = match slot {
                Some(slot) => u32::from(BYTES[slot * SLOT + KNOWN_BY]),
                None if end == start + 1 => UNKNOWN,
                None => continue,
            };
            let unlikely = before.saturating_add(unlikely);
            if unlikely < best[end].0 {
                best[end] = (unlikely, start, slot);
            }
        }
    }
    let at = found.len();
    let mut end = chars;
    while end > 0 {
        let (_, start, slot) = best[end];
        found.extend(slot);
        end = start;
    }
    found[at..].reverse();
}

/// Returns a hash of which all bits depend on all others.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// Returns the slot of a piece; `None` if it is unknown.
fn slot_of(hash: u64) -> Option<usize> {
    let known_by = (hash >> 40).max(1).to_le_bytes();
    let first = usize::try_from(hash & 0xffff_ffff).unwrap_or_default() % SLOTS;
    for slot in (0..PROBES).map(|probe| (first + probe) % SLOTS) {
        let there = &BYTES[slot * SLOT..][..KNOWN_BY];
        if there == &known_by[..KNOWN_BY] {
            return Some(slot);
        }
        if there == [0; KNOWN_BY] {
            return None;
        }
    }
    None
}

/// Returns the numbers of a piece, in quarters.
fn vector(slot: usize) -> Vec<i32> {
    let bytes = &BYTES[slot * SLOT + KNOWN_BY + 1..][..PIECE / 2];
    bytes.iter().flat_map(|byte| [byte & 15, byte >> 4]).map(|half| i32::from(half) - 8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::tokens;

    fn likeness(one: &str, other: &str) -> i64 {
        let (one, other) = (of(&tokens(one)), of(&tokens(other)));
        let product = |a: &Meaning, b: &Meaning| a.iter().zip(b).map(|(a, b)| a * b).sum::<i64>();
        let size = |meaning: &Meaning| product(meaning, meaning).isqrt();
        product(&one, &other) * 100 / (size(&one) * size(&other)).max(1)
    }

    #[test]
    fn what_means_the_same_is_alike_across_languages() {
        let money = "Your wallet will not weep";
        for same in ["Dein Geldbeutel wird nicht weinen", "Il tuo portafoglio non piange", "財布が泣きません"]
        {
            let other = likeness(money, "Dark wood, quiet corners and a lamp for reading");
            assert!(likeness(money, same) > other + 10, "{same}: {} {other}", likeness(money, same));
        }
    }

    #[test]
    fn the_file_has_what_the_network_needs_and_no_more() {
        let layers =
            LAYERS.iter().map(|layer| layer.weights.len() + 4 * (layer.added.len() + 1)).sum::<usize>();
        assert_eq!(BYTES.len(), SLOTS * SLOT + layers);
    }

    #[test]
    fn known_pieces_are_the_likeliest() {
        let pieces = |text| super::pieces(&tokens(text)).len();
        assert_eq!(pieces("the tea"), 2);
        assert_eq!(pieces(""), 0);
        assert!((2..12).contains(&pieces("Donaudampfschifffahrt")));
    }

    #[test]
    fn masked_words_mean_nothing() {
        let mut masked = tokens("free tea");
        MASK.clone_into(&mut masked[0].text);
        assert_eq!(of(&masked), of(&tokens("tea")));
    }
}
