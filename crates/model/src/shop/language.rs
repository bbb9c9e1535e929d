//! Language tags.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A BCP 47 language tag, such as `en`, `de-AT` or `zh-Hant-TW`. Its subtags may be joined by `_` as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LanguageTag(String);

/// The error for a text that is not a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language tag; write one of BCP 47, such as en or de-AT")]
pub struct InvalidLanguage(String);

impl LanguageTag {
    /// Returns the tag as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the subtags, the language first.
    pub fn subtags(&self) -> impl Iterator<Item = &str> {
        self.0.split(['-', '_'])
    }

    /// Returns the tag with `-` between its subtags, the language in lower case and a region in upper case, as BCP 47
    /// recommends.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let cased = |(place, subtag): (usize, &str)| match (place, subtag.len()) {
            (0, _) => subtag.to_ascii_lowercase(),
            (_, 2) => subtag.to_ascii_uppercase(),
            _ => subtag.to_owned(),
        };
        Self(self.subtags().enumerate().map(cased).collect::<Vec<_>>().join("-"))
    }

    /// Returns whether the tag names the language of another one, and perhaps its region or script as well: `de-AT`
    /// refines `de`.
    pub fn refines(&self, other: &Self) -> bool {
        let mut subtags = self.subtags();
        other.subtags().all(|subtag| subtags.next().is_some_and(|own| own.eq_ignore_ascii_case(subtag)))
    }
}

impl Default for LanguageTag {
    /// English.
    fn default() -> Self {
        Self("en".to_owned())
    }
}

impl FromStr for LanguageTag {
    type Err = InvalidLanguage;

    /// Parses a tag by its form (RFC 5646, section 2.1): subtags of one to eight letters or digits, the first of them
    /// two to eight letters.
    fn from_str(text: &str) -> Result<Self, InvalidLanguage> {
        let tag = Self(text.to_owned());
        let is_subtag = |text: &str| {
            (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let is_language = |text: &str| text.len() >= 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let fits = tag.subtags().all(is_subtag) && tag.subtags().next().is_some_and(is_language);
        if fits { Ok(tag) } else { Err(InvalidLanguage(text.to_owned())) }
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_subtags_of_letters_and_digits() {
        for tag in ["en", "de-AT", "pt_BR", "zh-Hant-TW", "sl-rozaj-biske-1994", "ckb"] {
            assert_eq!(tag.parse::<LanguageTag>().unwrap().as_str(), tag);
        }
        for other in ["", "e", "en-", "-en", "en us", "1en", "en--us", "en\"><b>", "überall", "muchtoolong"]
        {
            assert_eq!(other.parse::<LanguageTag>(), Err(InvalidLanguage(other.to_owned())));
        }
    }

    #[test]
    fn a_tag_is_written_as_browsers_expect_it() {
        for (tag, expected) in
            [("PT_BR", "pt-BR"), ("DE", "de"), ("zh-Hant-tw", "zh-Hant-TW"), ("CKB", "ckb")]
        {
            assert_eq!(tag.parse::<LanguageTag>().unwrap().canonical().as_str(), expected);
        }
    }

    #[test]
    fn a_tag_refines_its_language() {
        for (tag, other, refines) in
            [("de-AT", "de", true), ("DE", "de", true), ("de", "de-AT", false), ("den", "de", false)]
        {
            let tags: [LanguageTag; 2] = [tag.parse().unwrap(), other.parse().unwrap()];
            assert_eq!(tags[0].refines(&tags[1]), refines, "{tag} {other}");
        }
    }
}
