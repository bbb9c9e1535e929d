//! Fits a stored plan to today's catalog, so that a page can be rendered again without a planner.
//!
//! What a page can do without is left out: products in a grid that are sold out or gone, deals that
//! are over, a bundle that cannot be had whole. What a text was written about is not replaced: if
//! the product of a hero or a spotlight cannot be bought any more, the plan no longer fits.

use crate::assortment::{Assortment, reduction_percent};
use crate::check::{Checked, Problem, check};
use crate::plan::{Block, Plan, limits};
use crate::storefront::Storefront;

/// The plan as it can be shown today; the problems if it cannot.
pub fn refit(plan: Plan, storefront: &Storefront) -> Result<Checked, Vec<Problem>> {
    let blocks = plan.blocks.into_iter().filter_map(|block| prune(block, &storefront.assortment)).collect();
    check(Plan { blocks, ..plan }, storefront)
}

fn prune(block: Block, assortment: &Assortment) -> Option<Block> {
    match block {
        Block::Grid { heading, mut products } => {
            products.retain(|id| assortment.offers(id));
            (products.len() >= limits::GRID_MIN).then_some(Block::Grid { heading, products })
        }
        Block::Deals { heading, mut products } => {
            products.retain(|id| is_deal(id, assortment));
            (!products.is_empty()).then_some(Block::Deals { heading, products })
        }
        Block::Bundle { heading, text, products } => {
            let whole = products.iter().all(|id| is_available(id, assortment));
            whole.then_some(Block::Bundle { heading, text, products })
        }
        other => Some(other),
    }
}

fn is_available(id: &str, assortment: &Assortment) -> bool {
    assortment.get(id).is_some_and(|product| product.available)
}

fn is_deal(id: &str, assortment: &Assortment) -> bool {
    assortment.get(id).is_some_and(|product| product.available && reduction_percent(product).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{every_block, storefront, storefront_without};

    #[test]
    fn a_plan_that_fits_is_not_changed() {
        assert_eq!(refit(every_block(), &storefront()).unwrap().plan(), &every_block());
    }

    #[test]
    fn a_grid_goes_on_without_what_is_gone() {
        let refitted = refit(every_block(), &storefront_without(&["potion-1"])).unwrap();
        let Block::Grid { products, .. } = &refitted.plan().blocks[1] else { panic!("a grid is second") };
        assert_eq!(products, &["wand-1", "hat-1"]);
    }

    #[test]
    fn a_bundle_that_is_not_whole_and_deals_that_are_over_are_left_out() {
        let refitted = refit(every_block(), &storefront_without(&["hat-2", "potion-2"])).unwrap();
        let is_gone = |block: &Block| matches!(block, Block::Bundle { .. } | Block::Deals { .. });
        assert!(!refitted.plan().blocks.iter().any(is_gone));
        assert_eq!(refitted.plan().blocks.len(), every_block().blocks.len() - 2);
    }

    #[test]
    fn a_plan_without_its_hero_or_its_spotlight_no_longer_fits() {
        for (product, path) in [("wand-1", "blocks[0].product"), ("wand-2", "blocks[2].product")] {
            let problems = refit(every_block(), &storefront_without(&[product])).unwrap_err();
            assert_eq!(problems[0].path, path);
        }
    }

    #[test]
    fn a_page_without_any_grid_left_no_longer_fits() {
        let gone = ["hat-1", "potion-1"];
        let problems = refit(every_block(), &storefront_without(&gone)).unwrap_err();
        assert_eq!(problems[0].to_string(), "blocks: there is no grid");
    }
}
