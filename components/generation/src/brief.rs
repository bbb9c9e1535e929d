//! A digest of the merchant settings that a plan depends on. A plan is stored with the digest of its settings. If
//! the settings differ later, the page gets a new plan instead of a new rendering only.

use std::fmt;
use std::hash::Hasher as _;

use fnv::FnvHasher;
use model::shop::{Selector, ShopSettings};
use serde::{Deserialize, Serialize};

/// A digest of the settings that a plan depends on. It is the same on every host and in every release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief(u64);

impl Brief {
    /// Returns the digest of a merchant's settings. Colours, addresses, questions and campaigns are left out, because
    /// rendering fills them in.
    pub fn of(merchant: &ShopSettings) -> Self {
        let ShopSettings {
            name,
            url: _,
            language,
            own_language: _,
            tone,
            banned_words,
            promises,
            questions: _,
            campaigns: _,
            excluded,
            pinned,
            personas_off,
            accent: _,
            surface: _,
            plans_per: _,
            budget_per_day: _,
            budget_per_month: _,
            approval: _,
            only_approved: _,
            holdout: _,
            variant: _,
            personas_paused: _,
            paused: _,
            withdrawals: _,
            has_model: _,
            is_installed: _,
            look: _,
        } = merchant;
        let personas_off = personas_off.iter().map(|persona| persona.name()).collect();
        let mut hasher = FnvHasher::default();
        let named =
            [("excluded", excluded), ("pinned", pinned)].map(|(list, selectors)| lines(list, selectors));
        let named: Vec<Vec<&str>> = named.iter().map(|lines| texts(lines)).collect();
        let lists = [vec![name, language.as_str(), tone], texts(banned_words), texts(promises), personas_off];
        // A shop that names nothing has the digest that it had in earlier releases.
        for list in lists.into_iter().chain(named.into_iter().filter(|lines| lines.len() > 1)) {
            hasher.write(&number(list.len()));
            for text in list {
                hasher.write(&number(text.len()));
                hasher.write(text.as_bytes());
            }
        }
        Self(hasher.finish())
    }

    /// Returns the digest as a number.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// Returns a list's name and its lines.
fn lines(list: &str, selectors: &[Selector]) -> Vec<String> {
    [list.to_owned()].into_iter().chain(selectors.iter().map(Selector::to_string)).collect()
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// Encodes a length, which separates consecutive texts in the digest.
fn number(length: usize) -> [u8; 8] {
    (length as u64).to_le_bytes()
}

impl fmt::Display for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Brief {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Brief {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use model::Persona;
    use model::shop::{Approval, PlansPer};

    use super::*;
    use crate::fakes::merchant;

    #[test]
    fn every_setting_that_a_plan_depends_on_is_in_it_and_no_other() {
        let base = Brief::of(&merchant());
        let list = |text: &str| vec![text.to_owned()];
        let same = [
            merchant(),
            ShopSettings { accent: "#112233".parse().ok(), ..merchant() },
            ShopSettings { surface: "#ffffff".parse().ok(), ..merchant() },
            ShopSettings { url: Some("https://other.example".into()), ..merchant() },
            ShopSettings { plans_per: Some(PlansPer::Segment), ..merchant() },
            ShopSettings {
                approval: Approval::Everything,
                only_approved: true,
                withdrawals: 3,
                ..merchant()
            },
        ];
        assert!(same.iter().all(|merchant| Brief::of(merchant) == base));
        let others = [
            ShopSettings { name: "Other Wands".into(), ..merchant() },
            ShopSettings { language: "de".parse().unwrap(), ..merchant() },
            ShopSettings { tone: "dry".into(), ..merchant() },
            ShopSettings { banned_words: list("magic"), ..merchant() },
            ShopSettings { promises: list("gift wrapping"), ..merchant() },
            ShopSettings { personas_off: vec![Persona::Explorer], ..merchant() },
            ShopSettings { excluded: vec![Selector::Vendor("A".into())], ..merchant() },
            ShopSettings { pinned: vec![Selector::Vendor("A".into())], ..merchant() },
            ShopSettings { banned_words: list("explorer"), promises: Vec::new(), ..merchant() },
        ];
        let mut seen: Vec<_> = others.iter().map(Brief::of).chain([base]).collect();
        seen.sort_by_key(|brief| brief.0);
        seen.dedup();
        assert_eq!(seen.len(), others.len() + 1);
    }

    #[test]
    fn a_brief_of_another_release_is_recognised() {
        let brief = Brief::of(&merchant());
        let text = serde_json::to_string(&brief).unwrap();
        assert_eq!(serde_json::from_str::<Brief>(&text).unwrap(), brief);
        assert!(
            serde_json::from_str::<Brief>("\"x\"").is_err() && serde_json::from_str::<Brief>("7").is_err()
        );
        let lamps = ShopSettings {
            name: "Lamps".into(),
            tone: "calm".into(),
            banned_words: vec!["cheap".into()],
            ..ShopSettings::default()
        };
        assert_eq!(Brief::of(&lamps).to_string(), "5baa99729e62e3df");
    }
}
