//! Rules about a page as a whole: no product twice, no text twice, few blocks of text alone.
//!
//! The hero may show a product that is also in a list, and recently viewed products are the shopper's own.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use model::catalog::Product;
use page::blocks::{Block, Checker, Demand, Grid, grid};

use crate::assortment::Assortment;
use crate::plan::limits;

/// Two texts are nearly the same if they share at least this part of their pairs of characters (Dice's
/// coefficient), in percent.
const SIMILAR_PERCENT: usize = 85;
/// The shortest text, in characters, that can be nearly the same as another. Shorter ones are the same or not.
const SIMILAR_CHARS_MIN: usize = 10;

/// The pairs of neighbouring characters of a text, sorted.
type Pairs = Vec<(char, char)>;

/// Returns the places where a page breaks a rule, each with what is wrong there. Copy that the shop
/// supplied may be repeated.
pub fn problems(blocks: &[Block], is_supplied: &dyn Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut problems = repeated_products(blocks);
    problems.extend(repeated_copy(blocks, is_supplied));
    let texts = blocks.iter().enumerate().filter(|(_, block)| is_text_only(block));
    problems.extend(texts.skip(limits::TEXT_BLOCKS_MAX).map(|(index, _)| {
        (format!("blocks[{index}]"), format!("at most {} blocks are text only", limits::TEXT_BLOCKS_MAX))
    }));
    problems
}

/// Returns the blocks without what breaks a rule: products are left out of lists where another block shows them,
/// and later blocks that repeat copy, or are one text too many, are left out.
pub fn mended(mut blocks: Vec<Block>, is_supplied: &dyn Fn(&str) -> bool) -> Vec<Block> {
    let mut shown: Vec<String> = shown_alone(&blocks).cloned().collect();
    for block in &mut blocks {
        if let Block::Grid(Grid { products, .. }) = block {
            products.retain(|id| !shown.contains(id));
            shown.extend(products.iter().cloned());
        }
    }
    blocks.retain(|block| !matches!(block, Block::Grid(grid) if grid.products.len() < grid::PRODUCTS_MIN));
    while let Some(at) =
        first_block(&problems(&blocks, is_supplied)).filter(|at| *at > 0 && *at < blocks.len())
    {
        blocks.remove(at);
    }
    blocks
}

/// Returns the joined copy of blocks, without what the shop supplied.
pub fn joined_copy(blocks: &[Block], is_supplied: &dyn Fn(&str) -> bool) -> String {
    let texts = blocks.iter().flat_map(copy_of).map(|(_, text)| text);
    texts.filter(|text| !is_supplied(text)).collect::<Vec<_>>().join(". ")
}

/// Returns the place in the list of the block that a problem is about.
fn first_block(problems: &[(String, String)]) -> Option<usize> {
    let (path, _) = problems.first()?;
    path.strip_prefix("blocks[")?.split(']').next()?.parse().ok()
}

/// Returns the offered products that a list may show, because no block shows them alone.
pub fn left_for_lists<'a>(blocks: &[&Block], assortment: &'a Assortment) -> Vec<&'a Product> {
    let alone: Vec<_> = shown_alone(blocks.iter().copied()).collect();
    assortment.offered().filter(|product| !alone.contains(&&product.id)).collect()
}

/// Returns the ids of products that lists do without, because another block shows them.
fn shown_alone<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> impl Iterator<Item = &'a String> {
    blocks.into_iter().filter(|block| stands_alone(block)).flat_map(Block::products)
}

/// Returns whether the products of a block belong together or have copy of their own, so that none is left out.
fn stands_alone(block: &Block) -> bool {
    !matches!(block, Block::Hero(_) | Block::Grid(_))
}

fn is_text_only(block: &Block) -> bool {
    matches!(block, Block::Story(_))
}

/// Returns the repeats of products outside the hero. Of a list and a block whose products stand alone, the list is to
/// do without the product; of two of a kind, the later one.
fn repeated_products(blocks: &[Block]) -> Vec<(String, String)> {
    let outside_hero = blocks.iter().enumerate().filter(|(_, block)| !matches!(block, Block::Hero(_)));
    let (alone, lists): (Vec<_>, Vec<_>) = outside_hero.partition(|(_, block)| stands_alone(block));
    let mut shown = BTreeMap::new();
    let mut problems = Vec::new();
    for (index, block) in alone.into_iter().chain(lists) {
        for (place, id) in block.products().iter().enumerate() {
            let first = *shown.entry(id).or_insert(index);
            if first != index {
                let field = if matches!(block, Block::Spotlight(_) | Block::ImageWithText(_)) {
                    "product".to_owned()
                } else {
                    format!("products[{place}]")
                };
                problems.push((
                    format!("blocks[{index}].{field}"),
                    format!("blocks[{first}] shows the product already"),
                ));
            }
        }
    }
    problems
}

fn repeated_copy(blocks: &[Block], is_supplied: &dyn Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut known: Vec<(usize, Pairs, String)> = Vec::new();
    let mut problems = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        for (field, text) in copy_of(block).into_iter().filter(|(_, text)| !is_supplied(text)) {
            let words = claims::words(&text).concat();
            let pairs = pairs(&words);
            let twin = known
                .iter()
                .find(|(other, of, said)| *other != index && (*said == words || is_similar(of, &pairs)));
            if let Some((other, ..)) = twin {
                let what = format!("says the same as blocks[{other}]; say something else");
                problems.push((format!("blocks[{index}].{field}"), what));
            }
            known.push((index, pairs, words));
        }
    }
    problems
}

/// Returns the pairs of neighbouring characters, sorted.
fn pairs(text: &str) -> Pairs {
    let mut pairs: Vec<_> = text.chars().zip(text.chars().skip(1)).collect();
    pairs.sort_unstable();
    pairs
}

fn is_similar(left: &[(char, char)], right: &[(char, char)]) -> bool {
    let (mut at, mut common) = (0, 0);
    for pair in left {
        at += right[at..].iter().take_while(|other| *other < pair).count();
        if right.get(at) == Some(pair) {
            common += 1;
            at += 1;
        }
    }
    let long = left.len().min(right.len()) + 1 >= SIMILAR_CHARS_MIN;
    long && 200 * common >= SIMILAR_PERCENT * (left.len() + right.len())
}

/// Returns the copy of a block, each text with its field.
pub(crate) fn copy_of(block: &Block) -> Vec<(String, String)> {
    let mut copies = Copies(Vec::new());
    block.check(&mut copies);
    copies.0
}

/// Collects the copy of a block instead of checking it.
struct Copies(Vec<(String, String)>);

impl Checker for Copies {
    fn copy(&mut self, field: &str, text: &str, _: usize) {
        self.0.push((field.to_owned(), text.to_owned()));
    }

    fn terms(&mut self, _: &[String], _: usize, _: usize) {}
    fn product(&mut self, _: &str, _: Demand) {}
    fn products(&mut self, _: &[String], _: RangeInclusive<usize>, _: Demand) {}
    fn true_of(&mut self, _: &str, _: &str, _: &[String]) {}
    fn true_of_page(&mut self, _: &str, _: &str) {}
    fn no_claim(&mut self, _: &str, _: &str) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::every_block;
    use page::blocks::Story;

    fn is_name(text: &str) -> bool {
        text == "Magic Wands"
    }

    fn story(heading: &str, text: &str) -> Block {
        Block::Story(Story { heading: heading.to_owned(), text: text.to_owned() })
    }

    fn grid(heading: &str, ids: &[&str]) -> Block {
        let products = ids.iter().map(|id| (*id).to_owned()).collect();
        Block::Grid(Grid { heading: heading.to_owned(), products })
    }

    #[track_caller]
    fn check(more: Vec<Block>, expected: &[&str]) {
        let blocks = [every_block().blocks, more].concat();
        let found: Vec<_> = problems(&blocks, &is_name).into_iter().map(|(path, _)| path).collect();
        assert_eq!(found, expected);
        assert_eq!(problems(&mended(blocks, &is_name), &is_name), []);
    }

    #[test]
    fn a_product_is_shown_once_outside_the_hero() {
        check(vec![], &[]);
        check(vec![grid("More", &["wand-1", "wand-4"])], &["blocks[9].products[0]"]);
        check(vec![grid("More", &["wand-3", "wand-4"])], &["blocks[9].products[0]"]);
    }

    #[test]
    fn no_two_blocks_say_the_same() {
        check(vec![story("FIND YOURS!", "An hour by the fire")], &["blocks[9].heading"]);
        check(
            vec![story("One", "Every one of them"), story("Two", "An hour by the fire")],
            &["blocks[9].text", "blocks[10]"],
        );
        let nearly = story("Why", "Bring a little light to the long evening walk.");
        let again = story("Where", "Bring a little light to the long evening walks!");
        assert_eq!(problems(&[nearly, again], &is_name).len(), 1);
        let named = [story("Magic Wands", "Tea"), story("Magic Wands", "Tin")];
        assert_eq!(problems(&named, &is_name), [], "a name says nothing");
    }

    #[test]
    fn a_third_block_of_text_is_one_too_many() {
        check(vec![story("One", "Look around"), story("Two", "An hour by the fire")], &["blocks[10]"]);
    }
}
