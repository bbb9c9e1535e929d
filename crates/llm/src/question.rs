//! The question that is sent: the body of a request in the endpoint's dialect, with what the operator adds and omits.

use serde_json::{Map, Value};

use crate::Request;
use crate::dialect::Dialect;
use crate::endpoint::Endpoint;
use crate::estimate::{tokens, tokens_max};
use crate::protocol::Protocol;
use crate::schema::{Ordered, without};
use crate::settings::Prices;
use crate::spending::Amount;
use crate::wire::{Draft, Parts};
use crate::written;

/// The tokens that a reasoning model gets besides those of its answer. Models that report their reasoning tokens use 500 to
/// 4,000 for such a question.
const THINKING_TOKENS: u32 = 6_000;

/// A question as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    pub(crate) members: Map<String, Value>,
    /// The estimated number of tokens.
    pub tokens_in: u32,
    /// The most tokens of the answer and of the thoughts before it.
    pub tokens_out_max: u32,
    /// The most tokens of the answer alone.
    pub(crate) answer_tokens_max: u32,
    /// Whether it is not asked once a budget is used up to its soft limit.
    pub is_optional: bool,
}

impl Question {
    /// Builds the question of `request` for an endpoint. Returns `None` if the schema is not valid JSON.
    pub(crate) fn new(request: &Request, endpoint: &Endpoint, dialect: &Dialect) -> Option<Self> {
        let schema: Value = serde_json::from_str(&request.schema).ok()?;
        let wire = endpoint.protocol.wire();
        let is_grammar = dialect.is_strict || endpoint.protocol == Protocol::Messages;
        let refused = if is_grammar { wire.parts().refused_keywords } else { &[] };
        let room = if dialect.has_room { THINKING_TOKENS } else { 0 };
        let tokens_max = request.tokens_max.saturating_add(room).min(dialect.tokens_max.unwrap_or(u32::MAX));
        let mut members = wire.members(&Draft {
            model: &endpoint.model,
            limit: dialect.limit(),
            tokens_max,
            is_strict: dialect.is_strict,
            is_streamed: dialect.is_streamed,
            mode: dialect.mode,
            schema_name: &request.schema_name,
            schema: &without(&schema, refused),
        });
        lay_over(&mut members, endpoint, dialect, wire.parts());
        bound(&mut members, dialect, wire.parts());
        let instructions = (!wire.states_schema(&members)).then(|| written::instruction(&schema));
        for (name, value) in wire.conversation(&request.messages, instructions) {
            if !is_fixed(name, endpoint, dialect) {
                members.insert(name.to_owned(), value);
            }
        }
        let texts = request.messages.iter().map(|message| &message.text).chain([&request.schema]);
        let tokens_in = tokens(texts.map(String::as_bytes));
        let limit = wire.parts().limits.iter().rev().find_map(|name| members.get(*name)?.as_u64());
        let tokens_out_max = limit.map_or(tokens_max, |limit| u32::try_from(limit).unwrap_or(u32::MAX));
        Some(Self {
            members,
            tokens_in,
            tokens_out_max,
            answer_tokens_max: request.tokens_max,
            is_optional: request.is_optional,
        })
    }

    /// Returns the body of the request.
    pub fn body(&self) -> Vec<u8> {
        let members = Value::Object(self.members.clone());
        serde_json::to_vec(&Ordered(&members)).unwrap_or_default()
    }

    /// Returns about how many tokens of a context the question and its answer need.
    pub(crate) fn tokens_together(&self) -> u32 {
        self.tokens_in.saturating_add(self.tokens_out_max)
    }

    /// Returns the most tokens that the question and its answer may cost. An endpoint that refused the limit of the
    /// answer under all of its names gets no limit and may answer with more.
    pub fn tokens_max(&self) -> u64 {
        u64::from(tokens_max(&self.body())) + u64::from(self.tokens_out_max)
    }

    /// Returns the most that they may cost at these prices.
    pub fn amount_max(&self, prices: Prices) -> Amount {
        let tokens = self.tokens_max();
        let out = u64::from(self.tokens_out_max);
        Amount { tokens, microdollars: prices.cost_microdollars(tokens - out, out) }
    }
}

/// Returns whether the operator or a refusal decided about a member.
fn is_fixed(name: &str, endpoint: &Endpoint, dialect: &Dialect) -> bool {
    endpoint.extra.contains_key(name)
        || endpoint.omit.iter().any(|omitted| omitted == name)
        || dialect.without.contains(name)
}

/// Applies the members that the operator adds or omits, then what the endpoint refused. The operator need not know under
/// which name this endpoint takes the limit: its usual name stands for all.
fn lay_over(members: &mut Map<String, Value>, endpoint: &Endpoint, dialect: &Dialect, parts: &Parts) {
    for (name, value) in endpoint.extra.iter().filter(|(name, _)| !dialect.without.contains(*name)) {
        // Endpoints refuse two limits at once.
        if parts.limits.contains(&name.as_str()) {
            members.remove(dialect.limit());
        }
        let name = sent_as(name, dialect, parts);
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.to_owned(), value.clone());
        }
    }
    for name in &endpoint.omit {
        members.remove(sent_as(name, dialect, parts));
    }
    for name in &dialect.without {
        members.remove(name);
    }
    if members.get(parts.stream) != Some(&Value::Bool(true))
        && !endpoint.extra.contains_key(parts.stream_options)
    {
        members.remove(parts.stream_options);
    }
}

/// Lowers a limit that the operator set to what the endpoint accepts.
fn bound(members: &mut Map<String, Value>, dialect: &Dialect, parts: &Parts) {
    let Some(tokens_max) = dialect.tokens_max else { return };
    for name in parts.limits {
        if let Some(limit) = members.get_mut(*name).filter(|limit| limit.as_u64() > Some(tokens_max.into())) {
            *limit = tokens_max.into();
        }
    }
}

fn sent_as<'a>(name: &'a str, dialect: &Dialect, parts: &Parts) -> &'a str {
    if parts.limits.first() == Some(&name) { dialect.limit() } else { name }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dialect::Part;
    use crate::settings::Settings;
    use crate::wire::SchemaMode;
    use crate::{Message, Role};

    const MAX_TOKENS: &str = "max_tokens";
    const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";

    fn request() -> Request {
        Request {
            messages: vec![
                Message { role: Role::System, text: "Be brief.".into() },
                Message { role: Role::User, text: "Plan.".into() },
            ],
            schema: r#"{"type":"object"}"#.into(),
            schema_name: "plan".into(),
            tokens_max: 500,
            calls_max: 2,
            is_optional: false,
        }
    }

    fn endpoint(extra: Value, omit: &[&str]) -> Endpoint {
        let settings = Settings {
            base_url: Some("http://h".into()),
            model: "kimi".into(),
            extra: serde_json::from_value(extra).unwrap(),
            omit: omit.iter().map(|name| (*name).to_owned()).collect(),
            ..Settings::default()
        };
        Endpoint::new(&settings, None).unwrap().unwrap()
    }

    fn dialect(mode: SchemaMode) -> Dialect {
        Dialect::new(Protocol::ChatCompletions, mode)
    }

    fn asked_in(dialect: &Dialect, extra: Value, omit: &[&str]) -> Question {
        Question::new(&request(), &endpoint(extra, omit), dialect).unwrap()
    }

    fn asked_with(mode: SchemaMode, extra: Value) -> Value {
        Value::Object(asked_in(&dialect(mode), extra, &[]).members)
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
        assert_eq!(asked_with(SchemaMode::JsonSchema, json!({})), expected);
    }

    #[test]
    fn a_model_without_schema_support_gets_the_schema_in_the_prompt() {
        for (mode, extra, format) in [
            (SchemaMode::JsonObject, json!({}), json!({ "type": "json_object" })),
            (SchemaMode::None, json!({}), Value::Null),
            (SchemaMode::JsonSchema, json!({ "response_format": null }), Value::Null),
        ] {
            let asked = asked_with(mode, extra);
            assert_eq!(asked["response_format"], format);
            let told = asked["messages"][0]["content"].as_str().unwrap();
            assert!(told.starts_with("Answer with one JSON object of this form"), "{told}");
            assert_eq!(asked["messages"].as_array().unwrap().len(), 3);
        }
    }

    #[test]
    fn extra_members_are_sent_beside_ours_replace_them_and_remove_them() {
        let mut expected = asked_with(SchemaMode::JsonSchema, json!({}));
        expected["thinking"] = json!({ "type": "disabled" });
        expected["stream"] = true.into();
        expected.as_object_mut().unwrap().remove("max_tokens");
        let extra = json!({ "thinking": { "type": "disabled" }, "stream": true, "max_tokens": null });
        assert_eq!(asked_with(SchemaMode::JsonSchema, extra), expected);
        let omitting = asked_in(&dialect(SchemaMode::JsonSchema), json!({}), &["max_tokens", "stream"]);
        let names: Vec<_> = omitting.members.keys().map(String::as_str).collect();
        assert_eq!(names, ["messages", "model", "response_format"]);
    }

    #[test]
    fn the_limit_is_sent_under_one_name_and_is_what_an_answer_may_cost() {
        let usual = dialect(SchemaMode::JsonSchema);
        let newer = usual.without(&Part::Member(MAX_TOKENS.into())).unwrap();
        let neither = newer.without(&Part::Member(MAX_COMPLETION_TOKENS.into())).unwrap();
        for (dialect, extra, expected) in [
            (&usual, json!({}), json!([500, null])),
            (&newer, json!({}), json!([null, 500])),
            (&neither, json!({}), json!([null, null])),
            (&usual, json!({ "max_completion_tokens": 9 }), json!([null, 9])),
            (&usual, json!({ "max_tokens": 7 }), json!([7, null])),
            (&newer, json!({ "max_tokens": 7 }), json!([null, 7])),
            (&newer, json!({ "max_tokens": null }), json!([null, null])),
        ] {
            let asked = asked_in(dialect, extra.clone(), &[]);
            let sent = [MAX_TOKENS, MAX_COMPLETION_TOKENS].map(|name| asked.members.get(name).cloned());
            assert_eq!(json!(sent), expected, "{extra}");
            let most = sent.into_iter().flatten().find_map(|limit| limit.as_u64()).unwrap_or(500);
            assert_eq!(u64::from(asked.tokens_out_max), most, "{extra}");
        }
    }

    #[test]
    fn refused_members_are_left_out_even_if_configured() {
        let without_seed = dialect(SchemaMode::JsonSchema).without(&Part::Member("seed".into())).unwrap();
        assert_eq!(asked_in(&without_seed, json!({ "seed": 1 }), &[]).members.get("seed"), None);
    }

    #[test]
    fn a_question_has_about_a_token_for_four_bytes_and_at_most_one_for_two_that_are_sent() {
        let asked = asked_in(&dialect(SchemaMode::JsonSchema), json!({}), &[]);
        assert_eq!(asked.tokens_in, 8, "31 bytes of text and schema");
        assert_eq!(asked.tokens_max(), asked.body().len().div_ceil(2) as u64 + 500);
    }

    #[test]
    fn a_question_in_another_script_reserves_a_token_for_each_byte_of_it() {
        let words = "魔法の杖をお探しですか。".repeat(100);
        let message = Message { role: Role::User, text: words.clone() };
        let request = Request { messages: vec![message], ..request() };
        let asked = Question::new(&request, &endpoint(json!({}), &[]), &dialect(SchemaMode::None)).unwrap();
        assert!(asked.tokens_in as usize >= words.chars().count(), "{}", asked.tokens_in);
        assert!(asked.tokens_max() >= words.len() as u64 + 500, "{}", asked.tokens_max());
    }

    #[test]
    fn configured_extra_members_are_reserved_too() {
        let instructions = "Be brief, and kind. ".repeat(100);
        let extra = json!({ "messages": [{ "role": "user", "content": instructions }] });
        let asked = asked_in(&dialect(SchemaMode::JsonSchema), extra, &[]);
        assert!(asked.tokens_max() >= instructions.len() as u64 / 2 + 500, "{}", asked.tokens_max());
    }

    #[test]
    fn a_schema_that_is_not_valid_json_asks_nothing() {
        let request = Request { schema: "{".into(), ..request() };
        assert_eq!(Question::new(&request, &endpoint(json!({}), &[]), &dialect(SchemaMode::None)), None);
    }

    fn asked_at(base_url: &str, protocol: Protocol) -> Question {
        let settings =
            Settings { base_url: Some(base_url.into()), model: "m".into(), protocol, ..Settings::default() };
        let endpoint = Endpoint::new(&settings, None).unwrap().unwrap();
        let schema = r#"{"type":"object","properties":{"type":{"enum":["a"]},"a":{"type":"string","maxLength":3}},"required":["type","a"]}"#;
        let request = Request { schema: schema.into(), ..request() };
        Question::new(&request, &endpoint, &endpoint.dialect()).unwrap()
    }

    #[test]
    fn a_schema_is_strict_where_that_is_known_and_then_has_only_what_is_accepted() {
        let strict = asked_at("https://api.openai.com/v1", Protocol::ChatCompletions).members;
        let form = &strict["response_format"]["json_schema"];
        assert_eq!(
            (&form["strict"], &form["schema"]["properties"]["a"]),
            (&json!(true), &json!({ "type": "string" }))
        );
        assert_eq!((strict.get(MAX_TOKENS), strict.get(MAX_COMPLETION_TOKENS)), (None, Some(&json!(500))));
        let other = asked_at("http://h", Protocol::ChatCompletions).members;
        let form = &other["response_format"]["json_schema"];
        assert_eq!(
            (&form["strict"], &form["schema"]["properties"]["a"]["maxLength"]),
            (&Value::Null, &json!(3))
        );
    }

    #[test]
    fn a_stream_is_asked_for_with_its_figures_where_they_are_not_sent_anyway() {
        let asked = |address: &str, protocol| {
            let settings = Settings { base_url: Some(address.into()), protocol, ..Settings::default() };
            let endpoint = Endpoint::new(&settings, None).unwrap().unwrap().streaming();
            let members = Question::new(&request(), &endpoint, &endpoint.dialect()).unwrap().members;
            ["stream", "stream_options"].map(|name| members.get(name).cloned().unwrap_or_default())
        };
        let figures = json!({ "include_usage": true });
        assert_eq!(asked("http://h", Protocol::ChatCompletions), [json!(true), figures]);
        assert_eq!(asked("https://api.mistral.ai/v1", Protocol::ChatCompletions), [json!(true), json!(null)]);
        assert_eq!(asked("http://h", Protocol::Messages), [json!(true), json!(null)]);
    }

    #[test]
    fn a_schema_that_a_provider_does_not_take_is_written_in_words() {
        let asked = asked_at("https://api.deepseek.com", Protocol::ChatCompletions).members;
        assert_eq!(asked["response_format"], json!({ "type": "json_object" }));
        let told = asked["messages"][0]["content"].as_str().unwrap();
        assert!(told.ends_with("{ type: \"a\", a: string /* at most 3 characters */ }"), "{told}");
    }

    #[test]
    fn type_is_first_in_the_body() {
        for protocol in [Protocol::ChatCompletions, Protocol::Messages] {
            let body = String::from_utf8(asked_at("http://h", protocol).body()).unwrap();
            assert!(body.contains(r#""properties":{"type":{"enum":["a"]},"a":"#), "{body}");
        }
    }

    #[test]
    fn a_question_in_messages_has_its_instructions_apart_and_its_schema_as_a_format() {
        let asked = Value::Object(asked_at("http://h", Protocol::Messages).members);
        let expected = json!({
            "model": "m",
            "max_tokens": 500,
            "system": "Be brief.",
            "messages": [{ "role": "user", "content": "Plan." }],
            "output_config": { "format": { "type": "json_schema", "schema": {
                "type": "object",
                "properties": { "type": { "enum": ["a"] }, "a": { "type": "string" } },
                "required": ["type", "a"],
            } } },
        });
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_model_that_thinks_gets_more_tokens() {
        let roomy = dialect(SchemaMode::None).with_room().unwrap();
        let asked = asked_in(&roomy, json!({}), &[]);
        assert_eq!(asked.members[MAX_TOKENS], json!(500 + THINKING_TOKENS));
        assert_eq!(asked.tokens_out_max, 500 + THINKING_TOKENS);
        assert_eq!(roomy.with_room(), None);
    }
}
