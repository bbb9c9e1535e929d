//! Turns a plan into a page: replaces ids by products, and fills in the content that only the shop or the shopper
//! can supply.
//!
//! Binding trusts a checked plan, but cannot fail even if the plan does not fit: unknown products and empty blocks
//! are left out.

use model::{Persona, ShopId, Signals};
use page::{Because, Document, Look, Page, Shop};

use crate::check::Checked;
use crate::plan::Plan;
use crate::storefront::Storefront;

/// Renders the page of a plan as an HTML document.
pub fn render(
    plan: &Checked,
    shop: &ShopId,
    persona: Persona,
    signals: &Signals,
    storefront: &Storefront,
) -> Document {
    render_because(plan, shop, persona, signals, storefront, None)
}

/// Renders the page of a plan as an HTML document, which says at its end why it was chosen.
pub fn render_because(
    plan: &Checked,
    shop: &ShopId,
    persona: Persona,
    signals: &Signals,
    storefront: &Storefront,
    because: Option<&Because>,
) -> Document {
    unchecked(plan.plan(), shop, persona, signals, storefront, because)
}

/// Renders the page of a plan that was checked when it was first rendered. No shopper gets the result.
pub(crate) fn unchecked(
    plan: &Plan,
    shop: &ShopId,
    persona: Persona,
    signals: &Signals,
    storefront: &Storefront,
    because: Option<&Because>,
) -> Document {
    let shop = shop_of(shop, persona, storefront);
    let page = Page { look: storefront.merchant.look_for(persona), ..bind(plan, &shop, signals, storefront) };
    page::render_because(storefront.page, &page, because)
}

fn shop_of(id: &ShopId, persona: Persona, storefront: &Storefront) -> Shop {
    let Storefront { merchant, assortment, .. } = storefront;
    Shop {
        id: id.to_string(),
        settings: merchant.clone().shown_to(Some(persona)),
        currency: assortment.currency().to_owned(),
        money_format: assortment.money_format().to_owned(),
    }
}

fn bind<'a>(plan: &'a Plan, shop: &'a Shop, signals: &'a Signals, storefront: &'a Storefront) -> Page<'a> {
    let given = storefront.given(&signals.views);
    let blocks = plan.blocks.iter().filter_map(|block| block.bind(storefront, &given)).collect();
    Page { shop, title: &plan.title, blocks, generated: true, look: Look::Balanced }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::fakes::{assortment, every_block, merchant, more_blocks, pictured, storefront};
    use model::shop::ShopSettings;
    use page::View;
    use page::blocks::{grid, hero, reassurance, recently_viewed};

    fn bound<T>(signals: &Signals, storefront: &Storefront, see: impl FnOnce(&Page<'_>) -> T) -> T {
        let plan = check(every_block(), storefront).unwrap();
        let shop = shop_of(&ShopId::parse("magic-wands").unwrap(), Persona::Explorer, storefront);
        see(&bind(plan.plan(), &shop, signals, storefront))
    }

    #[test]
    fn products_are_the_catalogs() {
        bound(&Signals::default(), &storefront(), |page| {
            assert!(page.generated);
            assert_eq!((page.title, page.shop.currency.as_str()), ("Wands for dusk", "EUR"));
            let View::Hero(hero::View { product: Some(product), .. }) = page.blocks[0] else {
                panic!("a hero is first")
            };
            assert_eq!(Some(product), assortment().get("wand-1"));
            let View::Grid(grid::View { products, .. }) = &page.blocks[1] else { panic!("a grid is second") };
            assert_eq!(products.iter().map(|it| it.price).collect::<Vec<_>>(), [3900, 1900, 900]);
        });
    }

    #[test]
    fn viewed_products_and_promises_are_filled_in() {
        let views = ["hat-1", "gone", "wand-sold-out", "hat-1"].map(str::to_owned).to_vec();
        bound(&Signals { views, ..Signals::default() }, &storefront(), |page| {
            let [
                ..,
                View::RecentlyViewed(recently_viewed::View { products, .. }),
                View::Reassurance(reassurance::View { points }),
            ] = &page.blocks[..]
            else {
                panic!("what is filled in is last")
            };
            assert_eq!(products.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["hat-1"]);
            assert_eq!(points, &["Free returns", "Ships today"]);
        });
    }

    #[test]
    fn types_vendors_collections_and_prices_are_filled_in() {
        let (storefront, plan) = (pictured(), check(more_blocks(), &pictured()).unwrap());
        let shop = ShopId::parse("magic-wands").unwrap();
        let html = render(&plan, &shop, Persona::Explorer, &Signals::default(), &storefront).html;
        let home = "https://magic-wands.example/collections";
        for address in [
            "/types?q=Hats",
            "/vendors?q=Hollow%20%26%20Sons",
            "/dusk",
            "/all?filter.v.price.gte=20.00&#38;filter.v.price.lte=30.00",
        ] {
            assert!(html.contains(&format!("href=\"{home}{address}\"")), "{address}: {html}");
        }
        assert!(
            html.contains("<dt><bdi>Do you repair?</bdi></dt><dd><bdi>Yes, for ten years.</bdi>"),
            "{html}"
        );
        assert!(html.contains("<span>Up to </span><b><bdi>€20.00</bdi></b>"), "{html}");
    }

    #[test]
    fn empty_filled_in_blocks_are_not_shown() {
        let silent = ShopSettings { promises: Vec::new(), ..merchant() };
        let storefront = Storefront::new("s", silent, assortment());
        let count = bound(&Signals::default(), &storefront, |page| page.blocks.len());
        assert_eq!(count, every_block().blocks.len() - 2);
    }
}
