//! The local planner's own words, in English; those for a persona are in its profile.
//!
//! Each place has several phrases in different words, so that a banned word leaves another one. The phrases make
//! no claim about the shop, its products or the shopper beyond the content under them: nothing about quality,
//! origin, popularity, choice, stock or delivery. Only the merchant can make promises and claims.

use model::Persona;

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
}

impl Place {
    /// Returns the phrases for this place, best first.
    pub fn phrases(self) -> &'static [&'static str] {
        match self {
            Self::Headline(persona) => profile::of(persona).phrases.headline,
            Self::HeroText(persona) => profile::of(persona).phrases.hero_text,
            Self::Grid(persona) => profile::of(persona).phrases.grid,
            Self::Spotlight(persona) => profile::of(persona).phrases.spotlight,
            Self::Again => &["Have it again", "Once more"],
            Self::SpotlightText => &["Take a closer look.", "See what it is."],
            Self::Bundle => &["Side by side", "A few of a kind"],
            Self::BundleText => &["Here is what they cost together.", "See the sum of them."],
            Self::Deals => &["Reduced right now", "Lower than before", "Marked down"],
            Self::Search => &["Looking for something?", "Find it here", "Search"],
            Self::Story => &["Take your time", "Where to go from here"],
            Self::StoryText => &["Browse as long as you like.", "Look through the shop at your own pace."],
            Self::RecentlyViewed => &["Seen before", "Back to these", "Another look"],
            Self::Scene => &["Up close", "And then this"],
            Self::SceneText => &["Let it speak for itself.", "A picture says enough."],
            Self::Lookbook => &["In pictures", "To look at"],
            Self::LookbookText => &["Let the eye decide.", "No words needed."],
            Self::ComparisonText => &["The facts, in columns.", "What the one is and the other is not."],
            Self::Comparison => &["Next to each other", "Line by line"],
            Self::Categories => &["Where to begin", "By kind"],
            Self::Collections => &["Collections", "Look further"],
            Self::Brands => &["By name", "Names"],
            Self::PriceGuide => &["What would you like to spend?", "How much should it be?"],
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
        let links = [Self::Categories, Self::Collections, Self::Brands, Self::PriceGuide];
        of_personas.chain(others).chain(more).chain(pictured).chain(compared).chain(links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::Company;
    use crate::fakes::storefront;
    use crate::heading::claiming_words;

    #[test]
    fn every_place_has_something_to_say_that_passes_the_claims_gate() {
        let storefront = storefront();
        for place in Place::all() {
            let phrases = place.phrases();
            assert!(phrases.len() > 1, "{place:?}");
            for phrase in phrases {
                // What a phrase says of products is judged against them when it is used.
                let decided = claiming_words(phrase, &storefront);
                let company = Company { products: &[], decided: &decided };
                assert_eq!(storefront.voice.flaw_beside(phrase, 60, &company), None, "{phrase:?}");
            }
        }
    }
}
