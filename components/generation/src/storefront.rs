//! The input of a plan: the merchant, the products and the shopper.

use model::Persona;

use crate::assortment::Assortment;
use crate::brief::Brief;
use crate::copy::Voice;

/// The merchant's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// The shop's name as shoppers know it.
    pub name: String,
    /// The base URL of the theme's own pages, without a slash at the end; empty for a shop without a theme.
    pub url: String,
    /// BCP 47 language tag of the shop's texts.
    pub language: String,
    /// The tone of voice that the merchant wants, in a few words.
    pub tone: String,
    /// Words that the shop's pages must not use, in lower case.
    pub banned_words: Vec<String>,
    /// The merchant's promises, in a few words each.
    pub promises: Vec<String>,
    /// Names of personas that no pages are made for, in lower case.
    pub personas_off: Vec<String>,
    /// The brand's accent colour, `#rrggbb`; empty for the default.
    pub accent: String,
    /// The brand's background colour, `#rrggbb`; empty for the default.
    pub surface: String,
}

impl Merchant {
    /// Returns whether pages are made for a persona.
    pub fn wants(&self, persona: Persona) -> bool {
        !self.personas_off.iter().any(|off| off == persona.name())
    }

    /// Returns whether the shop's texts are in English.
    pub fn speaks_english(&self) -> bool {
        let language = self.language.split(['-', '_']).next();
        language.is_some_and(|language| language.eq_ignore_ascii_case("en"))
    }

    /// Returns the merchant with the name that shoppers know. That is the name in the settings, unless it was only
    /// derived from the shop's id; then it is the catalog's name, if it has one.
    fn known_as(self, shop: &str, name: &str) -> Self {
        let name = model::shop_name(shop, &self.name, name).to_owned();
        Self { name, ..self }
    }
}

/// Everything that planning and checking a plan depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storefront {
    /// The merchant's settings.
    pub merchant: Merchant,
    /// The shop's products.
    pub assortment: Assortment,
    /// The rules for copy.
    pub voice: Voice,
    /// The digest of the settings that plans depend on.
    pub brief: Brief,
}

impl Storefront {
    /// Creates the storefront of a shop. `shop` is its id, which replaces a name without visible characters.
    pub fn new(shop: &str, merchant: Merchant, assortment: Assortment) -> Self {
        let brief = Brief::of(&merchant);
        let merchant = merchant.known_as(shop, assortment.shop_name());
        let voice = Voice::new(shop, &merchant, assortment.currency());
        Self { merchant, assortment, voice, brief }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{assortment, merchant};

    #[track_caller]
    fn check(shop: &str, configured: &str, of_catalog: &str, name: &str) {
        let merchant = Merchant { name: configured.to_owned(), ..merchant() };
        let assortment = assortment().of_shop(of_catalog.to_owned(), String::new());
        assert_eq!(Storefront::new(shop, merchant, assortment).voice.name(), name);
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
