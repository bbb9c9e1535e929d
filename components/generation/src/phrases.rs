//! The places that the local planner has phrases for. The phrases are in the files of `crates/words`, in each language;
//! which are a persona's, its profile says.
//!
//! Each place has several phrases in different words, so that a banned word leaves another one. The phrases make
//! no claim about the shop, its products or the shopper beyond the content under them: nothing about quality,
//! origin, popularity, choice, stock or delivery. Only the merchant can make promises and claims.

use model::Persona;
use words::Words;

use crate::profile;

/// A place in a page that needs copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The hero's headline.
    Headline(Persona),
    /// The sentence below it.
    HeroText(Persona),
    /// The heading of the main grid.
    Grid(Persona),
    /// The heading of the grid of products bought before.
    Again,
    /// The heading of a spotlight.
    Spotlight(Persona),
    /// The sentence below it.
    SpotlightText,
    /// The heading of a bundle: products of one category.
    Bundle,
    /// The sentence below it, beside the total price.
    BundleText,
    /// The heading of the deals.
    Deals,
    /// The heading of the search field.
    Search,
    /// The heading of a story.
    Story,
    /// The text of a story.
    StoryText,
    /// The heading of the recently viewed products.
    RecentlyViewed,
    /// The heading beside a large picture.
    Scene,
    /// The text beside a large picture.
    SceneText,
    /// The heading of a collage.
    Lookbook,
    /// The sentence below it.
    LookbookText,
    /// The heading of a table that compares products.
    Comparison,
    /// The sentence below it.
    ComparisonText,
    /// The heading of the product types.
    Categories,
    /// The heading of the collections.
    Collections,
    /// The heading of the vendors.
    Brands,
    /// The heading of the bands of prices.
    PriceGuide,
    /// The heading of the merchant's questions and answers.
    Questions,
}

impl Place {
    /// Returns the phrases for this place in a language, best first.
    pub fn phrases(self, words: &'static Words) -> &'static [&'static str] {
        match self {
            Self::Headline(persona) => (profile::of(persona).phrases.headline)(words),
            Self::HeroText(persona) => (profile::of(persona).phrases.hero_text)(words),
            Self::Grid(persona) => (profile::of(persona).phrases.grid)(words),
            Self::Spotlight(persona) => (profile::of(persona).phrases.spotlight)(words),
            Self::Again => words.again,
            Self::SpotlightText => words.spotlight_text,
            Self::Bundle => words.bundle,
            Self::BundleText => words.bundle_text,
            Self::Deals => words.deals,
            Self::Search => words.search_heading,
            Self::Story => words.story,
            Self::StoryText => words.story_text,
            Self::RecentlyViewed => words.recently_viewed,
            Self::Scene => words.scene,
            Self::SceneText => words.scene_text,
            Self::Lookbook => words.lookbook,
            Self::LookbookText => words.lookbook_text,
            Self::Comparison => words.comparison,
            Self::ComparisonText => words.comparison_text,
            Self::Categories => words.categories,
            Self::Collections => words.collection_list,
            Self::Brands => words.brands,
            Self::PriceGuide => words.price_guide,
            Self::Questions => words.questions,
        }
    }

    /// Returns every place.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = Self> {
        let of_personas = [Self::Headline, Self::HeroText, Self::Grid, Self::Spotlight];
        let of_personas = of_personas.into_iter().flat_map(|place| Persona::ALL.into_iter().map(place));
        let others = [Self::Again, Self::SpotlightText, Self::Bundle, Self::BundleText, Self::Deals];
        let more = [Self::Search, Self::Story, Self::StoryText, Self::RecentlyViewed];
        let pictured = [Self::Scene, Self::SceneText, Self::Lookbook, Self::LookbookText];
        let compared = [Self::Comparison, Self::ComparisonText];
        let links = [Self::Categories, Self::Collections, Self::Brands, Self::PriceGuide, Self::Questions];
        of_personas.chain(others).chain(more).chain(pictured).chain(compared).chain(links)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::shop::ShopSettings;
    use words::Language;

    use super::*;
    use crate::copy::Company;
    use crate::fakes::{assortment, merchant};
    use crate::heading::{Claim, claiming_words, claims};
    use crate::storefront::Storefront;

    fn storefront(language: Language) -> Storefront {
        let merchant = ShopSettings { language: language.tag().parse().unwrap(), ..merchant() };
        Storefront::new("magic-wands", merchant, assortment())
    }

    #[test]
    fn every_place_has_something_to_say_that_passes_the_claims_gate() {
        let mut flaws = Vec::new();
        for (language, place) in
            Language::all().flat_map(|language| Place::all().map(move |place| (language, place)))
        {
            let storefront = storefront(language);
            let phrases = place.phrases(language.words());
            let distinct: BTreeSet<_> = phrases.iter().collect();
            assert!(phrases.len() > 1 && distinct.len() == phrases.len(), "{place:?} in {}", language.tag());
            for phrase in phrases {
                // What a phrase says of products is judged against them when it is used.
                let decided = claiming_words(phrase, &storefront);
                let company = Company { products: &[], decided: &decided };
                let flaw = storefront.voice.flaw_beside(phrase, 60, &company);
                flaws.extend(flaw.map(|flaw| (language.tag(), phrase, flaw)));
            }
        }
        assert_eq!(flaws, []);
    }

    /// A claim that is not recognised would be made of any products.
    #[test]
    fn the_claims_of_phrases_are_recognised_in_every_language() {
        for (language, place) in
            Language::all().flat_map(|language| Place::all().map(move |place| (language, place)))
        {
            let storefront = storefront(language);
            for (at, phrase) in place.phrases(language.words()).iter().enumerate() {
                let expected = match place {
                    Place::Deals => vec![Claim::Reduced],
                    Place::Grid(Persona::Dealhunter) if at < 2 => vec![Claim::LowestPrices],
                    Place::Grid(Persona::Dealhunter) => vec![Claim::ByPrice],
                    _ => vec![],
                };
                assert_eq!(claims(phrase, &storefront), expected, "{phrase:?} in {}", language.tag());
            }
        }
    }
}
