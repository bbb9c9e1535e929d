//! The parts of a page that are about one shopper alone, added to a plan that a segment shares when it is rendered: the
//! products that the shopper viewed, and those that they bought before.
//!
//! Our own rules make them, so they cost nothing. They are never stored with the shared plan. A part for which the page
//! has no room, or with which it would not pass the check, is left out.

use model::{Persona, Signals};
use page::blocks::Block;

use crate::check::Checked;
use crate::plan::{Plan, limits};
use crate::planner;
use crate::refit::refit;
use crate::storefront::Storefront;

/// Returns the plan with the shopper's own parts. Pages with a subject get what the shopper viewed from routing, without the
/// subject itself.
pub fn personalised(
    shared: Checked,
    persona: Persona,
    signals: &Signals,
    storefront: &Storefront,
) -> Checked {
    if storefront.page.has_subject() {
        return shared;
    }
    let viewed = planner::viewed(persona, signals, storefront);
    let with_viewed = added(shared, viewed, before_the_promises, storefront);
    let bought = planner::bought(persona, signals, storefront);
    added(with_viewed, bought, |_| 1, storefront)
}

/// Adds a block at a place, if the page is still one that passes the check with it.
fn added(
    checked: Checked,
    block: Option<Block>,
    place: impl Fn(&Plan) -> usize,
    storefront: &Storefront,
) -> Checked {
    let Some(block) = block else { return checked };
    let mut plan = checked.plan().clone();
    let is_there = plan.blocks.iter().any(|other| is_twin(other, &block));
    if is_there || plan.blocks.len() >= limits::BLOCKS_MAX {
        return checked;
    }
    plan.blocks.insert(place(&plan), block);
    refit(plan, storefront).unwrap_or(checked)
}

/// Returns whether a page has the block already.
fn is_twin(other: &Block, block: &Block) -> bool {
    match block {
        Block::RecentlyViewed(_) => matches!(other, Block::RecentlyViewed(_)),
        _ => other == block,
    }
}

/// Returns the last place, or the one before the shop's promises if these come last.
fn before_the_promises(plan: &Plan) -> usize {
    let ends_so = matches!(plan.blocks.last(), Some(Block::Reassurance(_)));
    plan.blocks.len() - usize::from(ends_so)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::fakes::{any_signals, every_block, storefront};
    use proptest::prelude::*;

    /// A plan without parts of a shopper.
    fn shared() -> Checked {
        let mut plan = every_block();
        plan.blocks.retain(|block| !matches!(block, Block::RecentlyViewed(_) | Block::Bundle(_)));
        check(plan, &storefront()).unwrap()
    }

    fn names(signals: &Signals) -> Vec<&'static str> {
        let plan = personalised(shared(), Persona::Loyalist, signals, &storefront());
        plan.plan().blocks.iter().map(Block::name).collect()
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn viewed_and_bought_products_are_added() {
        assert_eq!(
            names(&Signals::default()),
            ["hero", "grid", "spotlight", "deals", "search", "story", "reassurance"]
        );
        let signals =
            Signals { views: ids(&["hat-1"]), purchased: ids(&["wand-3", "hat-2"]), ..Signals::default() };
        assert_eq!(
            names(&signals),
            [
                "hero",
                "grid",
                "grid",
                "spotlight",
                "deals",
                "search",
                "story",
                "recently_viewed",
                "reassurance"
            ]
        );
        let gone = Signals { views: ids(&["gone"]), purchased: ids(&["gone", "x"]), ..Signals::default() };
        assert_eq!(names(&gone), names(&Signals::default()));
    }

    #[test]
    fn a_plan_that_has_room_for_no_more_stays_as_it_is() {
        let mut full = shared().plan().clone();
        full.blocks.push(Block::RecentlyViewed(page::blocks::RecentlyViewed { heading: "Seen".to_owned() }));
        let full = check(full, &storefront()).unwrap();
        let signals = Signals { views: ids(&["hat-1"]), ..Signals::default() };
        assert_eq!(personalised(full.clone(), Persona::Explorer, &signals, &storefront()), full);
    }

    proptest! {
        #[test]
        fn with_any_signals_the_page_still_passes_the_check(
            signals in any_signals(),
            persona in prop::sample::select(Persona::ALL.to_vec()),
        ) {
            let plan = personalised(shared(), persona, &signals, &storefront());
            prop_assert!(check(plan.plan().clone(), &storefront()).is_ok());
            let before = shared();
            prop_assert_eq!(&plan.plan().blocks[0], &before.plan().blocks[0]);
        }
    }
}
