//! The market of a shopper: a country and a language.

use std::fmt;

/// A country and a language, by Shopify's names (`CountryCode` and `LanguageCode` of its Storefront API:
/// <https://shopify.dev/docs/api/storefront/latest/enums/LanguageCode>). An empty one is the shop's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Market {
    country: String,
    language: String,
}

/// The error for a country and a language that are not a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("market may hold only codes of a country and a language in upper case")]
pub struct InvalidMarket;

impl Market {
    /// Returns the market of a country such as `DE` and a language such as `DE`, `FIL` or `PT_BR`. Either may be empty.
    /// Returns `None` if one is neither empty nor of that form.
    pub fn of(country: &str, language: &str) -> Option<Self> {
        let fits = (country.is_empty() || is_code(country)) && (language.is_empty() || is_language(language));
        fits.then(|| Self { country: country.to_owned(), language: language.to_owned() })
    }

    /// Returns the ISO 3166-1 alpha-2 code of the country in upper case, or an empty text.
    pub fn country(&self) -> &str {
        &self.country
    }

    /// Returns the ISO 639 code of the language in upper case, with a region if it needs one, or an empty text.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Returns whether both country and language are the shop's own.
    pub fn is_own(&self) -> bool {
        self.country.is_empty() && self.language.is_empty()
    }

    /// Parses the market at the end of an id, after the `_`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (country, language) = text.split_once('-')?;
        Self::of(country, language).filter(|market| !market.is_own())
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.country, self.language)
    }
}

/// Languages without a two-letter code in ISO 639 have three letters, such as `CKB`.
fn is_language(text: &str) -> bool {
    let (language, region) = text.split_once('_').map_or((text, None), |(own, region)| (own, Some(region)));
    (2..=3).contains(&language.len()) && is_upper(language) && region.is_none_or(is_code)
}

fn is_code(text: &str) -> bool {
    text.len() == 2 && is_upper(text)
}

fn is_upper(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shopifys_or_absent() {
        for (country, language) in
            [("DE", "DE"), ("BR", "PT_BR"), ("", ""), ("US", ""), ("", "EN"), ("PH", "FIL"), ("", "CKB")]
        {
            assert!(Market::of(country, language).is_some(), "{country} {language}");
        }
        for (country, language) in [
            ("de", "DE"),
            ("DEU", "DE"),
            ("D", ""),
            ("DE", "de"),
            ("DE", "PT-BR"),
            ("DE", "PT_"),
            ("DE", "PT_BRA"),
            ("DE", "_BR"),
            ("DE", "FILI"),
            ("DE", "F"),
            ("..", "{{"),
        ] {
            assert_eq!(Market::of(country, language), None, "{country} {language}");
        }
    }
}
