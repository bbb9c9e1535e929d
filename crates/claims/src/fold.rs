//! Folds text and splits it into words, so that one spelling of a word stands for all. The build script folds the
//! lexicon with this file, so that patterns and texts are folded alike.
//!
//! Compatibility forms become plain ones (NFKC), case and accents go. Scripts without spaces are split into
//! characters. Nothing is judged here.

use crate::unicode::{compatible, composed, is_mark, unmarked};

/// A word, a number, a character of a script without spaces, or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The folded word.
    pub text: String,
    /// Whether it starts with a capital letter.
    pub is_capital: bool,
    /// Whether punctuation stands before it.
    pub after_break: bool,
}

/// Signs that are words of their own.
const SIGNS: &str = "%@#&+";

/// Folds a text and splits it into tokens.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut splitter = Splitter::default();
    for c in text.chars() {
        compatible(c, |part| splitter.take(part));
    }
    splitter.end_word();
    splitter.done
}

/// Folds a text into words, without anything else that tokens hold.
#[allow(dead_code, reason = "the library uses it, the build script does not")]
pub fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.text).collect()
}

/// Returns a text in compatibility forms and lower case.
#[allow(dead_code, reason = "the library uses it, the build script does not")]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        compatible(c, |part| plain.extend(part.to_lowercase()));
    }
    plain
}

/// Returns whether a character belongs to a script that writes words without spaces between them.
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether a character is a currency sign (Unicode's category Sc).
pub fn is_currency(c: char) -> bool {
    const OTHERS: &str = "$¢£¤¥֏؋߾߿৲৳৻૱௹฿៛꠸﷼﹩＄￠￡￥￦";
    OTHERS.contains(c) || ('\u{20a0}'..='\u{20cf}').contains(&c)
}

/// Calls `put` with the folded form of a letter or digit: lower case, without accents.
pub fn fold_letter(c: char, mut put: impl FnMut(char)) {
    if c.is_ascii() {
        put(c.to_ascii_lowercase());
    } else if is_unspaced(c) {
        put(c);
    } else {
        for lower in c.to_lowercase() {
            match unmarked(lower) {
                'ß' => "ss".chars().for_each(&mut put),
                'æ' => "ae".chars().for_each(&mut put),
                'œ' => "oe".chars().for_each(&mut put),
                'þ' => "th".chars().for_each(&mut put),
                'ø' => put('o'),
                'ł' => put('l'),
                'đ' | 'ð' => put('d'),
                'ı' => put('i'),
                syllable @ '\u{ac00}'..='\u{d7a3}' => jamo(syllable).for_each(&mut put),
                part if is_mark(part) => {}
                part => put(part),
            }
        }
    }
}

/// Returns the letters of a Korean syllable, as Unicode computes them.
fn jamo(syllable: char) -> impl Iterator<Item = char> {
    let at = u32::from(syllable) - 0xac00;
    let last = (at % 28 > 0).then_some(0x11a7 + at % 28);
    let letters = [Some(0x1100 + at / 588), Some(0x1161 + at % 588 / 28), last];
    letters.into_iter().flatten().filter_map(char::from_u32)
}

#[derive(Default)]
struct Splitter {
    done: Vec<Token>,
    word: String,
    is_capital: bool,
    after_break: bool,
    /// A separator within a number, which belongs to it only if a digit follows.
    held: Option<char>,
}

impl Splitter {
    fn take(&mut self, c: char) {
        if self.composes(c) {
        } else if is_unspaced(c) {
            self.end_word();
            self.word.push(c);
            self.end_word();
        } else if c.is_alphanumeric() {
            self.take_letter(c);
        } else if is_mark(c) {
        } else if SIGNS.contains(c) || is_currency(c) {
            self.end_word();
            self.word.push(c);
            self.end_word();
        } else {
            self.take_separator(c);
        }
    }

    /// Returns whether a mark was joined with the character before it, in a script whose marks are not folded away.
    fn composes(&mut self, mark: char) -> bool {
        let Some(last) = self.done.last_mut().filter(|_| self.word.is_empty() && is_mark(mark)) else {
            return false;
        };
        let letter = last.text.chars().next().filter(|letter| is_unspaced(*letter));
        let composed = letter.and_then(|letter| composed(letter, mark));
        composed.inspect(|c| last.text = c.to_string()).is_some()
    }

    fn take_letter(&mut self, c: char) {
        let ends_in_digit = self.word.ends_with(|last: char| last.is_ascii_digit());
        let continues_number = self.held.is_some() && c.is_ascii_digit();
        let changes = !self.word.is_empty() && ends_in_digit != c.is_ascii_digit();
        if changes || (self.held.is_some() && !continues_number) {
            self.end_word();
        }
        if let Some(held) = self.held.take() {
            self.word.push(held);
        }
        if self.word.is_empty() {
            self.is_capital = c.is_uppercase();
        }
        let word = &mut self.word;
        fold_letter(c, |folded| word.push(folded));
    }

    fn take_separator(&mut self, c: char) {
        let in_number = matches!(c, '.' | ',') && self.word.ends_with(|last: char| last.is_ascii_digit());
        if in_number && self.held.is_none() {
            self.held = Some(c);
            return;
        }
        self.end_word();
        if !c.is_whitespace() && !matches!(c, '\'' | '’' | '-' | '‐' | '‑' | '_') {
            self.after_break = true;
        }
    }

    fn end_word(&mut self) {
        let held = self.held.take();
        if !self.word.is_empty() {
            let text = std::mem::take(&mut self.word);
            self.done.push(Token { text, is_capital: self.is_capital, after_break: self.after_break });
            self.after_break = false;
        }
        self.is_capital = false;
        self.after_break |= held.is_some();
    }
}
