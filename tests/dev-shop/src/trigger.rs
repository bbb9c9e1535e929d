//! The app's triggers of Shopify Flow, those that `shopify app deploy` would deploy, and what may be sent to each
//! (<https://shopify.dev/docs/apps/build/flow/triggers/reference>).

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// "The payload must be under 50000 bytes".
const PAYLOAD_BYTES_MAX: usize = 50_000;
/// The longest handle, in characters.
const HANDLE_CHARS_MAX: usize = 30;

/// A file of an extension.
#[derive(Deserialize)]
struct File {
    extensions: Vec<Extension>,
    #[serde(default)]
    settings: Settings,
}

#[derive(Deserialize)]
struct Extension {
    r#type: String,
    handle: String,
}

#[derive(Default, Deserialize)]
struct Settings {
    #[serde(default)]
    fields: Vec<Field>,
}

#[derive(Debug, Clone, Deserialize)]
struct Field {
    r#type: String,
    key: String,
}

/// A trigger of the app.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    pub(crate) handle: String,
    fields: Vec<Field>,
}

fn extensions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shopify/extensions")
}

/// Returns the triggers in the folders `flow-*` of the app's extensions.
pub(crate) fn triggers() -> anyhow::Result<Vec<Trigger>> {
    let mut triggers = Vec::new();
    for entry in std::fs::read_dir(extensions()).context("the app's extensions")? {
        let folder = entry?;
        if folder.file_name().to_string_lossy().starts_with("flow-") {
            let file = folder.path().join("shopify.extension.toml");
            let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            triggers.push(parsed(&text).with_context(|| file.display().to_string())?);
        }
    }
    Ok(triggers)
}

/// Reads a file as Shopify's CLI does, and refuses what it refuses.
fn parsed(text: &str) -> anyhow::Result<Trigger> {
    let File { extensions, settings: Settings { fields } } = toml::from_str(text)?;
    let [Extension { r#type: kind, handle }] = &extensions[..] else { anyhow::bail!("one extension a file") };
    anyhow::ensure!(kind == "flow_trigger", "{handle} is a {kind}");
    let is_handle = handle.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    anyhow::ensure!(is_handle && handle.len() <= HANDLE_CHARS_MAX, "{handle} is not a handle");
    for Field { r#type, key } in &fields {
        let is_key = key.chars().all(|c| c.is_ascii_alphabetic() || c.is_whitespace());
        anyhow::ensure!(is_key, "{key:?}: a key has letters and spaces only");
        anyhow::ensure!(fits(r#type, &json!(0)) || fits(r#type, &json!("")), "{key:?} has an unknown type");
    }
    Ok(Trigger { handle: handle.clone(), fields })
}

fn fits(kind: &str, value: &Value) -> bool {
    match kind {
        "single_line_text_field" => value.as_str().is_some_and(|text| !text.contains('\n')),
        "number_decimal" => value.is_number(),
        _ => false,
    }
}

impl Trigger {
    /// Returns why a payload is refused, if it is.
    pub(crate) fn refusal(&self, payload: &Value) -> Option<String> {
        let nothing = Map::new();
        let values = payload.as_object().unwrap_or(&nothing);
        if payload.to_string().len() >= PAYLOAD_BYTES_MAX {
            return Some(format!("The payload has {PAYLOAD_BYTES_MAX} bytes or more"));
        }
        let unknown = values.keys().find(|key| self.fields.iter().all(|field| field.key != **key));
        let wrong = self
            .fields
            .iter()
            .find(|field| !values.get(&field.key).is_some_and(|value| fits(&field.r#type, value)));
        unknown
            .map(|key| format!("Unknown field {key:?}"))
            .or_else(|| wrong.map(|field| format!("{:?} is not a {}", field.key, field.r#type)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_of_the_app_can_be_deployed() {
        let mut handles: Vec<_> = triggers().unwrap().into_iter().map(|trigger| trigger.handle).collect();
        handles.sort();
        assert_eq!(handles, ["budget-spent", "page-waits", "persona-paused"]);
    }

    #[test]
    fn what_shopify_would_refuse_is_refused() {
        let file = |handle: &str, kind: &str, key: &str| {
            format!(
                "[[extensions]]\nname = \"A\"\ntype = \"flow_trigger\"\nhandle = \"{handle}\"\n\
                 [settings]\n[[settings.fields]]\ntype = \"{kind}\"\nkey = \"{key}\"\n"
            )
        };
        let trigger = parsed(&file("page-waits", "number_decimal", "Pages")).unwrap();
        for (handle, kind, key) in [
            ("page_waits", "number_decimal", "Pages"),
            ("page-waits", "number", "Pages"),
            ("page-waits", "number_decimal", "Pages 2"),
        ] {
            assert!(parsed(&file(handle, kind, key)).is_err(), "{handle} {kind} {key}");
        }
        assert_eq!(trigger.refusal(&json!({ "Pages": 2 })), None);
        let long = "x".repeat(PAYLOAD_BYTES_MAX);
        for payload in [
            json!({}),
            json!([]),
            json!({ "Pages": "2" }),
            json!({ "Pages": 2, "More": 1 }),
            json!({ "Pages": 2, "More": long }),
        ] {
            assert!(trigger.refusal(&payload).is_some(), "{payload}");
        }
    }
}
