use model::pages::JobId;
use model::shop::{PlansPer, ShopSettings};
use model::{Market, PageKind, Persona, ShopId, ShopperId};
use page::blocks::Block;
use proptest::prelude::*;

use super::*;
use crate::assortment::Assortment;
use crate::capabilities::{Failed, NoAnswer};
use crate::fakes::{World, answer, any_signals, every_block, merchant, product, products};
use crate::generate::generate;

fn job_id(id: &str) -> JobId {
    id.to_owned().try_into().unwrap()
}

/// A job of another shopper for each number.
fn job(number: u32, signals: Signals) -> Job {
    let request = GenerationRequest {
        shop: ShopId::parse("magic-wands").unwrap(),
        shopper: ShopperId::parse(&format!("shopper{number}")).unwrap(),
        work: Work::Generate,
        signals,
        persona: None,
        market: Market::default(),
        page: PageKind::Home,
    };
    Job { id: job_id(&format!("job-{number}")), last: false, crashed: false, request }
}

fn newcomer(number: u32) -> Job {
    job(number, Signals::default())
}

fn with(work: Work, job: Job) -> Job {
    Job { request: GenerationRequest { work, ..job.request }, ..job }
}

fn world(script: impl IntoIterator<Item = Result<crate::capabilities::Completion, NoAnswer>>) -> World {
    let merchant = ShopSettings { plans_per: Some(PlansPer::Segment), ..merchant() };
    World { merchant: Some(merchant), ..World::new(script) }
}

fn good() -> String {
    serde_json::to_string(&every_block()).unwrap()
}

fn refused() -> Result<crate::capabilities::Completion, NoAnswer> {
    answer(r#"{"title":"x","blocks":[]}"#)
}

fn failed(cause: Cause, retry_after_ms: Option<u64>) -> Result<crate::capabilities::Completion, NoAnswer> {
    Err(NoAnswer::Failed(Failed { cause, said: String::new(), retry_after_ms }))
}

/// Runs a job, as if no page of its shopper were there. Returns the source of the page and for how long it is fresh.
fn page(world: &World, job: &Job) -> (Source, u64) {
    world.plan.take();
    world.page.take();
    assert!(matches!(generate(world, job), Outcome::Done(_)), "{job:?}");
    (world.metadata().source, world.metadata().fresh_until_ms - world.now_ms.get())
}

const FRESH_MS: u64 = World::FRESH_SECONDS as u64 * 1000;

#[test]
fn the_shoppers_of_a_segment_share_one_call_and_each_sees_what_is_theirs() {
    let world = world([answer(good())]);
    assert_eq!(page(&world, &newcomer(1)), (Source::Llm, FRESH_MS));
    assert!(!world.html().contains("Seen before"), "{}", world.html());
    world.now_ms.set(World::NOW_MS + 1_000);
    let theirs = job(2, Signals { views: vec!["hat-1".to_owned()], ..Signals::default() });
    assert_eq!(page(&world, &theirs), (Source::Shared, FRESH_MS - 1_000));
    assert!(world.html().contains("Dusk is near") && world.html().contains("Seen before"));
    assert_eq!((page(&world, &newcomer(3)).0, world.asked_times()), (Source::Shared, 1));
}

#[test]
fn bought_products_are_on_the_shoppers_own_page_and_in_no_stored_plan() {
    let mut plan = every_block();
    plan.blocks.retain(|block| !matches!(block, Block::Bundle(_)));
    let world = world([answer(serde_json::to_string(&plan).unwrap())]);
    let bought = Signals {
        visits: 9,
        purchased: ["wand-3", "hat-2"].map(str::to_owned).to_vec(),
        searches: vec!["gift for xyzzy".to_owned()],
        ..Signals::default()
    };
    page(&world, &job(1, bought.clone()));
    assert!(world.html().contains("Product hat-2"), "{}", world.html());
    page(&world, &job(2, Signals { purchased: vec!["gone".to_owned()], ..bought }));
    assert_eq!(world.asked_times(), 1);
    assert!(!world.html().contains("Product hat-2"), "{}", world.html());
    let stored = world.plan.borrow().clone().unwrap().json;
    assert!(plan::is_shared(&stored) && !stored.contains("hat-2"), "{stored}");
}

#[test]
fn another_persona_market_or_setting_has_a_plan_of_its_own() {
    let mut world = world(std::iter::repeat_with(|| answer(good())).take(9));
    let sorts = Signals { sorts: vec!["price-ascending".to_owned()], ..Signals::default() };
    let market = Market::of("GB", "EN").unwrap();
    let abroad = GenerationRequest { market, ..newcomer(3).request };
    let jobs = [newcomer(1), job(2, sorts), Job { request: abroad, ..newcomer(3) }];
    for round in 1..=2 {
        for job in &jobs {
            page(&world, job);
        }
        assert_eq!(world.asked_times(), jobs.len(), "round {round}");
    }
    let changed = ShopSettings { tone: "dry".to_owned(), ..world.merchant.clone().unwrap() };
    world.merchant = Some(changed);
    assert_eq!((page(&world, &jobs[0]).0, world.asked_times()), (Source::Llm, 4));
    let alone = ShopSettings { plans_per: Some(PlansPer::Shopper), ..world.merchant.clone().unwrap() };
    world.merchant = Some(alone);
    assert_eq!((page(&world, &jobs[0]).0, world.asked_times()), (Source::Llm, 5));
}

#[test]
fn while_one_job_plans_another_renders_a_local_page_that_is_stale_soon() {
    let world = world([answer(good())]);
    let segment = SegmentId::of(PageKind::Home, Persona::Explorer, &Market::default(), brief(&world));
    world.leases.borrow_mut().insert(segment.to_string(), job_id("job-9"));
    assert_eq!(page(&world, &newcomer(1)), (Source::Local, FIRST_VIEW_MS));
    assert_eq!(world.asked_times(), 0);
    assert_eq!(page(&world, &newcomer(9)).0, Source::Llm, "the job with the lease goes on");
    assert_eq!(page(&world, &newcomer(1)).0, Source::Shared);
}

fn brief(world: &World) -> u64 {
    crate::brief::Brief::of(&world.merchant.clone().unwrap()).number()
}

#[test]
fn an_old_plan_is_used_until_the_next_one_is_there() {
    let world = world([answer(good()), answer(good().replace("Dusk is near", "Night is near"))]);
    page(&world, &newcomer(1));
    world.now_ms.set(World::NOW_MS + FRESH_MS);
    world.leases.borrow_mut().values_mut().for_each(|holder| *holder = job_id("job-9"));
    assert_eq!(page(&world, &newcomer(2)), (Source::Shared, AWAY_MS_MIN));
    assert_eq!(page(&world, &newcomer(9)), (Source::Llm, FRESH_MS));
    assert_eq!((page(&world, &newcomer(2)).0, world.asked_times()), (Source::Shared, 2));
    assert!(world.html().contains("Night is near"));
}

#[test]
fn a_changed_catalog_costs_a_call_only_if_the_plan_no_longer_passes() {
    let mut world = world([answer(good()), answer(good().replace("wand-1", "wand-2"))]);
    page(&world, &newcomer(1));
    let changed = |id: &str| {
        let left = products().into_iter().filter(|product| product.id != id);
        Ok(Assortment::new("EUR".to_owned(), left.chain([product("new-1", "Wands", 700)]).collect()))
    };
    world.products = changed("potion-2");
    assert_eq!((page(&world, &newcomer(2)).0, world.asked_times()), (Source::Shared, 1));
    assert!(!world.html().contains("Product potion-2"));
    world.products = changed("wand-1");
    world.leases.take();
    assert_eq!((page(&world, &newcomer(3)).0, world.asked_times()), (Source::Llm, 2));
}

#[test]
fn a_page_of_a_shared_plan_is_rendered_again_with_the_shoppers_own_parts() {
    let world = world([answer(good())]);
    page(&world, &newcomer(1));
    let viewed = Signals { views: vec!["hat-1".to_owned()], ..Signals::default() };
    let again = Job { id: job_id("job-7"), ..with(Work::Rerender, job(1, viewed)) };
    assert_eq!(generate(&world, &again), Outcome::Done(None));
    assert_eq!((world.metadata().source, world.asked_times()), (Source::Llm, 1));
    assert!(world.html().contains("Seen before"));
}

#[test]
fn a_local_plan_is_not_shared_and_the_model_is_asked_again_when_it_is_back() {
    for no_answer in [Err(NoAnswer::NotConfigured), failed(Cause::Auth, None), failed(Cause::Quota, None)] {
        let world = world([no_answer, answer(good())]);
        assert_eq!(page(&world, &newcomer(1)).0, Source::Local);
        assert!(world.shared.borrow().is_empty() && world.leases.borrow().is_empty());
        assert_eq!(page(&world, &newcomer(2)), (Source::Llm, FRESH_MS));
    }
    let world = world([failed(Cause::Unreachable, Some(5_000)), answer(good())]);
    assert!(matches!(generate(&world, &newcomer(1)), Outcome::Retry { after_ms: Some(5_000), .. }));
    assert_eq!(page(&world, &newcomer(2)).0, Source::Llm);
}

#[test]
fn without_a_model_shoppers_of_a_segment_get_local_pages_that_stay_fresh() {
    let world = World { has_model: false, ..world([]) };
    for (number, work) in [(1, Work::Generate), (2, Work::Generate), (3, Work::PlanLocally)] {
        assert_eq!(page(&world, &with(work, newcomer(number))), (Source::Local, FRESH_MS), "{work:?}");
    }
    assert!(world.leases.borrow().is_empty() && world.asked.borrow().is_empty());
    let for_each = Some(ShopSettings { plans_per: Some(PlansPer::Shopper), ..merchant() });
    let world = World { merchant: for_each, ..world };
    assert_eq!(page(&world, &with(Work::PlanLocally, newcomer(4))), (Source::Local, FRESH_MS));
}

#[test]
fn an_answer_of_no_use_is_paid_for_once_in_a_lease() {
    let world = world([refused(), refused(), answer(good())]);
    assert_eq!(page(&world, &newcomer(1)), (Source::Local, 600_000));
    assert_eq!((page(&world, &newcomer(2)).0, world.asked_times()), (Source::Local, 2));
    world.leases.take();
    assert_eq!(page(&world, &newcomer(3)).0, Source::Llm);
}

#[test]
fn if_the_model_fails_the_plan_of_before_is_used_a_little_longer() {
    let world = world([answer(good()), failed(Cause::Auth, None)]);
    page(&world, &newcomer(1));
    world.now_ms.set(World::NOW_MS + FRESH_MS);
    assert_eq!(page(&world, &newcomer(1)), (Source::Shared, 600_000));
}

#[test]
fn a_newcomer_who_is_to_cost_nothing_gets_the_segments_plan_if_there_is_one() {
    let world = world([answer(good())]);
    let cheap = with(Work::PlanLocally, newcomer(2));
    assert_eq!((page(&world, &cheap), world.asked_times()), ((Source::Local, FIRST_VIEW_MS), 0));
    page(&world, &newcomer(1));
    assert_eq!((page(&world, &cheap).0, world.asked_times()), (Source::Shared, 1));
    assert!(!world.asked.borrow()[0].is_optional, "everybody has the plan");
}

#[test]
fn storage_that_fails_costs_nobody_the_page() {
    let shared_error = Some(CacheError::Unavailable("down".to_owned()));
    let world = World { shared_error, ..world([answer(good())]) };
    assert_eq!((page(&world, &newcomer(1)), world.asked_times()), ((Source::Local, FIRST_VIEW_MS), 0));
}

#[test]
fn an_interrupted_job_pays_for_no_plan_that_it_could_share() {
    for step in 0.. {
        let world = world([answer(good()), answer(good())]);
        let is_over = world.generate_until(step, &newcomer(1)).is_some();
        let was_stored = !world.shared.borrow().is_empty();
        assert_eq!(generate(&world, &newcomer(1)), Outcome::Done(None), "step {step}");
        assert!(matches!(world.metadata().source, Source::Llm | Source::Shared));
        assert!(!was_stored || world.asked_times() == 1, "step {step}");
        if is_over {
            return;
        }
    }
}

proptest! {
    #[test]
    fn neither_the_prompt_nor_the_plan_depends_on_any_shopper(
        signals in any_signals(),
        persona in prop::sample::select(Persona::ALL.to_vec()),
        searched in any::<bool>(),
    ) {
        let of = |number: u32, signals: Signals| {
            let world = World {
                found: Ok(if searched { vec![product("found-1", "Xyzzy", 100)] } else { Vec::new() }),
                ..world([answer(good())])
            };
            let request = GenerationRequest { persona: Some(persona), ..job(number, signals).request };
            generate(&world, &Job { request, ..job(number, Signals::default()) });
            let asked = world.asked.take();
            (asked, world.shared.take())
        };
        let of_nobody = of(1, Signals::default());
        prop_assert_eq!(of_nobody.0.len(), 1);
        prop_assert_eq!(of(2, signals), of_nobody);
    }
}

#[test]
fn each_kind_of_page_has_a_plan_of_its_own() {
    let at = |page| if page == PageKind::Home { good() } else { crate::generate::below::planned(page) };
    let world = world(PageKind::ALL.map(|page| answer(at(page))));
    let on = |number, page| Job {
        request: GenerationRequest { page, ..newcomer(number).request },
        ..newcomer(number)
    };
    for (round, source) in [(0, Source::Llm), (10, Source::Shared)] {
        for (number, kind) in (round..).zip(PageKind::ALL) {
            assert_eq!(page(&world, &on(number, kind)).0, source, "{kind:?}");
            assert_eq!(world.html().contains("Dusk is near"), kind == PageKind::Home, "{kind:?}");
        }
        assert_eq!(world.asked_times(), PageKind::ALL.len());
    }
}
