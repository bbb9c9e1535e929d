//! The settings of a shop: the vocabulary of `settings` in `wit/capabilities`.

mod approval;
pub mod campaign;
mod colour;
mod day;
mod dollars;
mod language;
mod plans_per;
pub mod selector;
mod serialized;
mod settings;
mod share;
mod testing;
mod variant;

use std::hash::Hasher as _;

use fnv::FnvHasher;

use crate::text::is_visible;
use crate::{Market, Persona};

pub use approval::{Approval, InvalidApproval};
pub use campaign::Campaign;
pub use colour::{Colour, InvalidColour};
pub use day::{Day, InvalidDay};
pub use dollars::{Dollars, InvalidDollars};
pub use language::{InvalidLanguage, LanguageTag};
pub use plans_per::{InvalidPlansPer, PlansPer};
pub use selector::Selector;
pub use settings::{Choices, ShopSettings};
pub use share::{InvalidShare, Share};
pub use variant::{InvalidVariant, TONE_CHARS_MAX, Variant, VariantArm};

/// Returns a question with its question mark, and its answer; `None` if the text has no question mark, or nothing after
/// it.
pub fn question(text: &str) -> Option<(&str, &str)> {
    let mark = text.char_indices().find(|(_, c)| ['?', '？', '؟', '\u{37e}'].contains(c))?;
    let (question, answer) = text.split_at(mark.0 + mark.1.len_utf8());
    let (question, answer) = (question.trim(), answer.trim());
    (is_visible(question) && is_visible(answer)).then_some((question, answer))
}

/// The status of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopStatus {
    /// This deployment does not serve the shop.
    Unknown,
    /// The shop is served.
    Open,
    /// Every shopper gets the fallback page, and nothing is made or stored.
    Paused,
}

/// The settings of a shop turn every persona off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("personas_off names every persona; set paused = true to make no pages at all")]
pub struct NoPersona;

impl ShopSettings {
    /// Returns the demo shop, which needs no configuration.
    pub fn demo() -> Self {
        let promises =
            ["Free returns within 30 days", "Every wand tested by hand", "Ships within one working day"];
        Self {
            name: "Magic Wands".to_owned(),
            tone: "warm, witty, a little mysterious".to_owned(),
            promises: promises.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }

    /// Checks that pages are made for at least one persona.
    pub fn validate(&self) -> Result<(), NoPersona> {
        if Persona::ALL.into_iter().any(|persona| self.wants(persona)) { Ok(()) } else { Err(NoPersona) }
    }

    /// Returns whether pages are made for a persona.
    pub fn wants(&self, persona: Persona) -> bool {
        !self.personas_off.contains(&persona)
    }

    /// Returns whether plans of the language model wait for the merchant's approval.
    pub fn approves(&self) -> bool {
        self.approval != Approval::Automatic
    }

    /// Returns whether nothing may be shown that was not approved.
    pub fn shows_only_approved(&self) -> bool {
        self.approves() && self.only_approved
    }

    /// Returns whether pages may have blocks of a kind.
    pub fn allows_block(&self, name: &str) -> bool {
        !self
            .excluded
            .iter()
            .any(|selector| matches!(selector, Selector::Block(excluded) if excluded == name))
    }

    /// Returns a digest of what pages may not show any more: what is excluded, and which approvals were taken back; 0 if
    /// there is nothing. It is the same on every host and in every release.
    pub fn exclusions(&self) -> u64 {
        let mut lines: Vec<_> =
            self.excluded.iter().map(|selector| selector.to_string().to_lowercase()).collect();
        if self.withdrawals > 0 {
            lines.push(format!("withdrawals: {}", self.withdrawals));
        }
        if lines.is_empty() {
            return 0;
        }
        lines.sort();
        let mut hasher = FnvHasher::default();
        hasher.write(lines.join("\n").as_bytes());
        hasher.finish().max(1)
    }

    /// Returns the settings in the language of a market. Without one they stay in the shop's own, and so do they if that
    /// is a variety of the market's.
    #[must_use]
    pub fn in_market(self, market: &Market) -> Self {
        match market.language().parse::<LanguageTag>() {
            Ok(language) if !self.language.refines(&language) => {
                let language = language.canonical();
                Self { own_language: Some(self.language), language, ..self }
            }
            _ => self,
        }
    }

    /// Returns the languages for a page's words: that of the market, if there is one, then the shop's.
    pub fn languages(&self) -> impl Iterator<Item = &LanguageTag> {
        [&self.language].into_iter().chain(&self.own_language)
    }

    /// Returns the settings with the campaigns that run. `now_ms` is the time since the epoch.
    #[must_use]
    pub fn at(mut self, now_ms: u64) -> Self {
        self.campaigns.retain(|campaign| campaign.runs(now_ms));
        self
    }

    /// Returns the settings with the one campaign that shoppers of this persona see, if there is any; `None` is anybody.
    #[must_use]
    pub fn shown_to(mut self, persona: Option<Persona>) -> Self {
        self.campaigns.retain(|campaign| campaign.is_for(persona));
        self.campaigns.truncate(1);
        self
    }

    /// Returns when the next campaign begins or ends, in milliseconds since the epoch; `None` if none does any more.
    pub fn changes_ms(&self, now_ms: u64) -> Option<u64> {
        self.campaigns.iter().flat_map(Campaign::changes_ms).filter(|at_ms| *at_ms > now_ms).min()
    }

    /// Returns the settings with the name that shoppers know. That is the name in the settings, unless it was only
    /// derived from the shop's id; then it is the catalog's name, if it has one.
    #[must_use]
    pub fn known_as(self, shop: &str, of_catalog: &str) -> Self {
        let name = crate::shop_name(shop, &self.name, of_catalog).to_owned();
        Self { name, ..self }
    }
}

impl Choices {
    /// Returns these choices, which a merchant made while `stored` was stored. Personas that were paused since stay
    /// paused, and a changed holdout, which starts a new comparison, may pause anew.
    #[must_use]
    pub fn made_upon(mut self, stored: &Self) -> Self {
        self.personas_paused.clone_from(&stored.personas_paused);
        self.personas_paused.retain(|paused| !self.personas_kept.contains(paused));
        if self.holdout == stored.holdout {
            let before = stored.personas_kept.iter().filter(|kept| !self.personas_kept.contains(kept));
            let before: Vec<_> = before.copied().collect();
            self.personas_kept.extend(before);
        }
        self
    }

    /// Pauses personas, except for those that are paused already or that the merchant keeps. Returns whether any is
    /// paused now that was not.
    pub fn pause(&mut self, losing: &[Persona]) -> bool {
        let known = [self.personas_paused.clone(), self.personas_kept.clone()].concat();
        let before = self.personas_paused.len();
        self.personas_paused.extend(losing.iter().filter(|persona| !known.contains(persona)));
        self.personas_paused.len() > before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<ShopSettings, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_value_is_an_absent_one() {
        let shop = read(r#"{"url":"","accent":"","surface":"","plans_per":"","language":""}"#).unwrap();
        assert_eq!(shop, ShopSettings::default());
        let text = serde_json::to_string(&shop).unwrap();
        assert!(text.contains(r#""url":"","language":"en""#) && text.contains(r#""accent":"""#), "{text}");
    }

    #[test]
    fn an_unknown_persona_is_an_error_that_names_the_known_ones() {
        assert_eq!(read(r#"{"personas_off":["Explorer"]}"#).unwrap().personas_off, [Persona::Explorer]);
        let error = read(r#"{"personas_off":["wizard"]}"#).unwrap_err();
        let names = Persona::ALL.map(Persona::name);
        assert!(error.starts_with(r#""wizard" is not a persona"#), "{error}");
        assert!(names.iter().all(|name| error.contains(name)), "{error}");
    }

    #[test]
    fn exclusions_and_pins_are_read_and_written_as_lines() {
        let json = r#"{"excluded":["vendor: Ollivander","block: story"],"pinned":["/products/oak-wand"]}"#;
        let shop = read(json).unwrap();
        assert!(!shop.allows_block("story") && shop.allows_block("search"));
        let text = serde_json::to_string(&Choices::of(shop)).unwrap();
        assert!(
            text.contains(
                r#""excluded":["vendor: Ollivander","block: story"],"pinned":["product: oak-wand"]"#
            )
        );
        let error = read(r#"{"excluded":["vendor: A","robe"]}"#).unwrap_err();
        assert!(error.starts_with("line 2: say in front what it is"), "{error}");
        assert!(
            read(r#"{"pinned":["block: story"]}"#)
                .unwrap_err()
                .starts_with("line 1: a block can be excluded")
        );
    }

    #[test]
    fn the_digest_of_exclusions_depends_on_what_is_excluded_and_withdrawn() {
        let of = |lines: &[&str]| {
            let excluded = selector::excluded(lines.iter().copied()).unwrap();
            ShopSettings { excluded, ..ShopSettings::default() }.exclusions()
        };
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&["vendor: A", "type: B"]), of(&["type: b", "vendor: a"]));
        assert_ne!(of(&["vendor: A"]), of(&["type: A"]));
        let after = |withdrawals| ShopSettings { withdrawals, ..ShopSettings::default() }.exclusions();
        assert!(after(0) == 0 && after(1) != 0 && after(1) != after(2), "each withdrawal changes it");
    }

    #[test]
    fn one_persona_has_to_stay() {
        let validated = |off: &[Persona]| {
            ShopSettings { personas_off: off.to_vec(), ..ShopSettings::default() }.validate()
        };
        assert_eq!(validated(&[Persona::Explorer, Persona::Loyalist]), Ok(()));
        assert_eq!(validated(&Persona::ALL), Err(NoPersona));
    }

    #[test]
    fn a_paused_persona_stays_so_until_the_merchant_keeps_it() {
        let mut stored = Choices::default();
        assert!(stored.pause(&[Persona::Explorer]) && !stored.pause(&[Persona::Explorer]));
        // The merchant saved a form that was opened before.
        let saved = Choices { tone: "dry".to_owned(), ..Choices::default() }.made_upon(&stored);
        assert_eq!(
            (saved.personas_paused.as_slice(), saved.tone.as_str()),
            (&[Persona::Explorer][..], "dry")
        );
        assert_eq!(saved.clone().over(ShopSettings::default()).personas_paused, [Persona::Explorer]);

        let undone = Choices { personas_kept: vec![Persona::Explorer], ..Choices::default() };
        let mut undone = Choices::default().made_upon(&undone.made_upon(&saved));
        assert_eq!(undone.personas_paused, []);
        assert!(!undone.pause(&[Persona::Explorer]), "it is kept");
        assert!(undone.pause(&[Persona::Explorer, Persona::Loyalist]));
        let anew = Choices { holdout: Share::NOBODY, ..Choices::default() }.made_upon(&undone);
        assert!(anew.clone().pause(&[Persona::Explorer]), "another holdout is another comparison");
    }

    #[test]
    fn a_market_has_a_language_of_its_own_or_the_shops() {
        for (own, market, expected) in [
            ("en", "PT_BR", "pt-BR"),
            ("de-AT", "DE", "de-AT"),
            ("de-AT", "", "de-AT"),
            ("de", "FR", "fr"),
            ("pt", "PT_BR", "pt-BR"),
        ] {
            let shop = ShopSettings { language: own.parse().unwrap(), ..ShopSettings::demo() };
            let there = shop.in_market(&Market::of("", market).unwrap());
            assert_eq!(there.language.as_str(), expected);
            let languages: Vec<_> = there.languages().map(LanguageTag::as_str).collect();
            assert_eq!(languages, if expected == own { vec![own] } else { vec![expected, own] });
        }
    }

    #[test]
    fn a_question_ends_with_its_mark_in_any_script() {
        assert_eq!(question("Do you repair? Yes. Why not?"), Some(("Do you repair?", "Yes. Why not?")));
        assert_eq!(question("修理できますか？はい。"), Some(("修理できますか？", "はい。")));
        for text in ["", "We repair.", "Do you repair?", "? "] {
            assert_eq!(question(text), None, "{text}");
        }
    }

    fn campaign(text: &str, from: &str, until: &str) -> Campaign {
        Campaign {
            text: text.to_owned(),
            from: from.parse().ok(),
            until: until.parse().ok(),
            ..Campaign::default()
        }
    }

    #[test]
    fn of_the_campaigns_that_run_a_shopper_sees_the_first_that_is_for_them() {
        let noon_ms = 1_798_200_000_000;
        let campaigns = vec![
            campaign("Over", "", "2026-12-24"),
            campaign("Later", "2026-12-26", ""),
            Campaign { personas: vec![Persona::Loyalist], ..campaign("Welcome back", "", "2026-12-26") },
            campaign("Robes", "", ""),
        ];
        let shop = ShopSettings { campaigns, ..ShopSettings::demo() };
        assert_eq!(shop.changes_ms(noon_ms), Some(noon_ms + 12 * 3_600_000), "the later one begins");
        let shown = |persona| {
            let shown = shop.clone().at(noon_ms).shown_to(persona).campaigns;
            shown.into_iter().map(|campaign| campaign.text).collect::<Vec<_>>()
        };
        assert_eq!(shown(None), ["Robes"]);
        assert_eq!(shown(Some(Persona::Explorer)), ["Robes"]);
        assert_eq!(shown(Some(Persona::Loyalist)), ["Welcome back"]);
        assert_eq!(ShopSettings::demo().changes_ms(noon_ms), None);
    }

    #[test]
    fn campaigns_are_read_and_a_wrong_one_is_named() {
        let json = r#"{"campaigns":[{"text":"Robes","from":"2026-12-01","link":"/collections/robes","personas":["explorer"]}]}"#;
        let shop = read(json).unwrap();
        assert_eq!(
            shop.campaigns[0].link.as_ref().map(campaign::Link::path),
            Some("/collections/robes".to_owned())
        );
        let text = serde_json::to_string(&shop).unwrap();
        assert_eq!(read(&text), Ok(shop));
        let error = |json: &str| read(json).unwrap_err();
        assert!(
            error(r#"{"campaigns":[{"text":"a"},{"text":" "}]}"#)
                .starts_with("campaign 2: say what is announced")
        );
        assert!(
            error(r#"{"campaigns":[{"text":"a","begins":"2026-12-01"}]}"#).contains("unknown field `begins`")
        );
        assert!(
            error(r#"{"campaigns":[{"text":"a","link":"vendor: b"}]}"#).contains("product or a collection")
        );
    }

    #[test]
    fn a_shop_has_the_model_unless_its_plan_excludes_it() {
        let shop: ShopSettings = serde_json::from_str(r#"{ "has_model": false }"#).unwrap();
        assert!(shop.has_model, "no file decides this");
        assert!(!serde_json::to_string(&shop).unwrap().contains("has_model"));
    }
}
