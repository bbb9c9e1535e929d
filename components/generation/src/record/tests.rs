use model::Look;
use model::catalog::{Choice, Product, Rating, Variant};
use model::origin::Account;
use model::shop::{Campaign, ShopSettings};
use proptest::prelude::*;

use super::*;
use crate::bind;
use crate::check::{Checked, check};
use crate::fakes::{
    any_signals, assortment, every_block, merchant, more_blocks, pictured, sold_out, storefront,
};
use crate::personal::personalised;
use crate::planner;
use crate::record::items::lets_choose;

const SHOP: &str = "magic-wands";

fn shop() -> ShopId {
    ShopId::parse(SHOP).unwrap()
}

/// A page of a plan, and its stored plan with the record.
fn made(plan: &Checked, stored: &Plan, signals: &Signals, storefront: &Storefront) -> (String, String) {
    let persona = Persona::Explorer;
    let because = Because::Viewed(vec!["Oak <wand>".to_owned(), "Ash".to_owned()]);
    let because = Some(&because).filter(|_| !signals.views.is_empty());
    let html = bind::render_because(plan, &shop(), persona, signals, storefront, because).html;
    let base = plan::to_shared(stored, storefront.brief, &Account::default());
    let rendered = Rendered { plan: plan.plan(), persona, views: &signals.views, storefront, because };
    let json = rendered.recorded(&base, vec!["looks at many products".to_owned()], 7);
    (html, json)
}

#[track_caller]
fn check_replayed(plan: &Plan, signals: &Signals, storefront: &Storefront) -> String {
    let checked = check(plan.clone(), storefront).unwrap();
    let (html, stored) = made(&checked, plan, signals, storefront);
    assert_eq!(replay(&shop(), &stored).as_ref(), Ok(&html));
    stored
}

fn views(ids: &[&str]) -> Signals {
    Signals { views: ids.iter().map(|id| (*id).to_owned()).collect(), ..Signals::default() }
}

#[test]
fn a_page_with_every_kind_of_block_is_rendered_again_to_the_byte() {
    check_replayed(&every_block(), &views(&["hat-1", "gone", "wand-3"]), &storefront());
    check_replayed(&more_blocks(), &views(&["hat-1"]), &pictured());
}

#[test]
fn everything_that_the_shop_says_is_rendered_again() {
    let merchant = ShopSettings {
        language: "de-AT".parse().unwrap(),
        own_language: "pl".parse().ok(),
        accent: "#112233".parse().ok(),
        surface: "#ffeedd".parse().ok(),
        look: Some(Look::Compact),
        campaigns: vec![Campaign {
            text: "Geschlossen am <Montag>".to_owned(),
            until: "2026-12-24".parse().ok(),
            ..Campaign::default()
        }],
        promises: (0..6).map(|at| format!("Promise {at}")).collect(),
        ..merchant()
    };
    let assortment =
        assortment().of_shop("Wands".to_owned(), "{{amount_with_comma_separator}} kr".to_owned());
    let storefront = Storefront::new(SHOP, merchant, assortment);
    let plan = planner::plan(Persona::Loyalist, &views(&["hat-1"]), &storefront);
    check_replayed(&plan, &views(&["hat-1"]), &storefront);
}

/// The storefront whose products have everything that a product may have.
fn detailed() -> Storefront {
    let variant = |at: u64| Variant {
        id: at.to_string(),
        title: format!("Size <{at}>"),
        price: 3_900 + at,
        available: at != 2,
    };
    let detail = |product: &Product| Product {
        second_image: product.image.clone(),
        rating: Rating::of(460, Some(12)),
        choice: Choice::of("Size".to_owned(), (1..=3).map(variant).collect()),
        ..product.clone()
    };
    let pictured = pictured();
    let products = pictured.assortment.common().iter().map(detail).collect();
    let assortment = Assortment::new("EUR".to_owned(), products);
    Storefront { assortment, ..pictured }
}

#[test]
fn ratings_second_images_and_variants_are_rendered_again() {
    let storefront = detailed();
    for plan in [every_block(), more_blocks()] {
        let stored = check_replayed(&plan, &views(&["hat-1"]), &storefront);
        assert!(stored.contains("Size <1>") && stored.contains("460"));
    }
    let shown = every_block().blocks.iter().filter(|block| lets_choose(block)).count();
    let stored = check_replayed(&every_block(), &Signals::default(), &storefront);
    assert_eq!(stored.matches("Size <1>").count(), shown, "only of products whose variants are shown");
}

#[test]
fn every_kind_of_page_is_rendered_again() {
    for page in PageKind::ALL {
        let storefront = pictured().at(page);
        for persona in Persona::ALL {
            let plan = planner::plan(persona, &Signals::default(), &storefront);
            check_replayed(&plan, &views(&["wand-1"]), &storefront);
        }
    }
}

#[test]
fn sold_out_products_are_offered_only_if_all_are() {
    let all = |shops: &[(&str, bool)]| {
        let product = |(id, is_there): &(&str, bool)| {
            let product = sold_out(id, "Wands", 900);
            Product { available: *is_there, ..product }
        };
        Assortment::new("EUR".to_owned(), shops.iter().map(product).collect())
    };
    for assortment in [all(&[("a", false), ("b", false)]), all(&[("a", false), ("b", true)])] {
        let storefront = Storefront::new(SHOP, merchant(), assortment);
        let plan = planner::plan(Persona::Minimalist, &views(&["a"]), &storefront);
        check_replayed(&plan, &views(&["a"]), &storefront);
    }
}

#[test]
fn a_record_has_only_the_products_that_the_page_shows() {
    let mut plan = every_block();
    plan.blocks.retain(|block| !matches!(block, Block::Bundle(_) | Block::RecentlyViewed(_)));
    let stored = check_replayed(&plan, &views(&["hat-2"]), &storefront());
    assert!(stored.contains("Product wand-1") && !stored.contains("Product hat-2"));
    assert!(!stored.contains("hat-2"), "nothing of what the shopper viewed and the page does not show");
    assert_eq!(stored.matches("Made by hand.").count(), 1, "only the spotlight describes its product");
    assert!(stored.len() < 6_000, "{} bytes", stored.len());
}

#[test]
fn a_changed_record_or_plan_is_reported() {
    let stored = check_replayed(&every_block(), &Signals::default(), &storefront());
    for (from, to) in [
        ("3900", "3800"),
        ("Dusk is near", "Dusk is far"),
        ("\"rules\"", "\"model\""),
        ("looks at many", "looks at few"),
    ] {
        assert!(stored.contains(from), "{from}");
        let json = stored.replacen(from, to, 1);
        assert_eq!(replay(&shop(), &json), Err(NotReplayed::Changed), "{from}");
    }
}

#[test]
fn a_plan_without_a_record_says_so() {
    let base = plan::to_stored(&every_block(), storefront().brief, &Account::default());
    let of = |json: &str| replay(&shop(), json);
    assert_eq!(of(&base), Err(NotReplayed::NoRecord));
    assert_eq!(of(r#"{"format":1,"plan":{}}"#), Err(NotReplayed::NoRecord), "of an earlier release");
    for text in ["", "{}", "[]"] {
        assert_eq!(of(text), Err(NotReplayed::Unreadable), "{text}");
    }
}

#[test]
fn a_record_that_is_too_large_is_left_out() {
    let huge = ShopSettings { promises: vec!["x".repeat(RECORD_BYTES_MAX); 2], ..merchant() };
    let storefront = Storefront::new(SHOP, huge, assortment());
    let (_, stored) =
        made(&check(every_block(), &storefront).unwrap(), &every_block(), &Signals::default(), &storefront);
    assert!(stored.len() < RECORD_BYTES_MAX);
    assert_eq!(reasons(&stored), ["looks at many products"]);
    assert_eq!(replay(&shop(), &stored), Err(NotReplayed::NoRecord));
}

#[test]
fn the_plan_stays_the_same_to_the_byte_and_the_question_stays_with_the_segment() {
    let asked = Account {
        question: vec![model::origin::Turn { role: "user".to_owned(), text: "Plan.".to_owned() }],
        ..Account::default()
    };
    let shared = plan::to_shared(&every_block(), storefront().brief, &asked);
    let own = of_shopper(&shared);
    assert!(shared.contains("Plan.") && !own.contains("Plan."));
    assert!(plan::is_shared(&own) && plan::from_stored(&own) == plan::from_stored(&shared));
    assert_eq!(plan::brief_of_stored(&own), plan::brief_of_stored(&shared));
    assert_eq!(of_shopper(&own), own);
    let checked = check(every_block(), &storefront()).unwrap();
    let (_, stored) = made(&checked, &every_block(), &Signals::default(), &storefront());
    assert_eq!(
        of_shopper(&stored),
        of_shopper(&plan::to_shared(&every_block(), storefront().brief, &Account::default()))
    );
}

proptest! {
    #[test]
    fn any_page_is_rendered_again_to_the_byte(
        signals in any_signals(),
        persona in prop::sample::select(Persona::ALL.to_vec()),
        has_pictures in any::<bool>(),
    ) {
        let storefront = if has_pictures { pictured() } else { storefront() };
        let plan = planner::plan(persona, &signals, &storefront);
        let checked = check(plan.clone(), &storefront).unwrap();
        let (html, stored) = made(&checked, &plan, &signals, &storefront);
        prop_assert_eq!(replay(&shop(), &stored), Ok(html));
        let shown = personalised(checked, persona, &signals, &storefront);
        let (html, stored) = made(&shown, &plan, &signals, &storefront);
        prop_assert_eq!(replay(&shop(), &stored), Ok(html));
    }
}

/// A shop with as many products as a catalog returns, with texts of usual length and pictures at Shopify.
fn full_shop() -> Storefront {
    let product = |at: usize| {
        let url = format!(
            "https://cdn.shopify.com/s/files/1/0612/3456/7890/files/wand-of-oak-and-silver-{at}.jpg?v=17234567{at:02}"
        );
        Product {
            title: format!("Wand of oak and silver, number {at}"),
            description: "Turned by hand from a single branch, oiled twice, and quick to answer. ".repeat(3),
            vendor: ["Hollow & Sons", "North Loom", "Hearth Works"][at % 3].to_owned(),
            category: ["Wands", "Hats", "Potions", "Robes"][at % 4].to_owned(),
            url: format!("https://magic-wands.example/products/wand-of-oak-and-silver-{at}"),
            image: Some(model::catalog::Image { url, alt: format!("Wand {at}"), width: 1600, height: 2000 }),
            ..crate::fakes::reduced(&format!("81234567890{at:02}"), "", 1_900 + 100 * at as u64, 9_900)
        }
    };
    Storefront::new(SHOP, merchant(), Assortment::new("EUR".to_owned(), (0..100).map(product).collect()))
}

#[test]
fn a_record_is_a_fraction_of_its_page() {
    let storefront = full_shop();
    let signals = views(&["8123456789007", "8123456789021", "8123456789042"]);
    println!(
        "| page of | products shown | page, bytes | plan, bytes | record, bytes |\n|---|---:|---:|---:|---:|"
    );
    for persona in Persona::ALL {
        let plan = planner::plan(persona, &signals, &storefront);
        let checked = check(plan.clone(), &storefront).unwrap();
        let (html, stored) = made(&checked, &plan, &signals, &storefront);
        let base = of_shopper(&stored).len();
        let (page, record) = (html.len(), stored.len() - base);
        let shown: usize = plan.blocks.iter().map(|block| block.products().len()).sum();
        println!("| {} | {shown} | {page} | {base} | {record} |", persona.name());
        assert!(record * 2 < page, "{record} of {page} bytes");
    }
}
