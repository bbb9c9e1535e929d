//! What a page is planned for: a merchant, a shelf of products, and a shopper.

use names::Persona;

use crate::assortment::Assortment;
use crate::brief::Brief;
use crate::copy::Voice;

/// What the merchant decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// The name that shoppers know.
    pub name: String,
    /// Where the theme's own pages live, with no slash at the end; empty for a shop that has none.
    pub url: String,
    /// BCP 47 language tag of its texts.
    pub language: String,
    /// How it wants to sound, in a few words.
    pub tone: String,
    /// Words that its pages must not use, in lower case.
    pub banned_words: Vec<String>,
    /// What it promises, a few words each.
    pub promises: Vec<String>,
    /// Personas that no page is to be made for, by name, in lower case.
    pub personas_off: Vec<String>,
    /// The brand's accent colour, `#rrggbb`; empty for the pages' own.
    pub accent: String,
    /// The brand's background colour, likewise.
    pub surface: String,
}

impl Merchant {
    /// Whether pages are made for a persona.
    pub fn wants(&self, persona: Persona) -> bool {
        !self.personas_off.iter().any(|off| off == persona.name())
    }

    /// Whether its texts are in English.
    pub fn speaks_english(&self) -> bool {
        let language = self.language.split(['-', '_']).next();
        language.is_some_and(|language| language.eq_ignore_ascii_case("en"))
    }

    /// The merchant under the name that shoppers know: the one in the settings, unless that was only read off
    /// the id of the store; then the catalog's, if it has one.
    fn known_as(self, store: &str, name: &str) -> Self {
        let name = names::shop_name(store, &self.name, name).to_owned();
        Self { name, ..self }
    }
}

/// What a shopper did, newest first: product ids, or the shopper's own words in the case of
/// searches, filters and sorts. Nothing in it is to be trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signals {
    /// Visits to the storefront.
    pub visits: u32,
    /// Products that were looked at.
    pub views: Vec<String>,
    /// Search terms.
    pub searches: Vec<String>,
    /// Filters that were set.
    pub filters: Vec<String>,
    /// Sort orders that were chosen.
    pub sorts: Vec<String>,
    /// Products that were put into the cart.
    pub carted: Vec<String>,
    /// Products that were bought.
    pub purchased: Vec<String>,
}

/// Everything that a plan is made and judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storefront {
    /// Whose shop it is.
    pub merchant: Merchant,
    /// What it has to show.
    pub assortment: Assortment,
    /// What its texts may say.
    pub voice: Voice,
    /// What the merchant asks of plans.
    pub brief: Brief,
}

impl Storefront {
    /// The storefront of a shop. `store` is its id, which stands in for a name that has no
    /// character to show.
    pub fn new(store: &str, merchant: Merchant, assortment: Assortment) -> Self {
        let brief = Brief::of(&merchant);
        let merchant = merchant.known_as(store, assortment.shop_name());
        let voice = Voice::new(store, &merchant, assortment.currency());
        Self { merchant, assortment, voice, brief }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{assortment, merchant};

    #[track_caller]
    fn check(store: &str, configured: &str, of_catalog: &str, name: &str) {
        let merchant = Merchant { name: configured.to_owned(), ..merchant() };
        let assortment = assortment().of_shop(of_catalog.to_owned(), String::new());
        assert_eq!(Storefront::new(store, merchant, assortment).voice.name(), name);
    }

    #[test]
    fn a_shop_has_the_name_that_was_chosen_for_it_and_else_the_catalogs() {
        check("wands.myshopify.com", "Wands & More", "Wands", "Wands & More");
        check("wands.myshopify.com", "wands", "Magic Wands", "Magic Wands");
        check("wands.myshopify.com", "wands", "", "wands");
        check("wands", "", "Magic Wands", "Magic Wands");
        check("wands", "", " ", "wands");
    }
}
