//! The Shopify filters that the templates use: `json`, `money` and `t`.

use liquid_core::{Display_filter, Filter, FilterReflection, ParseFilter, Result, Runtime, Value, ValueView};

/// The extension's texts, in English.
const TEXTS: &str = include_str!("../../../../shopify/extensions/wand/locales/en.default.json");

/// A value as JSON.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(name = "json", description = "A value as JSON.", parsed(JsonFilter))]
pub(crate) struct Json;

#[derive(Debug, Default, Display_filter)]
#[name = "json"]
struct JsonFilter;

impl Filter for JsonFilter {
    fn evaluate(&self, input: &dyn ValueView, _: &dyn Runtime) -> Result<Value> {
        let json = serde_json::to_string(&input.to_value()).unwrap_or_else(|_| "null".into());
        // Shopify escapes these characters too, so that no text ends a script.
        Ok(Value::scalar(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")))
    }
}

/// Cents in the shop's money format.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(name = "money", description = "Cents as the shop writes them.", parsed(MoneyFilter))]
pub(crate) struct Money;

#[derive(Debug, Default, Display_filter)]
#[name = "money"]
struct MoneyFilter;

impl Filter for MoneyFilter {
    fn evaluate(&self, input: &dyn ValueView, _: &dyn Runtime) -> Result<Value> {
        let cents = input.as_scalar().and_then(|scalar| scalar.to_integer()).unwrap_or_default();
        Ok(Value::scalar(format!("${}.{:02}", cents / 100, cents % 100)))
    }
}

/// A text of the extension.
#[derive(Clone, ParseFilter, FilterReflection)]
#[filter(name = "t", description = "A text of the extension.", parsed(TranslateFilter))]
pub(crate) struct Translate;

#[derive(Debug, Default, Display_filter)]
#[name = "t"]
struct TranslateFilter;

impl Filter for TranslateFilter {
    fn evaluate(&self, input: &dyn ValueView, _: &dyn Runtime) -> Result<Value> {
        let key = input.to_kstr();
        let texts: serde_json::Value = serde_json::from_str(TEXTS).unwrap_or_default();
        let text = texts.pointer(&format!("/{}", key.replace('.', "/"))).and_then(serde_json::Value::as_str);
        Ok(Value::scalar(text.map_or_else(|| format!("translation missing: {key}"), str::to_owned)))
    }
}
