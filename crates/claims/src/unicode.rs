//! What the gate needs of Unicode's data: compatibility forms, letters with marks, and marks. The build script makes
//! the tables from the whole data, and folds the lexicon with the same functions over it.
//! `left_out.rs` names what it leaves out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

include!(concat!(env!("OUT_DIR"), "/unicode.rs"));

/// Characters with the compatibility form of each (NFKC).
static COMPATIBLE: LazyLock<BTreeMap<char, &str>> = LazyLock::new(|| entries(FORMS).collect());
/// Letters with a mark, with the letter and the mark.
static MARKED: LazyLock<BTreeMap<char, (char, char)>> = LazyLock::new(|| {
    let pair = |(marked, pair): (char, &str)| {
        let mut pair = pair.chars();
        Some((marked, (pair.next()?, pair.next()?)))
    };
    entries(PAIRS).filter_map(pair).collect()
});
static COMPOSED: LazyLock<BTreeMap<(char, char), char>> =
    LazyLock::new(|| MARKED.iter().map(|(marked, pair)| (*pair, *marked)).collect());
/// The first and the last mark of each run of them.
static MARK_RUNS: LazyLock<Vec<(char, char)>> =
    LazyLock::new(|| MARKS.chars().step_by(2).zip(MARKS.chars().skip(1).step_by(2)).collect());

/// Returns the entries of a table. A line is a run: the first character, and the forms of it and of those that follow
/// it, each after a tab.
fn entries(table: &'static str) -> impl Iterator<Item = (char, &'static str)> {
    table.split('\n').flat_map(|run| {
        let mut fields = run.split('\t');
        let first = fields.next().and_then(|first| first.chars().next());
        first.into_iter().flat_map(|first| first..).zip(fields)
    })
}

/// Calls `put` with each character of the compatibility form of a character (NFKC).
pub fn compatible(c: char, put: impl FnMut(char)) {
    match if c.is_ascii() { None } else { COMPATIBLE.get(&c) } {
        Some(form) => form.chars().for_each(put),
        None => std::iter::once(c).for_each(put),
    }
}

/// Returns the letter of a letter with marks (NFD), or the character itself.
pub fn unmarked(c: char) -> char {
    MARKED.get(&c).map_or(c, |(letter, _)| unmarked(*letter))
}

/// Returns the letter that a letter and a mark are together (NFC); `None` if there is none.
pub fn composed(letter: char, mark: char) -> Option<char> {
    COMPOSED.get(&(letter, mark)).copied()
}

/// Returns whether a character is a mark on the one before it (Unicode's category M).
pub fn is_mark(c: char) -> bool {
    let runs = MARK_RUNS.partition_point(|(first, _)| *first <= c);
    !c.is_ascii() && runs.checked_sub(1).is_some_and(|at| c <= MARK_RUNS[at].1)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_normalization::char::{compose, decompose_canonical, is_combining_mark};

    use crate::left_out::is_left_out;

    use super::{MARKED, compatible, composed, is_mark, unmarked};

    fn covered() -> impl Iterator<Item = char> {
        ('\0'..=char::MAX).filter(|c| !is_left_out(*c))
    }

    #[test]
    fn compatibility_forms_are_those_of_unicode() {
        for c in covered() {
            let mut form = String::new();
            compatible(c, |part| form.push(part));
            assert_eq!(form, c.nfkc().collect::<String>(), "{c:?}");
        }
    }

    #[test]
    fn letters_with_marks_are_those_of_unicode() {
        for c in covered().filter(|c| c.nfkc().eq([*c])) {
            let mut parts = Vec::new();
            decompose_canonical(c, |part| parts.push(part));
            assert_eq!(unmarked(c), parts[0], "{c:?}");
        }
        for (marked, (letter, mark)) in MARKED.iter() {
            assert_eq!(compose(*letter, *mark), Some(*marked));
            assert_eq!(composed(*letter, *mark), Some(*marked));
        }
    }

    #[test]
    fn letters_and_marks_compose_as_in_unicode() {
        let marks: Vec<_> = covered().filter(|c| is_mark(*c)).collect();
        let letters = ('\0'..'\u{500}').filter(|c| c.is_alphanumeric() && c.nfkc().eq([*c]));
        for letter in letters {
            for mark in &marks {
                assert_eq!(composed(letter, *mark), compose(letter, *mark), "{letter:?} {mark:?}");
            }
        }
    }

    #[test]
    fn marks_are_those_of_unicode() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_mark(c), is_combining_mark(c), "{c:?}");
        }
    }
}
