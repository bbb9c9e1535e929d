//! The model's answer, collected from the documents of a response. Unrelated content cannot spoil it.

use serde_json::Value;

use crate::Ending;
use crate::estimate::tokens;

/// The longest text that is passed on, in bytes: longer than any answer to our questions.
const TEXT_BYTES_MAX: usize = 256 << 10;
/// The longest name of a model, in characters.
const MODEL_CHARS_MAX: usize = 100;
/// A larger figure is no number of tokens, because no model has such a context.
const TOKENS_MAX: f64 = 10_000_000.0;

/// A model's answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Answer {
    /// The answer.
    pub(crate) text: String,
    /// The reasoning.
    pub(crate) reasoning: String,
    /// The reason for a refusal.
    pub(crate) refusal: String,
    /// The arguments of a tool call.
    pub(crate) arguments: String,
    /// The model, as it names itself.
    pub(crate) model: String,
    /// How it ended, if the endpoint says so.
    pub(crate) ending: Option<Ending>,
    /// Whether it ended because the model declines to answer.
    pub(crate) is_declined: bool,
    /// How it came. `None` means that there was no answer, not even an empty one.
    pub(crate) form: Option<Form>,
    /// Whether the stream ended before the answer did.
    pub(crate) is_cut: bool,
    /// The endpoint's figures.
    pub(crate) usage: Usage,
    /// A document that is an error.
    pub(crate) error: Option<Value>,
}

/// How an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// In one document.
    Whole,
    /// In the chunks of a stream.
    Chunks,
}

/// The numbers of tokens that an endpoint reports, if it reports any.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Usage {
    /// Tokens of the question.
    pub(crate) tokens_in: Option<u32>,
    /// Tokens of the answer.
    pub(crate) tokens_out: Option<u32>,
    /// Tokens of the reasoning, which are among those of the answer.
    pub(crate) reasoning: Option<u32>,
}

impl Answer {
    /// Completes the answer after the last document. `is_over` says whether the stream has an end marker.
    pub(crate) fn finish(&mut self, is_over: bool) {
        if self.text.trim().is_empty() {
            self.text = self.elsewhere();
        }
        let has_end = is_over || self.ending.is_some() || self.error.is_some() || is_json(&self.text);
        self.is_cut = self.form == Some(Form::Chunks) && !has_end;
    }

    /// Notes that there is an answer, in this form. One chunk makes it a stream.
    pub(crate) fn came_as(&mut self, form: Form) {
        self.form = self.form.max(Some(form));
    }

    /// Returns whether there was an answer, even an empty one.
    pub(crate) fn is_there(&self) -> bool {
        self.form.is_some()
    }

    /// Takes the first name that the model is given.
    pub(crate) fn name_model(&mut self, name: &Value) {
        if let (true, Some(name)) = (self.model.is_empty(), name.as_str()) {
            self.model = name.chars().take(MODEL_CHARS_MAX).collect();
        }
    }

    /// Returns what the model has said so far: text, or the arguments of a tool call.
    pub(crate) fn said(&self) -> &str {
        if self.text.is_empty() { &self.arguments } else { &self.text }
    }

    /// Returns an answer in an unusual place: the arguments of a call, or the end of the reasoning.
    fn elsewhere(&self) -> String {
        let places = [&self.arguments, &self.reasoning];
        places.into_iter().find(|text| is_json(text)).cloned().unwrap_or_default()
    }

    /// Returns how the answer ended.
    pub(crate) fn ending(&self) -> Ending {
        self.ending.unwrap_or(Ending::Complete)
    }

    /// Returns whether the model declines to answer.
    pub(crate) fn is_refusal(&self) -> bool {
        self.is_declined || !self.refusal.trim().is_empty()
    }

    /// Returns whether the reasoning used up the tokens of the answer.
    pub(crate) fn is_thinking(&self) -> bool {
        let text = self.text.trim();
        let is_unfinished = !text.is_empty() && beyond_thoughts(text).is_empty();
        let has_reasoning =
            !self.reasoning.trim().is_empty() || self.usage.reasoning.is_some_and(|tokens| tokens > 0);
        self.ending() == Ending::Length && (is_unfinished || text.is_empty() && has_reasoning)
    }

    /// Returns the text up to the limit, and whether it is complete.
    pub(crate) fn bounded_text(&self) -> (&str, bool) {
        let end = self.text.floor_char_boundary(TEXT_BYTES_MAX);
        (&self.text[..end], end == self.text.len())
    }

    /// Returns the tokens of the question and of the answer: the endpoint's figures, or estimates. A figure of 0 for a
    /// text that is not empty is ignored.
    pub(crate) fn tokens(&self, estimated_in: u32) -> (u32, u32) {
        let texts = [&self.text, &self.reasoning, &self.refusal].map(String::as_bytes);
        let figure =
            |figure: Option<u32>, estimate: u32| figure.filter(|tokens| *tokens > 0).unwrap_or(estimate);
        (figure(self.usage.tokens_in, estimated_in), figure(self.usage.tokens_out, tokens(texts)))
    }

    /// Returns whether the endpoint reported the cost of the call.
    pub(crate) fn has_figures(&self) -> bool {
        self.usage.tokens_in.or(self.usage.tokens_out).is_some()
    }
}

impl Usage {
    /// Replaces the figures that `later` has.
    pub(crate) fn add(&mut self, later: Self) {
        self.tokens_in = later.tokens_in.or(self.tokens_in);
        self.tokens_out = later.tokens_out.or(self.tokens_out);
        self.reasoning = later.reasoning.or(self.reasoning);
    }
}

/// Returns the part of a text behind the thoughts in it; nothing if they are not at their end.
pub(crate) fn beyond_thoughts(text: &str) -> &str {
    match text.rfind("</think") {
        Some(end) => &text[end..],
        None if text.trim_start().starts_with("<think") => "",
        None => text,
    }
}

/// Reads a number of tokens, also from a float or a text.
pub(crate) fn figure(value: &Value) -> Option<u32> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within bounds")]
    (0.0..=TOKENS_MAX).contains(&number).then(|| number.ceil() as u32)
}

/// Returns whether a member exists and is not empty.
pub(crate) fn is_stated(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

/// Returns whether a text is one JSON object.
pub(crate) fn is_json(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
