//! The form of an answer: what the model writes, and its JSON Schema.
//!
//! It is a plan in which the hero, if the page has one, is apart from the other blocks and products are numbers of the
//! offer. The fields of each kind of block follow from [`page::blocks`].
//!
//! The schema is made for constrained decoders, which write members in its order and differ in what they know: `type`
//! is first in every block, every object is closed and requires all of its members, alternatives are `anyOf`, values
//! are `enum`, and there are no references. Kinds that the page cannot have are left out.

use std::ops::RangeInclusive;

use page::blocks::{Block, Demand, Given, Occurrence};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::offer::Offer;
use crate::plan::limits;
use crate::storefront::Storefront;

/// The name that the model is given for the schema.
pub const SCHEMA_NAME: &str = "storefront_plan";
/// The order of a block's members, after its type: a model decides what a block says before it decides what it shows.
const ORDER: [&str; 6] = ["headline", "heading", "text", "product", "products", "terms"];

/// A kind of block, as the model writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// The condition on its products.
    pub demand: Demand,
    /// Its members in order, without its type.
    pub fields: Vec<Field>,
}

/// A member of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub shape: Shape,
}

/// What a member holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text of at most so many characters.
    Text(usize),
    /// So many texts, each of at most so many characters.
    Texts(RangeInclusive<usize>, usize),
    /// One product. The block may lack it.
    MaybeProduct,
    /// One product.
    Product,
    /// So many products.
    Products(RangeInclusive<usize>),
}

/// Returns all kinds of block.
pub fn kinds() -> Vec<Kind> {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Block>().to_value();
    let of = |schema: &Value| {
        let name = schema["properties"]["type"]["const"].as_str()?.to_owned();
        let demand = Block::KINDS.iter().find(|(known, _)| *known == name)?.1.demand;
        let about = schema["description"].as_str().unwrap_or_default().to_owned();
        Some(Kind { fields: fields(schema), name, about, demand })
    };
    schema["oneOf"].as_array().into_iter().flatten().filter_map(of).collect()
}

fn fields(schema: &Value) -> Vec<Field> {
    let members = schema["properties"].as_object().into_iter().flatten();
    let members = members.filter(|(name, _)| *name != "type");
    let mut fields: Vec<_> =
        members.map(|(name, schema)| Field { name: name.clone(), shape: shape(name, schema) }).collect();
    fields.sort_by_key(|field| ORDER.iter().position(|name| *name == field.name).unwrap_or(ORDER.len()));
    fields
}

fn shape(name: &str, schema: &Value) -> Shape {
    let number = |value: &Value, otherwise: usize| {
        value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(otherwise)
    };
    let items = number(&schema["minItems"], 0)..=number(&schema["maxItems"], usize::MAX);
    match (name, schema["type"].as_str()) {
        ("product", Some(_)) => Shape::Product,
        ("product", None) => Shape::MaybeProduct,
        ("products", _) => Shape::Products(items),
        (_, Some("array")) => Shape::Texts(items, number(&schema["items"]["maxLength"], usize::MAX)),
        _ => Shape::Text(number(&schema["maxLength"], usize::MAX)),
    }
}

/// Returns the kinds that a page may have. The first of a home page's is its hero.
pub fn kinds_for(offer: &Offer<'_>, views: &[String], storefront: &Storefront) -> Vec<Kind> {
    let given = storefront.given(views);
    let is_possible = |kind: &Kind| {
        let suits = rules_of(kind).is_some_and(|rules| storefront.allows(&rules));
        let suits = suits && storefront.merchant.allows_block(&kind.name);
        let count = offer.numbers(kind.demand).len();
        let has_products = kind.fields.iter().all(|field| match &field.shape {
            Shape::Product => count > 0,
            Shape::Products(items) => count >= *items.start(),
            _ => true,
        });
        let has_room = storefront.page.has_subject()
            || rules_of(kind).is_some_and(|rules| offer.products().count() >= rules.offer_min);
        suits && has_room && has_products && (!is_filled_in(kind) || is_filled(kind, storefront, &given))
    };
    let mut kinds: Vec<_> = kinds().into_iter().filter(is_possible).collect();
    kinds.sort_by_key(|kind| !is_first(kind));
    kinds
}

/// Returns whether the page may have a block that the model writes copy for. A home page always has its hero.
pub fn has_copy(offer: &Offer<'_>, storefront: &Storefront) -> bool {
    let mut kinds = kinds_for(offer, &[], storefront).into_iter();
    kinds.any(|kind| kind.fields.iter().any(|field| matches!(field.shape, Shape::Text(_))))
}

fn rules_of(kind: &Kind) -> Option<page::blocks::Rules> {
    Block::KINDS.iter().find(|(name, _)| *name == kind.name).map(|(_, rules)| *rules)
}

fn is_first(kind: &Kind) -> bool {
    rules_of(kind).is_some_and(|rules| rules.occurrence == Occurrence::First)
}

fn is_filled_in(kind: &Kind) -> bool {
    rules_of(kind).is_some_and(|rules| rules.filled_in_if.is_some())
}

/// Returns whether there is something to fill such a block in with.
fn is_filled(kind: &Kind, storefront: &Storefront, given: &Given<'_>) -> bool {
    let members = kind.fields.iter().map(|field| (field.name.clone(), json!("x")));
    let members = members.chain([("type".to_owned(), json!(kind.name))]).collect();
    let block: Option<Block> = serde_json::from_value(Value::Object(members)).ok();
    block.is_some_and(|block| block.bind(storefront, given).is_some())
}

/// Returns the JSON Schema (draft 2020-12) of an answer with this number of blocks of these kinds, as text in which the order of members counts.
pub fn schema(count: &RangeInclusive<usize>, kinds: &[Kind], offer: &Offer<'_>) -> String {
    let (heroes, others): (Vec<_>, Vec<_>) = kinds.iter().partition(|kind| is_first(kind));
    let blocks: Vec<_> = alike(&others, offer)
        .into_iter()
        .map(|(names, members)| object([("type", values(&names))].into_iter().chain(members)))
        .collect();
    let any = format!(r#"{{"anyOf":[{}]}}"#, blocks.join(","));
    let count = blocks_besides(count, heroes.len());
    let hero = heroes.iter().map(|kind| (kind.name.as_str(), object(members(kind, offer))));
    let parts = [("title", text(limits::TITLE_CHARS_MAX))].into_iter().chain(hero);
    object(parts.chain([("blocks", list(&any, &count))]))
}

/// Returns how many blocks the model gives besides the hero, of the number of all.
pub fn blocks_besides(count: &RangeInclusive<usize>, heroes: usize) -> RangeInclusive<usize> {
    let (least, most) = (*count.start(), *count.end());
    least.max(1 + heroes) - heroes..=most - heroes
}

/// The names of members and their schemas.
type Members<'a> = Vec<(&'a str, String)>;

/// Returns the names of kinds with the same members, and those members. Kinds share an alternative of the schema,
/// because each alternative costs tokens.
fn alike<'a>(kinds: &[&'a Kind], offer: &Offer<'_>) -> Vec<(Vec<&'a str>, Members<'a>)> {
    let mut alike: Vec<(Vec<&str>, Members<'a>)> = Vec::new();
    for kind in kinds {
        let members: Members<'a> = members(kind, offer).collect();
        match alike.iter_mut().find(|(_, known)| *known == members) {
            Some((names, _)) => names.push(&kind.name),
            None => alike.push((vec![&kind.name], members)),
        }
    }
    alike
}

fn members<'a>(kind: &'a Kind, offer: &Offer<'_>) -> impl Iterator<Item = (&'a str, String)> {
    // Whether a product has a picture is not worth a list of its own in the schema.
    let is_pictured = kind.demand == Demand::Pictured;
    let numbers = offer.numbers(if is_pictured { Demand::Available } else { kind.demand });
    kind.fields.iter().filter_map(move |field| {
        let schema = match &field.shape {
            Shape::Text(chars_max) => text(*chars_max),
            Shape::Texts(items, chars_max) => list(&text(*chars_max), items),
            Shape::MaybeProduct if numbers.is_empty() => return None,
            Shape::Product | Shape::MaybeProduct => values(&numbers),
            Shape::Products(items) => list(&values(&numbers), items),
        };
        Some((field.name.as_str(), schema))
    })
}

fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<_> = members.collect();
    let properties: Vec<_> =
        members.iter().map(|(name, schema)| format!("{}:{schema}", json!(name))).collect();
    let names: Vec<_> = members.iter().map(|(name, _)| name).collect();
    format!(
        r#"{{"type":"object","properties":{{{}}},"required":{},"additionalProperties":false}}"#,
        properties.join(","),
        json!(names)
    )
}

fn text(chars_max: usize) -> String {
    format!(r#"{{"type":"string","maxLength":{chars_max}}}"#)
}

fn values(values: &[&str]) -> String {
    format!(r#"{{"type":"string","enum":{}}}"#, json!(values))
}

fn list(items: &str, count: &RangeInclusive<usize>) -> String {
    let (least, most) = (count.start(), count.end());
    format!(r#"{{"type":"array","items":{items},"minItems":{least},"maxItems":{most}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assortment::Assortment;
    use crate::fakes::{merchant, product, storefront};
    use crate::offer::PRODUCTS_MAX;
    use model::{Persona, Signals};

    fn schema_for(storefront: &Storefront, views: &[&str]) -> String {
        let views = views.iter().map(|id| (*id).to_owned()).collect();
        let signals = Signals { views, ..Signals::default() };
        let reading = crate::persona::known(Persona::Explorer);
        let offer = Offer::of(&reading, &signals, &storefront.assortment, PRODUCTS_MAX);
        schema(&storefront.block_count(), &kinds_for(&offer, &signals.views, storefront), &offer)
    }

    #[test]
    fn every_kind_of_block_has_its_members_in_order() {
        let kinds = kinds();
        assert!(kinds.iter().map(|kind| kind.name.as_str()).eq(Block::names(|_| true)));
        let fields = |name: &str| {
            let kind = kinds.iter().find(|kind| kind.name == name).unwrap();
            kind.fields.iter().map(|field| (field.name.as_str(), field.shape.clone())).collect::<Vec<_>>()
        };
        assert_eq!(
            fields("hero"),
            [("headline", Shape::Text(70)), ("text", Shape::Text(200)), ("product", Shape::MaybeProduct),]
        );
        assert_eq!(
            fields("bundle"),
            [("heading", Shape::Text(60)), ("text", Shape::Text(200)), ("products", Shape::Products(2..=4)),]
        );
        assert_eq!(fields("spotlight")[2].1, Shape::Product);
        assert_eq!(fields("search")[1].1, Shape::Texts(0..=6, 40));
        assert_eq!(fields("reassurance"), []);
    }

    #[test]
    fn the_schema_is_the_one_that_answers_are_made_with() {
        let schema = schema_for(&storefront(), &["hat-1"]);
        assert_eq!(schema, include_str!("form/schema.json").trim_end(), "{schema}");
    }

    #[test]
    fn type_is_first_and_every_object_is_closed() {
        let schema = schema_for(&storefront(), &["hat-1"]);
        assert_eq!(schema.matches(r#"{"type":"object","properties":{"#).count(), 10, "{schema}");
        assert_eq!(schema.matches(r#""additionalProperties":false"#).count(), 10);
        assert_eq!(schema.matches(r#""properties":{"type":{"type":"string","enum":["#).count(), 8);
        assert!(schema.starts_with(r#"{"type":"object","properties":{"title":"#), "{schema}");
        for keyword in ["oneOf", "$ref", "const", "minLength", "pattern", "uniqueItems"] {
            assert!(!schema.contains(keyword), "{keyword}");
        }
        let _: Value = serde_json::from_str(&schema).unwrap();
    }

    #[test]
    fn ids_are_the_numbers_of_products_that_a_block_may_show() {
        let schema: Value = serde_json::from_str(&schema_for(&storefront(), &[])).unwrap();
        let of = |name: &str, member: &str| {
            let blocks = schema["properties"]["blocks"]["items"]["anyOf"].as_array().unwrap();
            let block = blocks.iter().find(|block| block["properties"]["type"]["enum"][0] == name);
            block.map(|block| block["properties"][member].clone())
        };
        assert_eq!(of("deals", "products").unwrap()["items"]["enum"], json!(["3", "7"]));
        assert_eq!(of("spotlight", "product").unwrap()["enum"].as_array().unwrap().len(), 7);
        assert_eq!(schema["properties"]["hero"]["properties"]["product"]["enum"][0], "1");
        assert_eq!(of("recently_viewed", "heading"), None, "nothing was viewed");
    }

    #[test]
    fn kinds_that_the_page_cannot_have_are_left_out() {
        let silent = model::shop::ShopSettings { promises: Vec::new(), ..merchant() };
        let one = Assortment::new("EUR".to_owned(), vec![product("a", "Wands", 1)]);
        let schema = schema_for(&Storefront::new("s", silent, one), &[]);
        for name in ["deals", "grid", "bundle", "recently_viewed", "reassurance"] {
            assert!(!schema.contains(name), "{name}: {schema}");
        }
        assert!(schema.contains("spotlight") && schema.contains("story"));
    }
}
