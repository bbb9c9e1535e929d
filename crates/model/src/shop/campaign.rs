//! Campaigns: what a merchant announces above every page, from one day to another.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::day::Day;
use super::selector::{InvalidSelector, Selector};
use super::serialized;
use crate::Persona;
use crate::text::is_visible;

/// The most campaigns of a shop.
pub const CAMPAIGNS_MAX: usize = 8;
/// The longest text of a campaign, in characters.
pub const TEXT_CHARS_MAX: usize = 120;

/// What a merchant announces above every page. Of the campaigns that run, the first is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Campaign {
    /// The announcement, at most 120 characters.
    pub text: String,
    /// The first day, `YYYY-MM-DD`, from midnight in UTC on; if empty, it has begun.
    #[serde(with = "serialized::or_empty")]
    pub from: Option<Day>,
    /// The last day, `YYYY-MM-DD`, until it has ended everywhere on earth; if empty, it has no end.
    #[serde(with = "serialized::or_empty")]
    pub until: Option<Day>,
    /// The product or the collection that it leads to, such as `collection: sale`; none if empty.
    #[serde(with = "serialized::or_empty")]
    pub link: Option<Link>,
    /// Names of the personas that see it; everybody if empty.
    #[serde(deserialize_with = "serialized::personas")]
    pub personas: Vec<Persona>,
}

/// The product or the collection that a campaign leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(Selector);

/// Why a campaign is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCampaign {
    /// It says nothing.
    #[error("say what is announced")]
    NoText,
    /// Its text is too long.
    #[error("use at most {TEXT_CHARS_MAX} characters")]
    TooLong,
    /// Its last day is before its first.
    #[error("its last day is before its first")]
    EndsBefore,
    /// There are too many.
    #[error("too many campaigns; the limit is {CAMPAIGNS_MAX}")]
    TooMany,
}

/// The error for a text that leads to no product and no collection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLink {
    /// It is no selector.
    #[error(transparent)]
    Selector(#[from] InvalidSelector),
    /// It names something else.
    #[error("a campaign leads to a product or a collection, such as collection: sale")]
    Elsewhere,
}

impl Campaign {
    /// Checks the campaign at this place of a list.
    pub fn validate(&self, place: usize) -> Result<(), InvalidCampaign> {
        if place >= CAMPAIGNS_MAX {
            return Err(InvalidCampaign::TooMany);
        }
        if !is_visible(&self.text) {
            return Err(InvalidCampaign::NoText);
        }
        if self.text.chars().count() > TEXT_CHARS_MAX {
            return Err(InvalidCampaign::TooLong);
        }
        let ends_before = self.from.zip(self.until).is_some_and(|(from, until)| until < from);
        if ends_before { Err(InvalidCampaign::EndsBefore) } else { Ok(()) }
    }

    /// Returns whether it runs. `now_ms` is the time since the epoch.
    pub fn runs(&self, now_ms: u64) -> bool {
        self.from.is_none_or(|from| from.has_begun(now_ms))
            && !self.until.is_some_and(|until| until.has_ended(now_ms))
    }

    /// Returns whether it is for a shopper of this persona; `None` is anybody.
    pub fn is_for(&self, persona: Option<Persona>) -> bool {
        self.personas.is_empty() || persona.is_some_and(|persona| self.personas.contains(&persona))
    }

    /// Returns the times at which it begins and ends, in milliseconds since the epoch.
    pub fn changes_ms(&self) -> impl Iterator<Item = u64> {
        [self.from.map(Day::begins_ms), self.until.map(Day::ends_ms)].into_iter().flatten()
    }
}

impl Link {
    /// Returns the path of the page in the shop.
    pub fn path(&self) -> String {
        let (folder, handle) = match &self.0 {
            Selector::Collection(handle) => ("collections", handle.as_str()),
            Selector::Product(handle) => ("products", handle.as_str()),
            Selector::Vendor(_) | Selector::Type(_) | Selector::Block(_) => ("products", ""),
        };
        let mut path = format!("/{folder}/");
        for byte in handle.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => path.push(char::from(byte)),
                // Writing to a string cannot fail.
                _ => drop(write!(path, "%{byte:02X}")),
            }
        }
        path
    }
}

impl FromStr for Link {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        match text.parse()? {
            selector @ (Selector::Product(_) | Selector::Collection(_)) => Ok(Self(selector)),
            Selector::Vendor(_) | Selector::Type(_) | Selector::Block(_) => Err(InvalidLink::Elsewhere),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads campaigns. An error says which of them is wrong.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Campaign>, D::Error> {
    let campaigns = Vec::<Campaign>::deserialize(deserializer)?;
    for (place, campaign) in campaigns.iter().enumerate() {
        let valid = campaign.validate(place);
        valid.map_err(|invalid| D::Error::custom(format_args!("campaign {}: {invalid}", place + 1)))?;
    }
    Ok(campaigns)
}

/// The announcement that choices held in earlier releases, where campaigns are now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FormerAnnouncement {
    announcement: String,
    #[serde(deserialize_with = "serialized::or_empty::deserialize")]
    announcement_until: Option<Day>,
}

impl FormerAnnouncement {
    /// Returns it as a campaign; `None` if nothing was announced.
    pub fn campaign(self) -> Option<Campaign> {
        let campaign =
            Campaign { text: self.announcement, until: self.announcement_until, ..Campaign::default() };
        is_visible(&campaign.text).then_some(campaign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 25 December 2026, 12:00 UTC, when 24 December has ended everywhere.
    const NOON_MS: u64 = 1_798_200_000_000;

    fn campaign(from: &str, until: &str) -> Campaign {
        Campaign {
            text: "Robes".to_owned(),
            from: from.parse().ok(),
            until: until.parse().ok(),
            ..Campaign::default()
        }
    }

    #[test]
    fn a_campaign_runs_from_its_first_day_to_its_last() {
        for (from, until, runs) in [
            ("", "", true),
            ("2026-12-25", "", true),
            ("2026-12-26", "", false),
            ("", "2026-12-25", true),
            ("", "2026-12-24", false),
            ("2026-12-25", "2026-12-25", true),
        ] {
            assert_eq!(campaign(from, until).runs(NOON_MS), runs, "{from} {until}");
        }
        let day = campaign("2026-12-25", "2026-12-25");
        let changes: Vec<_> = day.changes_ms().collect();
        assert_eq!(changes, [NOON_MS - 12 * 3_600_000, NOON_MS + 24 * 3_600_000]);
        let around: Vec<_> = changes.iter().map(|at| (day.runs(at - 1), day.runs(*at))).collect();
        assert_eq!(around, [(false, true), (true, false)]);
    }

    #[test]
    fn a_campaign_says_something_short_and_ends_after_it_begins() {
        assert_eq!(campaign("2026-12-24", "2026-12-24").validate(0), Ok(()));
        assert_eq!(campaign("2026-12-25", "2026-12-24").validate(0), Err(InvalidCampaign::EndsBefore));
        assert_eq!(campaign("", "").validate(CAMPAIGNS_MAX), Err(InvalidCampaign::TooMany));
        assert_eq!(
            Campaign { text: "\u{200b}".into(), ..campaign("", "") }.validate(0),
            Err(InvalidCampaign::NoText)
        );
        assert_eq!(
            Campaign { text: "x".repeat(121), ..campaign("", "") }.validate(0),
            Err(InvalidCampaign::TooLong)
        );
    }

    #[test]
    fn a_link_leads_to_a_product_or_a_collection() {
        let path = |text: &str| text.parse::<Link>().map(|link| link.path());
        assert_eq!(path("collection: sale"), Ok("/collections/sale".to_owned()));
        assert_eq!(
            path("https://wands.example/products/caf%C3%A9?x=1"),
            Ok("/products/caf%C3%A9".to_owned())
        );
        assert_eq!(path("vendor: Ollivander"), Err(InvalidLink::Elsewhere));
        assert!(path("javascript:alert(1)").is_err() && path("https://evil.example/x").is_err());
    }

    #[test]
    fn a_campaign_may_be_for_some_personas() {
        let all = campaign("", "");
        let some = Campaign { personas: vec![Persona::Explorer], ..all.clone() };
        assert!(all.is_for(None) && all.is_for(Some(Persona::Loyalist)));
        assert!(
            some.is_for(Some(Persona::Explorer))
                && !some.is_for(Some(Persona::Loyalist))
                && !some.is_for(None)
        );
    }

    #[test]
    fn an_announcement_of_an_earlier_release_is_a_campaign() {
        let read = |json: &str| serde_json::from_str::<FormerAnnouncement>(json).unwrap().campaign();
        let stored = r#"{"tone":"dry","announcement":"Robes","announcement_until":"2026-12-24"}"#;
        assert_eq!(read(stored), Some(campaign("", "2026-12-24")));
        assert_eq!(read(r#"{"announcement":"Robes","announcement_until":""}"#), Some(campaign("", "")));
        assert_eq!(read(r#"{"announcement":"","announcement_until":"2026-12-24"}"#), None);
        assert_eq!(read(r#"{"campaigns":[]}"#), None);
    }
}
