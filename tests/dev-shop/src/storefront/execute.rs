//! A small GraphQL executor: it selects fields from existing values, and pages connections by `first` and `after`.
//! Other tests check queries against the schema; here, a field that no value has is an error too.

use std::collections::HashMap;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use graphql_parser::query::{
    self, Definition, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet, TypeCondition,
};
use serde_json::{Map, Value, json};

use super::values::{self, Market};
use crate::goods::Goods;

/// The maximum number of items on a page of a connection.
const PAGE_MAX: usize = 250;

/// Answers a query: `{"data": …}` or `{"data": null, "errors": […]}`.
pub(crate) fn execute(goods: &Goods, has_token: bool, query: &str, variables: &Map<String, Value>) -> Value {
    let document = match query::parse_query::<String>(query) {
        Ok(document) => document,
        Err(error) => return failed(&error.to_string(), "parseError"),
    };
    let mut execution = Execution { goods, has_token, variables, fragments: HashMap::new() };
    let mut operation = None;
    for definition in &document.definitions {
        match definition {
            Definition::Fragment(fragment) => {
                execution.fragments.insert(fragment.name.as_str(), fragment);
            }
            Definition::Operation(found) => operation = Some(found),
        }
    }
    match operation.map(|operation| execution.run(operation)) {
        Some(Ok(data)) => json!({ "data": data }),
        Some(Err(Problem { message, code })) => failed(&message, code),
        None => failed("No operation", "parseError"),
    }
}

fn failed(message: &str, code: &str) -> Value {
    json!({ "data": null, "errors": [{ "message": message, "extensions": { "code": code } }] })
}

/// An error in a query. Fields of the API are non-null up to the root, so one error leaves no data.
struct Problem {
    message: String,
    code: &'static str,
}

struct Execution<'a> {
    goods: &'a Goods,
    has_token: bool,
    variables: &'a Map<String, Value>,
    fragments: HashMap<&'a str, &'a FragmentDefinition<'a, String>>,
}

type Set<'a> = SelectionSet<'a, String>;
type Directives<'a> = [query::Directive<'a, String>];

impl<'a> Execution<'a> {
    fn run(&self, operation: &OperationDefinition<'a, String>) -> Result<Value, Problem> {
        let (directives, set): (&Directives<'a>, &Set<'a>) = match operation {
            OperationDefinition::Query(query) => (&query.directives, &query.selection_set),
            OperationDefinition::SelectionSet(set) => (&[], set),
            _ => return Err(problem("The simulator answers queries only", "undefinedOperation")),
        };
        let market = self.market(directives)?;
        let mut data = Map::new();
        for field in self.fields(set, "QueryRoot") {
            data.insert(key(field), self.value(&self.root(field, market)?, field)?);
        }
        Ok(Value::Object(data))
    }

    /// Evaluates `@inContext(country:, language:)`.
    fn market(&self, directives: &Directives<'a>) -> Result<Market, Problem> {
        let context = directives.iter().find(|directive| directive.name == "inContext");
        let country = context.and_then(|context| self.named(&context.arguments, "country"));
        match country.as_ref().and_then(Value::as_str) {
            Some("ZZ") => {
                Err(problem("Argument 'country' has an invalid value (ZZ)", "argumentLiteralsIncompatible"))
            }
            country => Ok(Market::of(country)),
        }
    }

    fn root(&self, field: &Field<'a, String>, market: Market) -> Result<Value, Problem> {
        let text = |name: &str| {
            let value = self.named(&field.arguments, name);
            value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        Ok(match field.name.as_str() {
            "shop" => values::shop(self.goods, market),
            "localization" => values::localization(market),
            "products" => values::products_within(&self.goods.products, &self.window(field), market),
            "collections" => values::collections(self.goods, market),
            "collection" => values::collection_of(self.goods, &text("handle"), market),
            "search" => values::products(self.goods.search(&text("query")), market),
            "nodes" => values::nodes(self.goods, self.named(&field.arguments, "ids").as_ref(), market),
            "product" => {
                self.goods.product(&text("handle")).map_or(Value::Null, |it| values::product(it, market))
            }
            name => {
                return Err(problem(
                    &format!("Field '{name}' doesn't exist on type 'QueryRoot'"),
                    "undefinedField",
                ));
            }
        })
    }

    /// Returns the selected part of a value.
    fn value(&self, value: &Value, field: &Field<'a, String>) -> Result<Value, Problem> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.value(item, field)).collect(),
            Value::Object(object) if object.contains_key("nodes") => {
                self.chosen(&self.connection(object, field), &field.selection_set)
            }
            Value::Object(object) => self.chosen(object, &field.selection_set),
            Value::String(text) => Ok(json!(self.cut(text, field))),
            other => Ok(other.clone()),
        }
    }

    fn chosen(&self, object: &Map<String, Value>, set: &Set<'a>) -> Result<Value, Problem> {
        let kind = object.get("__typename").and_then(Value::as_str).unwrap_or_default();
        let mut chosen = Map::new();
        for field in self.fields(set, kind) {
            let name = field.name.as_str();
            if name == "tags" && !self.has_token {
                let message = "Access denied for tags field. Required access: `unauthenticated_read_product_tags` access scope.";
                return Err(problem(message, "ACCESS_DENIED"));
            }
            let value = match name {
                "metafield" => self.metafield(object, field),
                name => object.get(name).cloned(),
            };
            let value = value.ok_or_else(|| {
                problem(&format!("Field '{name}' doesn't exist on type '{kind}'"), "undefinedField")
            })?;
            chosen.insert(key(field), self.value(&value, field)?);
        }
        Ok(Value::Object(chosen))
    }

    /// Evaluates `metafield(namespace:, key:)`; null if there is no such metafield.
    fn metafield(&self, object: &Map<String, Value>, field: &Field<'a, String>) -> Option<Value> {
        let named = |name: &str| Some(self.named(&field.arguments, name)?.as_str()?.to_owned());
        let name = format!("{}.{}", named("namespace")?, named("key")?);
        Some(object.get("metafields")?.get(name).cloned().unwrap_or_default())
    }

    /// Returns the fields of a selection, including those of fragments.
    fn fields<'b>(&'b self, set: &'b Set<'a>, kind: &str) -> Vec<&'b Field<'a, String>> {
        let applies = |TypeCondition::On(name): &TypeCondition<'a, String>| kind.is_empty() || name == kind;
        let mut fields = Vec::new();
        for selection in &set.items {
            match selection {
                Selection::Field(field) if self.is_included(&field.directives) => fields.push(field),
                Selection::InlineFragment(inline) if inline.type_condition.as_ref().is_none_or(applies) => {
                    fields.extend(self.fields(&inline.selection_set, kind));
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.get(spread.fragment_name.as_str());
                    fields.extend(fragment.into_iter().flat_map(|it| self.fields(&it.selection_set, kind)));
                }
                Selection::Field(_) | Selection::InlineFragment(_) => {}
            }
        }
        fields
    }

    /// Evaluates `@include(if:)`.
    fn is_included(&self, directives: &Directives<'a>) -> bool {
        let include = directives.iter().find(|directive| directive.name == "include");
        include.is_none_or(|include| self.named(&include.arguments, "if") == Some(json!(true)))
    }

    /// Returns a page of a connection: `nodes`, `edges` and `pageInfo`.
    fn connection(&self, object: &Map<String, Value>, field: &Field<'a, String>) -> Map<String, Value> {
        let all = object.get("nodes").and_then(Value::as_array).cloned().unwrap_or_default();
        let Range { start: after, end } = self.window(field);
        let nodes: Vec<_> = all.iter().take(end).skip(after).cloned().collect();
        let end = after + nodes.len();
        let edges: Vec<_> = nodes.iter().zip(after + 1..).map(|(node, at)| edge(node, at)).collect();
        let page = json!({
            "__typename": "PageInfo", "hasNextPage": end < all.len(), "hasPreviousPage": after > 0,
            "startCursor": cursor(after + 1), "endCursor": cursor(end),
        });
        let mut connection = object.clone();
        connection.extend([
            ("nodes".into(), nodes.into()),
            ("edges".into(), edges.into()),
            ("pageInfo".into(), page),
        ]);
        connection
    }

    /// Returns the places that a page of a connection has: evaluates `first` and `after`.
    fn window(&self, field: &Field<'a, String>) -> Range<usize> {
        let first = self.named(&field.arguments, "first").and_then(|first| first.as_u64());
        let first = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(PAGE_MAX).min(PAGE_MAX);
        let after =
            self.named(&field.arguments, "after").and_then(|after| place(after.as_str()?)).unwrap_or(0);
        after..after + first
    }

    /// Evaluates `description(truncateAt:)`.
    fn cut(&self, text: &str, field: &Field<'a, String>) -> String {
        let at = self.named(&field.arguments, "truncateAt").and_then(|at| usize::try_from(at.as_u64()?).ok());
        match at {
            Some(at) if text.chars().count() > at => {
                text.chars().take(at.saturating_sub(3)).chain("...".chars()).collect()
            }
            _ => text.to_owned(),
        }
    }

    fn named(&self, arguments: &[(String, query::Value<'a, String>)], name: &str) -> Option<Value> {
        let (_, value) = arguments.iter().find(|(other, _)| other == name)?;
        match value {
            query::Value::Variable(name) => self.variables.get(name).cloned(),
            query::Value::Int(number) => number.as_i64().map(Value::from),
            query::Value::String(text) | query::Value::Enum(text) => Some(json!(text)),
            query::Value::Boolean(value) => Some(json!(value)),
            _ => None,
        }
    }
}

fn problem(message: &str, code: &'static str) -> Problem {
    Problem { message: message.to_owned(), code }
}

fn key(field: &Field<'_, String>) -> String {
    field.alias.as_ref().unwrap_or(&field.name).clone()
}

fn edge(node: &Value, at: usize) -> Value {
    json!({ "cursor": cursor(at), "node": node })
}

fn cursor(at: usize) -> String {
    STANDARD.encode(format!("{{\"place\":{at}}}"))
}

fn place(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("{\"place\":")?.strip_suffix('}')?.parse().ok()
}

#[cfg(test)]
mod tests;
