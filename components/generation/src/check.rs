//! Checks a plan: everything that the schema requires, and rules that a schema cannot express. Each kind of block
//! says what to check ([`page::blocks::Kind::check`]).
//!
//! This is the only way to a [`Checked`] plan. The check never changes a plan. It reports everything that the
//! planner has to correct as problems.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use model::catalog::Product;
use page::blocks::{Block, Checker, Demand, Occurrence, Rules, grid};

use crate::across;
use crate::across::left_for_lists;
use crate::copy::{Company, replace_word};
use crate::heading::{Claim, claiming_words, claims, false_claim, overstated, true_words};
use crate::pins;
use crate::plan::{Plan, limits};
use crate::storefront::Storefront;

/// The largest number of reported problems: a plan with more has to be replaced.
const PROBLEMS_MAX: usize = 20;

/// The fields whose claims about products are checked.
pub(crate) const CHECKED_FIELDS: [&str; 2] = ["heading", "headline"];

/// A plan without problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked(Plan);

impl Checked {
    /// Returns the plan.
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}

/// A problem in a plan, and its place. Its text form is a sentence for the planner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place, such as `blocks[2].products[0]`. It contains no text of the planner.
    pub path: String,
    /// The problem. It may repeat text of the planner.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

/// Checks a plan against its storefront. On failure there is at least one problem.
pub fn check(plan: Plan, storefront: &Storefront) -> Result<Checked, Vec<Problem>> {
    let mut judge =
        Judge { plan: &plan, storefront, block: String::new(), beside: Vec::new(), problems: Vec::new() };
    judge.judge();
    let mut problems = judge.problems;
    problems.truncate(PROBLEMS_MAX);
    if problems.is_empty() { Ok(Checked(plan)) } else { Err(problems) }
}

/// Collects the problems of a plan.
struct Judge<'a> {
    plan: &'a Plan,
    storefront: &'a Storefront,
    /// The place of the block that is being checked.
    block: String,
    /// The products of that block.
    beside: Vec<&'a Product>,
    problems: Vec<Problem>,
}

impl Judge<'_> {
    fn judge(&mut self) {
        let Plan { title, blocks } = self.plan;
        self.heading_at("title", title, limits::TITLE_CHARS_MAX);
        self.true_of_page_at("title", title);
        self.count("blocks", blocks.len(), self.storefront.block_count());
        self.order(blocks);
        self.pins(blocks);
        // A plan may be long and wrong throughout. Further blocks are not checked.
        for (index, block) in blocks.iter().take(limits::BLOCKS_MAX).enumerate() {
            self.block = format!("blocks[{index}]");
            self.beside = self.storefront.assortment.resolve(block.products()).collect();
            block.check(self);
        }
        self.across(blocks.get(..limits::BLOCKS_MAX).unwrap_or(blocks));
    }

    /// Checks the page as a whole: its repetitions and its language. Text that the shop supplied is in the language
    /// that the shop supplied it in.
    fn across(&mut self, blocks: &[Block]) {
        let (voice, assortment) = (&self.storefront.voice, &self.storefront.assortment);
        let is_supplied = |text: &str| self.storefront.supplies(text);
        for (path, what) in across::problems(blocks, &is_supplied) {
            self.report(&path, what);
        }
        let mut copy = across::joined_copy(blocks, &is_supplied);
        let ids: Vec<_> = blocks.iter().flat_map(Block::products).cloned().collect();
        for product in assortment.resolve(&ids) {
            copy = replace_word(&copy, &product.title, " ");
        }
        if voice.is_foreign(&copy) {
            self.report("blocks", "the copy is not in the shop's language (language)");
        }
    }

    /// Checks that each block suits the kind of page, that the only hero is first, that there is a grid if there are products
    /// for it, and that single blocks are not repeated.
    fn order(&mut self, blocks: &[Block]) {
        let storefront = self.storefront;
        for (index, block) in blocks.iter().enumerate() {
            if !storefront.allows(&block.rules()) {
                let what = format!("a {} is not for a {} page", block.name(), storefront.page.name());
                self.report(&format!("blocks[{index}]"), what);
            }
            if !storefront.merchant.allows_block(block.name()) {
                self.report(
                    &format!("blocks[{index}]"),
                    format!("the merchant excludes every {}", block.name()),
                );
            }
        }
        for name in Block::names(|rules| storefront.allows(rules) && rules.occurrence == Occurrence::First) {
            if blocks.first().is_none_or(|block| block.name() != name) {
                self.report("blocks[0]", format!("the first block is not a {name}"));
            }
        }
        let mut singles = BTreeSet::new();
        for (index, block) in blocks.iter().enumerate() {
            let is_single = matches!(block.rules().occurrence, Occurrence::First | Occurrence::AtMostOnce);
            if is_single && !singles.insert(block.name()) {
                let what = format!("there is a {} before this one", block.name());
                self.report(&format!("blocks[{index}]"), what);
            }
        }
        let all: Vec<_> = blocks.iter().collect();
        let enough = left_for_lists(&all, &self.storefront.assortment).len() >= grid::PRODUCTS_MIN;
        let needed = |rules: &Rules| storefront.allows(rules) && rules.occurrence == Occurrence::AtLeastOnce;
        for name in Block::names(needed) {
            if enough && blocks.iter().all(|block| block.name() != name) {
                self.report("blocks", format!("there is no {name}"));
            }
        }
    }

    /// Checks that a home page shows a pinned product first, if there are any.
    fn pins(&mut self, blocks: &[Block]) {
        if !pins::are_first(blocks, self.storefront) {
            self.report(
                "blocks[0]",
                "neither this nor the first list shows a product that the shop pins first",
            );
        }
    }

    /// Returns whether the heading of the block that is being checked stands over products, known or not yet.
    fn has_checked_heading(&self) -> bool {
        let index = self.block.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(usize::MAX);
        self.plan
            .blocks
            .get(index)
            .is_some_and(|block: &Block| !matches!(block, Block::Search(_) | Block::Story(_)))
    }

    fn at(&self, field: &str) -> String {
        format!("{}.{field}", self.block)
    }

    fn copy_at(&mut self, path: &str, text: &str, chars_max: usize, decided: &[&str]) {
        let company = Company { products: &self.beside, decided };
        if let Some(flaw) = self.storefront.voice.flaw_beside(text, chars_max, &company) {
            self.report(path, flaw.to_string());
        }
    }

    /// Checks copy whose claims about products are checked too, as those of a heading are.
    fn heading_at(&mut self, path: &str, text: &str, chars_max: usize) {
        self.copy_at(path, text, chars_max, &claiming_words(text, self.storefront));
    }

    /// Checks that a text over the whole page (the document's title, or a headline without a product) is true of
    /// all its products.
    fn true_of_page_at(&mut self, path: &str, text: &str) {
        let blocks = self.plan.blocks.iter().take(limits::BLOCKS_MAX);
        let ids: Vec<_> = blocks.flat_map(Block::products).cloned().collect();
        let products: Vec<_> = self.storefront.assortment.resolve(&ids).collect();
        if products.is_empty() {
            self.no_claim_at(path, text);
        } else {
            self.true_of_products(path, text, &products);
        }
    }

    fn true_of_products(&mut self, path: &str, heading: &str, products: &[&Product]) {
        // A page shows things of many materials, so a word for one over the whole page is no claim about each.
        let is_of_page = products.len() > self.beside.len();
        let is_name = self.storefront.supplies(heading);
        let claim = false_claim(heading, products, self.storefront);
        if let Some(claim) = claim.filter(|claim| !(is_of_page && matches!(claim, Claim::Material(_)))) {
            self.report(path, format!("says that the products {claim}, which is not true"));
        } else if let Some(claim) = overstated(heading, self.storefront).filter(|_| !is_name) {
            let what = format!("says more than that the products {claim}; say no more than that (offer)");
            self.report(path, what);
        }
    }

    fn no_claim_at(&mut self, path: &str, heading: &str) {
        let is_name = heading == self.storefront.voice.name();
        if let Some(claim) = claims(heading, self.storefront).first().filter(|_| !is_name) {
            let what =
                format!("says that the products {claim}, which cannot be known before they are filled in");
            self.report(path, what);
        }
    }

    fn product_at(&mut self, path: &str, id: &str, demand: Demand) {
        match self.storefront.assortment.get(id) {
            None => self.report(path, format!("no product has the id {:?}", shortened(id))),
            Some(product) => {
                if let Some(what) = demand.unmet(product) {
                    self.report(path, what);
                }
            }
        }
    }

    fn repeated(&mut self, path: &str, items: &[String]) {
        let mut seen = BTreeSet::new();
        if let Some(index) = items.iter().position(|item| !seen.insert(item)) {
            self.report(&format!("{path}[{index}]"), "is in the list already");
        }
    }

    fn count(&mut self, path: &str, count: usize, allowed: RangeInclusive<usize>) {
        if !allowed.contains(&count) {
            let (least, most) = allowed.into_inner();
            self.report(path, format!("has {count} items, {least} to {most} are allowed"));
        }
    }

    fn report(&mut self, path: &str, what: impl Into<String>) {
        self.problems.push(Problem { path: path.to_owned(), what: what.into() });
    }
}

impl Checker for Judge<'_> {
    fn copy(&mut self, field: &str, text: &str, chars_max: usize) {
        let path = self.at(field);
        if CHECKED_FIELDS.contains(&field) && self.has_checked_heading() {
            self.heading_at(&path, text, chars_max);
        } else {
            let proven = true_words(text, &self.beside, self.storefront);
            self.copy_at(&path, text, chars_max, &proven);
        }
    }

    fn terms(&mut self, terms: &[String], count_max: usize, chars_max: usize) {
        let path = self.at("terms");
        self.count(&path, terms.len(), 0..=count_max);
        for (index, term) in terms.iter().take(count_max).enumerate() {
            self.copy_at(&format!("{path}[{index}]"), term, chars_max, &[]);
        }
        self.repeated(&path, terms);
    }

    fn product(&mut self, id: &str, demand: Demand) {
        self.product_at(&self.at("product"), id, demand);
    }

    fn products(&mut self, ids: &[String], allowed: RangeInclusive<usize>, demand: Demand) {
        let path = self.at("products");
        let most = *allowed.end();
        self.count(&path, ids.len(), allowed);
        for (index, id) in ids.iter().take(most).enumerate() {
            self.product_at(&format!("{path}[{index}]"), id, demand);
        }
        self.repeated(&path, ids);
    }

    fn true_of(&mut self, field: &str, heading: &str, ids: &[String]) {
        let products: Vec<_> = self.storefront.assortment.resolve(ids).collect();
        if !products.is_empty() {
            self.true_of_products(&self.at(field), heading, &products);
        }
    }

    fn true_of_page(&mut self, field: &str, text: &str) {
        self.true_of_page_at(&self.at(field), text);
    }

    fn no_claim(&mut self, field: &str, heading: &str) {
        self.no_claim_at(&self.at(field), heading);
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{assortment, every_block, merchant, more_blocks, pictured, storefront};
    use model::shop::ShopSettings;
    use page::blocks::{Grid, HEADING_CHARS_MAX, TEXT_CHARS_MAX, hero, search, story};
    use serde_json::{Value, json};

    /// Checks the plan of every block after `change` and compares the first problem.
    #[track_caller]
    fn check_changed(change: impl FnOnce(&mut Value), expected: &str) {
        let mut plan = serde_json::to_value(every_block()).unwrap();
        change(&mut plan);
        let plan = serde_json::from_value(plan).unwrap();
        let problems = check(plan, &storefront()).expect_err("a problem");
        assert_eq!(problems[0].to_string(), expected, "{problems:#?}");
    }

    #[test]
    fn a_plan_of_every_block_has_no_problem() {
        let checked = check(every_block(), &storefront());
        assert_eq!(checked.map(|checked| checked.plan().clone()), Ok(every_block()));
    }

    #[test]
    fn a_plan_of_every_other_block_has_no_problem() {
        let checked = check(more_blocks(), &pictured());
        assert_eq!(checked.map(|checked| checked.plan().clone()), Ok(more_blocks()));
        let problems = check(more_blocks(), &storefront()).unwrap_err();
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "blocks[2].product: the product has no picture",
                "blocks[3].products[0]: the product has no picture",
                "blocks[3].products[1]: the product has no picture",
            ]
        );
    }

    #[test]
    fn products_are_known_available_and_reduced_where_they_must_be() {
        let cases = [
            ("/blocks/0/product", "x", "blocks[0].product: no product has the id \"x\""),
            ("/blocks/0/product", "wand-sold-out", "blocks[0].product: the product is sold out"),
            ("/blocks/1/products/0", "x", "blocks[1].products[0]: no product has the id \"x\""),
            ("/blocks/1/products/0", "hat-1", "blocks[1].products[1]: is in the list already"),
            ("/blocks/2/product", "wand-sold-out", "blocks[2].product: the product is sold out"),
            ("/blocks/3/products/0", "wand-sold-out", "blocks[3].products[0]: the product is sold out"),
            ("/blocks/4/products/0", "wand-1", "blocks[4].products[0]: the product is not reduced"),
        ];
        for (pointer, id, expected) in cases {
            check_changed(|plan| *plan.pointer_mut(pointer).unwrap() = json!(id), expected);
        }
    }

    #[test]
    fn a_heading_is_true_of_its_products() {
        let what = |claim: &str| format!("says that the products {claim}, which is not true");
        let cases = [
            ("/blocks/0/headline", "On sale", "blocks[0].headline", "are reduced"),
            ("/blocks/1/heading", "Best sellers", "blocks[1].heading", "are the shop's best sellers"),
            ("/blocks/1/heading", "Hats", "blocks[1].heading", "are of the category \"Hats\""),
            ("/blocks/2/heading", "Just in", "blocks[2].heading", "are new"),
            ("/blocks/3/heading", "Reduced", "blocks[3].heading", "are reduced"),
            ("/blocks/4/heading", "Popular", "blocks[4].heading", "are the shop's best sellers"),
        ];
        for (pointer, heading, path, claim) in cases {
            let expected = format!("{path}: {}", what(claim));
            check_changed(|plan| *plan.pointer_mut(pointer).unwrap() = json!(heading), &expected);
        }
        let lowest =
            format!("blocks[1].heading: {}", what("are the shop's lowest prices, from the lowest up"));
        let heading = "From the lowest price up";
        check_changed(|plan| plan["blocks"][1]["heading"] = json!(heading), &lowest);
        let filled_in = "blocks[7].heading: says that the products are reduced, which cannot be known before \
                         they are filled in";
        check_changed(|plan| plan["blocks"][7]["heading"] = json!("Your discounts"), filled_in);
    }

    #[test]
    fn the_title_is_true_of_the_page_as_a_whole() {
        let what = |claim: &str| format!("title: says that the products {claim}, which is not true");
        for (title, claim) in [
            ("Summer sale", "are reduced"),
            ("Hats", "are of the category \"Hats\""),
            ("New arrivals", "are new"),
            ("From the lowest price up", "are the shop's lowest prices, from the lowest up"),
        ] {
            check_changed(|plan| plan["title"] = json!(title), &what(claim));
        }
        let reduced = ["wand-3", "potion-2"];
        let plan = json!({ "title": "Summer sale", "blocks": [
            { "type": "hero", "headline": "Half price", "text": "By the fire", "product": "potion-2" },
            { "type": "grid", "heading": "Look around", "products": reduced },
            { "type": "recently_viewed", "heading": "Seen before" },
        ]});
        assert!(check(serde_json::from_value(plan).unwrap(), &storefront()).is_ok());
    }

    #[test]
    fn a_headline_without_a_product_is_true_of_the_page_as_a_whole() {
        let unproven = |plan: &mut Value| {
            plan["blocks"][0]["product"] = json!(null);
            plan["blocks"][0]["headline"] = json!("Everything on sale");
        };
        let expected = "blocks[0].headline: says that the products are reduced, which is not true";
        check_changed(unproven, expected);
    }

    #[test]
    fn a_grid_may_show_sold_out_products() {
        let mut plan = every_block();
        let Block::Grid(Grid { products, .. }) = &mut plan.blocks[1] else { panic!("a grid is second") };
        products[0] = "wand-sold-out".to_owned();
        assert!(check(plan, &storefront()).is_ok());
    }

    #[test]
    fn lists_have_their_lengths() {
        let ids = |count: usize| json!(vec!["wand-1"; count]);
        let cases = [
            ("/blocks/1/products", ids(1), "blocks[1].products: has 1 items, 2 to 12 are allowed"),
            ("/blocks/1/products", ids(13), "blocks[1].products: has 13 items, 2 to 12 are allowed"),
            ("/blocks/3/products", ids(5), "blocks[3].products: has 5 items, 2 to 4 are allowed"),
            ("/blocks/4/products", ids(0), "blocks[4].products: has 0 items, 1 to 8 are allowed"),
            ("/blocks/5/terms", ids(7), "blocks[5].terms: has 7 items, 0 to 6 are allowed"),
            ("/blocks/5/terms", json!(["oak", "oak"]), "blocks[5].terms[1]: is in the list already"),
            ("/blocks", json!([]), "blocks: has 0 items, 3 to 10 are allowed"),
        ];
        for (pointer, list, expected) in cases {
            check_changed(|plan| *plan.pointer_mut(pointer).unwrap() = list, expected);
        }
    }

    #[test]
    fn every_text_is_judged_by_its_own_limit() {
        let cases = [
            ("/title", "title", limits::TITLE_CHARS_MAX),
            ("/blocks/0/headline", "blocks[0].headline", hero::HEADLINE_CHARS_MAX),
            ("/blocks/0/text", "blocks[0].text", TEXT_CHARS_MAX),
            ("/blocks/1/heading", "blocks[1].heading", HEADING_CHARS_MAX),
            ("/blocks/2/heading", "blocks[2].heading", HEADING_CHARS_MAX),
            ("/blocks/2/text", "blocks[2].text", TEXT_CHARS_MAX),
            ("/blocks/3/heading", "blocks[3].heading", HEADING_CHARS_MAX),
            ("/blocks/3/text", "blocks[3].text", TEXT_CHARS_MAX),
            ("/blocks/4/heading", "blocks[4].heading", HEADING_CHARS_MAX),
            ("/blocks/5/heading", "blocks[5].heading", HEADING_CHARS_MAX),
            ("/blocks/5/terms/0", "blocks[5].terms[0]", search::TERM_CHARS_MAX),
            ("/blocks/6/heading", "blocks[6].heading", HEADING_CHARS_MAX),
            ("/blocks/6/text", "blocks[6].text", story::TEXT_CHARS_MAX),
            ("/blocks/7/heading", "blocks[7].heading", HEADING_CHARS_MAX),
        ];
        for (pointer, path, chars_max) in cases {
            let chars = chars_max + 1;
            let too_long = format!("{path}: has {chars} characters, {chars_max} are allowed");
            check_changed(|plan| *plan.pointer_mut(pointer).unwrap() = json!("é".repeat(chars)), &too_long);
            let marked_up = format!("{path}: holds markup; plain text only (markup)");
            check_changed(|plan| *plan.pointer_mut(pointer).unwrap() = json!("<b>x</b>"), &marked_up);
            let banned = format!("{path}: uses the banned word \"cursed\"");
            check_changed(|plan| *plan.pointer_mut(pointer).unwrap() = json!("A Cursed wand"), &banned);
        }
    }

    #[test]
    fn a_page_opens_with_its_only_hero() {
        let swap = |plan: &mut Value| plan["blocks"].as_array_mut().unwrap().swap(0, 1);
        check_changed(swap, "blocks[0]: the first block is not a hero");
        let double = |plan: &mut Value| plan["blocks"][2] = plan["blocks"][0].clone();
        check_changed(double, "blocks[2]: there is a hero before this one");
    }

    #[test]
    fn some_blocks_are_there_at_most_once() {
        for (index, name) in [(4, "deals"), (5, "search"), (7, "recently_viewed"), (8, "reassurance")] {
            let expected = format!("blocks[9]: there is a {name} before this one");
            let again = |plan: &mut Value| {
                let block = plan["blocks"][index].clone();
                plan["blocks"].as_array_mut().unwrap().push(block);
            };
            check_changed(again, &expected);
        }
    }

    #[test]
    fn a_page_shows_products_if_there_are_any() {
        let story = json!({ "type": "story", "heading": "Later", "text": "Come back" });
        check_changed(|plan| plan["blocks"][1] = story, "blocks: there is no grid");
    }

    #[test]
    fn a_shop_without_products_can_have_a_page() {
        let plan = json!({ "title": "x", "blocks": [
            { "type": "hero", "headline": "Dusk", "text": "By the fire", "product": null },
            { "type": "story", "heading": "Later", "text": "Come back" },
            { "type": "search", "heading": "Find yours", "terms": [] },
        ]});
        let empty = Storefront::new("s", merchant(), crate::Assortment::new("EUR".to_owned(), Vec::new()));
        let plan: Plan = serde_json::from_value(plan).unwrap();
        assert!(check(plan.clone(), &empty).is_ok());
        let problems = check(Plan { title: "Summer sale".to_owned(), ..plan }, &empty).unwrap_err();
        assert_eq!(problems[0].path, "title");
    }

    #[test]
    fn a_plan_with_many_problems_gets_a_short_list() {
        let block = Block::Grid(Grid { heading: "<".repeat(1000), products: vec!["<".repeat(1000); 1000] });
        let plan = Plan { title: "<".repeat(1000), blocks: vec![block; 1000] };
        let problems = check(plan, &storefront()).unwrap_err();
        assert_eq!(problems.len(), PROBLEMS_MAX);
        assert!(problems.iter().all(|problem| problem.to_string().len() < 200));
    }

    #[test]
    fn the_name_of_the_shop_is_always_allowed() {
        let odd = ShopSettings { name: "Cursed $".to_owned(), ..merchant() };
        let storefront = Storefront::new("s", odd, assortment());
        assert!(check(Plan { title: "Cursed $".to_owned(), ..every_block() }, &storefront).is_ok());
    }
}
