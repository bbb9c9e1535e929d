//! Excluded products are on no page of either planner, pinned products come first, and campaigns have their days.

use model::catalog::{CatalogError, Collection, Product};
use model::jobs::{Outcome, Work};
use model::shop::{Campaign, PlansPer, Selector, ShopSettings, selector};
use model::{PageKind, Persona, Signals};
use page::blocks::Block;
use proptest::prelude::*;

use super::generate;
use super::tests::job;
use crate::assortment::Assortment;
use crate::fakes::{
    World, answer, any_signals, every_block, image, merchant, more_blocks, product, products,
};
use crate::job::Job;
use crate::plan::{self, Plan};

/// Every way to exclude something of the shop of these tests.
fn lines() -> Vec<String> {
    let named = [
        "product: wand-1",
        "product: hat-1",
        "product: potion-2",
        "vendor: north loom",
        "type: Potions",
        "collection: dusk",
        "collection: gone",
    ];
    let blocks = Block::optional().map(|block| format!("block: {block}"));
    named.into_iter().map(str::to_owned).chain(blocks).collect()
}

fn any_excluded() -> impl Strategy<Value = Vec<Selector>> {
    let every = lines().len();
    prop::sample::subsequence(lines(), 0..=every).prop_map(|lines| parsed(&lines))
}

fn parsed(lines: &[String]) -> Vec<Selector> {
    selector::excluded(lines.iter().map(String::as_str)).unwrap()
}

/// Products with a picture each, of three vendors.
fn stock() -> Vec<Product> {
    let vendors = ["North Loom", "Hearth Works", "Hollow & Sons"];
    let of = |(at, product): (usize, Product)| Product {
        image: Some(image()),
        vendor: vendors[at % 3].to_owned(),
        ..product
    };
    products().into_iter().enumerate().map(of).collect()
}

/// What a search finds besides.
fn rare() -> Product {
    Product { vendor: "North Loom".to_owned(), ..product("rare", "Potions", 700) }
}

const DUSK: [&str; 2] = ["wand-2", "hat-2"];

fn world(merchant: ShopSettings, model: Option<&Plan>) -> World {
    let script = model.map(|plan| answer(serde_json::to_string(plan).unwrap()));
    let dusk = Collection {
        handle: "dusk".to_owned(),
        title: "For dusk".to_owned(),
        url: "/collections/dusk".to_owned(),
        products: DUSK.map(str::to_owned).to_vec(),
    };
    World {
        merchant: Some(merchant),
        products: Ok(Assortment::new("EUR".to_owned(), stock()).sorted_by_sales(true)),
        collections: Ok(vec![dusk]),
        found: Ok(vec![rare()]),
        ..World::new(script)
    }
}

fn is_excluded(product: &Product, excluded: &[Selector]) -> bool {
    excluded.iter().any(|selector| match selector {
        Selector::Product(id) => product.id == *id,
        Selector::Vendor(_) => product.vendor == "North Loom",
        Selector::Type(_) => product.category == "Potions",
        Selector::Collection(handle) => handle == "dusk" && DUSK.contains(&product.id.as_str()),
        Selector::Block(_) => false,
    })
}

fn job_for(persona: Persona, page: PageKind, signals: &Signals) -> Job {
    let mut job = job();
    job.request.persona = Some(persona);
    job.request.page = page;
    job.request.signals = signals.clone();
    job
}

fn plan_of(world: &World) -> Plan {
    plan::from_stored(&world.page.borrow().as_ref().expect("a page").plan).expect("a plan")
}

fn any_case() -> impl Strategy<Value = (Persona, PageKind, PlansPer, Option<Plan>)> {
    (
        prop::sample::select(Persona::ALL.to_vec()),
        prop::sample::select(PageKind::ALL.to_vec()),
        prop::sample::select(vec![PlansPer::Segment, PlansPer::Shopper]),
        prop::sample::select(vec![None, Some(every_block()), Some(more_blocks())]),
    )
}

proptest! {
    #[test]
    fn nothing_excluded_is_on_any_page_of_either_planner(
        excluded in any_excluded(),
        signals in any_signals(),
        (persona, page, plans_per, model) in any_case(),
    ) {
        let merchant = ShopSettings { excluded: excluded.clone(), plans_per: Some(plans_per), ..merchant() };
        let world = world(merchant.clone(), model.as_ref());
        let outcome = generate(&world, &job_for(persona, page, &signals));
        prop_assert!(matches!(outcome, Outcome::Done(_)), "{:?}", outcome);
        let html = world.html();
        for product in stock().into_iter().chain([rare()]).filter(|product| is_excluded(product, &excluded)) {
            prop_assert!(!html.contains(&product.title), "{} in {}", product.title, html);
            let asked = world.asked.borrow();
            let told = asked.iter().any(|request| request.messages[1].text.contains(&product.title));
            prop_assert!(!told, "{} is offered", product.title);
        }
        if excluded.contains(&Selector::Vendor("north loom".to_owned())) {
            prop_assert!(!html.contains("North Loom"), "{}", html);
        }
        if excluded.contains(&Selector::Collection("dusk".to_owned())) {
            prop_assert!(!html.contains("For dusk"), "{}", html);
        }
        for block in plan_of(&world).blocks.iter().map(Block::name) {
            prop_assert!(merchant.allows_block(block), "{}", block);
        }
        for request in world.asked.borrow().iter() {
            for block in Block::optional().filter(|block| !merchant.allows_block(block)) {
                prop_assert!(!request.schema.contains(&format!("\"{block}\"")), "{} in {}", block, request.schema);
            }
        }
        prop_assert_eq!(world.metadata().exclusions, merchant.exclusions());
    }

    #[test]
    fn a_pinned_product_is_first_on_every_home_page(
        pinned in prop::sample::subsequence(
            vec!["product: potion-1", "product: hat-2", "type: hats", "collection: dusk", "vendor: Hearth Works"], 1..=5,
        ).prop_shuffle(),
        signals in any_signals(),
        (persona, _, plans_per, model) in any_case(),
    ) {
        let pinned = selector::pinned(pinned).unwrap();
        let merchant = ShopSettings { pinned, plans_per: Some(plans_per), ..merchant() };
        let world = world(merchant, model.as_ref());
        let outcome = generate(&world, &job_for(persona, PageKind::Home, &signals));
        prop_assert!(matches!(outcome, Outcome::Done(_)), "{:?}", outcome);
        let Plan { blocks, .. } = plan_of(&world);
        let list = blocks[1..].iter().find(|block| !block.products().is_empty());
        let first: Vec<_> = blocks[..1].iter().chain(list).flat_map(Block::products).cloned().collect();
        let storefront = world.products.clone().unwrap();
        let pins = ["potion-1", "hat-2", "hat-1", "wand-2"];
        let is_pin = |id: &String| {
            pins.contains(&id.as_str()) || storefront.get(id).is_some_and(|product| product.vendor == "Hearth Works")
        };
        prop_assert!(first.iter().any(is_pin), "{:?}", blocks);
        for request in world.asked.borrow().iter() {
            prop_assert!(request.messages[1].text.contains("The shop pins these first"));
        }
    }
}

#[test]
fn a_shop_that_excludes_everything_has_a_page_and_asks_no_model() {
    for persona in Persona::ALL {
        for page in PageKind::ALL {
            let every: Vec<_> = ["North Loom", "Hearth Works", "Hollow & Sons"]
                .iter()
                .map(|vendor| format!("vendor: {vendor}"))
                .chain(lines().into_iter().filter(|line| line.starts_with("block")))
                .collect();
            let world = world(ShopSettings { excluded: parsed(&every), ..merchant() }, Some(&every_block()));
            assert_eq!(generate(&world, &job_for(persona, page, &Signals::default())), Outcome::Done(None));
            assert!(world.html().contains("Magic Wands") && world.asked_times() == 0);
        }
    }
}

#[test]
fn an_exclusion_that_nobody_knows_the_products_of_makes_no_page() {
    let excluded = parsed(&["collection: dusk".to_owned()]);
    let mut world = world(ShopSettings { excluded, ..merchant() }, None);
    world.collections = Err(model::catalog::CatalogError::Busy(700));
    assert_eq!(generate(&world, &job()), Outcome::Postponed(700));
    assert_eq!(world.pages_stored.get(), 0);
}

#[test]
fn a_page_says_the_campaign_of_its_day_and_persona_and_when_that_changes() {
    // 14 November 2023, 22:13 UTC.
    let campaign = |text: &str, from: &str, until: &str| Campaign {
        text: text.to_owned(),
        from: from.parse().ok(),
        until: until.parse().ok(),
        ..Campaign::default()
    };
    let campaigns = vec![
        campaign("Tomorrow", "2023-11-15", "2023-11-16"),
        Campaign { personas: vec![Persona::Loyalist], ..campaign("Welcome back", "", "") },
        campaign("Today", "", "2023-11-15"),
    ];
    let world = world(ShopSettings { campaigns, ..merchant() }, None);
    let made = |persona: Persona, now_ms: u64| {
        world.now_ms.set(now_ms);
        let mut job = job_for(persona, PageKind::Home, &Signals::default());
        job.id = format!("job-{now_ms}-{}", persona.name()).try_into().unwrap();
        assert_eq!(generate(&world, &job), Outcome::Done(None));
        let html = world.html();
        let said = ["Tomorrow", "Welcome back", "Today"]
            .into_iter()
            .find(|text| html.contains(&format!(">{text}<")));
        (said, world.metadata().changes_ms)
    };
    let midnight_ms = 1_700_006_400_000;
    let ends_ms = |days: u64| Some(midnight_ms + days * 86_400_000 + 43_200_000);
    assert_eq!(made(Persona::Explorer, midnight_ms - 1), (Some("Today"), Some(midnight_ms)));
    assert_eq!(made(Persona::Explorer, midnight_ms), (Some("Tomorrow"), ends_ms(1)));
    assert_eq!(made(Persona::Loyalist, midnight_ms - 1), (Some("Welcome back"), Some(midnight_ms)));
    assert_eq!(made(Persona::Explorer, ends_ms(1).unwrap()), (Some("Tomorrow"), ends_ms(2)));
    assert_eq!(made(Persona::Explorer, ends_ms(2).unwrap()), (None, None));
}

#[test]
fn a_campaign_that_begins_costs_no_call_of_the_model() {
    let campaigns =
        vec![Campaign { text: "Robes".into(), from: "2023-11-15".parse().ok(), ..Campaign::default() }];
    let world = world(ShopSettings { campaigns, ..merchant() }, Some(&every_block()));
    let job = job_for(Persona::Explorer, PageKind::Home, &Signals::default());
    assert_eq!(generate(&world, &job), Outcome::Done(None));
    assert!(!world.html().contains("Robes"));
    world.now_ms.set(world.metadata().changes_ms.unwrap());
    let mut again = job;
    (again.id, again.request.work) = ("job-2".to_owned().try_into().unwrap(), Work::Rerender);
    assert_eq!(generate(&world, &again), Outcome::Done(None));
    assert!(world.html().contains("Robes"));
    assert_eq!((world.asked_times(), world.metadata().changes_ms), (1, None));
}

#[test]
fn a_pinned_product_that_the_catalog_does_not_list_is_first_too() {
    let with = |unlisted| {
        let pinned = selector::pinned(["product: 5000"]).unwrap();
        World { unlisted, ..world(ShopSettings { pinned, ..merchant() }, None) }
    };
    let job = job_for(Persona::Explorer, PageKind::Home, &Signals::default());
    let shop = with(Ok(vec![Product { image: Some(image()), ..product("5000", "Potions", 900) }]));
    let outcome = generate(&shop, &job);
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    let blocks = plan_of(&shop).blocks;
    assert!(blocks.iter().take(2).flat_map(Block::products).any(|id| id == "5000"), "{blocks:?}");

    let away = with(Err(CatalogError::Busy(7)));
    assert_eq!(generate(&away, &job), Outcome::Postponed(7), "a page without the pin would stay for a day");
}
