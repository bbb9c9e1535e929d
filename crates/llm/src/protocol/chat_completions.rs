//! `OpenAI`'s chat completions (<https://platform.openai.com/docs/api-reference/chat>), in every form in which endpoints
//! that are compatible with them answer.

use secrets::Secret;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Form, Usage, figure, is_stated};
use crate::wire::{Draft, Parts, SchemaMode, Wire};
use crate::{Ending, Message, Role};

/// The limit of tokens, as `OpenAI` and most endpoints first called it.
const MAX_TOKENS: &str = "max_tokens";
/// The limit of tokens, as newer models of `OpenAI` call it
/// (<https://platform.openai.com/docs/api-reference/chat/create>).
const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";
/// The form of the answer.
const RESPONSE_FORMAT: &str = "response_format";
const JSON_SCHEMA: &str = "json_schema";
const STREAM: &str = "stream";
/// Asks for the numbers of tokens at the end of a stream
/// (<https://platform.openai.com/docs/api-reference/chat/create>).
const STREAM_OPTIONS: &str = "stream_options";

static PARTS: Parts = Parts {
    form: RESPONSE_FORMAT,
    form_names: &[
        RESPONSE_FORMAT,
        "response format",
        JSON_SCHEMA,
        "json schema",
        "json_object",
        "json mode",
        "json-mode",
        "structured output",
        "structured_output",
        "structured-output",
        "guided",
        "grammar",
        "requested parameters",
    ],
    limits: &[MAX_TOKENS, MAX_COMPLETION_TOKENS],
    required: &["model", "messages"],
    stream: STREAM,
    stream_options: STREAM_OPTIONS,
    // https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas".
    refused_keywords: &["minLength", "maxLength", "uniqueItems", "$schema", "title", "default"],
};

/// The protocol.
pub(super) struct ChatCompletions;

impl Wire for ChatCompletions {
    fn answer_name(&self) -> &'static str {
        "chat completion"
    }

    fn path(&self) -> &'static str {
        "/chat/completions"
    }

    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)> {
        key.map(|key| ("authorization", format!("Bearer {}", key.expose()))).into_iter().collect()
    }

    fn parts(&self) -> &'static Parts {
        &PARTS
    }

    fn members(&self, draft: &Draft<'_>) -> Map<String, Value> {
        let mut members = Map::new();
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        set("model", draft.model.into());
        set(STREAM, draft.is_streamed.into());
        if draft.is_streamed {
            set(STREAM_OPTIONS, json!({ "include_usage": true }));
        }
        set(draft.limit, draft.tokens_max.into());
        match draft.mode {
            SchemaMode::JsonSchema => {
                let mut named = json!({ "name": draft.schema_name, "schema": draft.schema });
                if draft.is_strict {
                    named["strict"] = true.into();
                }
                set(RESPONSE_FORMAT, json!({ "type": JSON_SCHEMA, JSON_SCHEMA: named }));
            }
            SchemaMode::JsonObject => {
                set(RESPONSE_FORMAT, json!({ "type": "json_object" }));
            }
            SchemaMode::None => {}
        }
        members
    }

    fn states_schema(&self, members: &Map<String, Value>) -> bool {
        members.get(RESPONSE_FORMAT).is_some_and(|format| format["type"] == JSON_SCHEMA)
    }

    fn conversation(&self, messages: &[Message], instructions: Option<String>) -> Vec<(&'static str, Value)> {
        let instructions = instructions.map(|text| json!({ "role": "system", "content": text }));
        let messages = messages.iter().map(|message| {
            let role = match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            json!({ "role": role, "content": message.text })
        });
        vec![("messages", instructions.into_iter().chain(messages).collect())]
    }

    fn read(&self, document: Value, answer: &mut Answer) {
        answer.usage.add(usage(&document["usage"]));
        answer.usage.add(usage(&document["x_groq"]["usage"]));
        answer.name_model(&document["model"]);
        let Some(choice) = choice(&document) else {
            if is_error(&document) {
                answer.error.get_or_insert(document);
            }
            return;
        };
        if let Some(error) = [&document, choice].into_iter().find(|value| is_stated(&value["error"])) {
            answer.error.get_or_insert(error.clone());
        }
        answer.came_as(if choice["delta"].is_null() { Form::Whole } else { Form::Chunks });
        let reason = choice["finish_reason"].as_str().or_else(|| document["done_reason"].as_str());
        if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
            let reason = reason.to_lowercase();
            answer.ending = Some(ending(&reason));
            answer.is_declined = reason == "refusal";
        }
        read_message(choice, answer);
    }
}

/// Returns the first choice, or its equivalent at endpoints without choices.
fn choice(document: &Value) -> Option<&Value> {
    let is_first = |choice: &&Value| choice["index"].as_f64().is_none_or(|index| index == 0.0);
    match &document["choices"] {
        Value::Array(choices) => choices.iter().find(is_first).filter(|choice| choice.is_object()),
        Value::Object(_) => Some(&document["choices"]),
        _ => Some(document).filter(|_| document["message"].get("content").is_some()),
    }
}

/// Returns whether a document without an answer reports an error: by `error`, or, if it has no choices, by another name
/// that endpoints use.
fn is_error(document: &Value) -> bool {
    let others = ["errors", "detail", "message", "msg", "error_msg", "error_code", "error_message"];
    is_stated(&document["error"])
        || document.get("choices").is_none() && others.iter().any(|name| is_stated(&document[*name]))
}

fn ending(reason: &str) -> Ending {
    match reason {
        "length" | "max_tokens" | "max_output_tokens" | "model_length" | "token_limit" => Ending::Length,
        "content_filter" | "content-filter" | "safety" | "recitation" | "prohibited_content"
        | "blocklist" | "spii" | "sensitive" => Ending::Filter,
        _ => Ending::Complete,
    }
}

fn read_message(choice: &Value, answer: &mut Answer) {
    let message = [&choice["message"], &choice["delta"]].into_iter().find(|message| !message.is_null());
    let message = message.unwrap_or(choice);
    let text = if message.is_string() { message } else { &choice["text"] };
    read_content(message.get("content").unwrap_or(text), answer);
    let reasoning =
        ["reasoning_content", "reasoning", "thinking"].iter().find_map(|name| message[*name].as_str());
    answer.reasoning.push_str(reasoning.unwrap_or_default());
    answer.refusal.push_str(message["refusal"].as_str().unwrap_or_default());
    let calls = message["tool_calls"].as_array().map(Vec::as_slice).unwrap_or_default();
    for call in calls.iter().take(1).map(|call| &call["function"]).chain([&message["function_call"]]) {
        match &call["arguments"] {
            Value::String(part) => answer.arguments.push_str(part),
            whole @ Value::Object(_) => answer.arguments.push_str(&whole.to_string()),
            _ => {}
        }
    }
}

/// Reads content: text, a part, a list of parts, or the JSON document itself.
fn read_content(content: &Value, answer: &mut Answer) {
    match content {
        Value::String(text) => answer.text.push_str(text),
        Value::Array(parts) => parts.iter().for_each(|part| read_content(part, answer)),
        Value::Object(part) => match part.get("type").and_then(Value::as_str).unwrap_or_default() {
            "refusal" => answer.refusal.push_str(content["refusal"].as_str().unwrap_or_default()),
            "thinking" | "reasoning" => {
                let reasoning = content["thinking"].as_str().or_else(|| content["text"].as_str());
                answer.reasoning.push_str(reasoning.unwrap_or_default());
            }
            "tool_use" | "image_url" => {}
            _ => match (&content["text"], &content["text"]["value"]) {
                (Value::String(text), _) | (_, Value::String(text)) => answer.text.push_str(text),
                _ => answer.text.push_str(&content.to_string()),
            },
        },
        _ => {}
    }
}

/// Reads the numbers of tokens. If one of them is missing, it is the rest of the total.
fn usage(usage: &Value) -> Usage {
    let named = |names: &[&str]| names.iter().find_map(|name| figure(&usage[*name]));
    let tokens_in = named(&["prompt_tokens", "input_tokens"]);
    let tokens_out = named(&["completion_tokens", "output_tokens"]);
    let rest =
        |one: Option<u32>| Some(named(&["total_tokens"])?.saturating_sub(one?)).filter(|rest| *rest > 0);
    Usage {
        tokens_in: tokens_in.or_else(|| rest(tokens_out)),
        tokens_out: tokens_out.or_else(|| rest(tokens_in)),
        reasoning: figure(&usage["completion_tokens_details"]["reasoning_tokens"]),
    }
}
