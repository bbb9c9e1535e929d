//! The questions about a shop, and how long their answers stay valid.

use std::fmt::Write as _;

use model::{Market, Signals};
use sha2::{Digest as _, Sha256};

/// A week, in seconds.
const WEEK: u32 = 7 * 24 * 3600;
/// An hour, in seconds.
const HOUR: u32 = 3600;

/// A search term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term(String);

impl Term {
    /// Normalizes a search term to single spaces and lower case, and cuts it to 80 characters. Returns `None` if it has
    /// no letter or digit.
    pub fn parse(text: &str) -> Option<Self> {
        let seen: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(4 * Signals::ENTRY_CHARS_MAX)
            .collect();
        let words = seen.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let term: String = words.chars().take(Signals::ENTRY_CHARS_MAX).collect();
        term.contains(char::is_alphanumeric).then_some(Self(term))
    }

    /// Returns the normalized term.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A question about a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question<'a> {
    /// The shop's name and money format.
    Shop,
    /// The best-selling products.
    Products,
    /// The collections.
    Collections,
    /// The products of the collection with this handle.
    Members(&'a str),
    /// The products with these ids or handles.
    Names(&'a [String]),
    /// The products that match a search term.
    Search(&'a Term),
}

impl Question<'_> {
    /// Returns the kind of the question, for the log.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Products => "products",
            Self::Collections => "collections",
            Self::Members(_) => "members",
            Self::Names(_) => "names",
            Self::Search(_) => "search",
        }
    }

    /// Returns how long an answer is current, in milliseconds, if the catalog does not change meanwhile.
    pub fn fresh_ms(self) -> u64 {
        match self {
            Self::Shop => 3_600_000,
            Self::Products | Self::Names(_) => 300_000,
            Self::Collections | Self::Members(_) => 900_000,
            Self::Search(_) => 30_000,
        }
    }

    /// Returns how long an answer is stored, in seconds, for use when Shopify does not answer.
    pub fn kept_seconds(self) -> u32 {
        if let Self::Search(_) = self { HOUR } else { WEEK }
    }

    /// Returns the name under which the answer is stored. It does not contain a shopper's words.
    pub fn name(self, market: &Market) -> String {
        let mut name = self.kind().to_owned();
        if !market.is_own() {
            name.push('_');
            name.push_str(&market.to_string());
        }
        let text = match self {
            Self::Search(term) => Some(term.as_str().to_owned()),
            Self::Members(handle) => Some(handle.to_owned()),
            Self::Names(names) => Some(names.join("\n")),
            Self::Shop | Self::Products | Self::Collections => None,
        };
        if let Some(text) = text {
            name.push('_');
            name.push_str(&hash(&text));
        }
        name
    }
}

/// Returns 128 bits of SHA-256, in hexadecimal digits.
fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(16).fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_the_same_question() {
        let term = Term::parse("  Oak\n\tWAND ").unwrap();
        assert_eq!(term.as_str(), "oak wand");
        let name = Question::Search(&term).name(&Market::of("DE", "DE").unwrap());
        assert!(name.starts_with("search_DE-DE_") && name.len() == 13 + 32, "{name}");
        assert!(!name.contains("oak"));
    }

    #[test]
    fn nothing_to_look_for_is_no_term_and_a_long_one_is_cut() {
        for nothing in ["", " \n", "!?", "\u{0}"] {
            assert_eq!(Term::parse(nothing), None, "{nothing:?}");
        }
        assert_eq!(Term::parse(&"é".repeat(10_000)).unwrap().as_str().chars().count(), 80);
    }

    #[test]
    fn markets_are_kept_apart() {
        assert_eq!(Question::Products.name(&Market::default()), "products");
        assert_eq!(Question::Products.name(&Market::of("BR", "PT_BR").unwrap()), "products_BR-PT_BR");
        assert_eq!(Question::Products.name(&Market::of("PH", "FIL").unwrap()), "products_PH-FIL");
    }
}
