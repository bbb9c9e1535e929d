use model::pages::JobId;
use model::shop::ShopSettings;
use model::{Cause, Market, PageKind, Persona, ShopId, ShopperId, Source};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::assortment::Assortment;
use crate::capabilities::{Completion, Ending, Failed, NoAnswer};
use crate::fakes::{
    World, answer, any_signals, any_text, assortment, every_block, product, products, reduced,
};
use crate::offer::{PRODUCTS_FEW, PRODUCTS_MAX};

pub fn job() -> Job {
    let request = GenerationRequest {
        shop: ShopId::parse("magic-wands").unwrap(),
        shopper: ShopperId::parse("abc123").unwrap(),
        work: Work::Generate,
        signals: Signals { searches: vec!["xyzzy on sale".to_owned()], ..Signals::default() },
        persona: None,
        market: Market::default(),
        page: PageKind::Home,
    };
    Job { id: job_id("job-1"), last: false, crashed: false, request }
}

fn job_id(id: &str) -> JobId {
    id.to_owned().try_into().unwrap()
}

/// A job for a persona that is known beforehand.
fn job_for(persona: Persona) -> Job {
    let request = job().request;
    Job {
        request: GenerationRequest { persona: Some(persona), signals: Signals::default(), ..request },
        ..job()
    }
}

fn job_after(signals: Signals) -> Job {
    Job { request: GenerationRequest { signals, ..job().request }, ..job() }
}

fn last_job() -> Job {
    Job { last: true, ..job() }
}

fn rerender_job() -> Job {
    Job { id: job_id("job-2"), request: GenerationRequest { work: Work::Rerender, ..job().request }, ..job() }
}

fn good() -> String {
    serde_json::to_string(&every_block()).unwrap()
}

/// A plan with only one usable block.
fn mistaken() -> String {
    let story = |text: &str| json!({ "type": "story", "heading": "Made", "text": text });
    json!({ "title": "x", "blocks": [story("xyzzy $1"), story("xyzzy $2"), story("By hand.")] }).to_string()
}

fn fresh_ms(world: &World) -> u64 {
    world.metadata().fresh_until_ms - World::NOW_MS
}

const FRESH_MS: u64 = World::FRESH_SECONDS as u64 * 1000;

#[test]
fn without_a_model_the_page_is_planned_locally_without_an_error() {
    let world = World::new([]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    let fragment = world.metadata().fragment;
    assert_eq!(
        world.metadata(),
        PageMetadata {
            persona: Persona::Dealhunter,
            confidence: 29,
            source: Source::Local,
            job: job_id("job-1"),
            planned_ms: World::NOW_MS,
            fresh_until_ms: World::NOW_MS + FRESH_MS,
            catalog_version: 7,
            changes_ms: None,
            exclusions: 0,
            fragment,
        }
    );
    assert!(world.html().contains("What things cost"));
}

#[test]
fn a_good_plan_of_the_models_becomes_the_page() {
    let world = World::new([answer(good())]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!((world.metadata().source, fresh_ms(&world)), (Source::Llm, FRESH_MS));
    assert!(world.html().contains("Dusk is near"));
    let stored = world.plan.borrow().clone().unwrap();
    assert_eq!(plan::from_stored(&stored.json), Some(every_block()));
    assert!(world.events.borrow().iter().any(|event| event.contains(r#"("tokens_out", "500")"#)));
}

#[test]
fn only_a_newcomers_page_can_do_without_the_model() {
    let returning = Signals { visits: 2, ..Signals::default() };
    for (signals, is_optional) in
        [(Signals::default(), true), (returning, false), (job().request.signals, false)]
    {
        let world = World::new([answer(good())]);
        generate(&world, &job_after(signals));
        assert_eq!(world.asked.borrow()[0].is_optional, is_optional);
    }
}

#[test]
fn a_mistaken_plan_is_repaired_once() {
    let world = World::new([answer(mistaken()), answer(good())]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!((world.metadata().source, world.asked_times()), (Source::Llm, 2));
    let repair = world.asked.borrow()[1].messages.last().unwrap().text.clone();
    assert!(repair.contains("- blocks[0].text: names a price, a percentage"), "{repair}");
    assert_eq!([0, 1].map(|at| world.asked.borrow()[at].calls_max), [2, 1]);
}

#[test]
fn a_plan_with_a_flaw_is_mended_and_not_paid_for_twice() {
    for (answered, mended) in [
        (good().replace("\"wand-2\"", "\"wand-99\""), "unknown-product block"),
        (good().replace("It listens.", "Now $5."), "block"),
        (good().replace("Wands for dusk", "Wands for $5"), "title"),
        (
            good().replace("Lights", "Lights for a long walk home in the dusk, and for the way back too"),
            "too-long",
        ),
        (format!("```json\n{}\n```", good()), "surroundings"),
        (good()[..good().len() - 40].to_owned(), "cut"),
        (json!({ "plan": good() }).to_string(), "wrapper encoded-twice"),
    ] {
        let world = World::new([answer(answered)]);
        assert_eq!(generate(&world, &job()), Outcome::Done(None));
        assert_eq!((world.metadata().source, world.asked_times()), (Source::Llm, 1));
        assert!(world.html().contains("Dusk is near"));
        let told = format!("a plan was mended [(\"mended\", \"{mended}\")");
        assert!(world.events.borrow().iter().any(|event| event.starts_with(&told)), "{:?}", world.events);
    }
}

#[test]
fn a_plan_in_the_form_of_its_schema_becomes_the_page_and_nothing_is_mended() {
    let plan = json!({
        "title": "Wands for dusk",
        "hero": { "headline": "Dusk is near", "text": "Bring a light.", "product": "1" },
        "blocks": [
            { "type": "grid", "heading": "Lights", "products": ["1", "4", "6"] },
            { "type": "search", "heading": "Find yours", "terms": ["oak"] },
        ],
    });
    let world = World::new([answer(plan.to_string())]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!(world.metadata().source, Source::Llm);
    assert!(!world.events.borrow().iter().any(|event| event.contains("mended")), "{:?}", world.events);
}

#[test]
fn a_model_with_a_small_context_is_asked_again_about_fewer_products() {
    let many = (0..90).map(|at| product(&format!("p{at}"), "Wands", 1_000 + at)).collect();
    let too_long = || Err(NoAnswer::Failed(failed_with(Cause::Context, None)));
    let world = World {
        products: Ok(Assortment::new("EUR".to_owned(), many)),
        ..World::new([too_long(), too_long()])
    };
    let Outcome::Done(Some(trouble)) = generate(&world, &job()) else { panic!("a page and its trouble") };
    assert_eq!((trouble.cause, world.asked_times()), (Some(Cause::Context), 2));
    let lines = |at: usize| world.asked.borrow()[at].messages[1].text.matches(" | Wands | ").count();
    assert_eq!((lines(0), lines(1)), (PRODUCTS_MAX, PRODUCTS_FEW));
}

#[test]
fn an_answer_that_took_two_calls_is_not_repaired() {
    let second = Completion { calls: 2, ..answer(mistaken()).unwrap() };
    let world = World::new([Ok(second), answer(good())]);
    assert!(matches!(generate(&world, &job()), Outcome::Done(Some(_))));
    assert_eq!((world.metadata().source, world.asked_times()), (Source::Local, 1));
}

#[test]
fn an_answer_that_is_useless_twice_ends_in_a_local_page_and_a_note() {
    let half = &good()[..100];
    let wrong = r#"{"xyzzy":1}"#;
    for garbage in ["", half, wrong, &mistaken(), &"x".repeat(100_000), "xyzzy"] {
        let world = World::new([answer(garbage), answer(garbage)]);
        let Outcome::Done(Some(trouble)) = generate(&world, &job()) else { panic!("a page and its trouble") };
        let note = trouble.reason;
        let says_too_much = *garbage == mistaken();
        assert_eq!(trouble.cause, Some(if says_too_much { Cause::Claims } else { Cause::Format }));
        assert!(note.starts_with("the plan of the language model was refused, twice"), "{note}");
        assert!(!note.contains("xyzzy") && note.len() < 150, "{note}");
        assert_eq!((world.metadata().source, world.asked_times()), (Source::Local, 2));
        assert_eq!(fresh_ms(&world), 600_000);
    }
}

#[test]
fn after_a_crash_a_mistaken_plan_is_not_repaired() {
    let world = World::new([answer(mistaken()), answer(good())]);
    let outcome = generate(&world, &Job { crashed: true, ..job() });
    let Outcome::Done(Some(trouble)) = outcome else { panic!("a page and its trouble") };
    assert_eq!(trouble.cause, Some(Cause::Claims));
    assert_eq!((world.metadata().source, world.asked_times()), (Source::Local, 1));
    assert_eq!(fresh_ms(&world), STAND_IN_MS);
    let world = World::new([answer(good())]);
    assert_eq!(generate(&world, &Job { crashed: true, ..job() }), Outcome::Done(None));
    assert_eq!(world.metadata().source, Source::Llm);
}

#[test]
fn a_market_without_products_calls_no_model_and_is_retried_soon() {
    let nothing = Ok(Assortment::new("EUR".to_owned(), Vec::new()));
    let world = World { products: nothing, ..World::new([answer(good())]) };
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!((world.metadata().source, world.asked_times()), (Source::Local, 0));
    assert_eq!(fresh_ms(&world), STAND_IN_MS);
}

fn failed_with(cause: Cause, retry_after_ms: Option<u64>) -> Failed {
    Failed { cause, said: "status 4: as told".to_owned(), retry_after_ms }
}

fn trouble_of(failed: &Failed) -> Trouble {
    Trouble { cause: Some(failed.cause), reason: format!("{}: status 4: as told", failed.cause.meaning()) }
}

#[test]
fn a_model_that_is_soon_back_is_waited_for() {
    for (cause, wait_ms) in [(Cause::Rate, 30_000), (Cause::Unreachable, 1), (Cause::Timeout, 0)] {
        let failed = failed_with(cause, Some(wait_ms));
        let world = World::new([Err(NoAnswer::Failed(failed.clone()))]);
        let retry = Outcome::Retry { after_ms: Some(wait_ms), trouble: trouble_of(&failed) };
        assert_eq!(generate(&world, &job()), retry);
        assert_eq!(world.pages_stored.get(), 0);
    }
}

#[test]
fn a_model_that_stays_away_is_replaced_for_a_short_while() {
    let cases = [
        (Cause::Rate, 30_001, job(), 60_000),
        (Cause::Unreachable, 90_000, job(), 90_000),
        (Cause::Unreachable, u64::MAX, job(), STAND_IN_MS),
        (Cause::Rate, 1, last_job(), 60_000),
        (Cause::Timeout, 0, last_job(), 60_000),
    ];
    for (cause, wait_ms, job, expected_ms) in cases {
        let failed = failed_with(cause, Some(wait_ms));
        let world = World::new([Err(NoAnswer::Failed(failed.clone()))]);
        assert_eq!(generate(&world, &job), Outcome::Done(Some(trouble_of(&failed))));
        assert_eq!((world.metadata().source, fresh_ms(&world)), (Source::Local, expected_ms));
    }
}

/// How long a local plan stays fresh when the cause can be fixed.
const STAND_IN_MS: u64 = 600_000;

#[test]
fn whatever_the_model_refuses_is_asked_again_after_ten_minutes() {
    for cause in Cause::ALL {
        let failed = failed_with(cause, None);
        let refusal = || Err(NoAnswer::Failed(failed.clone()));
        let world = World::new([refusal(), refusal()]);
        assert_eq!(generate(&world, &job()), Outcome::Done(Some(trouble_of(&failed))));
        assert_eq!((world.metadata().source, fresh_ms(&world)), (Source::Local, STAND_IN_MS), "{cause:?}");
        let is_cut = cause == Cause::Context;
        assert_eq!(world.asked_times(), if is_cut { 2 } else { 1 }, "{cause:?}");
    }
}

#[test]
fn a_page_that_is_to_be_planned_locally_asks_no_model_and_is_stale_for_the_next_view() {
    let world = World::new([answer(good())]);
    let request = GenerationRequest { work: Work::PlanLocally, ..job().request };
    assert_eq!(generate(&world, &Job { request, ..job() }), Outcome::Done(None));
    assert_eq!((world.metadata().source, fresh_ms(&world)), (Source::Local, 10_000));
    assert_eq!(world.asked_times(), 0);
}

#[test]
fn a_stand_in_is_fresh_no_longer_than_other_pages() {
    let failed = failed_with(Cause::Auth, None);
    let world = World { fresh_seconds: 60, ..World::new([Err(NoAnswer::Failed(failed))]) };
    generate(&world, &job());
    assert_eq!(fresh_ms(&world), 60_000);
}

#[test]
fn a_repair_that_gets_no_answer_is_not_tried_again() {
    let failed = failed_with(Cause::Rate, Some(1));
    let world = World::new([answer(mistaken()), Err(NoAnswer::Failed(failed.clone()))]);
    let reason = format!("the plan was refused, and then {failed}");
    let trouble = Trouble { cause: Some(Cause::Rate), reason };
    assert_eq!(generate(&world, &job()), Outcome::Done(Some(trouble)));
    assert_eq!((world.metadata().source, fresh_ms(&world)), (Source::Local, STAND_IN_MS));
}

#[test]
fn a_truncated_answer_differs_from_a_wrong_one() {
    let half = &good()[..100];
    for (ending, cause, asked_times) in [
        (Ending::Complete, Cause::Format, 2),
        (Ending::Length, Cause::Length, 2),
        (Ending::Filter, Cause::Filter, 1),
    ] {
        let cut = || Ok(Completion { ending, ..answer(half).unwrap() });
        let world = World::new([cut(), cut()]);
        let Outcome::Done(Some(trouble)) = generate(&world, &job()) else { panic!("a page and its trouble") };
        assert_eq!((trouble.cause, world.asked_times()), (Some(cause), asked_times));
        let whole = World::new([Ok(Completion { ending, ..answer(good()).unwrap() })]);
        assert_eq!(generate(&whole, &job()), Outcome::Done(None), "a plan is whole, whatever came after it");
    }
}

#[test]
fn a_store_that_is_not_served_has_no_page() {
    let nowhere = World { merchant: None, ..World::new([]) };
    assert!(matches!(generate(&nowhere, &job()), Outcome::Failed(_)));
    let unknown = World { products: Err(CatalogError::NoSuchShop), ..World::new([]) };
    assert!(matches!(generate(&unknown, &job()), Outcome::Failed(_)));
}

#[test]
fn a_job_does_not_die_of_what_others_do() {
    for (after_ms, again_ms) in [(500, 60_000), (90_000, 90_000)] {
        let world = World { products: Err(CatalogError::Unavailable(after_ms)), ..World::new([]) };
        let retry = generate(&world, &job());
        assert!(matches!(retry, Outcome::Retry { after_ms: Some(ms), .. } if ms == after_ms), "{retry:?}");
        assert_eq!(generate(&world, &last_job()), Outcome::Postponed(again_ms));
    }
    let error = CacheError::Unavailable("xyzzy".to_owned());
    let world = World { cache_error: Some(error), ..World::new([]) };
    for job in [job(), last_job()] {
        assert_eq!(generate(&world, &job), Outcome::Postponed(2_000));
    }
    assert_eq!(world.asked_times(), 0);
}

#[test]
fn a_job_whose_page_cannot_be_stored_waits_after_its_last_attempt() {
    let full = Some(CacheError::Unavailable("the disk is full".to_owned()));
    let world = World { put_error: full, ..World::new([answer(good()), answer(good())]) };
    let retry = generate(&world, &job());
    assert!(matches!(retry, Outcome::Retry { after_ms: None, .. }), "{retry:?}");
    assert_eq!(generate(&world, &last_job()), Outcome::Postponed(600_000));
    assert_eq!(world.asked_times(), 2, "each attempt pays for a plan, so there are few");
}

#[test]
fn a_catalog_that_is_busy_postpones_the_job() {
    let world = World { products: Err(CatalogError::Busy(1_000)), ..World::new([answer(good())]) };
    for job in [job(), last_job()] {
        assert_eq!(generate(&world, &job), Outcome::Postponed(1_000));
    }
    assert_eq!((world.asked_times(), world.pages_stored.get()), (0, 0));
}

#[test]
fn pages_that_the_cache_refuses_are_not_retried() {
    let world = World { cache_error: Some(CacheError::Invalid(String::new())), ..World::new([]) };
    assert!(matches!(generate(&world, &job()), Outcome::Failed(_)));
}

/// A world after the first job, in which potions then became dearer and a hat sold out.
fn world_whose_catalog_changed(script: impl IntoIterator<Item = Result<Completion, NoAnswer>>) -> World {
    let mut world = World::new([answer(good())]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    let mut changed = products();
    changed.retain(|product| product.id != "hat-1");
    changed.iter_mut().filter(|product| product.id == "potion-1").for_each(|potion| potion.price = 77_700);
    world.products = Ok(Assortment::new("EUR".to_owned(), changed));
    world.catalog_version.set(8);
    *world.script.borrow_mut() = script.into_iter().collect();
    world.asked.borrow_mut().clear();
    world
}

#[test]
fn a_page_is_rendered_again_from_its_plan_with_todays_prices_and_no_model() {
    let world = world_whose_catalog_changed([]);
    let (plan, metadata) = (world.plan.borrow().clone().unwrap(), world.metadata());
    assert_eq!(generate(&world, &rerender_job()), Outcome::Done(None));
    assert_eq!(world.asked_times(), 0);
    assert!(world.html().contains("777") && !world.html().contains("hat-1"));
    let fragment = world.metadata().fragment;
    assert!(fragment.size < metadata.fragment.size, "a product is gone");
    let rendered = PageMetadata { job: job_id("job-2"), catalog_version: 8, fragment, ..metadata };
    assert_eq!(world.metadata(), rendered);
    let again = world.plan.borrow().clone().unwrap();
    assert_eq!(record::of_shopper(&again.json), record::of_shopper(&plan.json), "the plan is unchanged");
    assert!(again.json.contains("\"question\"") && again.json.contains("asks for reductions"));
    let shop = ShopId::parse("magic-wands").unwrap();
    assert_eq!(record::replay(&shop, &again.json), Ok(world.html()), "its record is of the new page");
}

#[test]
fn a_page_whose_plan_no_longer_fits_is_planned_anew() {
    let mut world = world_whose_catalog_changed([answer(
        good().replace("[\"wand-1\",", "[").replace("wand-1", "wand-3"),
    )]);
    let left = products().into_iter().filter(|product| product.id != "wand-1").collect();
    world.products = Ok(Assortment::new("EUR".to_owned(), left));
    assert_eq!(generate(&world, &rerender_job()), Outcome::Done(None));
    assert_eq!((world.asked_times(), world.metadata().source), (1, Source::Llm));
}

#[test]
fn a_page_is_planned_anew_with_settings_that_its_plan_depends_on_and_rendered_with_others() {
    type Change = fn(&mut ShopSettings);
    let changes: [(Change, usize); 7] = [
        (|merchant| merchant.tone = "dry".into(), 1),
        (|merchant| merchant.language = "en-GB".parse().unwrap(), 1),
        (|merchant| merchant.banned_words.push("xyzzy".into()), 1),
        (|merchant| merchant.promises.push("Gift wrapping".into()), 1),
        (|merchant| merchant.personas_off.push(Persona::Loyalist), 1),
        (|merchant| merchant.accent = "#112233".parse().ok(), 0),
        (|merchant| merchant.surface = "#fffffe".parse().ok(), 0),
    ];
    for (change, asked_times) in changes {
        let mut world = world_whose_catalog_changed([answer(
            good().replace("hat-1", "wand-sold-out").replace("Dusk", "Dawn"),
        )]);
        change(world.merchant.as_mut().unwrap());
        let merchant = world.merchant.clone();
        assert_eq!(generate(&world, &rerender_job()), Outcome::Done(None), "{merchant:?}");
        assert_eq!(world.asked_times(), asked_times, "{merchant:?}");
        assert_eq!(world.html().contains("Dawn is near"), asked_times == 1, "{merchant:?}");

        let again = Job { id: job_id("job-3"), ..rerender_job() };
        assert_eq!(generate(&world, &again), Outcome::Done(None));
        assert_eq!(world.asked_times(), asked_times, "once: {merchant:?}");
    }
}

#[test]
fn settings_that_are_saved_while_a_page_is_planned_leave_it_stale() {
    let world = World { saves_while_read: true, ..World::new([answer(good())]) };
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert!(world.metadata().catalog_version < world.catalog_version.get());
}

#[test]
fn a_page_without_a_readable_plan_is_planned_anew() {
    let world = World::new([answer(good())]);
    assert_eq!(generate(&world, &rerender_job()), Outcome::Done(None));
    assert_eq!(world.asked_times(), 1);

    let world = world_whose_catalog_changed([answer(good().replace("hat-1", "wand-sold-out"))]);
    world.plan.borrow_mut().as_mut().unwrap().json = "{\"format\":99}".to_owned();
    assert_eq!(generate(&world, &rerender_job()), Outcome::Done(None));
    assert_eq!(world.asked_times(), 1);
}

#[test]
fn a_new_plan_is_made_for_a_new_request_whatever_is_stored() {
    let world = world_whose_catalog_changed([answer(
        good().replace("hat-1", "wand-sold-out").replace("Dusk", "Dawn"),
    )]);
    let next = Job { id: job_id("job-3"), ..job() };
    assert_eq!(generate(&world, &next), Outcome::Done(None));
    assert!(world.html().contains("Dawn is near"));
}

#[test]
fn a_catalog_that_moves_while_it_is_read_leaves_the_page_old() {
    let world = World { catalog_changes_while_read: true, ..World::new([]) };
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!((world.metadata().catalog_version, world.catalog_version.get()), (7, 8));
}

#[test]
fn a_repeated_job_whose_completion_was_lost_does_nothing() {
    let world = World::new([answer(good())]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!((world.asked_times(), world.pages_stored.get()), (1, 1));
}

/// Interrupts `job` at each of its steps in turn, runs it again, and passes the world before and after the second
/// run to `see`.
fn cut_off_everywhere(world: impl Fn() -> World, job: &Job, see: impl Fn(usize, bool, &World)) {
    for step in 0.. {
        let world = world();
        if world.generate_until(step, job).is_some() {
            assert!(step > 5, "a job has more steps than {step}");
            return;
        }
        let asked_times = world.asked_times();
        let was_kept = world.plan.borrow().as_ref().is_some_and(|plan| plan.metadata.job == job.id);
        assert_eq!(generate(&world, job), Outcome::Done(None), "cut off at step {step}");
        assert_eq!(world.metadata().job, job.id, "cut off at step {step}");
        see(asked_times, was_kept, &world);
    }
}

#[test]
fn an_interrupted_generation_resumes_and_repeats_nothing() {
    let world = || World::new([answer(good()), answer(good())]);
    cut_off_everywhere(world, &job(), |asked_times, was_kept, world| {
        let asked_again = world.asked_times() - asked_times;
        assert_eq!(asked_again, usize::from(!was_kept), "what was planned is not planned again");
        assert_eq!(world.pages_stored.get(), 1, "a page that was stored is not stored again");
        assert!(world.html().contains("Dusk is near"));
    });
}

#[test]
fn an_interrupted_rendering_calls_no_model() {
    cut_off_everywhere(
        || world_whose_catalog_changed([]),
        &rerender_job(),
        |_, _, world| {
            assert_eq!(world.asked_times(), 0);
            assert_eq!(world.pages_stored.get(), 2, "once by each job");
        },
    );
}

/// Possible answers of a model: a plan, almost a plan, and hostile text.
fn any_answer() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any_plan(),
        4 => (any_plan(), prop::sample::select(DISGUISES.to_vec())).prop_map(|(plan, disguise)| disguise(&plan)),
        2 => (any_plan(), any::<prop::sample::Index>()).prop_map(|(plan, end)| {
            plan[..plan.floor_char_boundary(end.index(plan.len()))].to_owned()
        }),
        1 => any_text(),
        1 => ".{0,200}",
    ]
}

fn any_plan() -> impl Strategy<Value = String> {
    prop::collection::vec((any::<prop::sample::Index>(), any_value()), 0..3).prop_map(altered)
}

/// Ways in which models wrap plans and break their syntax.
const DISGUISES: [fn(&str) -> String; 8] = [
    |plan| format!("```json\n{plan}\n```"),
    |plan| format!("<think>{{ {plan}</think> Here: {plan}"),
    |plan| json!({ "result": { "plan": plan } }).to_string(),
    |plan| json!(plan).to_string(),
    |plan| plan.replace("]}", ",],}"),
    |plan| plan.replace('"', "'"),
    |plan| plan.replace('"', "\\\""),
    |plan| plan.replace("},{", "}\n// next\n{"),
];

const EVIL: &str = "<x-evil onclick=alert(1)>";

fn any_value() -> impl Strategy<Value = Value> {
    let known = prop::sample::select(products()).prop_map(|product| json!(product.id));
    let odd =
        vec![json!(EVIL), json!("{{ x-evil }}"), json!(null), json!(-1), json!([]), json!({ "x": EVIL })];
    prop_oneof![
        3 => known,
        3 => Just(json!("Plain words")),
        2 => prop::sample::select(odd),
        1 => any_text().prop_map(Value::from),
    ]
}

/// The valid plan with some values replaced.
fn altered(changes: Vec<(prop::sample::Index, Value)>) -> String {
    let mut plan = serde_json::to_value(every_block()).unwrap();
    for (index, value) in changes {
        let places = places(&plan, String::new());
        let place: &String = index.get(&places);
        *plan.pointer_mut(place).unwrap() = value;
    }
    plan.to_string()
}

/// The positions of all values within `value`, which is at `at`, as JSON pointers (RFC 6901).
fn places(value: &Value, at: String) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(object) => object.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect()
        }
        _ => Vec::new(),
    };
    let inner = inner.into_iter().flat_map(|(name, inner)| places(inner, format!("{at}/{name}"))).collect();
    [vec![at], inner].concat()
}

proptest! {
    #[test]
    fn whatever_a_model_says_there_is_a_page_and_it_holds_no_markup_of_the_models(
        first in any_answer(),
        second in any_answer(),
        signals in any_signals(),
        complete: bool,
    ) {
        let mut first = answer(first);
        first.as_mut().unwrap().ending = if complete { Ending::Complete } else { Ending::Length };
        let world = World::new([first, answer(second)]);
        let outcome = generate(&world, &job_after(signals));
        prop_assert!(matches!(outcome, Outcome::Done(_)), "{:?}", outcome);
        let is_models = world.metadata().source == Source::Llm;
        prop_assert!(is_models || matches!(outcome, Outcome::Done(Some(_))), "the journal says why");
        prop_assert!(world.asked_times() <= 2);
        let html = world.html();
        prop_assert!(!html.contains("<x-evil") && !html.contains("x-evil }}"), "{}", html);
        prop_assert!(!html.contains("<script>alert"), "{}", html);
    }

    #[test]
    fn whatever_a_shopper_types_is_in_no_outcome_and_no_event(words in "[a-z ]{0,10}", last: bool) {
        let words = format!("xyzzy{words}");
        let list = vec![words.clone()];
        let signals = Signals {
            views: list.clone(), searches: list.clone(), filters: list.clone(), sorts: list.clone(),
            carted: list.clone(), purchased: list, visits: 1,
        };
        for script in [vec![answer(&words), answer(&words)], vec![Err(NoAnswer::Failed(failed_with(Cause::Timeout, Some(0))))], vec![]] {
            let world = World::new(script);
            let outcome = generate(&world, &Job { last, ..job_after(signals.clone()) });
            let told = format!("{outcome:?} {:?}", world.events.borrow());
            prop_assert!(!told.contains("xyzzy"), "{}", told);
        }
    }
}

#[test]
fn a_shop_of_any_size_has_a_page() {
    for count in 0..5u64 {
        let few = (0..count).map(|index| product(&format!("p{index}"), "Wands", index)).collect();
        let world = World { products: Ok(Assortment::new("JPY".to_owned(), few)), ..World::new([]) };
        assert_eq!(generate(&world, &job()), Outcome::Done(None));
    }
    let one = vec![reduced("a", "Wands", 1, 2)];
    let world = World { products: Ok(Assortment::new("EUR".to_owned(), one)), ..World::new([]) };
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert!(world.html().contains("Product a"));
}

#[test]
fn metadata_says_where_in_the_page_its_content_is() {
    let world = World::new([answer(good())]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    let Fragment { offset, size } = world.metadata().fragment;
    let (start, size) = (usize::try_from(offset).unwrap(), usize::try_from(size).unwrap());
    let fragment = world.html()[start..start + size].to_owned();
    assert!(fragment.contains("Dusk is near") && !fragment.contains("<script"), "{fragment}");
}

#[test]
fn a_given_persona_is_not_guessed() {
    let world = World::new([]);
    let known = job_for(Persona::Loyalist);
    assert_eq!(generate(&world, &known), Outcome::Done(None));
    assert_eq!((world.metadata().persona, world.metadata().confidence), (Persona::Loyalist, 100));
}

/// A world whose merchant turned personas off.
fn world_without(personas: &[Persona]) -> World {
    let mut world = World::new([]);
    world.merchant.as_mut().unwrap().personas_off = personas.to_vec();
    world
}

#[test]
fn a_persona_that_is_turned_off_gets_the_page_of_the_next_best() {
    let world = world_without(&[Persona::Dealhunter]);
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert_eq!(world.metadata().persona, Persona::Explorer);
    let world = world_without(&[Persona::Minimalist]);
    let known = job_for(Persona::Minimalist);
    assert_eq!(generate(&world, &known), Outcome::Done(None));
    assert_eq!(world.metadata().persona, Persona::Explorer);
}

#[test]
fn a_page_of_a_persona_that_is_turned_off_is_not_rendered_again() {
    let mut world = world_whose_catalog_changed([]);
    let before = world.metadata().persona;
    world.merchant.as_mut().unwrap().personas_off = vec![before];
    assert_eq!(generate(&world, &rerender_job()), Outcome::Done(None));
    assert_ne!(world.metadata().persona, before);
}

#[test]
fn a_shop_with_every_persona_turned_off_gets_no_page() {
    let world = world_without(&Persona::ALL);
    for job in [job(), rerender_job(), job_for(Persona::Explorer)] {
        assert_eq!(generate(&world, &job), Outcome::Failed("every persona is turned off".to_owned()));
    }
    assert_eq!((world.pages_stored.get(), world.asked_times()), (0, 0));
}

#[test]
fn the_catalog_is_asked_in_the_shoppers_market_and_for_their_two_newest_searches() {
    let world = World::new([]);
    let searches = ["oak", " OAK ", "", &"x".repeat(101), "felt hat", "older"].map(str::to_owned).to_vec();
    let signals = Signals { searches, ..Signals::default() };
    let market = Market::of("DE", "DE").unwrap();
    let request = GenerationRequest { signals, market, ..job().request };
    assert_eq!(generate(&world, &Job { request, ..job() }), Outcome::Done(None));
    assert_eq!(*world.catalog_asked.borrow(), ["DE-DE", "DE-DE oak", "DE-DE felt hat"]);
}

#[test]
fn collections_are_on_the_page_and_it_is_made_without_them_too() {
    let plan = r#"{"title":"Dusk","hero":{"headline":"Dusk is near","text":"Bring a light.","product":"1"},"blocks":[
        {"type":"grid","heading":"Lights","products":["2","4"]},{"type":"collections","heading":"Look further"},
        {"type":"story","heading":"By the fire","text":"An hour to look around."}]}"#;
    let collection = model::catalog::Collection {
        handle: "dusk".to_owned(),
        title: "For dusk".to_owned(),
        url: "/collections/dusk".to_owned(),
        products: Vec::new(),
    };
    let made = |collections| {
        let world = World { collections, ..World::new([answer(plan)]) };
        assert_eq!(generate(&world, &job()), Outcome::Done(None));
        (world.html().contains("/collections/dusk\">"), world.events.borrow().join("\n"))
    };
    assert!(made(Ok(vec![collection])).0);
    let (is_linked, events) = made(Err(CatalogError::Unavailable(1)));
    assert!(!is_linked && events.contains("cannot get collections from the catalog"), "{events}");
}

#[test]
fn search_results_can_be_on_the_page() {
    let found = vec![product("rare-xyzzy", "Curios", 4200)];
    let plan = good().replace("wand-2", "rare-xyzzy");
    let world = World { found: Ok(found), ..World::new([answer(plan)]) };
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert!(world.asked.borrow()[0].messages[1].text.contains("\n8 | Product rare-xyzzy | Curios |"));
    assert_eq!((world.metadata().source, world.asked_times()), (Source::Llm, 1));
    assert!(world.html().contains("Product rare-xyzzy"));
}

#[test]
fn a_search_that_fails_costs_only_its_finds() {
    let world = World { found: Err(CatalogError::Unavailable(1)), ..World::new([]) };
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert!(world.events.borrow().iter().any(|event| event == "cannot search the catalog []"));
}

#[test]
fn prices_are_written_as_the_shop_writes_them() {
    let assortment =
        assortment().of_shop("Magic".to_owned(), "{{amount_with_comma_separator}} Taler".to_owned());
    let world = World { products: Ok(assortment), ..World::new([]) };
    assert_eq!(generate(&world, &job()), Outcome::Done(None));
    assert!(world.html().contains("39,00 Taler"));
}
