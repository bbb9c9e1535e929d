//! A block's file: its template, and the schema of its settings.

use std::path::Path;

use anyhow::Context as _;
use liquid::Object;
use liquid::model::Value;

/// A block.
pub(crate) struct Source {
    /// The Liquid template, in the syntax that the crate `liquid` can parse.
    pub(crate) template: String,
    schema: serde_json::Value,
}

impl Source {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let (text, _) = cut(text, "{% doc %}", "{% enddoc %}");
        let (text, schema) = cut(&text, "{% schema %}", "{% endschema %}");
        let schema = serde_json::from_str(&schema).context("the schema is not JSON")?;
        Ok(Self { template: unfolded(&text), schema })
    }

    /// Returns the default settings of a block.
    pub(crate) fn settings(&self) -> Object {
        let settings = self.schema["settings"].as_array().into_iter().flatten();
        settings
            .filter_map(|setting| Some((setting["id"].as_str()?.to_owned().into(), default(setting))))
            .collect()
    }

    /// Returns the file that the block names as its `javascript` or `stylesheet`.
    pub(crate) fn asset(&self, kind: &str) -> Option<&str> {
        self.schema[kind].as_str()
    }
}

fn default(setting: &serde_json::Value) -> Value {
    match &setting["default"] {
        serde_json::Value::String(text) => Value::scalar(text.clone()),
        serde_json::Value::Number(number) => Value::scalar(number.as_i64().unwrap_or_default()),
        _ => Value::Nil,
    }
}

/// Returns the text without the part between two marks, and that part.
fn cut(text: &str, start: &str, end: &str) -> (String, String) {
    let parts = text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?)));
    match parts {
        Some((before, (inner, after))) => (format!("{before}{after}"), inner.to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

/// Expands `{% liquid %}`, which the crate does not support, into a tag for each of its lines.
fn unfolded(text: &str) -> String {
    let (rest, lines) = cut(text, "{%- liquid", "-%}");
    let Some(at) = text.find("{%- liquid") else { return rest };
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let tags = lines.map(|line| format!("{{%- {line} -%}}")).collect::<Vec<_>>().concat();
    let (before, after) = rest.split_at(at);
    format!("{before}{tags}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_its_template_and_its_schema() {
        let source = Source::parse(
            "{% doc %}x{% enddoc %}a{%- liquid\n  assign x = 1\n-%}{{ x }}{% schema %}{\"javascript\": \"a.js\", \
             \"settings\": [{\"id\": \"height\", \"default\": 7}, {\"type\": \"header\"}]}{% endschema %}",
        )
        .unwrap();
        assert_eq!(source.template, "a{%- assign x = 1 -%}{{ x }}");
        assert_eq!(source.asset("javascript"), Some("a.js"));
        assert_eq!(source.settings().get("height"), Some(&Value::scalar(7)));
    }
}
