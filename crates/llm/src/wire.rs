//! The wire format of a protocol: [`Wire`] has everything that differs between protocols. The rest of the crate knows no
//! path, header field or member by name.

use secrets::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Message;
use crate::answer::Answer;

/// The wire format of a protocol: how a question is sent, and where an answer is found. An implementation has no state.
///
/// Refusals are not part of it: gateways pass on the errors of the service behind them, so every known form of an error
/// is read for every protocol (`explanation.rs`, `judge.rs`).
pub(crate) trait Wire: Sync {
    /// Returns what the protocol calls an answer, for messages: "chat completion".
    fn answer_name(&self) -> &'static str;

    /// Returns the end of every endpoint's path, such as `/chat/completions`.
    fn path(&self) -> &'static str;

    /// Returns the header fields of a request, names in lower case. `key` has only characters that a field may have.
    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)>;

    /// Returns the names of the members that an endpoint may refuse, and of those that it cannot.
    fn parts(&self) -> &'static Parts;

    /// Returns the members of a request's body, except those of the conversation.
    fn members(&self, draft: &Draft<'_>) -> Map<String, Value>;

    /// Returns whether these members state the schema of the answer. If they do not, the conversation does.
    fn states_schema(&self, members: &Map<String, Value>) -> bool;

    /// Returns the members with the conversation, which begins with `instructions`.
    fn conversation(&self, messages: &[Message], instructions: Option<String>) -> Vec<(&'static str, Value)>;

    /// Adds a document of a successful response to `answer`: the whole of it, or a chunk of a stream.
    fn read(&self, document: Value, answer: &mut Answer);
}

/// The names of members of a request, as endpoints use them in refusals.
pub(crate) struct Parts {
    /// The member that states the form of the answer.
    pub(crate) form: &'static str,
    /// Everything that endpoints call the form of the answer, in lower case.
    pub(crate) form_names: &'static [&'static str],
    /// The names of the limit of tokens, the usual one first. An endpoint that refuses one is sent the next.
    pub(crate) limits: &'static [&'static str],
    /// The members without which a request is invalid.
    pub(crate) required: &'static [&'static str],
    /// The member that asks for a stream, and the one that is accepted beside it only.
    pub(crate) stream: &'static str,
    pub(crate) stream_options: &'static str,
    /// The keywords of JSON Schema that are refused where a schema is a grammar.
    pub(crate) refused_keywords: &'static [&'static str],
}

/// The members of a request's body besides the conversation.
pub(crate) struct Draft<'a> {
    /// The model's name.
    pub(crate) model: &'a str,
    /// The name of the limit of tokens, one of [`Parts::limits`].
    pub(crate) limit: &'static str,
    /// The most tokens of the answer.
    pub(crate) tokens_max: u32,
    /// How the form of the answer is stated.
    pub(crate) mode: SchemaMode,
    /// The name of the schema.
    pub(crate) schema_name: &'a str,
    /// The schema of the answer, with the keywords that the endpoint knows.
    pub(crate) schema: &'a Value,
    /// Whether the schema must constrain the answer as a grammar, at endpoints that distinguish this from a hint.
    pub(crate) is_strict: bool,
    /// Whether the answer is to come as a stream.
    pub(crate) is_streamed: bool,
}

/// How a request states the form of the answer. Each mode requires less of the endpoint than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemaMode {
    /// By the schema itself, as structured output.
    #[default]
    JsonSchema,
    /// By JSON mode, with the schema among the instructions.
    JsonObject,
    /// By the instructions alone.
    None,
}
