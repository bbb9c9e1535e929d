//! Makes a page of a draft: replaces or leaves out what the check refuses, and lets the local planner supply what is
//! missing.
//!
//! A page counts as the model's only if at least half of its blocks are, and of each of these at least half of its copy: of
//! the blocks that a home page has in any case, because those that are filled in may turn out empty, and have little copy of
//! their own. The planned part of other pages has hardly any others, so all count there.

use std::collections::BTreeMap;

use page::blocks::{Block, Grid, Occurrence, grid};
use serde_json::Value;

use crate::across::{copy_of, left_for_lists};
use crate::check::{CHECKED_FIELDS, Checked, Problem, check};
use crate::draft::Draft;
use crate::mended::{Mend, Mended};
use crate::pins;
use crate::plan::{Plan, limits};
use crate::storefront::Storefront;

/// The most changes of a plan. Each removes or replaces something, or adds one of the local planner's blocks.
const CHANGES_MAX: usize = 100;

/// A page that was made of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// The plan.
    pub plan: Checked,
    /// The repairs, by code.
    pub mended: Mended,
    /// What the check refused in the model's part.
    pub refused: Vec<Problem>,
    /// The number of the page's blocks that are the model's, and of all that count.
    pub share: (usize, usize),
}

/// Why no page could be made that is the model's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// What the check refused in the model's part; may be empty.
    pub refused: Vec<Problem>,
    /// The number of the page's blocks that are the model's, and of all that count.
    pub share: (usize, usize),
}

/// Makes a page of a draft. `local` is the local planner's plan of the same page.
pub fn salvage(draft: Draft, local: &Plan, storefront: &Storefront) -> Result<Salvaged, Unusable> {
    let Draft { title, blocks, mended, .. } = draft;
    let has_hero = blocks.first().is_some_and(|block| block.rules().occurrence == Occurrence::First);
    let given_at = |at: usize| at.saturating_sub(usize::from(has_hero));
    let mut page = Page {
        title: title.clone().unwrap_or_else(|| local.title.clone()),
        parts: blocks
            .into_iter()
            .enumerate()
            .map(|(at, block)| Part { block, given_at: Some(given_at(at)), replaced: BTreeMap::new() })
            .collect(),
        spare: local.blocks.clone(),
        local,
        storefront,
        mended,
        refused: Vec::new(),
    };
    page.mended.extend(title.is_none().then_some(Mend::Title));
    let plan = page.mend();
    let (share, refused) = (page.share(), page.refused);
    match plan {
        Some(plan) if share.0 * 2 >= share.1 && share.0 > 0 => {
            Ok(Salvaged { plan, mended: page.mended, refused, share })
        }
        _ => Err(Unusable { refused, share }),
    }
}

/// A block of the page.
struct Part {
    block: Block,
    /// Its place in the model's list, from which the hero is apart; `None` if it is the local planner's.
    given_at: Option<usize>,
    /// How many replacements were tried of each text of the model that the check refused, by field.
    replaced: BTreeMap<String, usize>,
}

impl Part {
    /// Returns a block of the local planner as a part.
    fn local(block: Block) -> Self {
        Self { block, given_at: None, replaced: BTreeMap::new() }
    }

    /// Returns whether the block, and at least half of its copy, is the model's.
    fn is_models(&self) -> bool {
        self.given_at.is_some() && 2 * self.replaced.len() <= copy_of(&self.block).len()
    }

    /// Returns a problem of a field, with the block's place as the model knows it.
    fn problem(&self, given_at: usize, field: &str, what: &str) -> Problem {
        let is_hero = self.block.rules().occurrence == Occurrence::First;
        let place = if is_hero { self.block.name().to_owned() } else { format!("blocks[{given_at}]") };
        Problem { path: place + field, what: what.to_owned() }
    }
}

struct Page<'a> {
    title: String,
    parts: Vec<Part>,
    /// Blocks of the local planner that are not on the page.
    spare: Vec<Block>,
    local: &'a Plan,
    storefront: &'a Storefront,
    mended: Mended,
    refused: Vec<Problem>,
}

impl Page<'_> {
    /// Mends the page until the check accepts it; `None` if that fails.
    fn mend(&mut self) -> Option<Checked> {
        self.place_pins();
        for _ in 0..CHANGES_MAX {
            self.fill_up();
            let blocks = self.parts.iter().map(|part| part.block.clone()).collect();
            match check(Plan { title: self.title.clone(), blocks }, self.storefront) {
                Ok(plan) => return Some(plan),
                Err(problems) => self.resolve(problems.first()?)?,
            }
        }
        None
    }

    /// Puts pinned products first where they can be without a word's becoming untrue.
    fn place_pins(&mut self) {
        let blocks = self.parts.iter().map(|part| part.block.clone()).collect();
        for (part, block) in self.parts.iter_mut().zip(pins::placed(blocks, self.storefront)) {
            part.block = block;
        }
    }

    /// Adds blocks of the local planner until a home page has an opening, a grid and enough blocks.
    fn fill_up(&mut self) {
        if self.storefront.page.has_subject() {
            return;
        }
        if self.parts.first().is_none_or(|part| part.block.rules().occurrence != Occurrence::First) {
            self.add(|block| block.rules().occurrence == Occurrence::First, 0);
        }
        if !self.parts.iter().any(|part| matches!(part.block, Block::Grid(_))) {
            self.make_room();
            self.add_grid();
        }
        while self.counted().count() < limits::BLOCKS_MIN && self.add(counts, self.parts.len()) {}
    }

    /// Adds a grid of the products that no block shows alone, if there are enough: the local planner's, without the
    /// others; or if that is too short, one with no more to say than the shop's name.
    fn add_grid(&mut self) {
        let blocks: Vec<_> = self.parts.iter().map(|part| &part.block).collect();
        let left: Vec<_> = left_for_lists(&blocks, &self.storefront.assortment)
            .into_iter()
            .map(|product| product.id.clone())
            .collect();
        if left.len() < grid::PRODUCTS_MIN {
            return;
        }
        let spare = self.spare.iter().position(|block| matches!(block, Block::Grid(_)));
        let of_planner = spare.map(|at| self.spare.remove(at)).and_then(|block| match block {
            Block::Grid(grid) => Some(grid),
            _ => None,
        });
        let shortened = of_planner.map(|mut grid| {
            grid.products.retain(|id| left.contains(id));
            grid
        });
        let grid =
            shortened.filter(|grid| grid.products.len() >= grid::PRODUCTS_MIN).unwrap_or_else(|| Grid {
                heading: self.storefront.voice.name().to_owned(),
                products: left.into_iter().take(grid::PRODUCTS_MAX).collect(),
            });
        self.parts.insert(1.min(self.parts.len()), Part::local(Block::Grid(grid)));
        self.mended.insert(Mend::Filled);
    }

    /// Drops the last block of a page that is full.
    fn make_room(&mut self) {
        self.parts.truncate(limits::BLOCKS_MAX - 1);
    }

    /// Adds the local planner's first spare block that `fits`, if the page may have another of its kind. Returns whether
    /// there was one.
    fn add(&mut self, fits: impl Fn(&Block) -> bool, at: usize) -> bool {
        let may_be_added = |block: &Block| {
            let is_single = matches!(block.rules().occurrence, Occurrence::First | Occurrence::AtMostOnce);
            let is_there = self.parts.iter().any(|part| part.block.name() == block.name());
            fits(block) && !(is_single && is_there)
        };
        let Some(spare) = self.spare.iter().position(may_be_added) else { return false };
        let block = self.spare.remove(spare);
        self.parts.insert(at.min(self.parts.len()), Part::local(block));
        self.mended.insert(Mend::Filled);
        true
    }

    /// Removes or replaces what a problem is about: an item of a list, a text, or a block. Returns `None` if that is not
    /// possible.
    fn resolve(&mut self, problem: &Problem) -> Option<()> {
        if problem.path == "title" {
            return self.replace_title(problem);
        }
        if problem.path == "blocks" && self.parts.len() > *self.storefront.block_count().end() {
            self.parts.pop();
            return Some(());
        }
        let (at, rest) = place(&problem.path)?;
        let part = self.parts.get_mut(at)?;
        if let Some(given_at) = part.given_at {
            self.refused.push(part.problem(given_at, rest, &problem.what));
            self.mended.insert(Mend::Block);
        }
        if let Some(block) = without_item(&part.block, rest) {
            part.block = block;
        } else if !self.replace_copy(at, rest) {
            self.parts.remove(at);
        }
        Some(())
    }

    /// Replaces a refused text in a block of the model by one of the local planner's for the same place, or a heading by
    /// the shop's name. Each refusal takes the next one. Returns whether there was one. A block that would have no text of
    /// the model left gets no replacement.
    fn replace_copy(&mut self, at: usize, path: &str) -> bool {
        let (Some(part), Some(field)) = (self.parts.get(at), path.strip_prefix('.')) else { return false };
        let copy = copy_of(&part.block);
        if part.given_at.is_none() || !copy.iter().any(|(name, _)| name == field) {
            return false;
        }
        let of_kind = self.local.blocks.iter().filter(|block| block.name() == part.block.name());
        let of_planner = of_kind.flat_map(copy_of).filter(|(name, _)| name == field).map(|(_, text)| text);
        let of_planner = of_planner.filter(|text| !self.describes_another(text, &part.block));
        let name = CHECKED_FIELDS.contains(&field).then(|| self.storefront.voice.name().to_owned());
        let tried = part.replaced.get(field).copied().unwrap_or_default();
        let others = part.replaced.keys().filter(|name| *name != field).count();
        let is_bare = part.block.products().is_empty() && others + 1 == copy.len();
        let replacement = of_planner
            .chain(self.description(&part.block, field))
            .chain(name)
            .nth(tried)
            .filter(|_| !is_bare);
        let Some(block) = replacement.and_then(|text| with_text(&part.block, field, text)) else {
            return false;
        };
        let part = &mut self.parts[at];
        part.block = block;
        part.replaced.insert(field.to_owned(), tried + 1);
        true
    }

    /// Returns whether a text is the description of a product that the block does not show.
    fn describes_another(&self, text: &str, block: &Block) -> bool {
        let mut described =
            self.storefront.assortment.offered().filter(|product| product.description == text).peekable();
        described.peek().is_some() && described.all(|product| !block.products().contains(&product.id))
    }

    /// Returns the description of the only product of a block, for its text.
    fn description(&self, block: &Block, field: &str) -> Option<String> {
        let [id] = block.products() else { return None };
        let product = self.storefront.assortment.get(id).filter(|_| field == "text")?;
        Some(product.description.clone())
    }

    /// Replaces the title by the local planner's, or that by the shop's name.
    fn replace_title(&mut self, problem: &Problem) -> Option<()> {
        let titles = [self.local.title.as_str(), self.storefront.voice.name()];
        let next = match titles.iter().position(|title| *title == self.title) {
            None => titles[0],
            Some(0) if titles[0] != titles[1] => titles[1],
            Some(_) => return None,
        };
        self.refused.push(problem.clone());
        self.mended.insert(Mend::Title);
        next.clone_into(&mut self.title);
        Some(())
    }

    fn counted(&self) -> impl Iterator<Item = &Part> {
        let all_count = self.storefront.page.has_subject();
        self.parts.iter().filter(move |part| all_count || counts(&part.block))
    }

    fn share(&self) -> (usize, usize) {
        (self.counted().filter(|part| part.is_models()).count(), self.counted().count())
    }
}

/// Returns whether a block counts as one that the page has in any case.
fn counts(block: &Block) -> bool {
    block.rules().filled_in_if.is_none()
}

/// Returns the number of the block and the rest of a path such as `blocks[2].products[0]`.
fn place(path: &str) -> Option<(usize, &str)> {
    let (number, rest) = path.strip_prefix("blocks[")?.split_once(']')?;
    Some((number.parse().ok()?, rest))
}

/// Returns a block without the item of a list at a path such as `.products[0]`; `None` if it is no such path.
fn without_item(block: &Block, path: &str) -> Option<Block> {
    let (list, number) = path.strip_prefix('.')?.strip_suffix(']')?.split_once('[')?;
    let mut value = serde_json::to_value(block).ok()?;
    let Value::Array(items) = &mut value[list] else { return None };
    let at: usize = number.parse().ok().filter(|at| *at < items.len())?;
    items.remove(at);
    serde_json::from_value(value).ok()
}

/// Returns a block with another text in a field.
fn with_text(block: &Block, field: &str, text: String) -> Option<Block> {
    let mut value = serde_json::to_value(block).ok()?;
    *value.get_mut(field)? = Value::String(text);
    serde_json::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{every_block, storefront};
    use crate::planner;
    use model::{Persona, Signals};
    use page::blocks::{Search, Story};
    use proptest::prelude::*;

    fn draft(blocks: Vec<Block>) -> Draft {
        Draft { title: Some("Wands for dusk".into()), blocks, ..Draft::default() }
    }

    fn salvaged(draft: Draft) -> Result<Salvaged, Unusable> {
        let storefront = storefront();
        let local = planner::plan(Persona::Explorer, &Signals::default(), &storefront);
        salvage(draft, &local, &storefront)
    }

    fn story(text: &str) -> Block {
        Block::Story(Story { heading: "By hand".into(), text: text.into() })
    }

    #[test]
    fn a_plan_without_a_flaw_is_not_changed() {
        let salvaged = salvaged(draft(every_block().blocks)).unwrap();
        assert_eq!(salvaged.plan.plan(), &every_block());
        assert_eq!((salvaged.mended, salvaged.refused, salvaged.share), (Mended::new(), vec![], (7, 7)));
    }

    #[test]
    fn a_flawed_block_is_left_out() {
        let mut blocks = every_block().blocks;
        blocks.insert(3, story("<b>Every one of them.</b>"));
        let salvaged = salvaged(draft(blocks)).unwrap();
        assert_eq!(salvaged.plan.plan(), &every_block());
        assert_eq!(salvaged.refused[0].path, "blocks[2].text");
        assert_eq!(salvaged.mended, [Mend::Block].into());
    }

    /// The products of a block are worth more than one sentence beside them.
    #[test]
    fn a_flawed_text_is_replaced_and_the_rest_of_its_block_stays() {
        let mut blocks = every_block().blocks;
        let Block::Spotlight(spotlight) = &mut blocks[2] else { panic!("a spotlight") };
        spotlight.text = "Only $5 until midnight.".into();
        let product = spotlight.product.clone();
        let Block::Grid(grid) = &mut blocks[1] else { panic!("a grid") };
        grid.heading = "Free gift with each".into();
        let products = grid.products.clone();
        let salvaged = salvaged(draft(blocks)).unwrap();
        let blocks = &salvaged.plan.plan().blocks;
        let (Block::Grid(grid), Block::Spotlight(spotlight)) = (&blocks[1], &blocks[2]) else {
            panic!("{blocks:?}")
        };
        assert_eq!((&grid.products, &spotlight.product), (&products, &product));
        assert!(!grid.heading.contains("gift") && !spotlight.text.contains('$'), "{blocks:?}");
        assert_eq!(salvaged.share, (6, 7), "a block without copy of its own is not the model's");
        let paths: Vec<_> = salvaged.refused.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["blocks[0].heading", "blocks[1].text"]);
        assert_eq!(salvaged.mended, [Mend::Block].into());
    }

    #[test]
    fn a_text_is_never_replaced_by_the_description_of_another_product() {
        let mut products = crate::fakes::products();
        for product in &mut products {
            let is_spotlit = product.id == "wand-2";
            product.description = if is_spotlit { "Birch, oiled." } else { "Oak, waxed." }.to_owned();
        }
        let assortment = crate::assortment::Assortment::new("EUR".to_owned(), products);
        let shop = Storefront::new("s", crate::fakes::merchant(), assortment);
        let mut plan = every_block();
        let Block::Spotlight(spotlight) = &mut plan.blocks[2] else { panic!("a spotlight") };
        spotlight.text = "Only $5 until midnight.".into();
        let local = Plan {
            blocks: vec![Block::Spotlight(page::blocks::Spotlight {
                heading: "Product hat-1".into(),
                text: "Oak, waxed.".into(),
                product: "hat-1".into(),
            })],
            ..plan.clone()
        };
        let salvaged = salvage(draft(plan.blocks), &local, &shop).unwrap();
        let Block::Spotlight(spotlight) = &salvaged.plan.plan().blocks[2] else { panic!("a spotlight") };
        assert_eq!((spotlight.product.as_str(), spotlight.text.as_str()), ("wand-2", "Birch, oiled."));
    }

    #[test]
    fn a_flawed_item_is_left_out_of_its_list() {
        let mut blocks = every_block().blocks;
        let Block::Search(Search { terms, .. }) = &mut blocks[5] else { panic!("a search") };
        terms.insert(0, "50% off".into());
        let Block::Grid(Grid { products, .. }) = &mut blocks[1] else { panic!("a grid") };
        products.push("gone".into());
        let salvaged = salvaged(draft(blocks)).unwrap();
        assert_eq!(salvaged.plan.plan(), &every_block());
        assert_eq!(salvaged.refused.len(), 2);
    }

    #[test]
    fn a_flawed_title_becomes_the_local_planners() {
        for title in [Some("Only $5".to_owned()), None] {
            let salvaged = salvaged(Draft { title, ..draft(every_block().blocks) }).unwrap();
            assert_eq!(salvaged.plan.plan().title, "Magic Wands");
            assert_eq!(salvaged.mended, [Mend::Title].into());
        }
    }

    #[test]
    fn a_page_without_hero_or_grid_gets_the_local_planners() {
        let salvaged = salvaged(draft(every_block().blocks.split_off(2))).unwrap();
        let names: Vec<_> = salvaged.plan.plan().blocks.iter().map(Block::name).collect();
        assert_eq!(names[..3], ["hero", "grid", "spotlight"]);
        assert_eq!((salvaged.share, salvaged.mended), ((5, 7), [Mend::Filled].into()));
    }

    #[test]
    fn a_page_of_which_less_than_half_is_the_models_is_not_the_models() {
        let two = salvaged(draft(vec![story("One."), every_block().blocks[1].clone()])).unwrap();
        assert_eq!(two.share, (2, 3));
        assert_eq!(salvaged(draft(vec![story("One.")])).unwrap_err().share, (1, 3));
        let filled_in = every_block().blocks.split_off(7);
        assert_eq!(salvaged(draft(filled_in)).unwrap_err().share, (0, 3));
        assert_eq!(salvaged(draft(vec![])).unwrap_err().share, (0, 3));
        let flawed = salvaged(draft(vec![story("$5"), story("$6")])).unwrap_err();
        assert_eq!(flawed.refused.len(), 2);
    }

    proptest! {
        #[test]
        fn any_choice_of_blocks_is_a_page_or_unusable(
            mut choice in prop::collection::vec(prop::sample::select(every_block().blocks), 0..14),
            title in ".{0,90}",
        ) {
            choice.sort_by_key(|block| block.name() != "hero");
            let models = choice.iter().filter(|block| counts(block)).count();
            match salvaged(Draft { title: Some(title), ..draft(choice) }) {
                Ok(salvaged) => {
                    let (kept, of) = salvaged.share;
                    prop_assert!(kept * 2 >= of && of >= limits::BLOCKS_MIN && kept <= models);
                }
                Err(unusable) => prop_assert!(unusable.share.0 * 2 < unusable.share.1.max(1)),
            }
        }
    }
}
