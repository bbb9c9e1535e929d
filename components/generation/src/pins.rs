//! Pinned products: a merchant wants them to be seen first.
//!
//! A home page shows one in its opening or its first list. Nothing that a page says becomes untrue by it: a list whose
//! heading would be false with a pinned product does without it, and then the opening shows one.

use model::catalog::{CatalogError, Curation};
use model::{Market, ShopId};
use page::blocks::{Block, Grid, Stock as _, grid};

use crate::assortment::Assortment;
use crate::capabilities::Catalog;
use crate::storefront::Storefront;

/// Returns products with those that the merchant pins and that the catalog does not list, as of a large shop.
pub fn with_pins(
    catalog: &impl Catalog,
    shop: &ShopId,
    market: &Market,
    curation: &Curation,
    mut products: Assortment,
) -> Result<Assortment, CatalogError> {
    let missing = curation.missing(products.common());
    if !missing.is_empty() {
        products.add(catalog.by_name(shop, market, &missing)?);
    }
    Ok(products)
}

/// Returns whether a page shows a pinned product first, in its opening or its first list; also if nothing is pinned, or the
/// page has a subject, which its planned part follows.
pub fn are_first(blocks: &[Block], storefront: &Storefront) -> bool {
    if storefront.page.has_subject() || storefront.assortment.pinned().next().is_none() {
        return true;
    }
    let first = blocks.first().into_iter().chain(first_list(blocks).map(|at| &blocks[at]));
    first.flat_map(Block::products).any(|id| storefront.assortment.is_pinned(id))
}

/// Returns the blocks with the pinned products at the beginning of the first list, if no pinned product is first. Blocks stay
/// as they are if the first list does not show products side by side, or if its heading would become untrue.
pub fn placed(mut blocks: Vec<Block>, storefront: &Storefront) -> Vec<Block> {
    if are_first(&blocks, storefront) {
        return blocks;
    }
    let Some(at) = first_list(&blocks) else { return blocks };
    let shown: Vec<String> = others(&blocks, at).flat_map(Block::products).cloned().collect();
    let pinned = storefront.assortment.pinned().map(|product| product.id.clone());
    let pinned: Vec<_> = pinned.filter(|id| !shown.contains(id)).collect();
    if let Block::Grid(Grid { heading, products }) = &mut blocks[at] {
        let others = products.iter().filter(|id| !pinned.contains(id)).cloned();
        let with_pins: Vec<_> = pinned.iter().cloned().chain(others).take(grid::PRODUCTS_MAX).collect();
        if storefront.is_true(heading, &with_pins) {
            *products = with_pins;
        }
    }
    blocks
}

/// Returns the place of the first block after the opening that names products.
fn first_list(blocks: &[Block]) -> Option<usize> {
    (1..blocks.len()).find(|at| !blocks[*at].products().is_empty())
}

/// Returns the blocks other than the opening and the one at this place.
fn others(blocks: &[Block], at: usize) -> impl Iterator<Item = &Block> {
    blocks.iter().enumerate().skip(1).filter(move |(other, _)| *other != at).map(|(_, block)| block)
}
