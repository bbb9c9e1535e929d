//! The forms in which a schema is sent: with only the keywords that an endpoint knows, and with its members in order.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

/// The members of a schema that hold schemas by name.
const BY_NAME: [&str; 2] = ["properties", "$defs"];

/// Returns a schema without these keywords. Names of properties are no keywords.
pub(crate) fn without(schema: &Value, keywords: &[&str]) -> Value {
    match schema {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !keywords.contains(&name.as_str()));
            let inner = |(name, value): (&String, &Value)| {
                let value = match value {
                    Value::Object(named) if BY_NAME.contains(&name.as_str()) => {
                        named.iter().map(|(name, schema)| (name.clone(), without(schema, keywords))).collect()
                    }
                    other => without(other, keywords),
                };
                (name.clone(), value)
            };
            Value::Object(kept.map(inner).collect())
        }
        Value::Array(items) => items.iter().map(|item| without(item, keywords)).collect(),
        other => other.clone(),
    }
}

/// A value whose schemas are written with their properties in the order of `required`. A model that is bound to a
/// grammar writes members in that order, and JSON's objects have none.
pub(crate) struct Ordered<'a>(pub(crate) &'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => ordered(members, serializer),
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Ordered(item)))?;
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

fn ordered<S: Serializer>(members: &Map<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(members.len()))?;
    // The type first: readers expect it there.
    let (first, rest): (Vec<_>, Vec<_>) = members.iter().partition(|(name, _)| *name == "type");
    for (name, value) in first.into_iter().chain(rest) {
        match (value.as_object(), members.get("required").and_then(Value::as_array)) {
            (Some(properties), Some(required)) if name == "properties" => {
                map.serialize_entry(name, &Properties { properties, required })?;
            }
            _ => map.serialize_entry(name, &Ordered(value))?,
        }
    }
    map.end()
}

struct Properties<'a> {
    properties: &'a Map<String, Value>,
    required: &'a [Value],
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.properties.len()))?;
        for (name, schema) in in_order(self.properties, self.required) {
            map.serialize_entry(name, &Ordered(schema))?;
        }
        map.end()
    }
}

/// Returns properties in the order of `required`, and then the others.
pub(crate) fn in_order<'a>(
    properties: &'a Map<String, Value>,
    required: &'a [Value],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let first = required.iter().filter_map(|name| properties.get_key_value(name.as_str()?));
    let others = properties.iter().filter(|(name, _)| !required.iter().any(|other| other == name.as_str()));
    first.chain(others).map(|(name, schema)| (name.as_str(), schema))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_are_written_in_the_order_of_required() {
        let text = r#"{"type":"object","properties":{"type":{"enum":["a"]},"b":{"type":"string"},"a":{"type":"object","properties":{"z":{},"y":{}},"required":["z","y"]}},"required":["type","b","a"]}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        let written = serde_json::to_string(&Ordered(&value)).unwrap();
        let places =
            ["\"type\":{\"enum\"", "\"b\":", "\"a\":", "\"z\":", "\"y\":"].map(|part| written.find(part));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{written}");
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
    }

    #[test]
    fn keywords_are_left_out_and_properties_of_that_name_stay() {
        let schema = json!({
            "type": "object",
            "properties": { "maxLength": { "type": "string", "maxLength": 3 } },
            "items": [{ "maxLength": 1, "minItems": 2 }],
        });
        let expected = json!({
            "type": "object",
            "properties": { "maxLength": { "type": "string" } },
            "items": [{ "minItems": 2 }],
        });
        assert_eq!(without(&schema, &["maxLength"]), expected);
    }
}
