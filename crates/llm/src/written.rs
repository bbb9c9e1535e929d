//! A schema in words, for endpoints that take none: the form of TypeScript's types, which models know well and which
//! takes a third of the tokens of a JSON Schema.

use serde_json::Value;

use crate::schema::in_order;

/// A list of more values than this is written once.
const VALUES_MAX: usize = 12;
/// The deepest schema that is written out.
const DEPTH_MAX: usize = 12;

/// Returns the instruction to answer in the form of a schema.
pub(crate) fn instruction(schema: &Value) -> String {
    format!(
        "Answer with one JSON object of this form, written as a TypeScript type, and with nothing else. Members come in \
         this order; every member is required.\n{}",
        form(schema, DEPTH_MAX)
    )
}

fn form(schema: &Value, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "unknown".to_owned() };
    if let Some(alternatives) = schema["anyOf"].as_array() {
        let forms: Vec<_> = alternatives.iter().map(|alternative| form(alternative, depth)).collect();
        return forms.join("\n| ");
    }
    if let Some(values) = schema["enum"].as_array() {
        return values_of(values);
    }
    if let Some(properties) = schema["properties"].as_object() {
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let members: Vec<_> = in_order(properties, required)
            .map(|(name, schema)| format!("{name}: {}", form(schema, depth)))
            .collect();
        return format!("{{ {} }}", members.join(", "));
    }
    match schema["type"].as_str() {
        Some("array") => list(schema, depth),
        Some("string") => text(schema),
        Some(other) => other.to_owned(),
        None => "unknown".to_owned(),
    }
}

/// Returns the values, or the first and the last of many.
fn values_of(values: &[Value]) -> String {
    match values {
        [first, .., last] if values.len() > VALUES_MAX => format!("{first} | … | {last}"),
        _ => values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | "),
    }
}

fn list(schema: &Value, depth: usize) -> String {
    let items = form(&schema["items"], depth);
    let count = match (schema["minItems"].as_u64(), schema["maxItems"].as_u64()) {
        (Some(least), Some(most)) => format!(" /* {least} to {most} */"),
        (None, Some(most)) => format!(" /* at most {most} */"),
        (Some(least), None) => format!(" /* at least {least} */"),
        (None, None) => String::new(),
    };
    let gap = if items.contains('\n') { "\n" } else { "" };
    format!("Array<{gap}{items}{gap}>{count}")
}

fn text(schema: &Value) -> String {
    let most = schema["maxLength"].as_u64();
    most.map_or_else(|| "string".to_owned(), |most| format!("string /* at most {most} characters */"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_is_written_as_a_type() {
        let schema = json!({
            "type": "object",
            "properties": {
                "blocks": { "type": "array", "minItems": 2, "maxItems": 9, "items": { "anyOf": [
                    { "type": "object", "properties": { "type": { "enum": ["grid"] }, "ids": { "type": "array", "items": { "enum": (0..20).collect::<Vec<_>>() } } }, "required": ["type", "ids"] },
                    { "type": "object", "properties": { "type": { "enum": ["story"] } }, "required": ["type"] },
                ] } },
                "title": { "type": "string", "maxLength": 70 },
            },
            "required": ["title", "blocks"],
        });
        let expected = "{ title: string /* at most 70 characters */, blocks: Array<\n\
            { type: \"grid\", ids: Array<0 | … | 19> }\n| { type: \"story\" }\n> /* 2 to 9 */ }";
        assert_eq!(form(&schema, DEPTH_MAX), expected);
    }

    #[test]
    fn a_schema_that_says_nothing_or_never_ends_is_unknown() {
        let mut deep = json!({});
        for _ in 0..50 {
            deep = json!({ "type": "array", "items": deep });
        }
        assert!(instruction(&deep).contains("unknown"));
        assert_eq!(form(&json!({}), DEPTH_MAX), "unknown");
    }
}
