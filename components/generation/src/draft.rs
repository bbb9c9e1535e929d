//! Turns the JSON of an answer into blocks, and mends what can be mended without guessing: names of members, kinds
//! and products in another spelling, members that are not part of the form, lists and texts that are too long, and the
//! order of blocks.
//!
//! A block that is still not complete is left out. Whether copy is allowed and headings are true is not decided here,
//! but by the check.

mod text;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use page::blocks::{Block, Occurrence};
use serde_json::{Map, Value, json};

use crate::answer::{Found, blocks_of, plain};
use crate::form::{Field, Kind, Shape, kinds};
use crate::lenient;
use crate::mended::{Mend, Mended};
use crate::offer::Offer;
use crate::plan::limits;
use crate::storefront::Storefront;

/// The most blocks that are read. More than the page has, because some may be unusable.
const BLOCKS_READ_MAX: usize = 4 * limits::BLOCKS_MAX;
/// The most items of a list that are read.
const ITEMS_READ_MAX: usize = 50;
/// The names of a block's kind.
const TYPES: [&str; 4] = ["type", "kind", "block", "component"];
/// Other names of members, without case and punctuation.
const OTHER_NAMES: [(&str, &[&str]); 6] = [
    ("headline", &["heading", "title", "header"]),
    ("heading", &["headline", "title", "header", "name"]),
    (
        "text",
        &[
            "body",
            "content",
            "description",
            "subtitle",
            "subheading",
            "subheadline",
            "copy",
            "reason",
            "paragraph",
        ],
    ),
    ("product", &["productid", "id", "item", "products", "productids"]),
    ("products", &["productids", "items", "ids", "product", "productlist"]),
    ("terms", &["searchterms", "suggestions", "queries", "keywords", "items"]),
];
/// The members of an object that stands for a product or a text.
const VALUE_NAMES: [&str; 7] = ["id", "number", "product", "productid", "text", "value", "term"];

/// A plan as far as it can be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// The title of the document.
    pub title: Option<String>,
    /// The blocks. If there is a hero, it is first.
    pub blocks: Vec<Block>,
    /// The number of blocks that were given and cannot be read.
    pub unreadable: usize,
    /// The repairs, by code.
    pub mended: Mended,
}

/// Reads the blocks of a plan.
pub fn read(found: Found, offer: &Offer<'_>, storefront: &Storefront) -> Draft {
    let Found { plan, mended } = found;
    let mut reader = Reader { kinds: kinds(), offer, storefront, mended };
    let given = reader.given(&plan);
    let title = reader.title(&plan);
    let read: Vec<_> = given.iter().take(BLOCKS_READ_MAX).map(|block| reader.block(block)).collect();
    let unreadable = read.iter().filter(|block| block.is_none()).count();
    reader.mended.extend((unreadable > 0).then_some(Mend::Block));
    let blocks = reader.arranged(read.into_iter().flatten().collect());
    Draft { title, blocks, unreadable, mended: reader.mended }
}

struct Reader<'a> {
    kinds: Vec<Kind>,
    offer: &'a Offer<'a>,
    storefront: &'a Storefront,
    mended: Mended,
}

impl Reader<'_> {
    /// Returns the blocks as they were given, the hero first.
    fn given(&mut self, plan: &Map<String, Value>) -> Vec<Value> {
        let mut given = Vec::new();
        if let Some((_, hero)) = plan.iter().find(|(name, hero)| plain(name) == "hero" && hero.is_object()) {
            given.push(typed("hero", hero));
        } else if plan.contains_key("headline") {
            self.mended.insert(Mend::Order);
            given.push(typed("hero", &json!({ "headline": plan["headline"], "text": plan.get("text"), "product": plan.get("product") })));
        }
        match blocks_of(plan) {
            Some(Value::Array(blocks)) => given.extend(blocks.iter().cloned()),
            Some(Value::Object(blocks)) => {
                self.mended.insert(Mend::Member);
                given.extend(blocks.iter().map(|(name, block)| typed(name, block)));
            }
            Some(Value::String(text)) => {
                self.mended.insert(Mend::EncodedTwice);
                let read = lenient::read(text.trim_start()).map(|read| read.value);
                given.extend(read.and_then(|value| value.as_array().cloned()).unwrap_or_default());
            }
            _ => given.extend(self.beside_the_hero(plan)),
        }
        given
    }

    /// Returns the blocks that stand beside the hero, each under the name of its kind.
    fn beside_the_hero(&mut self, plan: &Map<String, Value>) -> Vec<Value> {
        let others = plan.iter().filter(|(name, _)| plain(name) != "hero");
        let blocks: Vec<_> = others
            .flat_map(|(name, value)| match value {
                Value::Object(_) => vec![typed(name, value)],
                Value::Array(items) => {
                    items.iter().filter(|item| item.is_object()).map(|item| typed(name, item)).collect()
                }
                _ => Vec::new(),
            })
            .collect();
        self.mended.extend((!blocks.is_empty()).then_some(Mend::Member));
        blocks
    }

    fn title(&mut self, plan: &Map<String, Value>) -> Option<String> {
        let value = plan.iter().find(|(name, _)| plain(name) == "title").map(|(_, title)| title)?;
        self.text(value, limits::TITLE_CHARS_MAX)
    }

    /// Reads a block; `None` if it is of no known kind or not complete.
    fn block(&mut self, given: &Value) -> Option<Block> {
        let encoded = given.as_str().and_then(|text| lenient::read(text.trim_start()));
        self.mended.extend(encoded.is_some().then_some(Mend::EncodedTwice));
        let given = encoded.as_ref().map_or(given, |read| &read.value).as_object()?;
        let (kind, given) = self.kind_of(given)?;
        let mut members = Map::from_iter([("type".to_owned(), json!(kind.name))]);
        let mut used = BTreeSet::new();
        for field in &kind.fields {
            let found = member(given, &field.name, &mut used);
            self.mended
                .extend(found.as_ref().is_some_and(|(name, _)| **name != field.name).then_some(Mend::Member));
            let value = self.value(found.map(|(_, value)| value), field, &kind)?;
            members.insert(field.name.clone(), value);
        }
        let has_more =
            given.keys().any(|name| !used.contains(name.as_str()) && !TYPES.contains(&plain(name).as_str()));
        self.mended.extend(has_more.then_some(Mend::UnknownMember));
        serde_json::from_value(Value::Object(members)).ok()
    }

    /// Returns the kind of a block and the object with its members: the kind that it names, that it is below, or the
    /// first that has most of its members.
    fn kind_of<'b>(&mut self, given: &'b Map<String, Value>) -> Option<(Kind, &'b Map<String, Value>)> {
        let named =
            given.iter().find(|(name, value)| TYPES.contains(&plain(name).as_str()) && value.is_string());
        if let Some((key, Value::String(name))) = named {
            let kind = self.kinds.iter().find(|kind| is_called(name, &kind.name))?.clone();
            self.mended.extend((kind.name != *name || key != "type").then_some(Mend::Member));
            return Some((kind, given));
        }
        self.mended.insert(Mend::Member);
        if let Some((name, Value::Object(inner))) = given.iter().next().filter(|_| given.len() == 1) {
            let kind = self.kinds.iter().find(|kind| is_called(name, &kind.name))?;
            return Some((kind.clone(), inner));
        }
        let fits = |kind: &&Kind| {
            !kind.fields.is_empty() && kind.fields.iter().all(|field| given.contains_key(&field.name))
        };
        let kind = self.kinds.iter().filter(fits).min_by_key(|kind| Reverse(kind.fields.len()))?;
        Some((kind.clone(), given))
    }

    /// Returns the value of a member in its form; `None` if the block cannot do without it.
    fn value(&mut self, given: Option<&Value>, field: &Field, kind: &Kind) -> Option<Value> {
        match &field.shape {
            Shape::Text(chars_max) => self.text(given?, *chars_max).map(Value::String),
            Shape::Texts(items, chars_max) => {
                let texts: Vec<_> =
                    self.items(given).iter().filter_map(|item| self.text(item, *chars_max)).collect();
                Some(json!(self.distinct(texts, *items.end())))
            }
            Shape::MaybeProduct => Some(json!(self.products(given, kind).first())),
            Shape::Product => self.products(given, kind).first().map(|id| json!(id)),
            Shape::Products(items) => {
                let ids = self.products(given, kind);
                let ids = self.distinct(ids, *items.end());
                (ids.len() >= *items.start()).then(|| json!(ids))
            }
        }
    }

    /// Reads a text on one line.
    fn text(&mut self, given: &Value, chars_max: usize) -> Option<String> {
        let given = match given {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            Value::Object(members) => return self.text(standing_for(members)?, chars_max),
            Value::Null | Value::Bool(_) => return None,
        };
        let line = text::line(&given);
        self.mended.extend((line != given).then_some(Mend::Member));
        let fitted = text::fitted(&line, chars_max)?;
        self.mended.extend((fitted.len() < line.len()).then_some(Mend::TooLong));
        (!fitted.is_empty()).then_some(fitted)
    }

    /// Returns the items of a list, of a text with commas, or a single value.
    fn items(&mut self, given: Option<&Value>) -> Vec<Value> {
        match given {
            Some(Value::Array(items)) => items.iter().take(ITEMS_READ_MAX).cloned().collect(),
            Some(Value::String(text)) => {
                self.mended.insert(Mend::Member);
                text.trim_matches(['[', ']'])
                    .split([',', ';'])
                    .take(ITEMS_READ_MAX)
                    .map(|part| json!(part.trim()))
                    .collect()
            }
            Some(Value::Null) | None => Vec::new(),
            Some(other) => vec![other.clone()],
        }
    }

    /// Returns the ids of the products that are meant and fit for the kind.
    fn products(&mut self, given: Option<&Value>, kind: &Kind) -> Vec<String> {
        let items = match given {
            // A product's own name may hold a comma.
            Some(Value::String(name)) if !name.contains([',', ';']) || self.meant(&json!(name)).is_some() => {
                vec![json!(name)]
            }
            _ => self.items(given),
        };
        let fits = |id: &&str| {
            let product = self.storefront.assortment.get(id);
            product.is_some_and(|product| kind.demand.unmet(product).is_none())
        };
        let ids: Vec<_> =
            items.iter().filter_map(|item| self.meant(item).filter(fits)).map(str::to_owned).collect();
        self.mended.extend((ids.len() < items.len()).then_some(Mend::UnknownProduct));
        ids
    }

    fn meant(&self, given: &Value) -> Option<&str> {
        let assortment = &self.storefront.assortment;
        match given {
            Value::String(name) => self.offer.meant(name, assortment),
            Value::Number(number) => self.offer.meant(&number.to_string(), assortment),
            Value::Object(members) => self.meant(standing_for(members)?),
            _ => None,
        }
    }

    fn distinct(&mut self, texts: Vec<String>, count_max: usize) -> Vec<String> {
        let (count, mut seen) = (texts.len(), BTreeSet::new());
        let mut distinct: Vec<_> =
            texts.into_iter().filter(|text| seen.insert(text.to_lowercase())).collect();
        self.mended.extend((distinct.len() < count).then_some(Mend::Repeated));
        self.mended.extend((distinct.len() > count_max).then_some(Mend::TooMany));
        distinct.truncate(count_max);
        distinct
    }

    /// Puts the hero first, drops blocks that a page has only once after the first of them, and those that are too many.
    fn arranged(&mut self, blocks: Vec<Block>) -> Vec<Block> {
        let mut seen = BTreeSet::new();
        let count = blocks.len();
        let is_single =
            |block: &Block| matches!(block.rules().occurrence, Occurrence::First | Occurrence::AtMostOnce);
        let mut kept: Vec<_> =
            blocks.into_iter().filter(|block| !is_single(block) || seen.insert(block.name())).collect();
        self.mended.extend((kept.len() < count).then_some(Mend::Block));
        let hero = kept.iter().position(|block| block.rules().occurrence == Occurrence::First);
        if let Some(at) = hero.filter(|at| *at > 0) {
            self.mended.insert(Mend::Order);
            kept[..=at].rotate_right(1);
        }
        let most = *limits::blocks(self.storefront.page).end();
        self.mended.extend((kept.len() > most).then_some(Mend::TooMany));
        kept.truncate(most);
        kept
    }
}

/// Returns a block with its kind, if it does not name one.
fn typed(kind: &str, block: &Value) -> Value {
    let mut members = block.as_object().cloned().unwrap_or_default();
    members.entry("type").or_insert_with(|| json!(kind));
    Value::Object(members)
}

/// Returns whether a name means a kind: "productGrid" and "grid-block" mean a grid.
fn is_called(name: &str, kind: &str) -> bool {
    let (name, kind) = (plain(name), plain(kind));
    name == kind
        || name.len() > kind.len() && (name.starts_with(&kind) || name.ends_with(&kind))
        || name.strip_suffix('s') == Some(&kind)
        || kind.strip_suffix('s') == Some(&name)
}

/// Returns a block's member by its own name, or else by another name that no other field has.
fn member<'a>(
    given: &'a Map<String, Value>,
    field: &str,
    used: &mut BTreeSet<&'a str>,
) -> Option<(&'a String, &'a Value)> {
    let others = OTHER_NAMES.iter().find(|(name, _)| *name == field).map_or(&[][..], |(_, others)| others);
    let names = [field].into_iter().chain(others.iter().copied());
    let mut found = names.filter_map(|name| {
        given.iter().find(|(known, _)| !used.contains(known.as_str()) && plain(known) == plain(name))
    });
    let (name, value) = found.next()?;
    used.insert(name);
    Some((name, value))
}

/// Returns the value that an object stands for, such as the id of a product.
fn standing_for(members: &Map<String, Value>) -> Option<&Value> {
    let named =
        |known: &&str| members.iter().find(|(name, _)| plain(name) == **known).map(|(_, value)| value);
    VALUE_NAMES.iter().find_map(named).filter(|value| !value.is_object())
}

#[cfg(test)]
mod tests;
