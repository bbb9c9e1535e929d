//! Turns a plan into a page: replaces ids by products, and fills in the content that only the shop or the shopper
//! can supply.
//!
//! Binding trusts a checked plan, but cannot fail even if the plan does not fit: unknown products and empty blocks
//! are left out.

use model::ShopId;
use page::{Block, Document, Page, Shop};

use crate::check::Checked;
use crate::plan;
use crate::storefront::{Signals, Storefront};

/// The largest number of recently viewed products on a page.
const RECENT_MAX: usize = 8;
/// The largest number of the merchant's promises on a page.
const PROMISES_MAX: usize = 4;

/// Renders the page of a plan as an HTML document.
pub fn render(plan: &Checked, shop: &ShopId, signals: &Signals, storefront: &Storefront) -> Document {
    page::render(&bind(plan, &shop_of(shop, storefront), signals, storefront))
}

fn shop_of(id: &ShopId, storefront: &Storefront) -> Shop {
    let Storefront { merchant, assortment, .. } = storefront;
    Shop {
        id: id.to_string(),
        name: merchant.name.clone(),
        url: merchant.url.clone(),
        language: merchant.language.clone(),
        currency: assortment.currency().to_owned(),
        money_format: assortment.money_format().to_owned(),
        accent: merchant.accent.clone(),
        surface: merchant.surface.clone(),
    }
}

fn bind<'a>(plan: &'a Checked, shop: &'a Shop, signals: &'a Signals, storefront: &'a Storefront) -> Page<'a> {
    let plan = plan.plan();
    let blocks = plan.blocks.iter().filter_map(|block| bind_block(block, signals, storefront)).collect();
    Page { shop, title: &plan.title, blocks, generated: true }
}

fn bind_block<'a>(
    block: &'a plan::Block,
    signals: &'a Signals,
    storefront: &'a Storefront,
) -> Option<Block<'a>> {
    let assortment = &storefront.assortment;
    let bound = match block {
        plan::Block::Hero { headline, text, product } => {
            let product = product.as_deref().and_then(|id| assortment.get(id));
            Block::Hero { headline, text, product }
        }
        plan::Block::Grid { heading, products } => {
            Block::Grid { heading, products: assortment.resolve(products).collect() }
        }
        plan::Block::Spotlight { heading, text, product } => {
            Block::Spotlight { heading, text, product: assortment.get(product)? }
        }
        plan::Block::Bundle { heading, text, products } => {
            Block::Bundle { heading, text, products: assortment.resolve(products).collect() }
        }
        plan::Block::Deals { heading, products } => {
            Block::Deals { heading, products: assortment.resolve(products).collect() }
        }
        plan::Block::Search { heading, terms } => {
            Block::Search { heading, terms: terms.iter().map(String::as_str).collect() }
        }
        plan::Block::Story { heading, text } => Block::Story { heading, text },
        plan::Block::RecentlyViewed { heading } => {
            let viewed = assortment.resolve(&signals.views).filter(|product| assortment.offers(&product.id));
            Block::RecentlyViewed { heading, products: viewed.take(RECENT_MAX).collect() }
        }
        plan::Block::Reassurance {} => {
            let promises = storefront.merchant.promises.iter().map(String::as_str);
            Block::Reassurance { points: promises.take(PROMISES_MAX).collect() }
        }
    };
    (!is_empty(&bound)).then_some(bound)
}

fn is_empty(block: &Block<'_>) -> bool {
    match block {
        Block::Grid { products, .. }
        | Block::Bundle { products, .. }
        | Block::Deals { products, .. }
        | Block::RecentlyViewed { products, .. } => products.is_empty(),
        Block::Collections { collections, .. } => collections.is_empty(),
        Block::Reassurance { points } => points.is_empty(),
        Block::Hero { .. } | Block::Spotlight { .. } | Block::Search { .. } | Block::Story { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::fakes::{assortment, every_block, merchant, storefront};
    use crate::storefront::Merchant;

    fn bound<T>(signals: &Signals, storefront: &Storefront, see: impl FnOnce(&Page<'_>) -> T) -> T {
        let plan = check(every_block(), storefront).unwrap();
        let shop = shop_of(&ShopId::parse("magic-wands").unwrap(), storefront);
        see(&bind(&plan, &shop, signals, storefront))
    }

    #[test]
    fn products_are_the_catalogs() {
        bound(&Signals::default(), &storefront(), |page| {
            assert!(page.generated);
            assert_eq!((page.title, page.shop.currency.as_str()), ("Wands for dusk", "EUR"));
            let Block::Hero { product: Some(product), .. } = page.blocks[0] else {
                panic!("a hero is first")
            };
            assert_eq!(Some(product), assortment().get("wand-1"));
            let Block::Grid { products, .. } = &page.blocks[1] else { panic!("a grid is second") };
            assert_eq!(products.iter().map(|it| it.price).collect::<Vec<_>>(), [3900, 1900, 900]);
        });
    }

    #[test]
    fn what_the_shopper_saw_and_what_the_merchant_promises_are_filled_in() {
        let views = ["hat-1", "gone", "wand-sold-out", "hat-1"].map(str::to_owned).to_vec();
        bound(&Signals { views, ..Signals::default() }, &storefront(), |page| {
            let [.., Block::RecentlyViewed { products, .. }, Block::Reassurance { points }] =
                &page.blocks[..]
            else {
                panic!("what is filled in is last")
            };
            assert_eq!(products.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["hat-1"]);
            assert_eq!(points, &["Free returns", "Ships today"]);
        });
    }

    #[test]
    fn nothing_seen_and_nothing_promised_is_not_shown() {
        let silent = Merchant { promises: Vec::new(), ..merchant() };
        let storefront = Storefront::new("s", silent, assortment());
        let count = bound(&Signals::default(), &storefront, |page| page.blocks.len());
        assert_eq!(count, every_block().blocks.len() - 2);
    }
}
