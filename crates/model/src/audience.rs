//! Audiences: the shoppers that a merchant approves a plan for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::parse_word;
use crate::{InvalidId, Market, PageKind, Persona};

/// The shoppers whom an approved plan is for: those of one persona and one market, on one kind of page. Unlike a
/// [`crate::SegmentId`] it has no version of the settings, so an approved plan outlives a change of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Audience {
    /// The kind of page.
    pub page: PageKind,
    /// The persona.
    pub persona: Persona,
    /// The market, which has the language.
    pub market: Market,
}

impl Audience {
    /// Parses a name that `Display` wrote: the kind of page, the persona and the market.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        const WHAT: &str = "audience";
        let word = parse_word(WHAT, text)?;
        let mut parts = word.splitn(3, '_');
        let mut next = || parts.next().unwrap_or_default();
        let (page, persona, market) = (PageKind::named(next()), Persona::named(next()), next());
        let market = market.split_once('-').and_then(|(country, language)| Market::of(country, language));
        let parsed = page.zip(persona).zip(market);
        let ((page, persona), market) =
            parsed.ok_or(InvalidId::Alphabet(WHAT, "a kind of page, a persona and a market"))?;
        Ok(Self { page, persona, market })
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { page, persona, market } = self;
        write!(f, "{}_{}_{market}", page.name(), persona.name())
    }
}

impl TryFrom<String> for Audience {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<Audience> for String {
    fn from(audience: Audience) -> Self {
        audience.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_for_whom_and_nothing_else_is_one() {
        for market in [Market::default(), Market::of("BR", "PT_BR").unwrap(), Market::of("DE", "").unwrap()] {
            for page in PageKind::ALL {
                for persona in Persona::ALL {
                    let audience = Audience { page, persona, market: market.clone() };
                    assert_eq!(Audience::parse(&audience.to_string()), Ok(audience));
                }
            }
        }
        for text in [
            "",
            "home",
            "home_explorer",
            "home_explorer_",
            "home_wizard_-",
            "home_explorer_de-DE",
            "home_explorer_-_0",
        ] {
            assert!(Audience::parse(text).is_err(), "{text}");
        }
    }
}
