//! The local planner's own words, in English.
//!
//! Several per place, in different words, so that a merchant's banned word leaves another. They
//! promise nothing and claim nothing: what a shop promises, only the shop can say.

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
    /// The reason for it.
    SpotlightText(Persona),
    /// The heading of a bundle.
    Bundle,
    /// The reason for it.
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
            Self::Spotlight(Persona::Loyalist) => &["Chosen with you in mind", "For somebody who knows us"],
            Self::Spotlight(Persona::Minimalist) => &["The other good answer", "Or this one"],
            Self::Spotlight(_) => &["Something different", "Worth a closer look"],
            Self::SpotlightText(Persona::Loyalist) => {
                &["Close to what you picked before, and not quite the same.", "Much like your favourites."]
            }
            Self::SpotlightText(Persona::Minimalist) => {
                &["If the first is not it, this may be.", "A second choice that stands on its own."]
            }
            Self::SpotlightText(_) => &[
                "Not what you came for, perhaps. That is the point.",
                "A corner of the shop few people visit.",
            ],
            Self::Bundle => &["Good together", "One goes with the other"],
            Self::BundleText => &["Picked to match.", "Each makes more of the others."],
            Self::Deals => &["Reduced right now", "Lower than before", "Marked down"],
            Self::Search => &["Looking for something?", "Find it here", "Search"],
            Self::Story => &["A word about us", "Who we are"],
            Self::StoryText => &[
                "Everything here was picked by people who would have it at home themselves.",
                "We keep what we like, and we like what we keep.",
            ],
            Self::RecentlyViewed => &["Where you left off", "Seen before", "Back to these"],
        }
    }
}

fn headline(persona: Persona) -> &'static [&'static str] {
    match persona {
        Persona::Explorer => &["Take the long way round", "There is more to see", "Wander a little"],
        Persona::Loyalist => &["Good to see you again", "Welcome back", "Here you are"],
        Persona::Dealhunter => &["More for less", "The best of what is reduced", "Well bought"],
        Persona::Minimalist => &["This one", "A good choice, and done", "Simply right"],
    }
}

fn hero_text(persona: Persona) -> &'static [&'static str] {
    match persona {
        Persona::Explorer => {
            &["A bit of everything, from every corner.", "Start anywhere and see where it leads."]
        }
        Persona::Loyalist => &["We kept a few things for you.", "Picked along the lines of what you like."],
        Persona::Dealhunter => {
            &["The largest reductions first.", "What costs less than it did, all in one place."]
        }
        Persona::Minimalist => &["What fits best, and little else.", "Our answer, in short."],
    }
}

fn grid(persona: Persona) -> &'static [&'static str] {
    match persona {
        Persona::Explorer => &["Look around", "From all over the shop"],
        Persona::Loyalist => &["More of what you like", "Along your lines"],
        Persona::Dealhunter => &["From the lowest price up", "Easy on the purse"],
        Persona::Minimalist => &["A short list", "Few, and well chosen"],
    }
}
