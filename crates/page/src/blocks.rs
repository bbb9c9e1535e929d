//! The closed catalogue of blocks: the parts that a page can have.
//!
//! Each kind of block is a module, which holds everything about it: what a plan says of it (its part of the JSON
//! Schema), its limits and [`Rules`], how it is checked, refitted and bound to products, and what it looks like.
//! Its template in `templates/blocks` holds its markup and style. A new kind is such a module, such a template, and
//! a line in the `catalogue!` below.
//!
//! A kind states what it needs through [`Checker`] and [`Stock`]. It does not decide whether copy is allowed or a
//! heading is true: generation does.

pub mod announcement;
pub mod brands;
pub mod bundle;
pub mod categories;
pub mod collections;
pub mod comparison;
pub mod deals;
pub mod grid;
pub mod hero;
pub mod image_with_text;
pub mod lookbook;
pub mod price_guide;
pub mod questions;
pub mod reassurance;
pub mod recently_viewed;
pub mod search;
pub mod spotlight;
pub mod story;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::kind::{
    Checker, Demand, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock, TEXT_CHARS_MAX,
};
use crate::sections::Sections;

/// Defines the catalogue from the list of its kinds, each with the name that it has in a plan.
macro_rules! catalogue {
    ($($name:ident: $Kind:ident),+ $(,)?) => {
        $(pub use $name::$Kind;)+

        /// A part of a page.
        #[expect(missing_docs, reason = "the model is shown the description of each kind, from its own type")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum Block {
            $($Kind($Kind),)+
        }

        impl Block {
            /// The names of all kinds of block, with their rules.
            pub const KINDS: &[(&str, Rules)] = &[$((stringify!($name), $Kind::RULES)),+];

            /// Returns the name of the block's kind, as it stands in a plan.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$Kind(_) => stringify!($name),)+
                }
            }

            /// Returns the rules of the block's kind.
            pub fn rules(&self) -> Rules {
                match self {
                    $(Self::$Kind(_) => $Kind::RULES,)+
                }
            }

            /// Returns the ids of the products that the block names.
            pub fn products(&self) -> &[String] {
                match self {
                    $(Self::$Kind(block) => block.products(),)+
                }
            }

            /// Checks the block's copy and products.
            pub fn check(&self, checker: &mut impl Checker) {
                match self {
                    $(Self::$Kind(block) => block.check(checker),)+
                }
            }

            /// Adapts the block to today's products. Returns `None` if the page goes on without it.
            pub fn refit(self, stock: &impl Stock) -> Option<Self> {
                match self {
                    $(Self::$Kind(block) => block.refit(stock).map(Self::$Kind),)+
                }
            }

            /// Returns the block with its products; `None` if nothing is left to show.
            pub fn bind<'a>(&'a self, stock: &'a impl Stock, given: &Given<'a>) -> Option<View<'a>> {
                match self {
                    $(Self::$Kind(block) => block.bind(stock, given).map(View::$Kind),)+
                }
            }
        }

        /// A bound block of a page.
        #[expect(missing_docs, reason = "each kind is described by its own type")]
        #[derive(Debug, Clone, PartialEq)]
        pub enum View<'a> {
            $($Kind($name::View<'a>),)+
        }

        impl View<'_> {
            /// Returns the name of the block's kind, as it stands in a plan.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$Kind(_) => stringify!($name),)+
                }
            }
        }

        impl<'a> Render<'a> for View<'a> {
            fn render(&self, sections: &mut Sections<'a>) {
                match self {
                    $(Self::$Kind(view) => view.render(sections),)+
                }
            }
        }
    };
}

impl Block {
    /// Returns the names of the kinds whose rules satisfy a condition.
    pub fn names(fits: impl Fn(&Rules) -> bool) -> impl Iterator<Item = &'static str> {
        Self::KINDS.iter().filter(move |(_, rules)| fits(rules)).map(|(name, _)| *name)
    }

    /// Returns the names of the kinds that a page can do without, which merchants may exclude.
    pub fn optional() -> impl Iterator<Item = &'static str> {
        Self::names(|rules| matches!(rules.occurrence, Occurrence::AtMostOnce | Occurrence::Any))
    }
}

catalogue! {
    hero: Hero,
    grid: Grid,
    spotlight: Spotlight,
    bundle: Bundle,
    deals: Deals,
    search: Search,
    story: Story,
    recently_viewed: RecentlyViewed,
    reassurance: Reassurance,
    image_with_text: ImageWithText,
    lookbook: Lookbook,
    comparison: Comparison,
    categories: Categories,
    collections: Collections,
    brands: Brands,
    price_guide: PriceGuide,
    questions: Questions,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_can_do_without_every_block_but_its_opening_and_a_list_of_products() {
        let optional: Vec<_> = Block::optional().collect();
        let needed: Vec<_> = Block::names(|_| true).filter(|name| !optional.contains(name)).collect();
        assert_eq!(needed, ["hero", "grid"]);
    }
}
