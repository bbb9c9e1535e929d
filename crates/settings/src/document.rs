//! The operator's configuration that does not depend on the platform: sections of `wandstore.toml`, and the variables
//! that override them. Hosts that read no files get it as one JSON document.

mod invalid;
mod variables;

use std::collections::BTreeMap;

use model::limits::Limits;
use model::shop::{Selector, ShopSettings, selector};
use page::blocks::Block;
use serde::{Deserialize, Serialize};
use url::Url;

pub use invalid::InvalidSettings;
pub use variables::VARIABLES;

use crate::{PageLifetimes, PoolLimits, Settings};

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
    /// How much strangers can make the deployment do. `LIMITS=off` turns all limits off, for load tests.
    pub limits: Limits,
    /// The language model. Its key comes from the environment only.
    pub llm: llm::Settings,
    /// How Shopify is reached.
    pub shopify: Shopify,
    /// The shops, by id.
    pub shops: BTreeMap<String, ShopSettings>,
}

impl Default for Document {
    /// The demo shop.
    fn default() -> Self {
        Self {
            environment: Kind::default(),
            cache: Cache::default(),
            pool: Pool::default(),
            limits: Limits::default(),
            llm: llm::Settings::default(),
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
            ("llm.idle_timeout_ms", llm.idle_timeout_ms),
            ("llm.concurrency", llm.concurrency.into()),
        ];
        if let Some((name, _)) = numbers.into_iter().find(|(_, value)| *value == 0) {
            return Err(InvalidSettings::Zero(name));
        }
        if llm.breaker_cooldown_ms > BREAKER_COOLDOWN_MS_MAX {
            return Err(InvalidSettings::BreakerCooldown(llm.breaker_cooldown_ms));
        }
        if pool.size > POOL_SIZE_MAX {
            return Err(InvalidSettings::PoolSize(pool.size));
        }
        if shops.is_empty() {
            return Err(InvalidSettings::NoShop);
        }
        if let Some(origin) = shopify.origin.as_ref().filter(|origin| !is_origin(origin)) {
            return Err(InvalidSettings::Origin(origin.clone()));
        }
        let blocks: Vec<_> = Block::optional().collect();
        for (id, shop) in shops {
            shop.validate().map_err(|invalid| InvalidSettings::Shop(id.clone(), invalid))?;
            shop.validate_variant().map_err(|invalid| InvalidSettings::Variant(id.clone(), invalid))?;
            let excluded: Vec<_> = shop.excluded.iter().map(Selector::to_string).collect();
            selector::excluded_of(excluded.iter().map(String::as_str), &blocks)
                .map_err(|invalid| InvalidSettings::Excluded(id.clone(), invalid))?;
        }
        Ok(())
    }

    /// Returns the settings that components read through the `settings` capability.
    pub fn settings(&self) -> Settings {
        let Self { environment, cache, pool, limits, llm, shops, .. } = self;
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
            limits: *limits,
            unsigned_routes: false,
            plans_per: llm.plans_per,
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
    /// How long that tier trusts its values. A write of another process is seen after this time at the latest; with the
    /// kinds `postgres` and `redis` usually at once, because it is reported. With `redis` this is of no effect.
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
    /// Jobs that a member works on at once, on all hosts together if they share a database. A job that waits for the language model costs little.
    pub jobs_per_member: usize,
    /// How often a job is tried before it becomes a dead letter. A crash of its process is no attempt.
    pub attempts_max: u32,
    /// How long a worker may be silent before its job is given to another. A process that died loses its jobs at once.
    pub lease_ms: u32,
    /// The first pause before another attempt; it doubles from there.
    pub backoff_ms: u32,
    /// The longest pause.
    pub backoff_ms_max: u32,
    /// How long completed jobs are kept, for `wandstore jobs`. Dead letters are kept for
    /// `retention.dead_letters_days`.
    pub keep_completed_seconds: u64,
    /// Component instances that were idle for this long are dropped. `CONTAINER_INACTIVITY_TIMEOUT_MS`.
    pub inactivity_timeout_ms: u64,
}

/// How Shopify is reached.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shopify {
    /// The origin that replaces `https://{shop}` in requests to a shop's APIs, such as a simulator's address.
    /// `SHOPIFY_ORIGIN`.
    pub origin: Option<String>,
}

impl Default for Cache {
    fn default() -> Self {
        let PageLifetimes { kv_ttl_seconds, fresh_seconds } = PageLifetimes::default();
        Self { ttl_seconds: kv_ttl_seconds, fresh_seconds, memory_mib: 64, memory_trust_ms: 2_000 }
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
            keep_completed_seconds: 7 * 86_400,
            inactivity_timeout_ms: 300_000,
        }
    }
}

#[cfg(test)]
mod tests;
