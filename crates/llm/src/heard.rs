//! Reads a model's answer from an endpoint's documents: a chat completion, its chunks, or something similar. Unrelated
//! content cannot spoil the answer.

use serde_json::Value;

use crate::Ending;
use crate::documents::Documents;
use crate::estimate::tokens;

/// The longest text that is passed on, in bytes: longer than any answer to our questions.
const TEXT_BYTES_MAX: usize = 256 << 10;
/// The longest name of a model, in characters.
const MODEL_CHARS_MAX: usize = 100;
/// A larger figure is no number of tokens, because no model has such a context.
const TOKENS_MAX: f64 = 10_000_000.0;

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Heard {
    /// The answer.
    pub(crate) text: String,
    /// The reasoning.
    pub(crate) reasoning: String,
    /// The reason for a refusal.
    pub(crate) refusal: String,
    /// The arguments of a tool call.
    arguments: String,
    /// The model, as it names itself.
    pub(crate) model: String,
    /// The reason why it stopped, in lower case; empty if there is none.
    finish: String,
    is_stream: bool,
    /// Whether the stream ended before the answer did.
    pub(crate) is_cut: bool,
    usage: Usage,
    /// Whether there was an answer, even an empty one.
    pub(crate) is_answer: bool,
    /// A document that is an error.
    pub(crate) error: Option<Value>,
}

/// The endpoint's figures, if it has any.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Usage {
    tokens_in: Option<u32>,
    tokens_out: Option<u32>,
    thought: Option<u32>,
}

impl Heard {
    /// Combines the contents of the documents.
    pub(crate) fn of(documents: Documents) -> Self {
        let mut heard = Self::default();
        let is_over = documents.is_over;
        for document in documents.found {
            heard.add(document);
        }
        if heard.text.trim().is_empty() {
            heard.text = heard.elsewhere();
        }
        let has_end = is_over || !heard.finish.is_empty() || heard.error.is_some() || is_json(&heard.text);
        heard.is_cut = heard.is_stream && !has_end;
        heard
    }

    fn add(&mut self, document: Value) {
        self.usage.add(&document["usage"]);
        self.usage.add(&document["x_groq"]["usage"]);
        if let (true, Some(model)) = (self.model.is_empty(), document["model"].as_str()) {
            self.model = model.chars().take(MODEL_CHARS_MAX).collect();
        }
        let Some(choice) = choice(&document) else {
            if is_error(&document) {
                self.error.get_or_insert(document);
            }
            return;
        };
        if let Some(error) = [&document, choice].into_iter().find(|value| says(&value["error"])) {
            self.error.get_or_insert(error.clone());
        }
        self.is_answer = true;
        self.is_stream |= !choice["delta"].is_null();
        if let Some(finish) = choice["finish_reason"].as_str().or_else(|| document["done_reason"].as_str()) {
            self.finish = finish.to_lowercase();
        }
        self.message(choice);
    }

    fn message(&mut self, choice: &Value) {
        let message = [&choice["message"], &choice["delta"]].into_iter().find(|message| !message.is_null());
        let message = message.unwrap_or(choice);
        self.content(message.get("content").unwrap_or(if message.is_string() {
            message
        } else {
            &choice["text"]
        }));
        let thought =
            ["reasoning_content", "reasoning", "thinking"].iter().find_map(|name| message[*name].as_str());
        self.reasoning.push_str(thought.unwrap_or_default());
        self.refusal.push_str(message["refusal"].as_str().unwrap_or_default());
        let calls = message["tool_calls"].as_array().map(Vec::as_slice).unwrap_or_default();
        for call in calls.iter().take(1).map(|call| &call["function"]).chain([&message["function_call"]]) {
            match &call["arguments"] {
                Value::String(part) => self.arguments.push_str(part),
                Value::Object(whole) => self.arguments.push_str(&Value::Object(whole.clone()).to_string()),
                _ => {}
            }
        }
    }

    /// Reads content: text, a part, a list of parts, or the JSON document itself.
    fn content(&mut self, content: &Value) {
        match content {
            Value::String(text) => self.text.push_str(text),
            Value::Array(parts) => parts.iter().for_each(|part| self.content(part)),
            Value::Object(part) => match part.get("type").and_then(Value::as_str).unwrap_or_default() {
                "refusal" => self.refusal.push_str(content["refusal"].as_str().unwrap_or_default()),
                "thinking" | "reasoning" => {
                    let thought = content["thinking"].as_str().or_else(|| content["text"].as_str());
                    self.reasoning.push_str(thought.unwrap_or_default());
                }
                "tool_use" | "image_url" => {}
                _ => match (&content["text"], &content["text"]["value"]) {
                    (Value::String(text), _) | (_, Value::String(text)) => self.text.push_str(text),
                    _ => self.text.push_str(&content.to_string()),
                },
            },
            _ => {}
        }
    }

    /// Returns an answer in an unusual place: the arguments of a call, or the end of the reasoning.
    fn elsewhere(&self) -> String {
        let places = [&self.arguments, &self.reasoning];
        places.into_iter().find(|text| is_json(text)).cloned().unwrap_or_default()
    }

    /// Returns how the answer ended.
    pub(crate) fn ending(&self) -> Ending {
        match self.finish.as_str() {
            "length" | "max_tokens" | "max_output_tokens" | "model_length" | "token_limit" => Ending::Length,
            "content_filter" | "content-filter" | "safety" | "recitation" | "prohibited_content"
            | "blocklist" | "spii" | "sensitive" => Ending::Filter,
            _ => Ending::Complete,
        }
    }

    /// Returns whether the model declines to answer.
    pub(crate) fn is_refusal(&self) -> bool {
        !self.refusal.trim().is_empty() || self.finish == "refusal"
    }

    /// Returns whether the reasoning used up the tokens of the answer.
    pub(crate) fn is_thinking(&self) -> bool {
        let text = self.text.trim();
        let is_unfinished = text.starts_with("<think") && !text.contains("</think");
        let thought =
            !self.reasoning.trim().is_empty() || self.usage.thought.is_some_and(|tokens| tokens > 0);
        self.ending() == Ending::Length && (is_unfinished || text.is_empty() && thought)
    }

    /// Returns the text up to the limit, and whether it is complete.
    pub(crate) fn bounded_text(&self) -> (&str, bool) {
        let end = self.text.floor_char_boundary(TEXT_BYTES_MAX);
        (&self.text[..end], end == self.text.len())
    }

    /// Returns the tokens of the question and of the answer: the endpoint's figures, or estimates. A figure of 0 for a
    /// text that is not empty is ignored.
    pub(crate) fn tokens(&self, estimated_in: u32) -> (u32, u32) {
        let said = [&self.text, &self.reasoning, &self.refusal].map(String::as_bytes);
        let figure =
            |figure: Option<u32>, estimate: u32| figure.filter(|tokens| *tokens > 0).unwrap_or(estimate);
        (figure(self.usage.tokens_in, estimated_in), figure(self.usage.tokens_out, tokens(said)))
    }

    /// Returns whether the endpoint reported the cost of the call.
    pub(crate) fn has_figures(&self) -> bool {
        self.usage.tokens_in.or(self.usage.tokens_out).is_some()
    }
}

impl Usage {
    fn add(&mut self, usage: &Value) {
        let named = |names: &[&str]| names.iter().find_map(|name| figure(&usage[*name]));
        let tokens_in = named(&["prompt_tokens", "input_tokens"]);
        let tokens_out = named(&["completion_tokens", "output_tokens"]);
        let rest =
            |one: Option<u32>| Some(named(&["total_tokens"])?.saturating_sub(one?)).filter(|rest| *rest > 0);
        self.tokens_in = tokens_in.or_else(|| rest(tokens_out)).or(self.tokens_in);
        self.tokens_out = tokens_out.or_else(|| rest(tokens_in)).or(self.tokens_out);
        self.thought = figure(&usage["completion_tokens_details"]["reasoning_tokens"]).or(self.thought);
    }
}

/// Reads a number of tokens, also from a float or a text.
fn figure(value: &Value) -> Option<u32> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within bounds")]
    (0.0..=TOKENS_MAX).contains(&number).then(|| number.ceil() as u32)
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

/// Returns whether a document reports an error: by `error`, or, if it has no answer, by another name that endpoints
/// use.
pub(crate) fn is_error(document: &Value) -> bool {
    let others = ["errors", "detail", "message", "msg", "error_msg", "error_code", "error_message"];
    says(&document["error"])
        || document.get("choices").is_none() && others.iter().any(|name| says(&document[*name]))
}

/// Returns whether a member exists and is not empty.
fn says(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

pub(crate) fn is_json(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
