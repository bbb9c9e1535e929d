//! Finds the plan in the model's answer, whatever surrounds it: prose, code fences, thoughts, wrappers, a second
//! encoding, or a second plan.
//!
//! It finds JSON and decides nothing about its content: [`crate::draft`] does.

use serde_json::{Map, Value};

use crate::lenient;
use crate::mended::{Mend, Mended};

/// The longest part of an answer that is read, in bytes. A plan has about 2 KiB.
pub const BYTES_MAX: usize = 64 * 1024;
/// The most places where a document may begin that are tried: a plan has fewer than twenty objects.
const STARTS_MAX: usize = 64;
/// The most wrappers around a plan.
const WRAPPERS_MAX: usize = 4;
/// The ends of thoughts. The answer follows the last of them.
const THOUGHT_ENDS: [&str; 9] = [
    "</think>",
    "</thinking>",
    "</thought>",
    "</thoughts>",
    "</reasoning>",
    "</analysis>",
    "[/think]",
    "◁/think▷",
    "<|message|>",
];
/// The names of the list of blocks, without case and punctuation.
pub const BLOCKS: [&str; 5] = ["blocks", "sections", "components", "layout", "block"];

/// A plan as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The object that holds the blocks.
    pub plan: Map<String, Value>,
    /// What stands in the way and was removed.
    pub mended: Mended,
}

/// Finds the plan in an answer: of several the one with the most blocks, or else the last.
pub fn find(text: &str) -> Option<Found> {
    let (answer, has_thoughts) = without_thoughts(text);
    let found = find_in(answer, has_thoughts).or_else(|| find_in(&unescaped(answer)?, has_thoughts));
    // The thoughts may hold all there is.
    found.or_else(|| has_thoughts.then(|| find_in(text, true)).flatten())
}

/// Returns the part after the thoughts.
fn without_thoughts(text: &str) -> (&str, bool) {
    let lower = text.to_ascii_lowercase();
    let ends = THOUGHT_ENDS.iter().filter_map(|end| Some(lower.rfind(end)? + end.len()));
    let end = ends.max().filter(|end| lower[*end..].contains(['{', '[']));
    (&text[end.unwrap_or(0)..], end.is_some())
}

/// Returns a text whose quotes are all escaped, without the escapes.
fn unescaped(text: &str) -> Option<String> {
    let is_escaped = text.contains("{\\\"") || text.contains("\\\"blocks\\\"");
    is_escaped.then(|| text.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\"))
}

fn find_in(text: &str, has_thoughts: bool) -> Option<Found> {
    let text = text.trim();
    let text = &text[..text.floor_char_boundary(BYTES_MAX)];
    let documents = documents(text);
    let is_alone = matches!(&documents[..], [only] if only.bytes == text.len());
    let mut plans: Vec<_> = documents.iter().filter_map(plan_in).collect();
    if plans.is_empty() {
        plans.extend(of_loose_blocks(&documents));
    }
    let count = plans.len();
    let mut best = plans.into_iter().max_by_key(|found| blocks_in(&found.plan))?;
    best.mended.extend((count > 1).then_some(Mend::GivenTwice));
    best.mended.extend((!is_alone && count == 1).then_some(Mend::Surroundings));
    best.mended.extend(has_thoughts.then_some(Mend::Thoughts));
    Some(best)
}

/// A document of an answer.
struct Document {
    value: Value,
    bytes: usize,
    is_exact: bool,
    is_cut: bool,
}

/// Returns the objects and lists in a text, and those in a text that is a JSON string.
fn documents(text: &str) -> Vec<Document> {
    if let Some(inner) = text.starts_with('"').then(|| serde_json::from_str::<String>(text).ok()).flatten() {
        let value = Value::String(inner);
        return vec![Document { value, bytes: text.len(), is_exact: true, is_cut: false }];
    }
    let (mut documents, mut at) = (Vec::new(), 0);
    for _ in 0..STARTS_MAX {
        let Some(start) = text[at..].find(['{', '[']) else { break };
        at += start;
        match lenient::read(&text[at..]) {
            Some(read) => {
                at += read.bytes.max(1);
                let lenient::Read { value, bytes, is_exact, is_cut } = read;
                documents.push(Document { value, bytes, is_exact, is_cut });
            }
            None => at += 1,
        }
    }
    documents
}

/// Returns the plan in a document.
fn plan_in(document: &Document) -> Option<Found> {
    let mut mended = Mended::new();
    mended.extend((!document.is_exact && !document.is_cut).then_some(Mend::Syntax));
    mended.extend(document.is_cut.then_some(Mend::Cut));
    let plan = unwrapped(&document.value, WRAPPERS_MAX, &mut mended)?;
    Some(Found { plan, mended })
}

/// Returns the plan in a value: the value itself, or what it wraps or encodes.
fn unwrapped(value: &Value, depth: usize, mended: &mut Mended) -> Option<Map<String, Value>> {
    let depth = depth.checked_sub(1)?;
    let inner = match value {
        Value::Object(members) if is_plan(members) => return Some(members.clone()),
        Value::Array(items) if !items.is_empty() && items.iter().all(is_block) => {
            mended.insert(Mend::Wrapper);
            return Some([("blocks".to_owned(), value.clone())].into_iter().collect());
        }
        Value::Object(members) => members.values().find_map(|inner| unwrapped(inner, depth, mended)),
        Value::Array(items) => items.iter().find_map(|inner| unwrapped(inner, depth, mended)),
        Value::String(text) if text.contains('{') => {
            let text = text.trim();
            let start = text.find(['{', '['])?;
            let plan = unwrapped(&lenient::read(&text[start..])?.value, depth, mended)?;
            mended.insert(Mend::EncodedTwice);
            return Some(plan);
        }
        _ => None,
    };
    mended.extend(inner.is_some().then_some(Mend::Wrapper));
    inner
}

/// Returns the plan whose blocks stand beside each other, each a document of its own.
fn of_loose_blocks(documents: &[Document]) -> Option<Found> {
    let blocks: Vec<_> =
        documents.iter().map(|document| &document.value).filter(|value| is_block(value)).cloned().collect();
    let title = documents.iter().find_map(|document| document.value.get("title"));
    let plan: Map<_, _> = [("blocks".to_owned(), Value::Array(blocks))]
        .into_iter()
        .chain(title.map(|title| ("title".to_owned(), title.clone())))
        .collect();
    (blocks_in(&plan) > 0).then(|| Found { plan, mended: [Mend::Wrapper, Mend::Syntax].into() })
}

/// Returns a name without case and punctuation, as names of members are compared.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the list of blocks, by whatever name: a list, an object, or a text that encodes one.
pub fn blocks_of(plan: &Map<String, Value>) -> Option<&Value> {
    let is_list = |value: &Value| match value {
        Value::Array(items) => items.is_empty() || items.iter().any(Value::is_object),
        Value::Object(members) => members.values().any(Value::is_object),
        Value::String(text) => text.trim_start().starts_with('['),
        _ => false,
    };
    let named = |known: &&str| {
        plan.iter().find(|(name, value)| plain(name) == **known && is_list(value)).map(|(_, value)| value)
    };
    BLOCKS.iter().find_map(named)
}

/// Returns whether an object is a plan: it has a list of blocks, or at least a hero, beside which others may stand.
fn is_plan(members: &Map<String, Value>) -> bool {
    let is_hero = |(name, value): (&String, &Value)| plain(name) == "hero" && value.is_object();
    blocks_of(members).is_some() || members.iter().any(is_hero)
}

/// Returns whether a value looks like a block: it says its kind.
fn is_block(value: &Value) -> bool {
    value.get("type").is_some_and(Value::is_string) && value.get("properties").is_none()
}

fn blocks_in(plan: &Map<String, Value>) -> usize {
    match blocks_of(plan) {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(members)) => members.len(),
        Some(Value::String(text)) => text.matches('{').count(),
        _ => plan.values().filter(|value| value.is_object()).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::every_block;
    use proptest::prelude::*;
    use serde_json::json;

    fn plan() -> String {
        serde_json::to_string(&every_block()).unwrap()
    }

    #[track_caller]
    fn check(text: &str, mended: &[Mend]) {
        let found = find(text).unwrap_or_else(|| panic!("no plan in {text}"));
        assert_eq!(Value::Object(found.plan), serde_json::to_value(every_block()).unwrap(), "{text}");
        assert_eq!(found.mended, mended.iter().copied().collect(), "{text}");
    }

    #[test]
    fn a_plan_is_found_whatever_surrounds_it() {
        let plan = plan();
        check(&plan, &[]);
        check(&format!("\u{feff}\n{plan}\n\n"), &[Mend::Surroundings]);
        check(&format!("```json\n{plan}\n```"), &[Mend::Surroundings]);
        check(&format!("Sure! Here {{it}} is [1]:\n{plan}\nEnjoy {{it}}."), &[Mend::Surroundings]);
        check(&format!("{plan}{}", "x".repeat(BYTES_MAX)), &[Mend::Surroundings]);
        check(&format!("<think>A {{\"hero\": 1}} or {{</think>{plan}"), &[Mend::Thoughts]);
        check(&format!("<THINK>{plan}</THINK>\n"), &[Mend::Surroundings]);
        check(&format!("{}</think>{plan}", "thought ".repeat(BYTES_MAX)), &[Mend::Thoughts]);
        check(&format!("{plan}\n{plan}"), &[Mend::GivenTwice]);
    }

    #[test]
    fn a_plan_is_found_whatever_wraps_it() {
        let (plan, value) = (plan(), serde_json::to_value(every_block()).unwrap());
        check(&json!({ "plan": value }).to_string(), &[Mend::Wrapper]);
        check(&json!([value]).to_string(), &[Mend::Wrapper]);
        check(
            &json!({ "name": "storefront_plan", "arguments": { "x": value } }).to_string(),
            &[Mend::Wrapper],
        );
        check(
            &json!({ "name": "storefront_plan", "arguments": plan }).to_string(),
            &[Mend::Wrapper, Mend::EncodedTwice],
        );
        check(&json!(plan).to_string(), &[Mend::EncodedTwice]);
        check(&json!(json!(plan).to_string()).to_string().replace("\\\\\\\"", "\\\""), &[Mend::EncodedTwice]);
        check(&plan.replace('"', "\\\""), &[]);
        check(&plan.replace("]}", ",],}"), &[Mend::Syntax]);
    }

    #[test]
    fn blocks_that_stand_alone_are_a_plan() {
        let value = serde_json::to_value(every_block()).unwrap();
        let list = value["blocks"].to_string();
        let lines = value["blocks"].as_array().unwrap().iter().map(|block| format!("{block}\n"));
        for text in [list, lines.collect()] {
            assert_eq!(find(&text).unwrap().plan["blocks"], value["blocks"], "{text}");
        }
    }

    #[test]
    fn an_answer_without_a_plan_has_none() {
        for text in ["", "} {", "[]", "{}", "no", "{\"title\":\"x\"}", &"{".repeat(BYTES_MAX + 1)] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_plan_or_none(text in "[{}\\[\\]\",:a-z\\\\0-9 ]{0,200}") {
            find(&text);
        }

        #[test]
        fn an_answer_that_is_cut_anywhere_has_the_blocks_before(share in 0.0..1.0_f64) {
            let plan = plan();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of it")]
            let end = (plan.len() as f64 * share) as usize;
            let whole = plan[..end].matches("},").count();
            if whole > 0 {
                let found = find(&plan[..end]).unwrap();
                prop_assert!(blocks_in(&found.plan) >= whole);
                prop_assert!(found.mended.contains(&Mend::Cut));
            }
        }
    }
}
