//! `wandstore.toml`: every key, its unit and its default.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use capabilities::settings::{Settings, Shop};
use capabilities::{Secret, llm};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::keys;
use crate::component::{Limits, Role};

/// The file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    /// `development` opens the debug routes to everybody. `ENVIRONMENT`.
    pub environment: Kind,
    /// Where shoppers reach us.
    pub server: Server,
    /// How long pages are kept.
    pub cache: Cache,
    /// The generation workers.
    pub pool: Pool,
    /// The language model.
    pub llm: Llm,
    /// The shops, by id. Where nothing is said of any, there is the demo shop.
    pub stores: BTreeMap<String, Shop>,
    /// The components, by role. What is not named here is the one this binary was built with.
    pub components: BTreeMap<Role, Component>,
}

/// What kind of deployment this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody's own machine.
    Development,
    /// Shoppers are here.
    Production,
}

/// Where shoppers reach us.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Address and port. `WANDSTORE_LISTEN`, `--listen`.
    pub listen: String,
    /// The folder for databases, pages and compiled components. `WANDSTORE_DATA_DIR`, `--data-dir`.
    pub data_dir: PathBuf,
    /// Connections at once; more wait to be accepted.
    pub connections_max: usize,
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

/// The component that plays a role, and what bounds it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Component {
    /// A `.wasm` component; relative to the file.
    pub path: Option<PathBuf>,
    /// Its SHA-256 in hex. A file that differs is refused.
    pub sha256: Option<String>,
    /// Calls that an instance serves before it is replaced; 1 isolates every call.
    pub calls_per_instance: Option<u32>,
    /// Instances at once.
    pub instances: Option<usize>,
    /// Computing time of a call.
    pub compute_ms: Option<u64>,
    /// Time of a call, waiting included.
    pub wall_ms: Option<u64>,
    /// Memory of an instance.
    pub memory_mib: Option<usize>,
}

impl File {
    /// Parses the file. A key that is not known is an error that names the nearest one that is.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let table: toml::Table = text.parse()?;
        keys::check(&table, &Self::with_every_key())?;
        let mut file: Self = table.try_into()?;
        file.stores.iter_mut().for_each(|(id, shop)| complete(id, shop));
        Ok(file)
    }

    /// What is said of the component of a role.
    pub fn component(&self, role: Role) -> Component {
        self.components.get(&role).cloned().unwrap_or_default()
    }

    /// A file in which every key that there is has a value; `*` stands for any id.
    fn with_every_key() -> toml::Table {
        let component = Component {
            path: Some(PathBuf::new()),
            sha256: Some(String::new()),
            calls_per_instance: Some(1),
            instances: Some(1),
            compute_ms: Some(1),
            wall_ms: Some(1),
            memory_mib: Some(1),
        };
        let mut file =
            Self { components: Role::ALL.map(|role| (role, component.clone())).into(), ..Self::default() };
        file.llm.base_url = Some(String::new());
        file.llm.extra = Some(Map::from_iter([(keys::ANY.into(), true.into())]));
        file.stores = BTreeMap::from([(keys::ANY.into(), Shop::default())]);
        toml::Table::try_from(file).unwrap_or_default()
    }
}

/// A shop without a name is called by its id.
fn complete(id: &str, shop: &mut Shop) {
    if shop.name.trim().is_empty() {
        id.clone_into(&mut shop.name);
    }
    for word in &mut shop.banned_words {
        *word = word.to_lowercase();
    }
}

impl Default for File {
    fn default() -> Self {
        Self {
            environment: Kind::Production,
            server: Server::default(),
            cache: Cache::default(),
            pool: Pool::default(),
            llm: Llm::default(),
            stores: Settings::default().shops,
            components: BTreeMap::new(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8787".into(), data_dir: "data".into(), connections_max: 10_000 }
    }
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
    /// The endpoint, with its key.
    pub(super) fn to_config(&self, key: Option<Secret>) -> llm::Config {
        llm::Config {
            base_url: self.base_url.clone().unwrap_or_else(|| KIMI_URL.into()),
            model: self.model.clone(),
            key,
            timeout: Duration::from_millis(self.timeout_ms),
            retries: self.retries,
            backoff: Duration::from_millis(self.backoff_ms),
            concurrency: self.concurrency,
            breaker_failures: self.breaker_failures,
            breaker_cooldown: Duration::from_millis(self.breaker_cooldown_ms),
            schema_mode: match self.schema_mode {
                SchemaMode::JsonSchema => llm::SchemaMode::JsonSchema,
                SchemaMode::JsonObject => llm::SchemaMode::JsonObject,
                SchemaMode::None => llm::SchemaMode::None,
            },
            tokens_per_day_max: Some(self.tokens_per_day_max).filter(|max| *max > 0),
            price_in_microdollars: Some(self.price_in_microdollars),
            price_out_microdollars: Some(self.price_out_microdollars),
            extra: self.extra.clone().unwrap_or_else(|| usual_extra(&self.model)),
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

/// What bounds a component where the file does not say.
pub(super) fn limits(role: Role) -> Limits {
    // A generation waits for the language model, twice at worst; nothing else waits for long.
    let wall = Duration::from_secs(if role == Role::Generation { 180 } else { 5 });
    let instances = if role == Role::Generation { 1_000 } else { 256 };
    Limits {
        calls_per_instance: 10_000,
        instances,
        compute: Duration::from_millis(500),
        wall,
        memory_bytes: 32 << 20,
    }
}
