//! The plan of a page: the planner's decisions, without data that the catalog supplies.
//!
//! A plan refers to products by id. It cannot hold a price, a link or markup. The doc comments of
//! its fields are the descriptions in the JSON Schema that the model is given.

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

/// The limits of a plan: texts in characters, lists in items.
pub mod limits {
    /// The document's title.
    pub const TITLE_CHARS_MAX: usize = 70;
    /// A hero's headline.
    pub const HEADLINE_CHARS_MAX: usize = 70;
    /// A block's heading.
    pub const HEADING_CHARS_MAX: usize = 60;
    /// The text of a hero, a spotlight or a bundle.
    pub const TEXT_CHARS_MAX: usize = 200;
    /// The text of a story.
    pub const STORY_CHARS_MAX: usize = 500;
    /// A search term.
    pub const TERM_CHARS_MAX: usize = 40;
    /// Search terms.
    pub const TERMS_MAX: usize = 6;
    /// The fewest blocks of a page.
    pub const BLOCKS_MIN: usize = 3;
    /// The most blocks of a page.
    pub const BLOCKS_MAX: usize = 10;
    /// The fewest products of a grid.
    pub const GRID_MIN: usize = 2;
    /// The most products of a grid.
    pub const GRID_MAX: usize = 12;
    /// The fewest products of a bundle.
    pub const BUNDLE_MIN: usize = 2;
    /// The most products of a bundle.
    pub const BUNDLE_MAX: usize = 4;
    /// The most products in a row of deals.
    pub const DEALS_MAX: usize = 8;
}
use limits::{
    BLOCKS_MAX, BLOCKS_MIN, BUNDLE_MAX, BUNDLE_MIN, DEALS_MAX, GRID_MAX, GRID_MIN, HEADING_CHARS_MAX,
    HEADLINE_CHARS_MAX, STORY_CHARS_MAX, TERM_CHARS_MAX, TERMS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX,
};

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

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// The opening: what this page is about. Always the first block, and only there.
    Hero {
        /// What the shopper reads first.
        #[schemars(length(min = 1, max = HEADLINE_CHARS_MAX))]
        headline: String,
        /// A sentence below it.
        #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
        text: String,
        /// Id of an available product to show, or null.
        #[serde(deserialize_with = "Option::deserialize")]
        product: Option<String>,
    },
    /// Products side by side. Every page has at least one.
    Grid {
        /// What they have in common.
        #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
        heading: String,
        /// Product ids.
        #[schemars(length(min = GRID_MIN, max = GRID_MAX))]
        products: Vec<String>,
    },
    /// One product and the reason to look at it.
    Spotlight {
        /// What it is.
        #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
        heading: String,
        /// The reason.
        #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
        text: String,
        /// Id of an available product.
        product: String,
    },
    /// Products that go together; what they cost together is added to it.
    Bundle {
        /// What they make together.
        #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
        heading: String,
        /// Why they go together.
        #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
        text: String,
        /// Ids of available products.
        #[schemars(length(min = BUNDLE_MIN, max = BUNDLE_MAX))]
        products: Vec<String>,
    },
    /// A row of reduced products. At most once.
    Deals {
        /// What to call it.
        #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
        heading: String,
        /// Ids of available, reduced products.
        #[schemars(length(min = 1, max = DEALS_MAX))]
        products: Vec<String>,
    },
    /// A search field. At most once.
    Search {
        /// What to call it.
        #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
        heading: String,
        /// Terms to start from, at most 40 characters each.
        #[schemars(length(max = TERMS_MAX), inner(length(min = 1, max = TERM_CHARS_MAX)))]
        terms: Vec<String>,
    },
    /// A text about the shop or its things.
    Story {
        /// What it is about.
        #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
        heading: String,
        /// The text, one paragraph.
        #[schemars(length(min = 1, max = STORY_CHARS_MAX))]
        text: String,
    },
    /// The products the shopper looked at before; they are filled in. At most once.
    RecentlyViewed {
        /// What to call it.
        #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
        heading: String,
    },
    /// The merchant's own promises; they are filled in. At most once.
    Reassurance {},
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

    #[test]
    fn the_schema_states_lengths_and_meanings() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        assert_eq!(schema["properties"]["blocks"]["maxItems"], json!(limits::BLOCKS_MAX));
        let hero = &schema["properties"]["blocks"]["items"]["anyOf"][0];
        assert_eq!(hero["properties"]["type"]["const"], json!("hero"));
        assert_eq!(hero["properties"]["headline"]["maxLength"], json!(limits::HEADLINE_CHARS_MAX));
        assert_eq!(hero["properties"]["product"]["type"], json!(["string", "null"]));
        assert!(hero["description"].as_str().unwrap().contains("opening"));
    }

    #[test]
    fn what_the_schema_does_not_name_is_refused() {
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
