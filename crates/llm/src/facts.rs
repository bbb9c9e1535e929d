//! Facts about providers, so that each accepts the first question to it. Everything
//! else is learned from what an endpoint refuses (`dialect.rs`).

use serde_json::{Map, Value};
use url::Url;

use crate::wire::SchemaMode;

/// Facts about a provider. `None` and false stand for the form that most endpoints accept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Facts {
    /// The end of its host's name.
    host: &'static str,
    /// The name of the limit of tokens.
    pub(crate) limit: Option<&'static str>,
    /// The most that it can do with a schema.
    pub(crate) mode: SchemaMode,
    /// Whether it takes `strict`, which turns a schema from a hint into a grammar.
    pub(crate) is_strict: bool,
    /// Whether it refuses to be asked for the numbers of tokens at the end of a stream, which it sends anyway.
    pub(crate) counts_unasked: bool,
    /// Members, as JSON, that keep models from spending their tokens on thinking, and the beginnings of the names of
    /// models that take them.
    thinking: &'static [(&'static [&'static str], &'static str)],
    /// The temperature that the provider recommends for answers without thinking, and the beginnings of the names of the
    /// models. All others get none: they have a default of their own, and many refuse every other.
    temperature: Option<(&'static [&'static str], f64)>,
}

/// All models.
const ANY: &[&str] = &[""];
const UNKNOWN: Facts = Facts {
    host: "",
    limit: None,
    mode: SchemaMode::JsonSchema,
    is_strict: false,
    counts_unasked: false,
    thinking: &[],
    temperature: None,
};

/// The providers, each with its source.
const PROVIDERS: [Facts; 9] = [
    // https://platform.openai.com/docs/guides/structured-outputs
    // https://platform.openai.com/docs/api-reference/chat/create: `max_tokens` is deprecated, and reasoning models
    // refuse it, as they do a temperature other than their default. `low` is the least effort that most of them accept.
    Facts {
        host: "api.openai.com",
        limit: Some("max_completion_tokens"),
        is_strict: true,
        thinking: &[(&["gpt-5", "o1", "o3", "o4"], r#"{"reasoning_effort":"low"}"#)],
        ..UNKNOWN
    },
    // https://learn.microsoft.com/azure/ai-foundry/openai/how-to/structured-outputs
    Facts { host: "openai.azure.com", is_strict: true, ..UNKNOWN },
    // https://openrouter.ai/docs/structured-outputs, https://openrouter.ai/docs/use-cases/reasoning-tokens
    Facts {
        host: "openrouter.ai",
        is_strict: true,
        thinking: &[(ANY, r#"{"reasoning":{"effort":"none"}}"#)],
        ..UNKNOWN
    },
    // https://docs.mistral.ai/fr/resources/release-note/2025-01-28-custom-structured-outputs-for-all-models
    // https://github.com/openai/openai-agents-python/issues/442: `stream_options` is refused.
    Facts { host: "api.mistral.ai", is_strict: true, counts_unasked: true, ..UNKNOWN },
    // https://api-docs.deepseek.com/guides/json_mode, https://api-docs.deepseek.com/guides/thinking_mode
    Facts {
        host: "api.deepseek.com",
        mode: SchemaMode::JsonObject,
        thinking: &[(ANY, r#"{"thinking":{"type":"disabled"}}"#)],
        ..UNKNOWN
    },
    // https://docs.z.ai/api-reference/llm/chat-completion
    Facts {
        host: "api.z.ai",
        mode: SchemaMode::JsonObject,
        thinking: &[(ANY, r#"{"thinking":{"type":"disabled"}}"#)],
        ..UNKNOWN
    },
    // https://www.alibabacloud.com/help/en/model-studio/deep-thinking; for the temperature
    // https://huggingface.co/Qwen/Qwen3-8B, "Best Practices".
    Facts {
        host: "aliyuncs.com",
        mode: SchemaMode::JsonObject,
        thinking: &[(&["qwen3", "qwen-plus", "qwen-turbo", "qwen-flash"], r#"{"enable_thinking":false}"#)],
        temperature: Some((&["qwen3"], 0.7)),
        ..UNKNOWN
    },
    // https://ai.google.dev/gemini-api/docs/openai
    Facts {
        host: "generativelanguage.googleapis.com",
        thinking: &[(&["gemini-2.5", "gemini-3"], r#"{"reasoning_effort":"low"}"#)],
        ..UNKNOWN
    },
    // https://platform.claude.com/docs/en/api/openai-sdk: its chat completions ignore `response_format`.
    Facts { host: "api.anthropic.com", ..UNKNOWN },
];

/// Kimi K2.6, wherever it is asked, spends the tokens of its answer on thinking unless it is told not to
/// (<https://platform.kimi.ai/docs/api/models-overview>).
const KIMI: (&str, &str) = ("kimi-k2.6", r#"{"thinking":{"type":"disabled"}}"#);

/// Returns what is known about the provider at an address.
pub(crate) fn of(address: &str) -> Facts {
    let url = Url::parse(address.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let is_there = |facts: &&Facts| {
        host.strip_suffix(facts.host).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    PROVIDERS.iter().find(is_there).copied().unwrap_or(UNKNOWN)
}

impl Facts {
    /// Returns the members that suit a model: those that keep it from thinking, and its temperature.
    pub(crate) fn members(&self, model: &str) -> Map<String, Value> {
        let name = model.rsplit('/').next().unwrap_or(model);
        let takes = |names: &[&str]| names.iter().any(|beginning| name.starts_with(beginning));
        let here = self.thinking.iter().find(|(names, _)| takes(names)).map(|(_, members)| *members);
        let members = if model.ends_with(KIMI.0) { Some(KIMI.1) } else { here };
        let members = members.and_then(|members| serde_json::from_str::<Map<_, _>>(members).ok());
        let temperature = self.temperature.filter(|(names, _)| takes(names));
        let temperature = temperature.map(|(_, value)| ("temperature".to_owned(), value.into()));
        members.unwrap_or_default().into_iter().chain(temperature).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_its_host() {
        for (address, host) in [
            ("https://api.openai.com/v1", "api.openai.com"),
            ("https://shop.openai.azure.com/openai/v1", "openai.azure.com"),
            ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "aliyuncs.com"),
            ("https://notopenrouter.ai/v1", ""),
            ("http://127.0.0.1:11434/v1", ""),
            ("", ""),
        ] {
            assert_eq!(of(address).host, host, "{address}");
        }
    }

    #[test]
    fn every_fact_about_thinking_is_an_object_of_members() {
        for facts in PROVIDERS {
            for (names, members) in facts.thinking {
                assert!(!names.is_empty());
                assert!(
                    serde_json::from_str::<Map<String, Value>>(members).is_ok_and(|it| !it.is_empty()),
                    "{members}"
                );
            }
        }
    }

    #[test]
    fn models_are_kept_from_thinking_and_tempered_only_where_it_is_known_how() {
        let told = |address, model| Value::Object(of(address).members(model)).to_string();
        assert_eq!(told("https://api.openai.com/v1", "gpt-5-mini"), r#"{"reasoning_effort":"low"}"#);
        assert_eq!(told("https://api.openai.com/v1", "gpt-4o"), "{}");
        assert_eq!(told("https://openrouter.ai/api/v1", "x/y"), r#"{"reasoning":{"effort":"none"}}"#);
        assert_eq!(told("http://h", "moonshotai/kimi-k2.6"), KIMI.1);
        assert_eq!(told("http://h", "qwen3"), "{}");
        let alibaba = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1";
        assert_eq!(told(alibaba, "qwen3-32b"), r#"{"enable_thinking":false,"temperature":0.7}"#);
        assert_eq!(told(alibaba, "qwen-plus"), r#"{"enable_thinking":false}"#);
    }
}
