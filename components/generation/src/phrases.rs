//! The local planner's own words, in English.
//!
//! Several per place, in different words, so that a merchant's banned word leaves another. They say nothing of the
//! shop, of its products or of the shopper that does not follow from what stands there: nothing of quality, origin,
//! popularity, choice, stock or delivery. What a shop promises and claims, only its merchant can say.

use names::Persona;

/// A place in a page that copy is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The hero's headline.
    Headline(Persona),
    /// The sentence below it.
    HeroText(Persona),
    /// The heading of the main grid.
    Grid(Persona),
    /// The heading of the grid of things bought before.
    Again,
    /// The heading of a spotlight.
    Spotlight(Persona),
    /// The sentence below it.
    SpotlightText,
    /// The heading of a bundle: products of one category.
    Bundle,
    /// The sentence below it, beside what they cost together.
    BundleText,
    /// The heading of the deals.
    Deals,
    /// The heading of the search field.
    Search,
    /// The heading of a story.
    Story,
    /// The story.
    StoryText,
    /// The heading of what was viewed before.
    RecentlyViewed,
}

impl Place {
    /// What can be said there, best first.
    pub fn phrases(self) -> &'static [&'static str] {
        match self {
            Self::Headline(persona) => headline(persona),
            Self::HeroText(persona) => hero_text(persona),
            Self::Grid(persona) => grid(persona),
            Self::Again => &["Have it again", "What you chose before"],
            Self::Spotlight(Persona::Explorer) => &["Something different", "Of another kind"],
            Self::Spotlight(Persona::Minimalist) => &["Or this one", "One more to compare"],
            Self::Spotlight(_) => &["Have a look at this", "One more to see"],
            Self::SpotlightText => &["Take a closer look.", "See what it is."],
            Self::Bundle => &["Side by side", "A few of a kind"],
            Self::BundleText => &["Here is what they cost together.", "See the sum of them."],
            Self::Deals => &["Reduced right now", "Lower than before", "Marked down"],
            Self::Search => &["Looking for something?", "Find it here", "Search"],
            Self::Story => &["Take your time", "Where to go from here"],
            Self::StoryText => &["Browse as long as you like.", "Look through the shop at your own pace."],
            Self::RecentlyViewed => &["Where you left off", "Seen before", "Back to these"],
        }
    }

    /// Every place.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = Self> {
        let of_personas = [Self::Headline, Self::HeroText, Self::Grid, Self::Spotlight];
        let of_personas = of_personas.into_iter().flat_map(|place| Persona::ALL.into_iter().map(place));
        let others = [Self::Again, Self::SpotlightText, Self::Bundle, Self::BundleText, Self::Deals];
        let more = [Self::Search, Self::Story, Self::StoryText, Self::RecentlyViewed];
        of_personas.chain(others).chain(more)
    }
}

fn headline(persona: Persona) -> &'static [&'static str] {
    match persona {
        Persona::Explorer => &["Take the long way round", "Have a look round", "Wander a little"],
        Persona::Loyalist => &["Good to see you", "Welcome", "Here you are"],
        Persona::Dealhunter => &["What things cost", "Prices at a glance", "Compare first"],
        Persona::Minimalist => &["This one", "Start here", "Straight to it"],
    }
}

fn hero_text(persona: Persona) -> &'static [&'static str] {
    match persona {
        Persona::Explorer => {
            &["Start anywhere and see where it leads.", "Look at one thing, then at another."]
        }
        Persona::Loyalist => &["Have a look at what is here today.", "Look around for as long as you like."],
        Persona::Dealhunter => &["Compare the prices, then decide.", "Look at the numbers first."],
        Persona::Minimalist => &["A short page, and that is all.", "One to begin with, and a few others."],
    }
}

fn grid(persona: Persona) -> &'static [&'static str] {
    match persona {
        Persona::Explorer => &["Look around", "A bit of this and that"],
        Persona::Loyalist => &["More to look at", "Some others"],
        // The first two are true only where the shop is known to have no more products.
        Persona::Dealhunter => {
            &["Lowest price first", "Cheapest first", "Sorted by price", "In order of price"]
        }
        Persona::Minimalist => &["A short list", "A few others"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that claim something of products or of the shop, other than those that [`crate::heading`] holds to the
    /// products.
    const CLAIMING: [&str; 24] = [
        "best",
        "good",
        "great",
        "quality",
        "finest",
        "favourite",
        "popular",
        "loved",
        "chosen",
        "picked",
        "selected",
        "curated",
        "hand",
        "made",
        "new",
        "only",
        "last",
        "few left",
        "hurry",
        "free",
        "fast",
        "ship",
        "guarantee",
        "perfect",
    ];

    #[test]
    fn every_place_has_something_to_say_that_claims_nothing() {
        for place in Place::all() {
            let phrases = place.phrases();
            assert!(phrases.len() > 1, "{place:?}");
            for phrase in phrases.iter().filter(|phrase| **phrase != "Good to see you") {
                let text = phrase.to_lowercase();
                let claims = CLAIMING.iter().find(|word| text.split(' ').any(|one| one.starts_with(**word)));
                assert_eq!(claims, None, "{phrase:?}");
            }
        }
    }
}
