//! Anthropic's Messages (<https://platform.claude.com/docs/en/api/messages>), whole and as a stream of events.

use secrets::Secret;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Form, Usage, figure, is_stated};
use crate::wire::{Draft, Parts, SchemaMode, Wire};
use crate::{Ending, Message, Role};

const MAX_TOKENS: &str = "max_tokens";
/// The form of the answer (<https://platform.claude.com/docs/en/build-with-claude/structured-outputs>).
const OUTPUT_CONFIG: &str = "output_config";
const STREAM: &str = "stream";
/// The version of the protocol (<https://platform.claude.com/docs/en/api/versioning>).
const VERSION: &str = "2023-06-01";

static PARTS: Parts = Parts {
    form: OUTPUT_CONFIG,
    form_names: &[
        OUTPUT_CONFIG,
        "output_format",
        "json_schema",
        "json schema",
        "structured output",
        "output format",
    ],
    limits: &[MAX_TOKENS],
    required: &["model", "messages", MAX_TOKENS],
    stream: STREAM,
    // It reports the numbers of tokens unasked.
    stream_options: "stream_options",
    // The same page: lengths and numbers of items are not supported.
    refused_keywords: &["minLength", "maxLength", "minItems", "maxItems", "pattern", "$schema"],
};

/// The protocol.
pub(super) struct Messages;

impl Wire for Messages {
    fn answer_name(&self) -> &'static str {
        "message"
    }

    fn path(&self) -> &'static str {
        "/messages"
    }

    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)> {
        let key = key.map(|key| ("x-api-key", key.expose().to_owned()));
        [("anthropic-version", VERSION.to_owned())].into_iter().chain(key).collect()
    }

    fn parts(&self) -> &'static Parts {
        &PARTS
    }

    fn members(&self, draft: &Draft<'_>) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("model".to_owned(), draft.model.into());
        members.insert(draft.limit.to_owned(), draft.tokens_max.into());
        if draft.is_streamed {
            members.insert(STREAM.to_owned(), true.into());
        }
        // It has no JSON mode.
        if draft.mode == SchemaMode::JsonSchema {
            let format = json!({ "type": "json_schema", "schema": draft.schema });
            members.insert(OUTPUT_CONFIG.to_owned(), json!({ "format": format }));
        }
        members
    }

    fn states_schema(&self, members: &Map<String, Value>) -> bool {
        members.get(OUTPUT_CONFIG).is_some_and(|config| !config["format"].is_null())
    }

    fn conversation(&self, messages: &[Message], instructions: Option<String>) -> Vec<(&'static str, Value)> {
        let is_system = |message: &&Message| message.role == Role::System;
        let system = messages.iter().filter(is_system).map(|message| message.text.clone());
        let system: Vec<_> = instructions.into_iter().chain(system).collect();
        let turns = messages.iter().filter(|message| !is_system(message)).map(|message| {
            let role = if message.role == Role::Assistant { "assistant" } else { "user" };
            json!({ "role": role, "content": message.text })
        });
        vec![("system", system.join("\n\n").into()), ("messages", turns.collect())]
    }

    fn read(&self, document: Value, answer: &mut Answer) {
        match document["type"].as_str() {
            Some("message_start") => read_message(&document["message"], Form::Chunks, answer),
            Some("content_block_start") => read_part(&document["content_block"], answer),
            Some("content_block_delta") => read_part(&document["delta"], answer),
            Some("message_delta") => {
                read_end(&document["delta"], answer);
                answer.usage.add(usage(&document["usage"]));
            }
            Some("message_stop" | "content_block_stop" | "ping") => {}
            _ if is_stated(&document["error"]) => {
                answer.error.get_or_insert(document);
            }
            _ if document["content"].is_array() => read_message(&document, Form::Whole, answer),
            _ => {}
        }
    }
}

fn read_message(message: &Value, form: Form, answer: &mut Answer) {
    answer.came_as(form);
    answer.name_model(&message["model"]);
    answer.usage.add(usage(&message["usage"]));
    for part in message["content"].as_array().into_iter().flatten() {
        read_part(part, answer);
    }
    read_end(message, answer);
}

/// Reads a part of the content, or a piece of one.
fn read_part(part: &Value, answer: &mut Answer) {
    let text = |name: &str| part[name].as_str().unwrap_or_default();
    answer.text.push_str(text("text"));
    answer.reasoning.push_str(text("thinking"));
    answer.arguments.push_str(text("partial_json"));
    if let Some(input) = part["input"].as_object().filter(|input| !input.is_empty()) {
        answer.arguments.push_str(&Value::Object(input.clone()).to_string());
    }
}

fn read_end(members: &Value, answer: &mut Answer) {
    let Some(reason) = members["stop_reason"].as_str() else { return };
    answer.is_declined = reason == "refusal";
    answer.ending = Some(match reason {
        "max_tokens" | "model_context_window_exceeded" => Ending::Length,
        _ => Ending::Complete,
    });
}

/// Reads the numbers of tokens. Those read from and written to the provider's cache are not among the input tokens.
fn usage(usage: &Value) -> Usage {
    let inputs = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];
    let inputs: Vec<_> = inputs.iter().filter_map(|name| figure(&usage[*name])).collect();
    Usage {
        tokens_in: (!inputs.is_empty())
            .then(|| inputs.iter().fold(0_u32, |sum, part| sum.saturating_add(*part))),
        tokens_out: figure(&usage["output_tokens"]),
        reasoning: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(documents: &[Value]) -> Answer {
        let mut answer = Answer::default();
        for document in documents {
            Messages.read(document.clone(), &mut answer);
        }
        answer.finish(false);
        answer
    }

    #[test]
    fn an_answer_is_the_text_among_its_parts() {
        let message = json!({
            "type": "message", "model": "m", "stop_reason": "end_turn",
            "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "{}" }],
            "usage": { "input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 7 },
        });
        let answer = read(&[message]);
        assert_eq!(
            (answer.text.as_str(), answer.reasoning.as_str(), answer.model.as_str()),
            ("{}", "hm", "m")
        );
        assert_eq!((answer.tokens(0), answer.ending(), answer.is_cut), ((15, 7), Ending::Complete, false));
    }

    #[test]
    fn a_stream_is_put_together_and_ends_with_its_reason() {
        let delta = |text: &str| json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": text } });
        let start = json!({ "type": "message_start", "message": { "model": "m", "content": [], "usage": { "input_tokens": 3 } } });
        let end = |reason: &str| json!({ "type": "message_delta", "delta": { "stop_reason": reason }, "usage": { "output_tokens": 9 } });
        let answer = read(&[start.clone(), delta("{\"a"), delta("\":1"), end("max_tokens")]);
        assert_eq!(
            (answer.text.as_str(), answer.tokens(0), answer.ending()),
            ("{\"a\":1", (3, 9), Ending::Length)
        );
        assert!(read(&[start.clone(), delta("{")]).is_cut, "it has no end");
        assert!(read(&[start, end("refusal")]).is_refusal());
    }

    #[test]
    fn an_error_is_no_answer() {
        let error =
            json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
        let answer = read(std::slice::from_ref(&error));
        assert_eq!((answer.error, answer.form), (Some(error), None));
    }
}
