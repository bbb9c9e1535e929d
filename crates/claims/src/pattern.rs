//! Finds patterns of the lexicon in tokens.

use crate::fold::{Token, is_unspaced};
use crate::lexicon::{Pattern, Table, is_number, list_holds};

/// The most tokens that `..` stands for, and the most in a script without spaces, whose tokens are characters.
const GAP_MAX: usize = 3;
const UNSPACED_GAP_MAX: usize = 12;
/// The most tokens of a number.
const NUMBER_TOKENS_MAX: usize = 8;
/// The text of a token that no pattern matches, because it has been accounted for.
pub const MASK: &str = "\u{1}";

/// Calls `found` with each pattern that `may` match and does, and the tokens from which and up to which it does, until `found`
/// returns true. Returns whether it did.
pub fn find(
    table: &'static Table,
    tokens: &[Token],
    may: impl Fn(&Pattern) -> bool,
    mut found: impl FnMut(&Pattern, usize, usize) -> bool,
) -> bool {
    for (at, token) in tokens.iter().enumerate() {
        if token.text == MASK {
            continue;
        }
        for pattern in table.starting_with(&token.text, at == 0).filter(|pattern| may(pattern)) {
            let end = end_of_match(pattern.atoms, tokens, at);
            if let Some(end) = end.filter(|end| *end > at)
                && found(pattern, at, end)
            {
                return true;
            }
        }
    }
    false
}

/// Returns the token after the match of atoms that starts at a token; `None` if there is no match.
fn end_of_match(atoms: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let (atom, rest) = match atoms.split_once(' ') {
        Some((atom, rest)) => (atom, Some(rest)),
        None => (atoms, None),
    };
    let go_on = |at: usize| match rest {
        Some(rest) => end_of_match(rest, tokens, at),
        None => Some(at),
    };
    match atom {
        "^" => (at == 0).then(|| go_on(at))?,
        "$" => (at == tokens.len()).then(|| go_on(at))?,
        "," => tokens.get(at).is_none_or(|token| token.after_break).then(|| go_on(at))?,
        ".." => (at..=at + gap_max(tokens, at)).take_while(|at| *at <= tokens.len()).find_map(go_on),
        _ => {
            let (is_optional, choices) =
                atom.strip_prefix('?').map_or((false, atom), |choices| (true, choices));
            let mut ends = choices.split('|').flat_map(|choice| ends_of_choice(choice, tokens, at));
            ends.find_map(go_on).or_else(|| if is_optional { go_on(at) } else { None })
        }
    }
}

fn gap_max(tokens: &[Token], at: usize) -> usize {
    let is_unspaced = tokens.get(at).is_some_and(|token| token.text.starts_with(is_unspaced));
    if is_unspaced { UNSPACED_GAP_MAX } else { GAP_MAX }
}

/// Returns the tokens after those that a word, a number or a phrase matches. A number may be shorter than it can be:
/// "cent" is one in French.
fn ends_of_choice(choice: &str, tokens: &[Token], at: usize) -> impl Iterator<Item = usize> {
    let token = tokens.get(at).filter(|token| token.text != MASK);
    let count = match (token, choice.strip_prefix('#').and_then(|number| number.parse().ok())) {
        (None, _) => 0,
        (Some(_), Some(language)) => {
            let count = tokens[at..].iter().take(NUMBER_TOKENS_MAX);
            count.take_while(|token| is_number(language, &token.text)).count()
        }
        (Some(token), None) if matches_word(choice, token) => 1,
        (Some(_), None) => {
            return end_of_phrase(choice, tokens, at).map(|end| end..=end).into_iter().flatten().rev();
        }
    };
    Some(at + 1..=at + count).into_iter().flatten().rev()
}

/// Returns the token after a phrase of a script without spaces, whose tokens are characters.
fn end_of_phrase(phrase: &str, tokens: &[Token], at: usize) -> Option<usize> {
    if !phrase.contains(is_unspaced) {
        return None;
    }
    let mut rest = phrase;
    let mut end = at;
    while !rest.is_empty() {
        rest = rest.strip_prefix(&*tokens.get(end)?.text)?;
        end += 1;
    }
    Some(end)
}

fn matches_word(choice: &str, token: &Token) -> bool {
    let word = token.text.as_str();
    if let Some(list) = choice.strip_prefix('@').filter(|list| !list.is_empty()) {
        let (is_proper, list) = list.strip_prefix('^').map_or((false, list), |list| (true, list));
        return (!is_proper || token.is_capital) && list.parse().is_ok_and(|list| list_holds(list, word));
    }
    match (choice.strip_prefix('*'), choice.strip_suffix('*')) {
        (None, None) => choice == "_" || choice == word,
        (None, Some(start)) => word.starts_with(start),
        (Some(end), None) => word.ends_with(end),
        (Some(_), Some(_)) => word.contains(choice.trim_matches('*')),
    }
}
