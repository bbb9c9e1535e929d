//! Where and in which language somebody shops.

use std::fmt;

/// A country and a language, as Shopify names them (`CountryCode` and `LanguageCode` of its Storefront API:
/// <https://shopify.dev/docs/api/storefront/latest/enums/LanguageCode>). What is empty is the shop's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Market {
    country: String,
    language: String,
}

impl Market {
    /// The market of a country such as `DE` and a language such as `DE`, `FIL` or `PT_BR`; `None` if one of them is
    /// neither of that shape nor empty.
    pub fn of(country: &str, language: &str) -> Option<Self> {
        let fits = (country.is_empty() || is_code(country)) && (language.is_empty() || is_language(language));
        fits.then(|| Self { country: country.to_owned(), language: language.to_owned() })
    }

    /// ISO 3166-1 alpha-2 code in upper case, or empty.
    pub fn country(&self) -> &str {
        &self.country
    }

    /// ISO 639 code in upper case, with a region where the language needs one; or empty.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether it is the shop's own in both.
    pub fn is_own(&self) -> bool {
        self.country.is_empty() && self.language.is_empty()
    }

    /// Reads what an id has after its `_`.
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

/// ISO 639 has three letters where two did not suffice, as in `CKB`.
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
