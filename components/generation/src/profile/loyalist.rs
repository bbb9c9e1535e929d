//! Loyalists come back and buy again.

use page::blocks::grid;

use super::{Order, Phrases, Profile, Slot, Spotlit};
use crate::evidence::rule;

pub static PROFILE: Profile = Profile {
    wants: "To be recognised: what is close to what was bought and looked at before, things that \
            complete it, what is new in favourite categories. Five to eight blocks.",
    rules: &[
        rule(4, 5, "has bought before", |e| e.purchased),
        rule(1, 8, "keeps coming back", |e| e.visits.saturating_sub(2)),
    ],
    order: Order::Affinity,
    spotlight: Some(Spotlit::SecondBest),
    layout: &[
        Slot::Hero,
        Slot::RecentlyViewed,
        Slot::BoughtGrid,
        Slot::BestGrid(grid::PRODUCTS_MAX),
        Slot::Bundle,
        Slot::Spotlight,
        Slot::Collections,
        Slot::Search,
        Slot::Questions,
        Slot::Reassurance,
    ],
    wants_below: "What they know and what completes it, and to be welcome.",
    below: &[Slot::Collections, Slot::Questions, Slot::Story, Slot::Categories, Slot::Reassurance],
    phrases: Phrases {
        headline: |words| words.loyalist_headline,
        hero_text: |words| words.loyalist_text,
        grid: |words| words.loyalist_grid,
        spotlight: |words| words.loyalist_spotlight,
    },
};
