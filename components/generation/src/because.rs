//! What a shopper's page was chosen by, for the line at its end.
//!
//! The line is said only where it is true: on a home page that was planned for this shopper alone, or that has parts about
//! them, of products that the shop offers today. A page that several people get has no signals, and so no such line.

use model::catalog::Product;
use model::{ShopperId, Signals};
use page::Because;
use page::because::PRODUCTS_MAX;
use page::blocks::{Block, Stock as _};

use crate::plan::Plan;
use crate::storefront::Storefront;

/// Returns what the page was chosen by; `None` if that was nothing that the shopper did. `is_theirs` says whether the page
/// was planned for the shopper alone, or has parts about them that are not in the plan.
pub fn of(
    shopper: &ShopperId,
    is_theirs: bool,
    plan: &Plan,
    signals: &Signals,
    storefront: &Storefront,
) -> Option<Because> {
    if storefront.page.has_subject() || shopper.context_persona().is_some() {
        return None;
    }
    let shows_viewed = plan.blocks.iter().any(|block| matches!(block, Block::RecentlyViewed(_)));
    if !is_theirs && !shows_viewed {
        return None;
    }
    let titles = offered(&signals.views, storefront).map(|product| product.title.clone());
    let titles: Vec<_> = titles.take(PRODUCTS_MAX).collect();
    if !titles.is_empty() {
        return Some(Because::Viewed(titles));
    }
    let has_bought = is_theirs && offered(&signals.purchased, storefront).next().is_some();
    has_bought.then_some(Because::Bought)
}

fn offered<'a>(ids: &'a [String], storefront: &'a Storefront) -> impl Iterator<Item = &'a Product> {
    let products = storefront.products(ids).into_iter();
    products.filter(|product| storefront.offers(&product.id))
}

#[cfg(test)]
mod tests {
    use claims::Kind;

    use super::*;
    use crate::copy::{Company, Flaw};
    use crate::fakes::{every_block, merchant, storefront};
    use model::shop::ShopSettings;
    use model::{PageKind, Persona};
    use words::Language;

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn viewed(ids_viewed: &[&str]) -> Signals {
        Signals { views: ids(ids_viewed), ..Signals::default() }
    }

    fn without_viewed() -> Plan {
        let mut plan = every_block();
        plan.blocks.retain(|block| !matches!(block, Block::RecentlyViewed(_)));
        plan
    }

    fn said(shopper: &ShopperId, is_theirs: bool, plan: &Plan, signals: &Signals) -> Option<Because> {
        of(shopper, is_theirs, plan, signals, &storefront())
    }

    #[test]
    fn a_page_is_chosen_by_what_the_shopper_did_and_the_shop_still_offers() {
        let shopper = ShopperId::parse("abc123").unwrap();
        let signals = viewed(&["hat-1", "gone", "wand-sold-out", "wand-1", "hat-2", "potion-1"]);
        let titles = ids(&["Product hat-1", "Product wand-1", "Product hat-2"]);
        assert_eq!(said(&shopper, true, &without_viewed(), &signals), Some(Because::Viewed(titles.clone())));
        assert_eq!(said(&shopper, false, &every_block(), &signals), Some(Because::Viewed(titles)));
        assert_eq!(said(&shopper, false, &without_viewed(), &signals), None, "a shared plan owes it nothing");
        let bought = Signals { purchased: ids(&["gone", "hat-1"]), ..viewed(&["gone"]) };
        assert_eq!(said(&shopper, true, &every_block(), &bought), Some(Because::Bought));
        assert_eq!(said(&shopper, false, &every_block(), &bought), None);
        assert_eq!(said(&shopper, true, &every_block(), &Signals::default()), None, "nothing is known");
    }

    #[test]
    fn pages_of_contexts_and_below_a_subject_say_nothing_of_anybody() {
        let signals = viewed(&["hat-1"]);
        for persona in Persona::ALL {
            assert_eq!(said(&ShopperId::context(persona), true, &every_block(), &signals), None);
        }
        let below = storefront().at(PageKind::Cart);
        let shopper = ShopperId::parse("abc123").unwrap();
        assert_eq!(of(&shopper, true, &every_block(), &signals, &below), None);
    }

    #[test]
    fn the_line_claims_nothing_but_what_the_shopper_did() {
        let mut flaws = Vec::new();
        for language in Language::all() {
            let settings = ShopSettings { language: language.tag().parse().unwrap(), ..merchant() };
            let storefront = Storefront::new("magic-wands", settings, crate::fakes::assortment());
            let words = language.words();
            let viewed = words.why_viewed.before.trim_end_matches([' ', ':', '\u{a0}', '\u{202f}']);
            for line in [viewed, words.why_bought] {
                let company = Company { products: &[], decided: &[] };
                let flaw = storefront.voice.flaw_beside(line, 120, &company);
                // A model may not speak of the shopper's actions, because it could be wrong. This line is true.
                let flaw = flaw.filter(|flaw| *flaw != Flaw::Claim(Kind::Person));
                flaws.extend(flaw.map(|flaw| (language.tag(), line, flaw)));
            }
        }
        assert_eq!(flaws, []);
    }
}
