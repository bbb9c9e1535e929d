//! The plan of a page: the planner's decisions, without data that the catalog supplies.
//!
//! A plan refers to products by id. It cannot hold a price, a link or markup. Its blocks are of the kinds that
//! [`page::blocks`] lists. The doc comments of fields, here and there, are the descriptions in the JSON Schema that
//! the model is given.

use page::blocks::Block;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::brief::Brief;

/// The name that the model is given for the schema.
pub const SCHEMA_NAME: &str = "storefront_plan";

/// The format of stored plans. A plan in another format counts as absent.
const FORMAT: u32 = 1;

/// The limits of a whole plan. The limits of blocks are in their modules, [`page::blocks`].
pub mod limits {
    /// The longest title of the document, in characters.
    pub const TITLE_CHARS_MAX: usize = 70;
    /// The fewest blocks of a page.
    pub const BLOCKS_MIN: usize = 3;
    /// The most blocks of a page.
    pub const BLOCKS_MAX: usize = 10;
}
use limits::{BLOCKS_MAX, BLOCKS_MIN, TITLE_CHARS_MAX};

/// A storefront page for one shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What the browser's tab says.
    #[schemars(length(min = 1, max = TITLE_CHARS_MAX))]
    pub title: String,
    /// From top to bottom. The first is the only hero.
    #[schemars(length(min = BLOCKS_MIN, max = BLOCKS_MAX))]
    pub blocks: Vec<Block>,
}

/// Returns the JSON Schema (draft 2020-12) of a plan, as text.
///
/// The schema suits strict structured output as `OpenAI` documents it: every object is closed and requires all of
/// its properties, alternatives are `anyOf`, and there are no references. Lengths are stated for endpoints that
/// support them; the check enforces them all.
pub fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let strict = RecursiveTransform(make_strict);
    let schema = settings.with_transform(strict).into_generator().into_root_schema_for::<Plan>();
    schema.to_value().to_string()
}

fn make_strict(schema: &mut Schema) {
    if let Some(alternatives) = schema.remove("oneOf") {
        schema.insert("anyOf".to_owned(), alternatives);
    }
    let names = schema
        .get("properties")
        .and_then(Value::as_object)
        .map(|it| it.keys().map(|name| json!(name)).collect());
    if let Some(names) = names {
        schema.insert("required".to_owned(), Value::Array(names));
    }
}

/// Returns the stored form of a plan, with the digest of the merchant's settings.
pub fn to_stored(plan: &Plan, brief: Brief) -> String {
    json!({ "format": FORMAT, "brief": brief, "plan": plan }).to_string()
}

/// Returns the digest of the settings that a stored plan was made with, if it is known.
pub fn brief_of_stored(text: &str) -> Option<Brief> {
    #[derive(Deserialize)]
    struct Stored {
        brief: Brief,
    }
    serde_json::from_str::<Stored>(text).ok().map(|stored| stored.brief)
}

/// Reads a stored plan; `None` if the text is not a plan of this format.
pub fn from_stored(text: &str) -> Option<Plan> {
    #[derive(Deserialize)]
    struct Stored {
        format: u32,
        plan: Value,
    }
    let stored: Stored = serde_json::from_str(text).ok()?;
    if stored.format == FORMAT { serde_json::from_value(stored.plan).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{every_block, merchant};

    #[test]
    fn a_plan_comes_back_from_storage() {
        let brief = Brief::of(&merchant());
        let stored = to_stored(&every_block(), brief);
        assert_eq!((from_stored(&stored), brief_of_stored(&stored)), (Some(every_block()), Some(brief)));
        assert_eq!(brief_of_stored(r#"{"format":1,"plan":{}}"#), None, "of an earlier release");
    }

    #[test]
    fn a_stored_plan_of_another_format_counts_as_absent() {
        let mut stored: Value =
            serde_json::from_str(&to_stored(&every_block(), Brief::of(&merchant()))).unwrap();
        stored["format"] = json!(FORMAT + 1);
        assert_eq!(from_stored(&stored.to_string()), None);
        for text in ["", "{}", "[]", r#"{"format":1,"plan":{"title":"x"}}"#, r#"{"title":"x","blocks":[]}"#] {
            assert_eq!(from_stored(text), None, "{text}");
        }
    }

    #[test]
    fn every_object_in_the_schema_is_closed_and_requires_all_it_has() {
        let mut objects = 0;
        visit(&serde_json::from_str(&schema()).unwrap(), &mut |object| {
            assert!(!object.contains_key("oneOf") && !object.contains_key("$ref"), "{object:?}");
            let Some(properties) = object.get("properties").and_then(Value::as_object) else { return };
            objects += 1;
            assert_eq!(object["additionalProperties"], json!(false), "{object:?}");
            assert_eq!(object["required"], json!(properties.keys().collect::<Vec<_>>()));
        });
        assert_eq!(objects, 10, "the plan and nine kinds of block");
    }

    /// After an intended change, the assertion shows the schema to write to the file.
    #[test]
    fn the_schema_is_the_one_that_plans_were_made_with() {
        assert_eq!(schema(), include_str!("plan/schema.json").trim_end());
    }

    #[test]
    fn a_block_is_called_in_a_plan_as_in_the_catalogue() {
        let plan = every_block();
        let names: Vec<_> = plan.blocks.iter().map(Block::name).collect();
        let json = serde_json::to_value(&plan).unwrap();
        let types: Vec<_> = json["blocks"].as_array().unwrap().iter().map(|block| &block["type"]).collect();
        assert_eq!(types, names);
        assert!(names.iter().copied().eq(Block::names(|_| true)), "every kind has an example: {names:?}");
    }

    #[test]
    fn the_schema_states_lengths_and_meanings() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        assert_eq!(schema["properties"]["blocks"]["maxItems"], json!(limits::BLOCKS_MAX));
        let hero = &schema["properties"]["blocks"]["items"]["anyOf"][0];
        assert_eq!(hero["properties"]["type"]["const"], json!("hero"));
        assert_eq!(
            hero["properties"]["headline"]["maxLength"],
            json!(page::blocks::hero::HEADLINE_CHARS_MAX)
        );
        assert_eq!(hero["properties"]["product"]["type"], json!(["string", "null"]));
        assert!(hero["description"].as_str().unwrap().contains("opening"));
    }

    #[test]
    fn members_outside_the_schema_are_refused() {
        for block in [
            json!({ "type": "hero", "headline": "x", "text": "x", "product": null, "price": 1 }),
            json!({ "type": "hero", "headline": "x", "text": "x" }),
            json!({ "type": "reassurance", "points": ["free returns"] }),
            json!({ "type": "html", "content": "<b>" }),
            json!({ "heading": "x", "products": [] }),
        ] {
            let plan = json!({ "title": "x", "blocks": [block] });
            assert!(serde_json::from_value::<Plan>(plan.clone()).is_err(), "{plan}");
        }
    }

    fn visit(value: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
        match value {
            Value::Object(object) => {
                see(object);
                object.values().for_each(|inner| visit(inner, see));
            }
            Value::Array(items) => items.iter().for_each(|inner| visit(inner, see)),
            _ => {}
        }
    }
}
