//! Segments: shoppers who can share a plan.

use std::fmt;

use crate::id::parse_word;
use crate::{InvalidId, Market, PageKind, Persona};

/// The shoppers of a shop who share a plan: those of one persona and one market, which has the language, for one kind
/// of page and one version of the merchant's settings. Its name contains these and no shopper: letters, digits, `_` and
/// `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentId(String);

impl SegmentId {
    /// Returns the segment of a persona in a market, for a kind of page. `settings` is a digest of the settings that plans
    /// depend on.
    pub fn of(page: PageKind, persona: Persona, market: &Market, settings: u64) -> Self {
        Self(format!("{}_{}_{market}_{settings:016x}", page.name(), persona.name()))
    }

    /// Parses the name of a segment.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        parse_word("segment", text).map(Self)
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_makes_another_segment_and_each_is_a_name() {
        let market = |country, language| Market::of(country, language).unwrap();
        let ids = [
            SegmentId::of(PageKind::Home, Persona::Explorer, &Market::default(), 1),
            SegmentId::of(PageKind::Home, Persona::Loyalist, &Market::default(), 1),
            SegmentId::of(PageKind::Home, Persona::Explorer, &market("BR", "PT_BR"), 1),
            SegmentId::of(PageKind::Home, Persona::Explorer, &market("BR", ""), 1),
            SegmentId::of(PageKind::Home, Persona::Explorer, &Market::default(), 2),
            SegmentId::of(PageKind::Cart, Persona::Explorer, &Market::default(), 1),
        ];
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(SegmentId::parse(id.as_str()).as_ref(), Ok(id));
            assert!(!ids[..at].contains(id), "{id}");
        }
        assert_eq!(ids[2].as_str(), "home_explorer_BR-PT_BR_0000000000000001");
        for text in ["", "a:b", "a.b", "a/b", &"a".repeat(129)] {
            assert!(SegmentId::parse(text).is_err(), "{text}");
        }
    }
}
