//! The rules for copy. They apply to both planners: to the model's texts and to our own phrases.
//!
//! Copy is plain text on one line. It contains no markup, no address, no price and no percentage (those come from
//! the catalog when a page is rendered), and no word that the merchant banned.

use model::shop::ShopSettings;
use model::text::{is_invisible, is_shaping, is_visible};

/// The longest name that is used as copy, in characters. It fits every place except search terms.
const NAME_CHARS_MAX: usize = 60;

/// Starts of markup and template expressions.
const MARKUP: [&str; 4] = ["<", ">", "{{", "{%"];
/// Parts that identify an address.
const ADDRESS: [&str; 3] = ["://", "www.", "mailto:"];
/// Signs that turn a number into a claim. Currency signs are Unicode's category Sc.
const CLAIMS: &str = "%٪‰％﹪$¢£¤¥֏؋߾߿৲৳৻૱௹฿៛﷼﹩＄￠￡￥￦";

/// The copy rules of a merchant's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    name: String,
    banned: Vec<String>,
    currency: String,
}

/// Why a text is not allowed as copy. The message does not repeat the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// No visible text.
    #[error("is empty")]
    Empty,
    /// Longer than its place allows.
    #[error("has {chars} characters, {chars_max} are allowed")]
    TooLong {
        /// The number of characters in the text.
        chars: usize,
        /// The largest allowed number.
        chars_max: usize,
    },
    /// A line break, a control character or an invisible character.
    #[error("holds a control or invisible character")]
    Invisible,
    /// `<`, `>` or a template expression.
    #[error("holds markup; plain text only")]
    Markup,
    /// A link.
    #[error("holds an address")]
    Address,
    /// A price or a percentage.
    #[error("names a price or a percentage; those are added from the catalog")]
    Claim,
    /// A word that the merchant banned.
    #[error("uses the banned word {0:?}")]
    Banned(String),
}

impl Voice {
    /// Creates the copy rules of a shop. Banned words without a letter or digit have no effect.
    pub fn new(shop: &str, merchant: &ShopSettings, currency: &str) -> Self {
        let banned = merchant.banned_words.iter().map(|word| folded(word));
        Self {
            name: legible(&merchant.name).or_else(|| legible(shop)).unwrap_or_else(|| "Shop".to_owned()),
            banned: banned.filter(|word| word.contains(char::is_alphanumeric)).collect(),
            currency: folded(currency),
        }
    }

    /// Returns the shop's name, the one text that is always allowed. The merchant chose it, so neither banned
    /// words nor claim signs are checked in it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the flaw of `text` as copy of at most `chars_max` characters; `None` if it has none.
    pub fn flaw(&self, text: &str, chars_max: usize) -> Option<Flaw> {
        let chars = text.chars().count();
        if !is_visible(text) {
            Some(Flaw::Empty)
        } else if chars > chars_max {
            Some(Flaw::TooLong { chars, chars_max })
        } else if text == self.name {
            None
        } else {
            self.flaw_of_words(text)
        }
    }

    fn flaw_of_words(&self, text: &str) -> Option<Flaw> {
        let folded = folded(text);
        let holds_any = |needles: &[&str]| needles.iter().any(|needle| folded.contains(needle));
        if text.contains(hides) {
            Some(Flaw::Invisible)
        } else if holds_any(&MARKUP) {
            Some(Flaw::Markup)
        } else if holds_any(&ADDRESS) {
            Some(Flaw::Address)
        } else if self.claims(&folded) {
            Some(Flaw::Claim)
        } else {
            self.banned.iter().find(|word| holds_word(&folded, word)).cloned().map(Flaw::Banned)
        }
    }

    /// Returns whether a text claims a price or a percentage. A sign is a claim by itself. "percent" or the
    /// currency's code is one only beside a number, because codes such as `ALL` and `TRY` are words too.
    fn claims(&self, folded: &str) -> bool {
        let is_sign = |c: char| CLAIMS.contains(c) || ('\u{20a0}'..='\u{20cf}').contains(&c);
        let named = || holds_word(folded, "percent") || holds_word(folded, &self.currency);
        folded.contains(is_sign) || (folded.contains(char::is_numeric) && named())
    }
}

/// Returns `text` in lower case, with single spaces.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns `text` without invisible characters, cut to the length of a name; `None` if nothing is left.
fn legible(text: &str) -> Option<String> {
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let kept: String = seen.chars().filter(|c| !hides(*c)).take(NAME_CHARS_MAX).collect();
    let name = kept.trim();
    is_visible(name).then(|| name.to_owned())
}

/// Returns whether a character may hide or reorder text (Unicode TR 36, section 2.5): it is invisible, and does
/// more than shape its neighbours.
fn hides(c: char) -> bool {
    is_invisible(c) && !is_shaping(c)
}

/// Returns whether `text` contains `word` as a whole word, not as a part of a longer one.
pub(crate) fn holds_word(text: &str, word: &str) -> bool {
    !word.is_empty()
        && text.match_indices(word).any(|(start, _)| {
            let before = text.get(..start).and_then(|part| part.chars().next_back());
            let after = text.get(start + word.len()..).and_then(|part| part.chars().next());
            !joined(before, word.chars().next()) && !joined(word.chars().next_back(), after)
        })
}

/// Returns whether two neighbouring characters belong to one word. Scripts from Thai (U+0E00) on mostly write
/// words without spaces between them, so there any occurrence counts as the word.
fn joined(left: Option<char>, right: Option<char>) -> bool {
    let spells = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && c < '\u{e00}');
    spells(left) && spells(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::merchant;
    use proptest::prelude::*;

    fn voice(banned: &[&str]) -> Voice {
        let banned_words = banned.iter().map(|word| (*word).to_owned()).collect();
        Voice::new("magic-wands", &ShopSettings { banned_words, ..merchant() }, "EUR")
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&Flaw>) {
        assert_eq!(voice(&["cheap", "last chance", "安い"]).flaw(text, 40).as_ref(), expected, "{text:?}");
    }

    #[test]
    fn plain_words_are_copy() {
        for text in ["Wands for dusk", "2 wands & 1 hat", "Für dich, à la carte", "杖", "👩‍🚀", "❤\u{fe0f}"]
        {
            check(text, None);
        }
    }

    #[test]
    fn markup_is_refused() {
        for text in ["<b>x</b>", "a < b", "x > y", "{{ x }}", "{% if %}", "&lt;<"] {
            check(text, Some(&Flaw::Markup));
        }
    }

    #[test]
    fn addresses_are_refused() {
        for text in ["see https://x.example", "WWW.example.com", "mailto:x", "javascript://x"] {
            check(text, Some(&Flaw::Address));
        }
    }

    #[test]
    fn prices_and_percentages_are_refused() {
        for text in ["from €5", "50% off", "5 EUR", "now 5\u{a0}eur", "20 percent less", "₿", "＄1", "half‰"]
        {
            check(text, Some(&Flaw::Claim));
        }
        check("eur is not a price", None);
    }

    #[test]
    fn invisible_text_is_refused() {
        for text in [
            "a\nb",
            "a\0",
            "a\u{200b}b",
            "\u{202e}abc",
            "soft\u{ad}hyphen",
            "a\u{e0041}",
            "a\u{3164}b",
            "a\u{2800}b",
        ] {
            check(text, Some(&Flaw::Invisible));
        }
    }

    #[test]
    fn banned_words_are_refused_as_words() {
        for (text, word) in [
            ("Cheap!", "cheap"),
            ("so CHEAP", "cheap"),
            ("your last  chance", "last chance"),
            ("とても安い杖", "安い"),
        ] {
            check(text, Some(&Flaw::Banned(word.to_owned())));
        }
        for text in ["cheaply", "uncheap", "last chances", "the last, chance"] {
            check(text, None);
        }
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        check(&"é".repeat(40), None);
        check(&"é".repeat(41), Some(&Flaw::TooLong { chars: 41, chars_max: 40 }));
        for text in [" \u{a0} ", "\u{2800}", "\u{200d}\u{fe0f}"] {
            check(text, Some(&Flaw::Empty));
        }
    }

    #[test]
    fn the_shops_name_is_always_allowed() {
        let odd = ShopSettings {
            name: "Cheap $ <3".to_owned(),
            banned_words: vec!["cheap".to_owned()],
            ..merchant()
        };
        let voice = Voice::new("magic-wands", &odd, "EUR");
        assert_eq!(voice.flaw("Cheap $ <3", 40), None);
        assert!(voice.flaw("Cheap $ <3!", 40).is_some());
    }

    #[test]
    fn an_invisible_name_is_replaced() {
        for name in ["\u{200b}\n ", "\u{3164}", "\u{200d}\u{fe0f}"] {
            let nameless = ShopSettings { name: name.to_owned(), ..merchant() };
            assert_eq!(Voice::new("magic-wands", &nameless, "EUR").name(), "magic-wands", "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_judged(text in ".{0,60}", banned in prop::collection::vec(".{0,4}", 0..4)) {
            let merchant = ShopSettings { name: text.clone(), banned_words: banned, ..merchant() };
            let voice = Voice::new("s", &merchant, &text);
            let _ = voice.flaw(&text, 30);
            prop_assert_eq!(voice.flaw(voice.name(), NAME_CHARS_MAX), None);
        }
    }
}
