//! What an operator decides that does not depend on the platform: sections of `wandstore.toml`, and
//! the variables that lie over them. As one JSON document it goes to hosts that read no files.

use std::collections::BTreeMap;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::llm::SchemaMode as Mode;
use crate::settings::{PageLifetimes, PoolLimits, Settings, Shop};
use crate::upstream::is_shop_domain;

/// More members than this make no sense on one machine.
const POOL_SIZE_MAX: u32 = 1_000;

/// What is decided, whatever the platform.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// `development` opens the debug routes to everybody. `ENVIRONMENT`.
    pub environment: Kind,
    /// How long pages are kept.
    pub cache: Cache,
    /// The generation workers.
    pub pool: Pool,
    /// The language model.
    pub llm: Llm,
    /// How Shopify is reached.
    pub shopify: Shopify,
    /// The shops, by id.
    pub stores: BTreeMap<String, Shop>,
}

/// What an operator wrote that cannot be: which setting, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(String);

impl Default for Document {
    /// The demo shop.
    fn default() -> Self {
        Self {
            environment: Kind::default(),
            cache: Cache::default(),
            pool: Pool::default(),
            llm: Llm::default(),
            shopify: Shopify::default(),
            stores: Settings::default().shops,
        }
    }
}

impl Document {
    /// Lays variables over it, as `variable` knows them: by the names of the original deployment where
    /// it had them.
    pub fn lay_over(&mut self, variable: impl Fn(&str) -> Option<String>) -> Result<(), Wrong> {
        if let Some(value) = variable("ENVIRONMENT") {
            self.environment = match value.as_str() {
                "development" => Kind::Development,
                "production" => Kind::Production,
                other => {
                    return Err(Wrong(format!(
                        "ENVIRONMENT is {other:?}; it must be development or production"
                    )));
                }
            };
        }
        number(&variable, "CACHE_TTL_SECONDS", &mut self.cache.ttl_seconds)?;
        number(&variable, "POOL_SIZE", &mut self.pool.size)?;
        number(&variable, "MAX_QUEUE_DEPTH", &mut self.pool.depth_max)?;
        number(&variable, "CONTAINER_INACTIVITY_TIMEOUT_MS", &mut self.pool.inactivity_timeout_ms)?;
        if let Some(model) = variable("LLM_MODEL") {
            self.llm.model = model;
        }
        if let Some(url) = variable("AI_GATEWAY_URL").or_else(|| variable("LLM_BASE_URL")) {
            self.llm.base_url = Some(url);
        }
        if let Some(origin) = variable("SHOPIFY_ORIGIN") {
            self.shopify.origin = Some(origin);
        }
        variable("SHOPIFY_STORE").map_or(Ok(()), |store| self.connect(&store))
    }

    /// Adds the shop that is connected without an installation, in place of the demo shop where that is the
    /// only one. It is called by the first part of its domain where nothing else is said of it.
    fn connect(&mut self, store: &str) -> Result<(), Wrong> {
        if !is_shop_domain(store) {
            return Err(Wrong(format!(
                "SHOPIFY_STORE is {store:?}; it must be the shop's own domain, such as magic-wands.myshopify.com"
            )));
        }
        if self.stores == Settings::default().shops {
            self.stores.clear();
        }
        let shop = self.stores.entry(store.to_owned()).or_default();
        if shop.name.is_empty() || shop.name == store {
            store.split('.').next().unwrap_or(store).clone_into(&mut shop.name);
        }
        if shop.url.is_empty() {
            shop.url = format!("https://{store}");
        }
        Ok(())
    }

    /// Whether the numbers in it make sense.
    pub fn validate(&self) -> Result<(), Wrong> {
        let Self { pool, cache, llm, shopify, stores, .. } = self;
        let numbers = [
            ("pool.size", pool.size.into()),
            ("pool.depth_max", pool.depth_max.into()),
            ("pool.attempts_max", pool.attempts_max.into()),
            ("pool.lease_ms", pool.lease_ms.into()),
            ("pool.jobs_per_member", pool.jobs_per_member as u64),
            ("cache.ttl_seconds", cache.ttl_seconds.into()),
            ("cache.fresh_seconds", cache.fresh_seconds.into()),
            ("llm.timeout_ms", llm.timeout_ms),
            ("llm.concurrency", llm.concurrency.into()),
        ];
        if let Some((name, _)) = numbers.iter().find(|(_, value)| *value == 0) {
            return Err(Wrong(format!("{name} is 0; it must be at least 1")));
        }
        if pool.size > POOL_SIZE_MAX {
            return Err(Wrong(format!(
                "pool.size is {}; at most {POOL_SIZE_MAX} members make sense on one machine",
                pool.size
            )));
        }
        if stores.is_empty() {
            return Err(Wrong(
                "there is no store: add one under [stores.<id>], such as [stores.magic-wands]".into(),
            ));
        }
        if let Some(origin) = shopify.origin.as_ref().filter(|origin| !is_origin(origin)) {
            return Err(Wrong(format!(
                "shopify.origin is {origin:?}; it must be http:// or https://, a host and nothing after it"
            )));
        }
        for (id, shop) in stores {
            shop.validate().map_err(|wrong| Wrong(format!("stores.{id}.{wrong}")))?;
        }
        Ok(())
    }

    /// What components may ask of the `settings` capability.
    pub fn settings(&self) -> Settings {
        let Self { environment, cache, pool, stores, .. } = self;
        Settings {
            development: *environment == Kind::Development,
            pool: PoolLimits {
                size: pool.size,
                depth_max: pool.depth_max,
                attempts_max: pool.attempts_max,
                lease_ms: pool.lease_ms,
                backoff_ms: pool.backoff_ms,
                backoff_ms_max: pool.backoff_ms_max,
            },
            lifetimes: PageLifetimes {
                kv_ttl_seconds: cache.ttl_seconds,
                fresh_seconds: cache.fresh_seconds,
            },
            shops: stores.clone(),
        }
    }
}

/// Scheme, host and port, as a browser would write them.
fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}

fn number<T: FromStr<Err = ParseIntError>>(
    variable: impl Fn(&str) -> Option<String>,
    name: &str,
    field: &mut T,
) -> Result<(), Wrong> {
    if let Some(text) = variable(name) {
        let wrong = |error| Wrong(format!("{name} is {text:?}; it must be a whole number: {error}"));
        *field = text.parse().map_err(wrong)?;
    }
    Ok(())
}

/// What kind of deployment this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody's own machine.
    Development,
    /// Shoppers are here.
    #[default]
    Production,
}

/// How long pages are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Cache {
    /// How long a page stays in key-value storage. `CACHE_TTL_SECONDS`.
    pub ttl_seconds: u32,
    /// How long after its generation a page counts as fresh.
    pub fresh_seconds: u32,
    /// Memory for the tier over key-value storage, in MiB.
    pub memory_mib: u64,
    /// How long that tier trusts what it holds: what another process wrote is seen after this.
    pub memory_trust_ms: u64,
}

/// The generation workers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Pool {
    /// Members. `POOL_SIZE`.
    pub size: u32,
    /// Live jobs that a member takes. `MAX_QUEUE_DEPTH`.
    pub depth_max: u32,
    /// Jobs that a member works on at once: one that waits for the language model costs little.
    pub jobs_per_member: usize,
    /// How often a job is tried.
    pub attempts_max: u32,
    /// How long a worker may be silent before its job is given to another.
    pub lease_ms: u32,
    /// The first pause before another attempt; it doubles from there.
    pub backoff_ms: u32,
    /// The longest pause.
    pub backoff_ms_max: u32,
    /// How long jobs that are done are kept, for `wandstore jobs`. Dead letters are kept for good.
    pub keep_settled_seconds: u64,
    /// Instances that were idle for so long are dropped. `CONTAINER_INACTIVITY_TIMEOUT_MS`.
    pub inactivity_timeout_ms: u64,
}

/// The language model. Its key is `KIMI_API_KEY`, from the environment only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Llm {
    /// An OpenAI-compatible endpoint, such as `https://api.moonshot.ai/v1` or
    /// `http://127.0.0.1:11434/v1`. `AI_GATEWAY_URL`, `LLM_BASE_URL`.
    pub base_url: Option<String>,
    /// `LLM_MODEL`.
    pub model: String,
    /// For a whole answer, retries included.
    pub timeout_ms: u64,
    /// After the first attempt.
    pub retries: u32,
    /// The first pause before a retry; it doubles from there.
    pub backoff_ms: u64,
    /// Questions at once.
    pub concurrency: u32,
    /// Failures in a row after which it is not asked for a while.
    pub breaker_failures: u32,
    /// For how long.
    pub breaker_cooldown_ms: u64,
    /// How the plan's schema is sent: `json-schema`, `json-object` or `none`.
    pub schema_mode: SchemaMode,
    /// Spending limit; 0 is none.
    pub tokens_per_day_max: u64,
    /// Price of a million tokens of question, in millionths of a dollar; for metrics.
    pub price_in_microdollars: u64,
    /// Price of a million tokens of answer, likewise.
    pub price_out_microdollars: u64,
    /// More members for the request body, as the endpoint wants them. Where nothing is said, Kimi
    /// is told not to think aloud and every other endpoint gets none; `{}` is none for all.
    pub extra: Option<Map<String, Value>>,
}

/// How Shopify is reached. Secrets and tokens come from the environment only.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shopify {
    /// What stands in place of `https://{shop}` when a shop's APIs are asked: a simulator's address.
    /// `SHOPIFY_ORIGIN`.
    pub origin: Option<String>,
}

/// How the plan's schema is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemaMode {
    /// Structured output.
    JsonSchema,
    /// JSON mode; the schema is in the prompt only.
    JsonObject,
    /// Plain text; the schema is in the prompt only.
    None,
}

impl Default for Cache {
    fn default() -> Self {
        Self { ttl_seconds: 3_600, fresh_seconds: 86_400, memory_mib: 64, memory_trust_ms: 2_000 }
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            size: 10,
            depth_max: 50,
            jobs_per_member: 4,
            attempts_max: 4,
            lease_ms: 60_000,
            backoff_ms: 2_000,
            backoff_ms_max: 60_000,
            keep_settled_seconds: 7 * 86_400,
            inactivity_timeout_ms: 300_000,
        }
    }
}

impl Default for Llm {
    fn default() -> Self {
        Self {
            base_url: None,
            model: "kimi-k2.6".into(),
            timeout_ms: 60_000,
            retries: 2,
            backoff_ms: 250,
            concurrency: 32,
            breaker_failures: 5,
            breaker_cooldown_ms: 30_000,
            schema_mode: SchemaMode::JsonSchema,
            tokens_per_day_max: 0,
            price_in_microdollars: 950_000,
            price_out_microdollars: 4_000_000,
            extra: None,
        }
    }
}

/// Where Kimi is asked if a key is set and no address is.
const KIMI_URL: &str = "https://api.moonshot.ai/v1";

impl Llm {
    /// Where it is asked; `None` where there is neither an address nor a key, and pages are planned
    /// locally.
    pub fn address(&self, has_key: bool) -> Option<&str> {
        self.base_url.as_deref().or(has_key.then_some(KIMI_URL))
    }

    /// The members that are sent beside ours.
    pub fn extra_members(&self) -> Map<String, Value> {
        self.extra.clone().unwrap_or_else(|| usual_extra(&self.model))
    }
}

impl From<SchemaMode> for Mode {
    fn from(mode: SchemaMode) -> Self {
        match mode {
            SchemaMode::JsonSchema => Self::JsonSchema,
            SchemaMode::JsonObject => Self::JsonObject,
            SchemaMode::None => Self::None,
        }
    }
}

/// Keeps Kimi K2.6, wherever it is asked, from spending the tokens of its answer on thinking, which
/// it does unless it is told not to
/// (<https://platform.kimi.ai/docs/guide/use-kimi-k2-thinking-model>).
fn usual_extra(model: &str) -> Map<String, Value> {
    let thinks = model.ends_with("kimi-k2.6");
    thinks.then(|| ("thinking".into(), json!({ "type": "disabled" }))).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_back_as_it_was_written() {
        let mut document = Document::default();
        document.pool.size = 3;
        document.stores.insert("lamps".into(), Shop { name: "Lamps".into(), ..Shop::default() });
        let text = serde_json::to_string(&document).unwrap();
        let read: Document = serde_json::from_str(&text).unwrap();
        assert_eq!(read.settings(), document.settings());
    }

    #[test]
    fn variables_lie_over_it_and_wrong_ones_are_named() {
        let mut document = Document::default();
        let known = |name: &str| (name == "POOL_SIZE").then(|| "7".to_owned());
        document.lay_over(known).unwrap();
        assert_eq!((document.pool.size, document.pool.depth_max), (7, 50));
        let wrong = document.lay_over(|name| (name == "ENVIRONMENT").then(|| "test".to_owned())).unwrap_err();
        assert_eq!(wrong.to_string(), r#"ENVIRONMENT is "test"; it must be development or production"#);
    }

    #[test]
    fn a_shop_is_connected_by_its_domain_and_what_is_said_of_it_stays() {
        let known = |name: &str| (name == "SHOPIFY_STORE").then(|| "tea-house.myshopify.com".to_owned());
        let mut document = Document::default();
        document.lay_over(known).unwrap();
        assert_eq!(document.stores.len(), 1, "the demo shop gives way");
        let shop = document.stores["tea-house.myshopify.com"].clone();
        assert_eq!((shop.name.as_str(), shop.url.as_str()), ("tea-house", "https://tea-house.myshopify.com"));
        let named = Shop { name: "Tea".into(), url: "https://tea.example".into(), ..Shop::default() };
        document.stores.insert("tea-house.myshopify.com".into(), named.clone());
        document.lay_over(known).unwrap();
        assert_eq!(document.stores["tea-house.myshopify.com"], named);
        let wrong = document.lay_over(|name| (name == "SHOPIFY_STORE").then(|| "tea.example".to_owned()));
        assert!(wrong.unwrap_err().to_string().starts_with("SHOPIFY_STORE is \"tea.example\""));
    }

    #[test]
    fn an_origin_is_scheme_and_host_and_nothing_after_it() {
        let validated = |origin: &str| {
            let mut document = Document::default();
            document.lay_over(|name| (name == "SHOPIFY_ORIGIN").then(|| origin.to_owned())).unwrap();
            document.validate()
        };
        for origin in ["http://127.0.0.1:9000", "https://shop.example"] {
            assert_eq!(validated(origin), Ok(()), "{origin}");
        }
        for other in ["http://h/", "http://h/a", "ftp://h", "h", "http://u:p@h", "http://h?q"] {
            assert!(validated(other).unwrap_err().to_string().starts_with("shopify.origin is "), "{other}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_shop_is_named_with_its_key() {
        let mut document = Document::default();
        document.stores.insert("lamps".into(), Shop { surface: "white".into(), ..Shop::default() });
        let wrong = document.validate().unwrap_err().to_string();
        assert!(wrong.starts_with("stores.lamps.surface is \"white\""), "{wrong}");
    }

    #[test]
    fn a_gateway_stands_before_another_address() {
        let mut llm = Llm::default();
        assert_eq!((llm.address(false), llm.address(true)), (None, Some(KIMI_URL)));
        llm.base_url = Some("http://h/v1".into());
        assert_eq!(llm.address(false), Some("http://h/v1"));
        let mut document = Document::default();
        document.lay_over(|name| name.ends_with("_URL").then(|| name.to_owned())).unwrap();
        assert_eq!(document.llm.address(false), Some("AI_GATEWAY_URL"));
    }
}
