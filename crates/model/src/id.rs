//! Ids of shops, shoppers and events.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest shop id: a DNS name may have 253 bytes, but a shop's domain never has.
const STORE_BYTES_MAX: usize = 100;
/// The longest id of a shopper or an event.
const WORD_BYTES_MAX: usize = 128;

/// The reason why a text is not a valid id. The message may be sent back: it does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// The text is empty.
    #[error("{0} id is empty")]
    Empty(&'static str),
    /// The text is too short for this kind of id.
    #[error("{0} id is shorter than {1} bytes")]
    TooShort(&'static str, usize),
    /// The text is too long.
    #[error("{0} id is longer than {1} bytes")]
    TooLong(&'static str, usize),
    /// The text has a character that ids do not allow.
    #[error("{0} id may hold only {1}")]
    Alphabet(&'static str, &'static str),
}

/// A shop: lower-case labels of letters, digits and inner hyphens, joined by dots, such as
/// `magic-wands` or `magic-wands.myshopify.com`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShopId(String);

impl ShopId {
    /// Parses a shop id.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        const WHAT: &str = "shop";
        check_length(WHAT, text, STORE_BYTES_MAX)?;
        let wrong = InvalidId::Alphabet(WHAT, "dot-separated labels of a-z, 0-9 and inner hyphens");
        // A search for a character costs more than a loop over so few bytes.
        let mut labels = text.as_bytes().split(|byte| *byte == b'.');
        labels.all(is_label).then(|| Self(text.to_owned())).ok_or(wrong)
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Converts the id into its text without a copy.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Returns the name that shoppers know a shop by: the chosen one, unless it was only derived from the id and the
/// catalog knows another.
pub fn shop_name<'a>(shop: &str, chosen: &'a str, of_catalog: &'a str) -> &'a str {
    let label = shop.split('.').next().unwrap_or(shop);
    let is_chosen = !["", shop, label].contains(&chosen.trim());
    if is_chosen || of_catalog.trim().is_empty() { chosen } else { of_catalog }
}

/// A shopper of a shop: letters, digits, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShopperId(String);

impl ShopperId {
    /// Parses a shopper id.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        parse_word("shopper", text).map(Self)
    }

    /// Returns the id for text that is known to be valid, such as a part of a parsed id.
    pub(crate) fn of_known(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ShopperId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<ShopperId> for String {
    fn from(id: ShopperId) -> Self {
        id.0
    }
}

/// The id of an event, given by its reporter: letters, digits, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(String);

impl EventId {
    /// Parses the id of an event.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        parse_word("event", text).map(Self)
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ShopId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ShopperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) fn parse_word(what: &'static str, text: &str) -> Result<String, InvalidId> {
    check_length(what, text, WORD_BYTES_MAX)?;
    let wrong = InvalidId::Alphabet(what, "A-Z, a-z, 0-9, '_' and '-'");
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    text.bytes().all(fits).then(|| text.to_owned()).ok_or(wrong)
}

pub(crate) fn check_length(what: &'static str, text: &str, max: usize) -> Result<(), InvalidId> {
    match text.len() {
        0 => Err(InvalidId::Empty(what)),
        length if length > max => Err(InvalidId::TooLong(what, max)),
        _ => Ok(()),
    }
}

fn is_label(label: &[u8]) -> bool {
    let inner = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    !label.is_empty() && label.iter().all(inner) && !label.starts_with(b"-") && !label.ends_with(b"-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shops_and_their_domains_are_store_ids() {
        for text in ["magic-wands", "magic-wands.myshopify.com", "a", "0"] {
            assert_eq!(ShopId::parse(text).map(|id| id.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_name_that_was_only_read_off_the_id_gives_way_to_the_catalogs() {
        let shop = "magic-wands.myshopify.com";
        for chosen in ["", "magic-wands", "magic-wands.myshopify.com"] {
            assert_eq!(shop_name(shop, chosen, "Magic Wands"), "Magic Wands");
            assert_eq!(shop_name(shop, chosen, " "), chosen);
        }
        assert_eq!(shop_name(shop, "Wands & Co", "Magic Wands"), "Wands & Co");
    }

    #[test]
    fn a_store_id_cannot_leave_its_key() {
        for text in
            ["", ".", "..", "a..b", "-a", "a-", "a:b", "a/b", "A", "a b", "a\0", "é", "a.", ".a", "%2e"]
        {
            assert!(ShopId::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_shopper_id_cannot_leave_its_key() {
        for text in ["", ".", "a.b", "a:b", "a/b", "a b", "<script>", "a\n", "é", "{{", &"a".repeat(129)] {
            assert!(ShopperId::parse(text).is_err(), "{text:?}");
        }
        assert!(ShopperId::parse(&"a".repeat(128)).is_ok());
    }

    proptest! {
        #[test]
        fn a_parsed_id_holds_no_separator(text in ".{0,140}") {
            let separators = [':', '/', '\\', '?', '#', '%', '&', '\0', '\n', '<', '{'];
            if let Ok(id) = ShopId::parse(&text) {
                prop_assert!(!id.as_str().contains(separators) && !id.as_str().contains(".."));
            }
            if let Ok(id) = ShopperId::parse(&text) {
                prop_assert!(!id.as_str().contains(separators) && !id.as_str().contains('.'));
            }
        }
    }
}
