//! Rules about the characters of a text, before it is split into words: markup, addresses, signs of prices, letters
//! in disguise, and what no reader should see.

use model::text::is_shaping;

use crate::fold::{Token, is_currency, is_unspaced, plain};
use crate::kind::Kind;
use crate::lexicon::is_digit_word;
use crate::readings::resolved;
use crate::unicode::{composed, is_mark};

/// The longest word, in letters. The longest common compounds of German have 29.
const WORD_LETTERS_MAX: usize = 29;
/// The most emoji side by side.
const EMOJI_RUN_MAX: usize = 2;
/// The most words in capitals side by side in a text that has nothing else.
const SHOUTED_WORDS_MAX: usize = 3;
/// The fewest digits that make an identifier or a number to call.
const DIGITS_MIN: usize = 6;
/// The fewest letters of a voucher code with digits. Shorter ones are names of models and measures.
const CODE_LETTERS_MIN: usize = 4;
/// The fewest digits in words that make a number to call.
const DIGIT_WORDS_MIN: usize = 5;

/// Parts that only markup and templates have.
const MARKUP: [&str; 22] = [
    "<", ">", "{{", "}}", "{%", "%}", "**", "__", "~~", "](", "`", "[/", "[b]", "[i]", "[url", "[img", "&#",
    "\\n", "\\u", "##", "{", "}",
];
/// Parts that identify an address.
const ADDRESS: [&str; 5] = ["://", "www.", "mailto:", "tel:", "javascript:"];
/// Ends of host names that are no words in a sentence without a space.
const TLDS: &str = " com net org info biz shop store io app co de fr es it jp uk eu at ch nl be pt pl dk se fi us ca au ru cn xyz online site dev me tv example ";

/// Returns the kind of the first rule that a text breaks.
pub fn violation(text: &str, tokens: &[Token], unspaced_script: bool) -> Option<Kind> {
    let plain = plain(text);
    if is_markup(&plain) {
        Some(Kind::Markup)
    } else if is_contact(&plain, tokens) {
        Some(Kind::Contact)
    } else if text.chars().any(|c| is_currency(c) || "%٪‰％﹪".contains(c)) {
        Some(if has_masked_word(text) { Kind::Disguise } else { Kind::Price })
    } else if tokens.iter().any(|token| is_amount(&token.text)) {
        Some(Kind::Price)
    } else if plain.split_whitespace().any(is_voucher_code) {
        Some(Kind::Offer)
    } else if is_disguised(text, unspaced_script) {
        Some(Kind::Disguise)
    } else {
        is_junk(text, &plain, tokens).then_some(Kind::Junk)
    }
}

fn is_markup(plain: &str) -> bool {
    let entity = plain.split('&').skip(1).any(|rest| {
        let name = rest.split(';').next().filter(|name| name.len() < rest.len());
        name.is_some_and(|name| {
            (2..=8).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    });
    let leading = ["# ", "- ", "* ", "> ", "1. ", "=="].iter().any(|sign| plain.starts_with(sign));
    let emphasis = plain.split_whitespace().any(|chunk| {
        chunk.len() > 2 && ["*", "_"].iter().any(|sign| chunk.starts_with(sign) && chunk.ends_with(sign))
    });
    entity || leading || emphasis || MARKUP.iter().any(|part| plain.contains(part))
}

fn is_contact(plain: &str, tokens: &[Token]) -> bool {
    let is_address = |chunk: &str| {
        let after_at = chunk
            .split('@')
            .nth(1)
            .is_some_and(|rest| rest.chars().next().is_some_and(char::is_alphanumeric));
        let starts_with_at =
            chunk.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@').starts_with('@');
        let spelled = !chunk.contains(|c: char| c.is_ascii_digit()) && chunk.contains('@') && after_at;
        (starts_with_at && after_at) || (spelled && chunk.contains('.')) || is_host(chunk)
    };
    let is_path = |chunk: &str| {
        let (host, _) = chunk.split_once('/').unwrap_or_default();
        host.split_once('.').is_some_and(|(name, end)| {
            !name.is_empty() && end.len() > 1 && end.bytes().all(|byte| byte.is_ascii_lowercase())
        })
    };
    ADDRESS.iter().any(|part| plain.contains(part))
        || plain.split_whitespace().any(is_path)
        || plain.split_whitespace().any(is_address)
        || digits_in_a_row(plain) >= DIGITS_MIN
        || digit_words_in_a_row(tokens) >= DIGIT_WORDS_MIN
}

/// Returns whether a chunk holds a host name, such as `wands.shop`.
fn is_host(chunk: &str) -> bool {
    let labels: Vec<_> = chunk.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
    let is_label = |label: &str| label.chars().count() > 1 && label.chars().any(char::is_alphabetic);
    labels.windows(2).any(|pair| {
        let joined = format!("{}.{}", pair[0], pair[1]);
        let tld: String = pair[1].chars().take_while(char::is_ascii_alphanumeric).collect();
        let whole = pair[1].chars().nth(tld.len()).is_none_or(is_unspaced);
        chunk.contains(&joined) && is_label(pair[0]) && whole && TLDS.contains(&format!(" {tld} "))
    })
}

/// Returns whether a number is written as an amount of money, with two decimals.
fn is_amount(word: &str) -> bool {
    let parts = word.split_once(['.', ',']);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.is_some_and(|(whole, cents)| is_digits(whole) && is_digits(cents) && cents.len() == 2)
}

/// Returns whether a chunk is a word with digits at its end, such as `wand20`.
fn is_voucher_code(chunk: &str) -> bool {
    let code = chunk.trim_matches(|c: char| !c.is_alphanumeric());
    let word = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    word.len() < code.len() && code.chars().all(char::is_alphanumeric) && letters >= CODE_LETTERS_MIN
}

/// Returns the most digits that stand in a row with nothing but separators between them.
fn digits_in_a_row(plain: &str) -> usize {
    let (mut most, mut count) = (0, 0);
    for c in plain.chars() {
        if c.is_ascii_digit() {
            count += 1;
            most = most.max(count);
        } else if !" .-()/+".contains(c) {
            count = 0;
        }
    }
    most
}

fn digit_words_in_a_row(tokens: &[Token]) -> usize {
    let (mut most, mut count) = (0, 0);
    for token in tokens {
        // Numerals of scripts without spaces are also written to be read as one number.
        count = if is_digit_word(&token.text) {
            count + 1
        } else if "のー".contains(&*token.text) {
            count
        } else {
            0
        };
        most = most.max(count);
    }
    most
}

fn is_disguised(text: &str, unspaced_script: bool) -> bool {
    let styled = |c: char| {
        let is_wide = matches!(c, '\u{ff01}'..='\u{ff5e}');
        let is_drawn = matches!(c, '\u{2460}'..='\u{24ff}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f1ff}' | '\u{1d00}'..='\u{1dbf}');
        let is_turned = "ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎɪʀʙɢʜʟɴʏꜰꜱ".contains(c);
        is_drawn || is_turned || (is_wide && !unspaced_script && c.is_alphanumeric())
    };
    has_strange_marks(text)
        || text.chars().any(styled)
        || text.split_whitespace().any(is_mixed)
        || has_spaced_word(text)
        || has_masked_word(text)
}

/// Returns whether a letter has a mark that no letter of its script has, or one that joins it to the next.
fn has_strange_marks(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    while let Some(letter) = chars.next() {
        let is_joined_to_none = (letter.is_alphabetic() && letter < '\u{250}') || is_unspaced(letter);
        if is_joined_to_none && chars.peek().is_some_and(|next| is_shaping(*next)) {
            return true;
        }
        let mut marks = Vec::new();
        while let Some(mark) = chars.next_if(|next| is_mark(*next) && !is_shaping(*next)) {
            marks.push(mark);
        }
        let is_judged = letter.is_alphanumeric() && letter < '\u{500}';
        if is_judged && !composes(letter, marks.iter()) && !composes(letter, marks.iter().rev()) {
            return true;
        }
    }
    false
}

fn composes<'a>(letter: char, mut marks: impl Iterator<Item = &'a char>) -> bool {
    marks.try_fold(letter, |letter, mark| composed(letter, *mark)).is_some()
}

/// Returns whether letters of other scripts that look Latin stand in a word with Latin ones.
fn is_mixed(chunk: &str) -> bool {
    let is_latin =
        |c: char| c.is_alphabetic() && ((c as u32) < 0x250 || (0x1e00..0x1f00).contains(&(c as u32)));
    let is_other = |c: char| c.is_alphabetic() && (0x370..0x1e00).contains(&(c as u32)) && !is_unspaced(c);
    chunk.contains(is_latin) && chunk.chars().any(|c| is_other(c) && (resolved(c) != c || c.is_alphabetic()))
}

fn is_kana(c: char) -> bool {
    ('\u{3040}'..='\u{30ff}').contains(&c)
}

/// Returns whether four or more letters stand alone in a row, or characters of a script without spaces, kana among them.
fn has_spaced_word(text: &str) -> bool {
    let chunks: Vec<_> = text.split_whitespace().collect();
    let is_unspaced_word = |four: &[&str]| {
        let chars = || four.iter().flat_map(|chunk| chunk.chars());
        chars().count() == four.len() && chars().all(is_unspaced) && chars().any(is_kana)
    };
    if chunks.windows(4).any(is_unspaced_word) {
        return true;
    }
    let pieces = text.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty());
    let (mut most, mut count) = (0, 0);
    for piece in pieces {
        let is_single = piece.chars().count() == 1 && !piece.contains(is_unspaced);
        count = if is_single { count + 1 } else { 0 };
        most = most.max(count);
    }
    most >= 4
}

/// Returns whether a sign stands for a letter within a word. The gender star of German (`Kund*innen`) does not.
fn has_masked_word(text: &str) -> bool {
    text.split_whitespace().any(|chunk| {
        let chars: Vec<_> = chunk.chars().collect();
        chars.windows(3).enumerate().any(|(at, window)| {
            let [before, sign, after] = window else { return false };
            let rest: String = chars[at + 2..].iter().collect::<String>().to_lowercase();
            let masks = "*#$€£¥|^~=\\!@?%".contains(*sign) && !(*sign == '*' && rest.starts_with("in"));
            masks && before.is_alphabetic() && (after.is_alphabetic() || masks_on(&chars[at + 2..]))
        })
    })
}

/// Returns whether more signs and then a letter follow.
fn masks_on(rest: &[char]) -> bool {
    let signs = rest.iter().take_while(|c| "*#".contains(**c)).count();
    signs > 0 && rest.get(signs).is_some_and(|c| c.is_alphabetic())
}

fn is_junk(text: &str, plain: &str, tokens: &[Token]) -> bool {
    let is_long = |word: &str| {
        word.chars().filter(|c| c.is_alphabetic() && !is_unspaced(*c)).count() > WORD_LETTERS_MAX
    };
    text.contains(['[', ']', '|', '\\', '_'])
        || text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "TODO" || word == "FIXME")
        || ["!!!", "???", "....", ":::", "---", "==="].iter().any(|run| plain.contains(run))
        || plain.split(|c: char| !c.is_alphanumeric()).any(is_long)
        || plain.split_whitespace().any(is_identifier)
        || is_stretched(plain)
        || has_emoji_run(text)
        || is_shouted(text)
        || is_repetition(tokens)
}

/// Returns whether a chunk is an identifier such as `wand-1`, `sku_0042` or a digest, and no size such as `size-4`.
fn is_identifier(chunk: &str) -> bool {
    let parts: Vec<_> = chunk.split('-').collect();
    let is_word =
        |part: &str| part.chars().count() > 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_count = |part: &str| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        !digits.is_empty() && part.chars().nth(digits.len()).is_none_or(|c| !c.is_ascii_alphanumeric())
    };
    let numbered = parts.len() > 1 && is_word(parts[0]) && parts.last().is_some_and(|last| is_count(last));
    let changes =
        chunk.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit());
    let is_digest =
        chunk.len() >= 12 && changes.count() >= 4 && chunk.bytes().all(|byte| byte.is_ascii_alphanumeric());
    numbered || is_digest
}

/// Returns whether a letter stands six times in a row, or four times in a word that is more than a sound (`brrrr`).
fn is_stretched(plain: &str) -> bool {
    plain.split(|c: char| !c.is_alphabetic()).any(|word| {
        let chars: Vec<_> = word.chars().collect();
        let mut distinct = chars.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let runs =
            |length: usize| chars.windows(length).any(|run| run.iter().all(|c| *c == run[0] && c.is_ascii()));
        runs(6) || (distinct.len() > 2 && runs(4))
    })
}

fn has_emoji_run(text: &str) -> bool {
    let is_emoji = |c: &char| matches!(*c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}'..='\u{2b55}');
    let mut run = 0;
    let mut total = 0;
    for c in text.chars().filter(|c| !is_shaping(*c) && !c.is_whitespace()) {
        run = if is_emoji(&c) { run + 1 } else { 0 };
        total += usize::from(is_emoji(&c));
        if run > EMOJI_RUN_MAX || total > 2 * EMOJI_RUN_MAX {
            return true;
        }
    }
    false
}

fn is_shouted(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    let words: Vec<_> = words.collect();
    words.len() > SHOUTED_WORDS_MAX && words.iter().all(|word| word.chars().all(char::is_uppercase))
}

/// Returns whether words are repeated: one four times in a row, two or more three times.
fn is_repetition(tokens: &[Token]) -> bool {
    let texts: Vec<_> = tokens.iter().map(|token| &*token.text).collect();
    let repeats = |size: usize, times: usize| {
        texts.windows(size * times).any(|window| window.chunks(size).all(|chunk| *chunk == window[..size]))
    };
    repeats(1, 4) || (2..=6).any(|size| repeats(size, 3))
}
