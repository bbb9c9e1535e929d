//! Deal hunters compare prices and wait for the deal. They get no spotlight, because deals take its place.

use page::blocks::grid;

use super::{Order, Phrases, Profile, Slot};
use crate::evidence::rule;

pub static PROFILE: Profile = Profile {
    wants: "Value: a price guide and reduced products right after the hero, then a grid sorted by price, a \
            sensible bundle. Five to eight blocks.",
    rules: &[
        rule(6, 2, "sorts by lowest price", |e| e.cheapest_first),
        rule(5, 3, "asks for reductions", |e| e.deal_words),
        rule(3, 2, "sets a price limit", |e| e.price_filters),
        rule(2, 5, "looks at reduced products", |e| e.reduced_products),
    ],
    order: Order::Reduction,
    spotlight: None,
    layout: &[
        Slot::Hero,
        Slot::PriceGuide,
        Slot::Deals,
        Slot::CheapestGrid(grid::PRODUCTS_MAX),
        Slot::Bundle,
        Slot::RecentlyViewed,
        Slot::Search,
        Slot::Questions,
        Slot::Reassurance,
    ],
    wants_below: "Prices at a glance, and nothing that slows the comparison down.",
    below: &[Slot::PriceGuide, Slot::Questions, Slot::Search, Slot::Collections, Slot::Reassurance],
    phrases: Phrases {
        headline: |words| words.dealhunter_headline,
        hero_text: |words| words.dealhunter_text,
        // The first two are true only if the assortment has all products of the shop.
        grid: |words| words.dealhunter_grid,
        spotlight: |words| words.dealhunter_spotlight,
    },
};
