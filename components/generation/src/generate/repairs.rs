//! How many answers lead to a second, paid call: at most one in twenty of the ways in which models answer.
//!
//! Envelopes of endpoints need none: they end in the same text or in no answer (`host/backends/src/llm/tests`).

use model::{Cause, Source};
use serde_json::{Value, json};

use super::tests::job;
use super::*;
use crate::capabilities::{Completion, Ending};
use crate::fakes::{World, answer};

/// The largest part of answers that may lead to a second call.
const REPAIRS_PER_ANSWER_MAX: f64 = 0.05;

/// A page in the form that is asked for, with numbers of products.
fn plan() -> Value {
    json!({
        "title": "Wands for dusk",
        "hero": { "headline": "Dusk is near", "text": "Bring a light.", "product": "1" },
        "blocks": [
            { "type": "grid", "heading": "Lights", "products": ["1", "4", "6"] },
            { "type": "spotlight", "heading": "The quiet one", "text": "It listens.", "product": "2" },
            { "type": "bundle", "heading": "Head and hand", "text": "They match.", "products": ["3", "5"] },
            { "type": "search", "heading": "Find yours", "terms": ["oak", "felt"] },
            { "type": "story", "heading": "By hand", "text": "Every one of them." },
            { "type": "reassurance" },
        ],
    })
}

/// The plan with another value at a place, which is a JSON pointer (RFC 6901).
fn with(place: &str, value: Value) -> String {
    let mut plan = plan();
    *plan.pointer_mut(place).unwrap() = value;
    plan.to_string()
}

/// The plan with other members of its own; null removes one.
fn with_members(members: &Value) -> String {
    let mut plan = plan();
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            plan.as_object_mut().unwrap().remove(name);
        } else {
            plan[name] = value.clone();
        }
    }
    plan.to_string()
}

/// What stands around a plan, or how it is encoded.
fn surrounded() -> Vec<String> {
    let (plan, pretty) = (plan().to_string(), serde_json::to_string_pretty(&plan()).unwrap());
    vec![
        plan.clone(),
        pretty.clone(),
        format!("\u{feff}{plan}\n"),
        format!("```json\n{pretty}\n```"),
        format!("```\n{plan}\n```\nI hope that this helps."),
        format!("Here is the plan:\n\n{plan}"),
        format!("{plan}\n\nLet me know if it should be {{shorter}}."),
        format!("<think>A grid {{or}} a story?</think>\n{plan}"),
        format!("A grid or a story?\n</think>\n{plan}"),
        format!("<think>Perhaps {plan}</think>{plan}"),
        format!("<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>{plan}"),
        format!("{plan}\n{plan}"),
        json!({ "plan": plan }).to_string(),
        json!({ "name": "storefront_plan", "arguments": self::plan() }).to_string(),
        json!([self::plan()]).to_string(),
        json!(plan).to_string(),
        plan.replace('"', "\\\""),
    ]
}

/// Returns JSON with the quotes of a word processor.
fn typographic(json: &str) -> String {
    let quotes = ["\u{201c}", "\u{201d}"].into_iter().cycle();
    json.split('"').zip(quotes).flat_map(|(part, quote)| [part, quote]).collect()
}

/// Syntax that is not JSON.
fn misspelt() -> Vec<String> {
    let (plan, pretty) = (plan().to_string(), serde_json::to_string_pretty(&plan()).unwrap());
    vec![
        plan.replace("]}", ",],}"),
        plan.replace('"', "'"),
        typographic(&plan),
        plan.replace("},{", "}\n{"),
        plan.replace("},{", "}, // next\n{"),
        pretty.replace("\"type\"", "type"),
        plan.replace("It listens.", "It\nlistens."),
        plan.trim_end_matches('}').to_owned(),
        format!("{plan}}}"),
    ]
}

/// Members in another form, or unknown ones.
fn misshapen() -> Vec<String> {
    let blocks = plan()["blocks"].clone();
    let hero =
        json!({ "type": "hero", "headline": "Dusk is near", "text": "Bring a light.", "product": "1" });
    let with_hero: Vec<_> = [hero].into_iter().chain(blocks.as_array().unwrap().clone()).collect();
    vec![
        with_members(&json!({ "hero": null, "blocks": with_hero })),
        with_members(&json!({ "title": null })),
        with_members(&json!({ "hero": null })),
        with_members(&json!({ "blocks": null, "sections": blocks })),
        with_members(&json!({ "version": 2, "reasoning": "A calm page." })),
        with_members(&json!({ "blocks": blocks.to_string() })),
        with("/blocks/0/type", json!("ProductGrid")),
        with("/blocks/0/products", json!([1, 4, 6])),
        with("/blocks/0/products", json!("1, 4, 6")),
        with("/blocks/0/products", json!([{ "id": "1" }, { "id": "4" }])),
        with("/blocks/0/products", json!(["Product wand-1", "Product hat-1"])),
        with(
            "/blocks/1",
            json!({ "type": "spotlight", "title": "The quiet one", "body": "It listens.", "product_id": 2 }),
        ),
        with(
            "/blocks/1",
            json!({ "spotlight": { "heading": "The quiet one", "text": "It listens.", "product": "2" } }),
        ),
        with("/hero/text", json!(["Bring a light."])),
    ]
}

/// Values that cannot be used as they are.
fn mistaken() -> Vec<String> {
    let long = "A light for a long walk home in the dusk, and for the way back too. ".repeat(5);
    vec![
        with("/blocks/0/products", json!(["1", "99", "4"])),
        with("/blocks/0/products", json!(["1", "1", "4", "4"])),
        with("/blocks/0/products", json!((1..=30).map(|at| at.to_string()).collect::<Vec<_>>())),
        with("/blocks/0/heading", json!(long)),
        with("/blocks/1/text", json!(long)),
        with("/blocks/1/text", json!("Now only $5.")),
        with("/blocks/1/heading", json!("<b>The quiet one</b>")),
        with("/hero/headline", json!("Free shipping on everything")),
        with("/title", json!("Best prices, guaranteed")),
        with("/blocks/1/product", json!("99")),
        with("/blocks/2", json!({ "type": "carousel", "slides": [] })),
        with("/blocks/2", json!(null)),
        with("/blocks/4/text", json!("")),
    ]
}

/// Answers that end early, at a limit of tokens or because the stream broke off.
fn cut() -> Vec<String> {
    let plan = plan().to_string();
    let plan = plan.as_str();
    [5, 6, 7, 8, 9].map(|tenths| plan[..plan.len() * tenths / 10].to_owned()).to_vec()
}

/// Answers that no page can be made from.
fn useless() -> Vec<String> {
    let story = |text: &str| json!({ "type": "story", "heading": "Only $5", "text": text });
    vec![
        "I am sorry, but I cannot plan pages.".to_owned(),
        json!({ "title": "x", "blocks": [story("Half off!"), story("Ends today!"), story("Call us now!")] })
            .to_string(),
        plan().to_string()[..80].to_owned(),
    ]
}

#[test]
fn at_most_one_answer_in_twenty_is_asked_for_twice_and_each_gives_a_whole_page() {
    let whole = [surrounded(), misspelt(), misshapen(), mistaken(), useless()].concat();
    let answers = whole.into_iter().map(|text| (text, Ending::Complete));
    let answers: Vec<_> = answers.chain(cut().into_iter().map(|text| (text, Ending::Length))).collect();
    let mut repaired = Vec::new();
    for (text, ending) in &answers {
        let given = Completion { ending: *ending, ..answer(text.clone()).unwrap() };
        let world = World::new([Ok(given), answer(plan().to_string())]);
        assert_eq!(generate(&world, &job()), Outcome::Done(None), "{text}");
        assert_eq!(world.metadata().source, Source::Llm, "{text}");
        assert!(world.html().trim_end().ends_with("</html>"), "{text}");
        if world.asked_times() > 1 {
            repaired.push(text);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few")]
    let rate = repaired.len() as f64 / answers.len() as f64;
    assert!(rate <= REPAIRS_PER_ANSWER_MAX, "{} of {}: {repaired:#?}", repaired.len(), answers.len());
    assert!(useless().iter().all(|text| repaired.contains(&text)), "what is useless is asked for twice");
}

#[test]
fn an_answer_that_is_useless_twice_still_gives_a_page_that_says_why() {
    for text in useless() {
        let world = World::new([answer(text.clone()), answer(text.clone())]);
        let Outcome::Done(Some(trouble)) = generate(&world, &job()) else { panic!("a page and its trouble") };
        assert!(matches!(trouble.cause, Some(Cause::Format | Cause::Claims)), "{trouble:?} of {text}");
        assert_eq!((world.metadata().source, world.asked_times()), (Source::Local, 2));
    }
}
