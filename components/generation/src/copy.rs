//! The rules for copy, and the only way to them: the model's texts and our own phrases pass here.
//!
//! Copy is plain text on one line, within the length of its place. The claims gate decides what it may say
//! ([`claims`]). The shop's name is always allowed.

use claims::{Beside, Gate, Kind, Terms, Violation};
use model::catalog::Product;
use model::shop::ShopSettings;
use model::text::{is_invisible, is_shaping, is_visible};

use crate::assortment::Assortment;

/// The longest name that is used as copy, in characters. It fits every place except search terms.
const NAME_CHARS_MAX: usize = 60;

/// The copy rules of a merchant's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    name: String,
    gate: Gate,
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
    /// Something that no copy may say.
    #[error("{reason} ({kind})", reason = .0.reason(), kind = .0)]
    Claim(Kind),
    /// A word that the merchant banned.
    #[error("uses the banned word {0:?}")]
    Banned(String),
}

impl Flaw {
    /// Returns the flaw's stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "length",
            Self::Invisible => "invisible",
            Self::Claim(kind) => kind.code(),
            Self::Banned(_) => Kind::Banned.code(),
        }
    }
}

/// What stands with a text on the page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Company<'a> {
    /// The products beside the text. It may say what the data of all of them says.
    pub products: &'a [&'a Product],
    /// Words of the text that make a claim which [`crate::heading`] judges instead.
    pub decided: &'a [&'a str],
}

impl Voice {
    /// Creates the copy rules of a shop. Banned words without a letter or digit have no effect.
    pub fn new(shop: &str, merchant: &ShopSettings, assortment: &Assortment) -> Self {
        let name = legible(&merchant.name).or_else(|| legible(shop)).unwrap_or_else(|| "Shop".to_owned());
        let mut names: Vec<_> =
            assortment.offered().flat_map(|product| [&*product.category, &*product.vendor]).collect();
        names.push(&name);
        names.sort_unstable();
        names.dedup();
        let gate = Gate::new(&Terms {
            language: merchant.language.as_str(),
            currency: assortment.currency(),
            names: &names,
            promises: &merchant.promises,
            banned: &merchant.banned_words,
        });
        Self { name, gate }
    }

    /// Returns the shop's name, the one text that is always allowed. The merchant chose it, so it is not judged.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the flaw of `text` as copy of at most `chars_max` characters with no product beside it; `None` if it
    /// has none.
    pub fn flaw(&self, text: &str, chars_max: usize) -> Option<Flaw> {
        self.flaw_beside(text, chars_max, &Company::default())
    }

    /// Returns the flaw of `text` as copy of at most `chars_max` characters in this company; `None` if it has none.
    pub fn flaw_beside(&self, text: &str, chars_max: usize, company: &Company<'_>) -> Option<Flaw> {
        let chars = text.chars().count();
        if !is_visible(text) {
            Some(Flaw::Empty)
        } else if chars > chars_max {
            Some(Flaw::TooLong { chars, chars_max })
        } else if text == self.name {
            None
        } else if text.contains(hides) {
            Some(Flaw::Invisible)
        } else {
            let products: Vec<_> = company.products.iter().map(|product| data_of(product)).collect();
            let beside = Beside { products: &products, proven: company.decided };
            self.gate.violation(text, &beside).map(flaw_of)
        }
    }

    /// Returns whether the joined copy of a page is certainly in another language than the shop's.
    pub fn is_foreign(&self, copy: &str) -> bool {
        self.gate.is_foreign(copy)
    }
}

fn flaw_of(violation: Violation) -> Flaw {
    match violation.word {
        Some(word) => Flaw::Banned(word),
        None => Flaw::Claim(violation.kind),
    }
}

/// Returns the texts that say something about a product, its title first.
fn data_of(product: &Product) -> Vec<&str> {
    let Product { title, description, vendor, category, tags, .. } = product;
    let tags = tags.iter().map(String::as_str);
    [&**title, description, vendor, category].into_iter().chain(tags).collect()
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
    places_of_word(text, word).next().is_some()
}

/// Returns `text` with `other` in the place of each whole word `word`.
pub(crate) fn replace_word(text: &str, word: &str, other: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for start in places_of_word(text, word) {
        replaced.push_str(text.get(end..start).unwrap_or_default());
        replaced.push_str(other);
        end = start + word.len();
    }
    replaced.push_str(text.get(end..).unwrap_or_default());
    replaced
}

/// Returns where `text` contains `word` as a whole word, in bytes.
fn places_of_word<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> {
    let places = text.match_indices(word).filter(|_| !word.is_empty()).map(|(start, _)| start);
    places.filter(move |start| {
        let before = text.get(..*start).and_then(|part| part.chars().next_back());
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
    use crate::fakes::{assortment, merchant, product};
    use proptest::prelude::*;

    fn voice(banned: &[&str]) -> Voice {
        let banned_words = banned.iter().map(|word| (*word).to_owned()).collect();
        Voice::new("magic-wands", &ShopSettings { banned_words, ..merchant() }, &assortment())
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&Flaw>) {
        assert_eq!(voice(&["cheap", "last chance", "安い"]).flaw(text, 40).as_ref(), expected, "{text:?}");
    }

    #[test]
    fn only_whole_words_are_replaced() {
        for (text, word, expected) in [
            ("Side by side with d", "d", "Side by side with …"),
            ("Oak, the oak and oaken", "Oak", "…, the oak and oaken"),
            ("oak oak", "oak", "… …"),
            ("安い杖です", "杖", "安い…です"),
            ("as it is", "", "as it is"),
        ] {
            assert_eq!(replace_word(text, word, "…"), expected);
        }
    }

    #[test]
    fn plain_words_are_copy() {
        for text in ["Wands for dusk", "2 wands & 1 hat", "Für dich, à la carte", "👩‍🚀", "❤\u{fe0f}"]
        {
            check(text, None);
        }
    }

    #[test]
    fn a_flaw_names_its_kind() {
        for (text, kind) in [
            ("<b>x</b>", Kind::Markup),
            ("a < b", Kind::Markup),
            ("{{ x }}", Kind::Markup),
            ("see https://x.example", Kind::Contact),
            ("WWW.example.com", Kind::Contact),
            ("from €5", Kind::Price),
            ("50% off", Kind::Price),
            ("now 5\u{a0}eur", Kind::Price),
            ("twenty euros each", Kind::Price),
            ("A free gift inside", Kind::Offer),
            ("Only two left", Kind::Scarcity),
            ("Хлеб и соль", Kind::Script),
        ] {
            check(text, Some(&Flaw::Claim(kind)));
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
    fn banned_words_are_refused_in_every_form() {
        for (text, word) in [
            ("Cheap!", "cheap"),
            ("so CHEAP", "cheap"),
            ("the cheapest", "cheap"),
            ("dirt-cheap", "cheap"),
            ("ch€ap", "cheap"),
            ("che*p", "cheap"),
            ("your last  chance", "last chance"),
        ] {
            check(text, Some(&Flaw::Banned(word.to_owned())));
        }
        for text in ["Starts with art", "Heap of hats"] {
            check(text, None);
        }
        assert_eq!(voice(&["art"]).flaw("A start for hearts", 40), None);
    }

    #[test]
    fn promises_and_product_data_may_be_quoted() {
        let products = [product("a", "Wands", 1)];
        let beside = [&products[0]];
        let voice = voice(&[]);
        let flaw = |text| voice.flaw_beside(text, 60, &Company { products: &beside, decided: &[] });
        assert_eq!(flaw("Free returns"), None);
        assert_eq!(flaw("Take your time. Free returns."), None);
        assert_eq!(flaw("Free returns for life"), Some(Flaw::Claim(Kind::Offer)));
        assert_eq!(flaw("Ships today"), None);
        assert_eq!(flaw("Ships tomorrow"), Some(Flaw::Claim(Kind::Delivery)));
        assert_eq!(flaw("Made by hand."), None);
        assert_eq!(flaw("Made by monks"), Some(Flaw::Claim(Kind::Origin)));
        assert_eq!(voice.flaw("Made by hand.", 60), Some(Flaw::Claim(Kind::Origin)));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        let fits = "Wände für dämmernde Wälder";
        assert_eq!(voice(&[]).flaw(fits, fits.chars().count()), None);
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
        let voice = Voice::new("magic-wands", &odd, &assortment());
        assert_eq!(voice.flaw("Cheap $ <3", 40), None);
        assert!(voice.flaw("Cheap $ <3!", 40).is_some());
    }

    #[test]
    fn an_invisible_name_is_replaced() {
        for name in ["\u{200b}\n ", "\u{3164}", "\u{200d}\u{fe0f}"] {
            let nameless = ShopSettings { name: name.to_owned(), ..merchant() };
            assert_eq!(Voice::new("magic-wands", &nameless, &assortment()).name(), "magic-wands", "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_judged(text in ".{0,60}", banned in prop::collection::vec(".{0,4}", 0..4)) {
            let merchant = ShopSettings { name: text.clone(), banned_words: banned, ..merchant() };
            let voice = Voice::new("s", &merchant, &assortment());
            let _ = voice.flaw(&text, 30);
            prop_assert_eq!(voice.flaw(voice.name(), NAME_CHARS_MAX), None);
        }
    }
}
