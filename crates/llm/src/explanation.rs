//! An endpoint's explanation of a request that it did not serve: its words, made fit for a log, and what a program can
//! tell from them.

use secrets::Secret;
use serde_json::Value;

use crate::documents;
use crate::endpoint::Endpoint;
use crate::wire::Parts;

/// The longest text from an endpoint that is passed on, in characters.
const SAID_CHARS_MAX: usize = 200;
/// How much of an explanation is searched, in bytes.
const WORDS_BYTES_MAX: usize = 8 << 10;
/// The number of consecutive characters of the key that reveal it.
const KEY_PART_BYTES: usize = 8;
/// Members that repeat the request or carry no meaning.
const ECHOES: [&str; 12] = [
    "input",
    "ctx",
    "flagged_input",
    "request",
    "body",
    "messages",
    "prompt",
    "url",
    "documentation_url",
    "doc_url",
    "request_id",
    "user_id",
];

/// An endpoint's explanation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Explanation {
    /// The unchanged message.
    message: String,
    /// All its texts, in lower case.
    pub(crate) words: String,
    /// Its codes and types of the error, in lower case.
    pub(crate) kinds: String,
    /// The member of the request that it names, if any.
    pub(crate) member: Option<String>,
    /// The status that it names in its body.
    pub(crate) status: Option<u16>,
}

impl Explanation {
    /// Reads the body of a refusal.
    pub(crate) fn read(body: &[u8], endpoint: &Endpoint) -> Self {
        let documents = documents::read(body);
        match documents.found.first() {
            Some(document) => Self::of(document, endpoint),
            None => Self::of_text(&documents.text),
        }
    }

    /// Reads a document. The model's name is not taken for words.
    pub(crate) fn of(document: &Value, endpoint: &Endpoint) -> Self {
        let error = Some(&document["error"]).filter(|error| error.is_object()).unwrap_or(document);
        let parts = endpoint.protocol.wire().parts();
        let mut words = String::new();
        gather(document, parts, &mut words);
        let words = words.to_lowercase();
        let model = endpoint.model.to_lowercase();
        let words = if model.is_empty() { words } else { words.replace(&model, "(this)") };
        Self {
            message: message(document).unwrap_or_default(),
            words,
            kinds: kinds(document, error).to_lowercase(),
            member: member(error),
            status: ["code", "status", "status_code", "statusCode"]
                .iter()
                .find_map(|name| status(&error[*name])),
        }
    }

    /// Reads a text. If it is an HTML page, only the title counts.
    fn of_text(text: &str) -> Self {
        let is_page = text.starts_with('<');
        let title = || text.split_once("<title>")?.1.split_once("</title>").map(|(title, _)| title);
        let message = if is_page { title().unwrap_or("an HTML page") } else { text };
        let message: String = message.chars().take(WORDS_BYTES_MAX).collect();
        Self { words: message.to_lowercase(), message, ..Self::default() }
    }

    /// Returns whether its words contain one of `phrases`.
    pub(crate) fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.words.contains(phrase))
    }

    /// Returns whether its codes and types contain one of `parts`.
    pub(crate) fn is(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.kinds.contains(part))
    }

    /// Returns whether it is about the member `name`: it says so, or uses the name as a word.
    pub(crate) fn names(&self, name: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut places = self.words.match_indices(name);
        places.any(|(at, _)| {
            let (before, after) = (&self.words[..at], &self.words[at + name.len()..]);
            !before.ends_with(is_part) && !after.starts_with(is_part)
        })
    }

    /// Returns the largest number in its words that is smaller than `number`.
    pub(crate) fn largest_below(&self, number: u32) -> Option<u32> {
        let words = self.words.replace(',', "");
        let numbers = words.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok());
        numbers.filter(|found| *found < number).max()
    }

    /// Returns its message, made fit for a log.
    pub(crate) fn said(&self, key: Option<&Secret>) -> String {
        sanitized(&self.message, key)
    }
}

/// Makes a text fit for a log: short, on one line, without characters that could confuse a reader, and without the key,
/// which an endpoint may repeat in part.
pub(crate) fn sanitized(text: &str, key: Option<&Secret>) -> String {
    // Control characters, and characters that are invisible or change the direction of the text.
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let plain: String = text.chars().take(WORDS_BYTES_MAX).map(|c| if is_odd(c) { ' ' } else { c }).collect();
    let key = key.map(Secret::expose).filter(|key| !key.is_empty());
    let words = plain.split_whitespace().map(|word| {
        let gives_away = key.is_some_and(|key| gives_away(word, key));
        if gives_away { "(key)" } else { word }
    });
    words.collect::<Vec<_>>().join(" ").chars().take(SAID_CHARS_MAX).collect()
}

fn gives_away(word: &str, key: &str) -> bool {
    let length = KEY_PART_BYTES.min(key.len());
    key.as_bytes().windows(length).any(|part| word.as_bytes().windows(length).any(|other| other == part))
}

/// Collects every text in a document, except members that repeat the request. The name of a member that may be refused is
/// a text too.
fn gather(value: &Value, parts: &Parts, words: &mut String) {
    match value {
        _ if words.len() > WORDS_BYTES_MAX => {}
        Value::String(text) => {
            words.extend(text.chars().take(WORDS_BYTES_MAX));
            words.push('\n');
        }
        Value::Array(list) => list.iter().for_each(|value| gather(value, parts, words)),
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| !ECHOES.contains(&name.as_str())) {
                if name == parts.form || parts.limits.contains(&name.as_str()) {
                    words.push_str(name);
                    words.push('\n');
                }
                gather(value, parts, words);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns the message for people: `{"error": {"message"}}`, `{"error": "…"}`, `{"message"}`, `{"detail": [{"loc",
/// "msg"}]}`, `{"errors": […]}`, or the message of a gateway's upstream.
fn message(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Array(list) => list.iter().find_map(message),
        Value::Object(_) => {
            let names = [
                "error",
                "message",
                "detail",
                "details",
                "errors",
                "msg",
                "error_msg",
                "error_message",
                "reason",
                "title",
            ];
            let found = names.iter().find_map(|name| message(&value[*name]));
            let place = value["loc"]
                .as_array()
                .map(|loc| loc.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."));
            let found = match (found, place) {
                (Some(found), Some(place)) => Some(format!("{place}: {found}")),
                (found, _) => found,
            };
            match (found, value["metadata"]["raw"].as_str()) {
                (Some(found), Some(raw)) => Some(format!("{found}: {raw}")),
                (found, _) => found,
            }
        }
        _ => None,
    }
}

fn kinds(document: &Value, error: &Value) -> String {
    let names = ["type", "code", "status", "error_type", "reason"];
    let of = |value: &Value| names.map(|name| value[name].as_str().unwrap_or_default().to_owned());
    let inner = error["innererror"]["code"].as_str().unwrap_or_default().to_owned();
    let details =
        error["details"].as_array().into_iter().flatten().filter_map(|detail| detail["reason"].as_str());
    let details = details.map(str::to_owned);
    of(document).into_iter().chain(of(error)).chain([inner]).chain(details).collect::<Vec<_>>().join(" ")
}

/// Returns `param`, or the top-level member of a validation error.
fn member(error: &Value) -> Option<String> {
    let lists = [&error["detail"], &error["message"]["detail"], &error["errors"]];
    let place = lists.iter().find_map(|list| list[0]["loc"][1].as_str());
    let name = error["param"].as_str().or(place)?;
    let name = name.split(['.', '[']).next().unwrap_or(name).trim();
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// Returns the status of an error (RFC 9110, section 15), given as a number or as text.
fn status(value: &Value) -> Option<u16> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    u16::try_from(number).ok().filter(|status| (400..600).contains(status))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Settings;

    fn read(body: &[u8], model: &str) -> Explanation {
        let settings =
            Settings { base_url: Some("http://h".into()), model: model.into(), ..Settings::default() };
        Explanation::read(body, &Endpoint::new(&settings, None).unwrap().unwrap())
    }

    fn said(body: &Value) -> String {
        read(body.to_string().as_bytes(), "kimi").said(None)
    }

    #[test]
    fn complaints_are_understood_in_every_usual_form() {
        for body in [
            json!({ "error": { "message": "no", "type": "t" } }),
            json!({ "error": "no" }),
            json!({ "message": "no", "code": 400 }),
            json!({ "detail": "no" }),
            json!({ "errors": [{ "message": "no" }] }),
            json!([{ "error": { "code": 400, "message": "no", "status": "INVALID_ARGUMENT" } }]),
            json!({ "type": "error", "error": { "type": "authentication_error", "message": "no" } }),
        ] {
            assert_eq!(said(&body), "no", "{body}");
        }
        let place =
            json!({ "detail": [{ "loc": ["body", "seed"], "msg": "extra", "input": { "seed": 1 } }] });
        assert_eq!(said(&place), "body.seed: extra");
        let raw = json!({ "error": { "message": "Provider returned error", "metadata": { "raw": "no" } } });
        assert_eq!(said(&raw), "Provider returned error: no");
        assert_eq!(read(b"<html><title>502 Bad Gateway</title>", "").said(None), "502 Bad Gateway");
        assert_eq!(read(b"just no", "").said(None), "just no");
        assert_eq!(read(b"", "").said(None), "");
    }

    #[test]
    fn an_echo_of_the_request_is_not_an_explanation() {
        let body = json!({ "detail": [{ "loc": ["body", "seed"], "msg": "extra", "input": { "response_format": 1 } }] });
        let explanation = read(body.to_string().as_bytes(), "json_schema-7b");
        assert!(!explanation.words.contains("response_format"), "{explanation:?}");
        assert_eq!(explanation.member.as_deref(), Some("seed"));
        let body = json!({ "error": { "message": "no model json_schema-7b" } });
        let explanation = read(body.to_string().as_bytes(), "json_schema-7b");
        assert!(!explanation.words.contains("json_schema"), "{explanation:?}");
    }

    #[test]
    fn words_are_whole() {
        let explanation = Explanation::of_text("max_completion_tokens is unknown");
        assert!(explanation.names("max_completion_tokens"));
        assert!(!explanation.names("max_tokens") && !explanation.names("max"));
    }

    #[test]
    fn explanations_are_short_plain_and_without_the_key() {
        let key = Secret::new("sk-very-secret");
        let text = format!("wrong key sk-very-secret\n\u{202e}or sk-very-s***, {}", "x".repeat(300));
        let text = sanitized(&text, Some(&key));
        assert!(text.starts_with("wrong key (key) or (key) xxx"), "{text}");
        assert_eq!(text.chars().count(), SAID_CHARS_MAX);
        assert_eq!(sanitized("abc \u{0}\u{1b}[31m d", Some(&Secret::new("abc"))), "(key) [31m d");
    }
}
