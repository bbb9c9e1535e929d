//! The profile of each persona: its evidence, its wishes, and how the local planner
//! makes its page. A persona is one module of this folder, and a line in [`of`] and in [`BY_PRECEDENCE`].

mod dealhunter;
mod explorer;
mod loyalist;
mod minimalist;

use model::Persona;
use words::Words;

use crate::evidence::Rule;

/// All personas in tie-breaking order: of those with equal points the first wins.
pub const BY_PRECEDENCE: [Persona; Persona::ALL.len()] =
    [Persona::Explorer, Persona::Loyalist, Persona::Dealhunter, Persona::Minimalist];

/// Returns the profile of a persona.
pub fn of(persona: Persona) -> &'static Profile {
    match persona {
        Persona::Explorer => &explorer::PROFILE,
        Persona::Loyalist => &loyalist::PROFILE,
        Persona::Dealhunter => &dealhunter::PROFILE,
        Persona::Minimalist => &minimalist::PROFILE,
    }
}

/// The profile of a persona.
pub struct Profile {
    /// What the persona wants from a home page, for the model.
    pub wants: &'static str,
    /// The evidence for the persona.
    pub rules: &'static [Rule],
    /// The order of products.
    pub order: Order,
    /// The product of the spotlight; `None` if the persona gets no spotlight.
    pub spotlight: Option<Spotlit>,
    /// The home page, from top to bottom.
    pub layout: &'static [Slot],
    /// What the persona wants below the part about a subject, for the model.
    pub wants_below: &'static str,
    /// What follows the part about a subject, from top to bottom. Each kind of page has those that suit it.
    pub below: &'static [Slot],
    /// The local planner's phrases for the persona.
    pub phrases: Phrases,
}

/// An order of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Those that match the shopper's signals best come first.
    Affinity,
    /// Those with the largest reduction come first.
    Reduction,
    /// One product of each category in turn, starting with categories that are new to the shopper.
    Mixed,
}

/// The product of a spotlight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spotlit {
    /// The best after the hero's.
    SecondBest,
    /// The best of another category than the hero's.
    OtherCategory,
}

/// A place for a block in a page of the local planner. It stays empty if the shop has nothing for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The opening, with the best product.
    Hero,
    /// The product that the profile says.
    Spotlight,
    /// At most this many of the best products that no other block shows.
    BestGrid(usize),
    /// At most this many of the products with the lowest prices that no other block shows.
    CheapestGrid(usize),
    /// Products of one category, preferably one that is new to the shopper.
    CategoryGrid,
    /// Products that the shopper bought.
    BoughtGrid,
    /// Products of one category, with their total price.
    Bundle,
    /// Reduced products.
    Deals,
    /// A large picture of the product that the profile says for a spotlight; a spotlight if no product has one.
    ImageWithText,
    /// A collage of the best products that no other block shows.
    Lookbook,
    /// A table of at most this many of the best products that no other block shows.
    Comparison(usize),
    /// Links to the product types.
    Categories,
    /// Links to the shop's collections.
    Collections,
    /// Links to the vendors.
    Brands,
    /// Links to bands of prices.
    PriceGuide,
    /// The merchant's questions and answers.
    Questions,
    /// A few words without products.
    Story,
    /// A search field.
    Search,
    /// The products that the shopper viewed.
    RecentlyViewed,
    /// The merchant's promises.
    Reassurance,
}

/// Phrases of a language, each list the best first.
pub type Choose = fn(&'static Words) -> &'static [&'static str];

/// Phrases for the places that differ between personas ([`crate::phrases`] says what a phrase may claim).
pub struct Phrases {
    /// The hero's headline.
    pub headline: Choose,
    /// The sentence below it.
    pub hero_text: Choose,
    /// The heading of the main grid.
    pub grid: Choose,
    /// The heading of a spotlight.
    pub spotlight: Choose,
}
