//! Minimalists want one good answer and no noise.

use super::{Order, Phrases, Profile, Slot, Spotlit};
use crate::evidence::{Evidence, rule};

/// The most products of the only grid.
const GRID_MAX: usize = 4;
/// The most products to compare.
const COMPARED_MAX: usize = 3;

pub static PROFILE: Profile = Profile {
    wants: "One good answer and no noise: a hero with the best match, one spotlight or comparison, one \
            grid of at most four, short copy. Three or four blocks.",
    rules: &[
        rule(4, 3, "decides after little browsing", Evidence::quick_decisions),
        rule(3, 1, "puts into the cart without sorting or filtering", |e| {
            usize::from(e.carted > 0 && e.sorts_and_filters == 0)
        }),
    ],
    order: Order::Affinity,
    spotlight: Some(Spotlit::SecondBest),
    layout: &[
        Slot::Hero,
        Slot::Comparison(COMPARED_MAX),
        Slot::BestGrid(GRID_MAX),
        Slot::Questions,
        Slot::Reassurance,
    ],
    wants_below: "Only what helps to decide, in few words.",
    below: &[Slot::Questions, Slot::Categories, Slot::Reassurance],
    phrases: Phrases {
        headline: |words| words.minimalist_headline,
        hero_text: |words| words.minimalist_text,
        grid: |words| words.minimalist_grid,
        spotlight: |words| words.minimalist_spotlight,
    },
};
