//! Chat completions as `OpenAI` defined them (<https://platform.openai.com/docs/api-reference/chat>)
//! and many endpoints understand them: what is sent, and what comes back. No I/O.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Completion, Request, Role};
use crate::Secret;

/// The longest text of an endpoint that is passed on, in characters.
const REASON_CHARS_MAX: usize = 200;
/// The longest name of a model, in characters.
const MODEL_CHARS_MAX: usize = 100;

/// How an endpoint is told what form the answer is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SchemaMode {
    /// By `response_format: json_schema`.
    #[default]
    JsonSchema,
    /// By `response_format: json_object`, with the schema among the instructions.
    JsonObject,
    /// By the instructions alone.
    None,
}

#[derive(Debug, Serialize)]
struct Question<'a> {
    model: &'a str,
    messages: Vec<Turn<'a>>,
    max_tokens: u32,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
    #[serde(flatten)]
    extra: BTreeMap<&'a str, &'a Value>,
}

/// The members of a question that are ours to say: none of them is taken from the extra ones.
const OURS: [&str; 5] = ["model", "messages", "max_tokens", "stream", "response_format"];

#[derive(Debug, Serialize)]
struct Turn<'a> {
    role: &'a str,
    content: &'a str,
}

/// The body of the request that puts `request` to `model`, with those members of `extra` that are
/// not [`OURS`]; `None` if its schema is no JSON.
pub fn question(
    request: &Request,
    model: &str,
    mode: SchemaMode,
    extra: &Map<String, Value>,
) -> Option<Vec<u8>> {
    let schema: Value = serde_json::from_str(&request.schema).ok()?;
    let instruction = format!("Answer with one JSON document that follows this JSON Schema: {schema}");
    let told = (mode != SchemaMode::JsonSchema).then_some(Turn { role: "system", content: &instruction });
    let said =
        request.messages.iter().map(|message| Turn { role: role(message.role), content: &message.text });
    let response_format = match mode {
        SchemaMode::JsonSchema => Some(json!({
            "type": "json_schema",
            "json_schema": { "name": request.schema_name, "schema": schema },
        })),
        SchemaMode::JsonObject => Some(json!({ "type": "json_object" })),
        SchemaMode::None => None,
    };
    let messages = told.into_iter().chain(said).collect();
    let max_tokens = request.tokens_max;
    let members = extra.iter().map(|(name, value)| (name.as_str(), value));
    let extra = members.filter(|(name, _)| !OURS.contains(name)).collect();
    let question = Question { model, messages, max_tokens, stream: false, response_format, extra };
    serde_json::to_vec(&question).ok()
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    #[serde(default)]
    model: String,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    content: String,
}

#[derive(Deserialize, Default)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

/// The completion in the body of a successful response; `None` if there is none in it.
pub fn completion(body: &[u8]) -> Option<Completion> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let choice = answer.choices.into_iter().next()?;
    let usage = answer.usage.unwrap_or_default();
    Some(Completion {
        text: choice.message.content,
        model: answer.model.chars().take(MODEL_CHARS_MAX).collect(),
        tokens_in: usage.prompt_tokens,
        tokens_out: usage.completion_tokens,
        complete: choice.finish_reason.as_deref() != Some("length"),
    })
}

/// What an endpoint says of a request that it did not serve.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Complaint {
    /// In its words, as they came.
    message: String,
    /// Its names for what is wrong.
    kinds: String,
}

impl Complaint {
    /// Reads `{"error": {"message", "type", "code"}}`, `{"error": "…"}` or `{"message": "…"}`;
    /// anything else says nothing.
    pub fn read(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let error = body.get("error").unwrap_or(&body);
        let text = |name| error.get(name).and_then(Value::as_str).unwrap_or_default();
        let message = error.as_str().unwrap_or_else(|| text("message")).to_owned();
        Self { message, kinds: format!("{} {}", text("type"), text("code")) }
    }

    /// Whether it is about the form of answer that was asked for.
    pub fn is_about_form(&self) -> bool {
        ["response_format", "json_schema"].iter().any(|name| self.message.contains(name))
    }

    /// Whether it is about money: `OpenAI` names it `insufficient_quota`, Moonshot
    /// `exceeded_current_quota_error`.
    pub fn is_about_money(&self) -> bool {
        self.kinds.contains("quota")
    }

    /// Its words, fit for a log: bounded, on one line, and without `key`, which an endpoint may repeat.
    pub fn reason(&self, key: Option<&Secret>) -> String {
        let message = match key.map(Secret::expose) {
            Some(key) if !key.is_empty() => self.message.replace(key, "(key)"),
            _ => self.message.clone(),
        };
        let tame = |c: char| if c.is_control() { ' ' } else { c };
        message.chars().map(tame).take(REASON_CHARS_MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::Message;

    fn request() -> Request {
        Request {
            messages: vec![
                Message { role: Role::System, text: "Be brief.".into() },
                Message { role: Role::User, text: "Plan.".into() },
            ],
            schema: r#"{"type":"object"}"#.into(),
            schema_name: "plan".into(),
            tokens_max: 500,
        }
    }

    fn asked(mode: SchemaMode) -> Value {
        asked_with(mode, json!({}))
    }

    fn asked_with(mode: SchemaMode, extra: Value) -> Value {
        let extra = serde_json::from_value(extra).unwrap();
        serde_json::from_slice(&question(&request(), "kimi", mode, &extra).unwrap()).unwrap()
    }

    #[test]
    fn the_schema_is_sent_as_a_form() {
        let expected = json!({
            "model": "kimi",
            "messages": [{ "role": "system", "content": "Be brief." }, { "role": "user", "content": "Plan." }],
            "max_tokens": 500,
            "stream": false,
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": "plan", "schema": { "type": "object" } },
            },
        });
        assert_eq!(asked(SchemaMode::JsonSchema), expected);
    }

    #[test]
    fn a_model_that_takes_no_schema_is_told_in_words() {
        for (mode, format) in
            [(SchemaMode::JsonObject, json!({ "type": "json_object" })), (SchemaMode::None, Value::Null)]
        {
            let asked = asked(mode);
            assert_eq!(asked["response_format"], format);
            let told = asked["messages"][0]["content"].as_str().unwrap();
            assert!(told.ends_with(r#"JSON Schema: {"type":"object"}"#), "{told}");
            assert_eq!(asked["messages"].as_array().unwrap().len(), 3);
        }
    }

    #[test]
    fn extra_members_are_sent_beside_ours() {
        let mut expected = asked(SchemaMode::JsonSchema);
        expected["thinking"] = json!({ "type": "disabled" });
        expected["top_p"] = json!(0.9);
        let extra = json!({ "thinking": { "type": "disabled" }, "top_p": 0.9 });
        assert_eq!(asked_with(SchemaMode::JsonSchema, extra), expected);
    }

    #[test]
    fn extra_members_never_replace_ours() {
        for mode in [SchemaMode::JsonSchema, SchemaMode::JsonObject, SchemaMode::None] {
            let usurpers = json!({
                "messages": [], "model": "dear", "stream": true, "max_tokens": 1_000_000, "response_format": {},
            });
            assert_eq!(asked_with(mode, usurpers), asked(mode), "{mode:?}");
        }
    }

    #[test]
    fn a_schema_that_is_no_json_asks_nothing() {
        let request = Request { schema: "{".into(), ..request() };
        assert_eq!(question(&request, "m", SchemaMode::None, &Map::new()), None);
    }

    #[test]
    fn an_answer_is_read_with_what_it_cost() {
        let body = json!({
            "id": "1", "object": "chat.completion", "model": "kimi-k2",
            "choices": [{ "index": 0, "message": { "role": "assistant", "content": "{}" }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10 },
        });
        let expected = Completion {
            text: "{}".into(),
            model: "kimi-k2".into(),
            tokens_in: 7,
            tokens_out: 3,
            complete: true,
        };
        assert_eq!(completion(body.to_string().as_bytes()), Some(expected));
    }

    #[test]
    fn an_answer_that_was_cut_off_says_so() {
        let body = br#"{"choices":[{"message":{"content":"{\"a"},"finish_reason":"length"}]}"#;
        assert!(!completion(body).unwrap().complete);
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "{\"choices\":[]}",
            "{\"choices\":[{}]}",
            "{\"choices\":[{\"message\":{",
            "{\"choices\":[{\"message\":{\"content\":null}}]}",
            "<html>",
            "{\"choices\":[{\"message\":{\"content\":1}}]}",
        ] {
            assert_eq!(completion(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn complaints_are_understood_in_every_usual_form() {
        for body in [
            r#"{"error":{"message":"no","type":"t"}}"#,
            r#"{"error":"no"}"#,
            r#"{"message":"no","code":400}"#,
        ] {
            assert_eq!(Complaint::read(body.as_bytes()).reason(None), "no", "{body}");
        }
        assert_eq!(Complaint::read(b"<html>").reason(None), "");
        assert!(Complaint::read(br#"{"error":{"code":"insufficient_quota"}}"#).is_about_money());
        assert!(Complaint::read(br#"{"error":{"message":"bad 'response_format'"}}"#).is_about_form());
    }

    #[test]
    fn a_reason_is_short_and_tame_and_without_the_key() {
        let message = format!("wrong key sk-secret\n{}sk-secret, and so on", "x".repeat(175));
        let body = json!({ "error": { "message": message } }).to_string();
        let reason = Complaint::read(body.as_bytes()).reason(Some(&Secret::new("sk-secret")));
        assert!(reason.starts_with("wrong key (key) xxx"), "{reason}");
        assert_eq!(reason.chars().count(), REASON_CHARS_MAX);
        assert!(!reason.contains("sk-"), "{reason}");
    }
}
