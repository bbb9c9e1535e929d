//! Adapts a stored plan to today's catalog, so that a page can be rendered again without a planner.
//!
//! It drops dispensable parts: products in a grid that are sold out or gone, deals that are over, a bundle with an
//! unavailable product, a block whose heading is no longer true. A grid whose heading determines its products
//! ([`crate::heading`]) gets today's products. A product that a text was written about is never replaced: if the
//! product of a hero or a spotlight is no longer available, the plan no longer fits. Each kind of block does its
//! part ([`page::blocks::Kind::refit`]).

use model::catalog::Product;
use page::blocks::{Block, Stock};

use crate::across;
use crate::check::{Checked, Problem, check};
use crate::heading::{claims, false_claim};
use crate::pins;
use crate::plan::Plan;
use crate::storefront::Storefront;

/// Returns the plan as it can be shown today, or the problems if it does not fit.
pub fn refit(plan: Plan, storefront: &Storefront) -> Result<Checked, Vec<Problem>> {
    check(fitted(plan, storefront), storefront)
}

/// Returns the plan without what is out of date. It may not pass the check.
pub fn fitted(plan: Plan, storefront: &Storefront) -> Plan {
    let blocks = plan.blocks.into_iter().filter(|block| storefront.merchant.allows_block(block.name()));
    let blocks = blocks.filter_map(|block| block.refit(storefront)).collect();
    // New products of a list may be in another block too, and an older release may have planned what is now refused.
    let mut blocks = across::mended(blocks, &|text| storefront.supplies(text));
    blocks.retain(|block| match block {
        Block::Grid(grid) => storefront.is_true(&grid.heading, &grid.products),
        _ => true,
    });
    let blocks = pins::placed(blocks, storefront);
    Plan { blocks, ..plan }
}

impl Stock for Storefront {
    fn product(&self, id: &str) -> Option<&Product> {
        self.assortment.get(id)
    }

    fn products<'a>(&'a self, ids: &'a [String]) -> Vec<&'a Product> {
        self.assortment.resolve(ids).collect()
    }

    fn offered(&self) -> Vec<&Product> {
        self.assortment.offered_of(self.assortment.common()).collect()
    }

    fn offers(&self, id: &str) -> bool {
        self.assortment.offers(id)
    }

    fn is_true(&self, heading: &str, ids: &[String]) -> bool {
        false_claim(heading, &self.products(ids), self).is_none()
    }

    fn renewed(&self, heading: &str, ids: Vec<String>) -> Option<Vec<String>> {
        if self.is_true(heading, &ids) {
            return Some(ids);
        }
        let renewed = claims(heading, self)
            .iter()
            .fold(self.products(&ids), |products, claim| claim.renewed(products, &self.assortment));
        let is_true = false_claim(heading, &renewed, self).is_none();
        is_true.then(|| renewed.into_iter().map(|product| product.id.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assortment::Assortment;
    use crate::fakes::{
        every_block, merchant, more_blocks, pictured, products, storefront, storefront_without,
    };
    use page::blocks::{Grid, Hero, Reassurance};

    #[test]
    fn a_plan_that_fits_is_not_changed() {
        assert_eq!(refit(every_block(), &storefront()).unwrap().plan(), &every_block());
    }

    #[test]
    fn a_grid_drops_missing_products() {
        let refitted = refit(every_block(), &storefront_without(&["potion-1"])).unwrap();
        let Block::Grid(Grid { products, .. }) = &refitted.plan().blocks[1] else {
            panic!("a grid is second")
        };
        assert_eq!(products, &["wand-1", "hat-1"]);
    }

    /// Returns the products under a grid's heading after the catalog changed.
    fn under(heading: &str, ids: &[&str], today: Vec<Product>) -> Option<Vec<String>> {
        let grid = |heading: &str, products: Vec<String>| {
            Block::Grid(Grid { heading: heading.to_owned(), products })
        };
        let listed: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
        let others =
            products().into_iter().map(|product| product.id).filter(|id| !listed.contains(id)).collect();
        let mut plan = every_block();
        plan.blocks.retain(|block| block.products().is_empty() || block.name() == "hero");
        plan.blocks.splice(1..1, [grid(heading, listed), grid("Lights", others)]);
        let assortment = Assortment::new("EUR".to_owned(), today).sorted_by_sales(true);
        let refitted = refit(plan, &Storefront::new("magic-wands", merchant(), assortment)).unwrap();
        refitted.plan().blocks.iter().find_map(|block| match block {
            Block::Grid(Grid { heading: of, products }) if of == heading => Some(products.clone()),
            _ => None,
        })
    }

    fn repriced(id: &str, price: u64, price_before: Option<u64>) -> Vec<Product> {
        let mut products = products();
        let product = products.iter_mut().find(|product| product.id == id).unwrap();
        (product.price, product.price_before) = (price, price_before);
        products
    }

    #[test]
    fn a_list_from_the_lowest_price_starts_at_todays_lowest() {
        let ids = ["potion-2", "potion-1", "hat-1"];
        let under = |today| under("Lowest price first", &ids, today).unwrap();
        assert_eq!(under(products()), ids);
        assert_eq!(under(repriced("hat-2", 100, None)), ["hat-2", "potion-2", "potion-1"]);
        assert_eq!(under(repriced("potion-2", 5_000, Some(6_000))), ["potion-1", "hat-1", "hat-2"]);
    }

    #[test]
    fn a_list_sorted_by_price_uses_todays_prices() {
        let ids = ["potion-2", "potion-1", "hat-1"];
        let today = repriced("potion-2", 1_500, None);
        assert_eq!(under("Sorted by price", &ids, today).unwrap(), ["potion-1", "potion-2", "hat-1"]);
    }

    #[test]
    fn a_plan_whose_title_is_no_longer_true_no_longer_fits() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let hero = Block::Hero(Hero {
            headline: "Dusk is near".to_owned(),
            text: "Bring a light.".to_owned(),
            product: Some("potion-2".to_owned()),
        });
        let grid = Block::Grid(Grid { heading: "Lights".to_owned(), products: ids(&["potion-2", "wand-3"]) });
        let plan = Plan {
            title: "Summer sale".to_owned(),
            blocks: vec![hero, grid, Block::Reassurance(Reassurance {})],
        };
        let refitted = |today| {
            let assortment = Assortment::new("EUR".to_owned(), today);
            refit(plan.clone(), &Storefront::new("magic-wands", merchant(), assortment))
        };
        assert!(refitted(products()).is_ok());
        let problems = refitted(repriced("wand-3", 4_000, None)).unwrap_err();
        assert_eq!(problems[0].path, "title");
    }

    #[test]
    fn blocks_that_are_no_longer_true_are_left_out() {
        let ids = ["potion-2", "wand-3"];
        assert_eq!(under("Discounts", &ids, products()).unwrap(), ids);
        assert_eq!(
            under("Discounts", &ids, repriced("wand-3", 4_000, None)),
            None,
            "one is too few for a grid"
        );
        let mut changed = products();
        changed.iter_mut().find(|product| product.id == "hat-2").unwrap().category = "Caps".to_owned();
        assert_eq!(under("Hats", &["hat-1", "hat-2"], products()).unwrap(), ["hat-1", "hat-2"]);
        assert_eq!(under("Hats", &["hat-1", "hat-2"], changed), None);
    }

    #[test]
    fn best_sellers_are_todays() {
        let mut today = products();
        assert_eq!(
            under("Best sellers", &["wand-1", "wand-2"], today.clone()).unwrap(),
            ["wand-1", "wand-2"]
        );
        today.rotate_left(6);
        assert_eq!(under("Best sellers", &["wand-3", "hat-1"], today).unwrap(), ["potion-1", "potion-2"]);
    }

    #[test]
    fn a_bundle_that_is_not_whole_and_deals_that_are_over_are_left_out() {
        let refitted = refit(every_block(), &storefront_without(&["hat-2", "potion-2"])).unwrap();
        let is_gone = |block: &Block| matches!(block, Block::Bundle(_) | Block::Deals(_));
        assert!(!refitted.plan().blocks.iter().any(is_gone));
        assert_eq!(refitted.plan().blocks.len(), every_block().blocks.len() - 2);
    }

    #[test]
    fn a_collage_and_a_comparison_do_without_what_is_gone_while_two_products_are_left() {
        let left = |without: &[&str]| {
            let shop = pictured();
            let products = shop.assortment.common().iter();
            let products = products.filter(|product| !without.contains(&product.id.as_str())).cloned();
            let today = Assortment::new("EUR".to_owned(), products.collect());
            let mut plan = more_blocks();
            let Block::Lookbook(lookbook) = &mut plan.blocks[3] else { panic!("a lookbook") };
            lookbook.products.push("hat-2".to_owned());
            let Block::Comparison(comparison) = &mut plan.blocks[4] else { panic!("a comparison") };
            comparison.products = vec!["potion-2".to_owned(), "wand-sold-out".to_owned()];
            let refitted = refit(plan, &Storefront::new("s", merchant(), today)).unwrap();
            refitted
                .plan()
                .blocks
                .iter()
                .map(|block| (block.name(), block.products().len()))
                .collect::<Vec<_>>()
        };
        let without_one = left(&["wand-3"]);
        assert!(without_one.contains(&("lookbook", 2)), "{without_one:?}");
        assert!(
            !without_one.iter().any(|(name, _)| *name == "comparison"),
            "one is available: {without_one:?}"
        );
        assert!(!left(&["wand-3", "potion-1"]).iter().any(|(name, _)| *name == "lookbook"));
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
        let mut plan = every_block();
        plan.blocks.retain(|block| !matches!(block, Block::Bundle(_)));
        let problems = refit(plan, &storefront_without(&gone)).unwrap_err();
        assert_eq!(problems[0].to_string(), "blocks: there is no grid");
        assert!(refit(every_block(), &storefront_without(&gone)).is_ok(), "one product is left for a grid");
    }
}
