//! The operator's configuration that does not depend on the platform: sections of `wandstore.toml`, and the variables
//! that override them. Hosts that read no files get it as one JSON document.

mod variables;

use std::collections::BTreeMap;

use llm::SchemaMode as Mode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{PageLifetimes, PoolLimits, Settings, Shop};

/// More members than this make no sense on one machine.
const POOL_SIZE_MAX: u32 = 1_000;
/// A page that replaces the model's is fresh for ten minutes, and then the model should be asked again.
const BREAKER_COOLDOWN_MS_MAX: u64 = 600_000;

/// The configuration that does not depend on the platform.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// `production` or `development`, which opens the debug routes to everybody; `cargo xtask dev` sets it.
    /// `ENVIRONMENT`.
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
    pub shops: BTreeMap<String, Shop>,
}

/// An invalid setting: which one it is, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSettings(String);

impl Default for Document {
    /// The demo shop.
    fn default() -> Self {
        Self {
            environment: Kind::default(),
            cache: Cache::default(),
            pool: Pool::default(),
            llm: Llm::default(),
            shopify: Shopify::default(),
            shops: Settings::default().shops,
        }
    }
}

impl Document {
    /// Checks that the numbers make sense.
    pub fn validate(&self) -> Result<(), InvalidSettings> {
        let Self { pool, cache, llm, shopify, shops, .. } = self;
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
            return Err(InvalidSettings(format!("{name} is 0; it must be at least 1")));
        }
        if llm.breaker_cooldown_ms > BREAKER_COOLDOWN_MS_MAX {
            return Err(InvalidSettings(format!(
                "llm.breaker_cooldown_ms is {}; it must be at most {BREAKER_COOLDOWN_MS_MAX}, so that an endpoint that is \
                 well again is asked again",
                llm.breaker_cooldown_ms
            )));
        }
        if pool.size > POOL_SIZE_MAX {
            return Err(InvalidSettings(format!(
                "pool.size is {}; at most {POOL_SIZE_MAX} members make sense on one machine",
                pool.size
            )));
        }
        if shops.is_empty() {
            return Err(InvalidSettings(
                "there is no shop: add one under [shops.<id>], such as [shops.magic-wands]".into(),
            ));
        }
        if let Some(origin) = shopify.origin.as_ref().filter(|origin| !is_origin(origin)) {
            return Err(InvalidSettings(format!(
                "shopify.origin is {origin:?}; it must be http:// or https://, a host and nothing after it"
            )));
        }
        for (id, shop) in shops {
            shop.validate().map_err(|wrong| InvalidSettings(format!("shops.{id}.{wrong}")))?;
        }
        Ok(())
    }

    /// Returns the settings that components read through the `settings` capability.
    pub fn settings(&self) -> Settings {
        let Self { environment, cache, pool, shops, .. } = self;
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
            unsigned_routes: false,
            shops: shops.clone(),
        }
    }
}

/// Returns whether `text` is scheme, host and port, as a browser would write them.
fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}

/// The kind of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody's own machine.
    Development,
    /// A deployment with shoppers.
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
    /// How long that tier trusts its values: a write of another process is seen after this time.
    pub memory_trust_ms: u64,
}

/// The generation workers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Pool {
    /// Members of the pool, `pool-0` and so on; at most 1000. `POOL_SIZE`.
    pub size: u32,
    /// Live jobs that a member takes. `MAX_QUEUE_DEPTH`.
    pub depth_max: u32,
    /// Jobs that a member works on at once. A job that waits for the language model costs little.
    pub jobs_per_member: usize,
    /// How often a job is tried before it becomes a dead letter. A crash of its process is no attempt.
    pub attempts_max: u32,
    /// How long a worker may be silent before its job is given to another. A process that died loses its jobs at once.
    pub lease_ms: u32,
    /// The first pause before another attempt; it doubles from there.
    pub backoff_ms: u32,
    /// The longest pause.
    pub backoff_ms_max: u32,
    /// How long finished jobs are kept, for `wandstore jobs`. Dead letters are kept for good.
    pub keep_settled_seconds: u64,
    /// Component instances that were idle for this long are dropped. `CONTAINER_INACTIVITY_TIMEOUT_MS`.
    pub inactivity_timeout_ms: u64,
}

/// The language model. Its key is `KIMI_API_KEY`, from the environment only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Llm {
    /// An OpenAI-compatible endpoint, such as `https://api.moonshot.ai/v1`, which is asked if there is only a key, or
    /// `http://127.0.0.1:11434/v1`. With neither, pages are planned locally. `AI_GATEWAY_URL`, `LLM_BASE_URL`.
    pub base_url: Option<String>,
    /// The model's name at that endpoint. `LLM_MODEL`.
    pub model: String,
    /// The time limit for a whole answer, retries included.
    pub timeout_ms: u64,
    /// The number of retries after the first attempt.
    pub retries: u32,
    /// The first pause before a retry; it doubles from there.
    pub backoff_ms: u64,
    /// The most questions at once.
    pub concurrency: u32,
    /// The number of failures in a row after which the model is not asked for a while.
    pub breaker_failures: u32,
    /// How long the model is not asked then.
    pub breaker_cooldown_ms: u64,
    /// How the plan's schema is sent: `json-schema`, `json-object` or `none`. An endpoint that refuses one is asked in
    /// the next way for a day.
    pub schema_mode: SchemaMode,
    /// The limit of tokens per day (UTC), questions and answers together, for all processes on the data folder; 0 means
    /// no limit. Before each call its maximum cost is reserved.
    pub tokens_per_day_max: u64,
    /// Price of a million tokens of question, in millionths of a dollar; for metrics.
    pub price_in_microdollars: u64,
    /// Price of a million tokens of answer, in millionths of a dollar; for metrics.
    pub price_out_microdollars: u64,
    /// Additional members of the request body, in the endpoint's form; they replace ours. Without this setting, Kimi is
    /// told not to think aloud and every other endpoint gets none. With `{}` no endpoint gets any.
    pub extra: Option<Map<String, Value>>,
    /// Members of the request body that are not sent, such as `max_tokens`.
    pub omit: Vec<String>,
}

/// How Shopify is reached.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shopify {
    /// The origin that replaces `https://{shop}` in requests to a shop's APIs, such as a simulator's address.
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
        let PoolLimits { size, depth_max, attempts_max, lease_ms, backoff_ms, backoff_ms_max } =
            PoolLimits::default();
        Self {
            size,
            depth_max,
            jobs_per_member: 4,
            attempts_max,
            lease_ms,
            backoff_ms,
            backoff_ms_max,
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
            omit: Vec::new(),
        }
    }
}

/// Kimi's address, for a deployment with a key and no address.
const KIMI_URL: &str = "https://api.moonshot.ai/v1";

impl Llm {
    /// Returns the model's address. Returns `None` if there is neither an address nor a key: pages are then planned
    /// locally.
    pub fn address(&self, has_key: bool) -> Option<&str> {
        self.base_url.as_deref().or(has_key.then_some(KIMI_URL))
    }

    /// Returns the additional members of the request body.
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
mod tests;
