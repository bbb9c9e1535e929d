//! Explorers look around and like to be surprised.
//!
//! An unknown shopper counts as an explorer, with little confidence: a varied page suits most people, and what they
//! do on it reveals the most about them.

use super::{Order, Phrases, Profile, Slot, Spotlit};
use crate::evidence::rule;

/// The most products of the main grid: full rows beside and below the large tile that it begins with.
const GRID_MAX: usize = 9;

pub static PROFILE: Profile = Profile {
    wants: "Variety and surprise: categories, pictures, many kinds of products, things not seen yet, a \
            search with good terms to start from. Seven to ten blocks.",
    rules: &[
        rule(2, 1, "little is known yet", |_| 1),
        rule(3, 5, "looks into several categories", |e| e.categories.saturating_sub(1)),
        rule(1, 8, "looks at many products", |e| e.products),
        rule(2, 4, "describes what they look for at length", |e| e.long_searches),
    ],
    order: Order::Mixed,
    spotlight: Some(Spotlit::OtherCategory),
    layout: &[
        Slot::Hero,
        Slot::Categories,
        Slot::Lookbook,
        Slot::BestGrid(GRID_MAX),
        Slot::RecentlyViewed,
        Slot::ImageWithText,
        Slot::CategoryGrid,
        Slot::Search,
        Slot::Brands,
        Slot::Reassurance,
    ],
    wants_below: "Ways to look further: types, collections, names, and words that make curious.",
    below: &[Slot::Categories, Slot::Collections, Slot::Brands, Slot::Story, Slot::Reassurance],
    phrases: Phrases {
        headline: |words| words.explorer_headline,
        hero_text: |words| words.explorer_text,
        grid: |words| words.explorer_grid,
        spotlight: |words| words.explorer_spotlight,
    },
};
