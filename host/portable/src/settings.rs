//! What the operator decided, as plain data. Reading it from files or the environment is the
//! caller's business.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The settings of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether this is somebody's own machine, with no shoppers.
    pub development: bool,
    /// The pool of generation workers.
    pub pool: PoolLimits,
    /// How long pages last.
    pub lifetimes: PageLifetimes,
    /// The shops this deployment serves, by id.
    pub shops: BTreeMap<String, Shop>,
}

/// The pool of generation workers, and what becomes of jobs in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimits {
    /// Members: `pool-0` to `pool-{size - 1}`.
    pub size: u32,
    /// A member with this many live jobs is full.
    pub depth_max: u32,
    /// A job is claimed at most so many times.
    pub attempts_max: u32,
    /// How long a claim holds unless it is extended.
    pub lease_ms: u32,
    /// The first pause before another attempt; it doubles from there.
    pub backoff_ms: u32,
    /// No pause is longer.
    pub backoff_ms_max: u32,
}

impl PoolLimits {
    /// The members' names.
    pub fn members(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.size).map(|index| format!("pool-{index}"))
    }
}

/// How long pages last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLifetimes {
    /// How long a page stays in short-term storage.
    pub kv_ttl_seconds: u32,
    /// How long after its generation a page counts as fresh.
    pub fresh_seconds: u32,
}

/// A merchant's shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shop {
    /// The name that shoppers know.
    pub name: String,
    /// Where its theme's own pages live, with no slash at the end; empty for a shop that has none.
    pub url: String,
    /// BCP 47 language tag of its texts.
    pub language: String,
    /// How the merchant wants to sound, in a few words.
    pub tone: String,
    /// Words that its pages must not use, in lower case.
    pub banned_words: Vec<String>,
    /// What the merchant promises; pages promise nothing else.
    pub promises: Vec<String>,
}

impl Default for Settings {
    /// The demo shop on a deployment with shoppers.
    fn default() -> Self {
        Self {
            development: false,
            pool: PoolLimits::default(),
            lifetimes: PageLifetimes::default(),
            shops: BTreeMap::from([("magic-wands".to_owned(), Shop::demo())]),
        }
    }
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            size: 10,
            depth_max: 50,
            attempts_max: 4,
            lease_ms: 60_000,
            backoff_ms: 2_000,
            backoff_ms_max: 60_000,
        }
    }
}

impl Default for PageLifetimes {
    fn default() -> Self {
        Self { kv_ttl_seconds: 3_600, fresh_seconds: 86_400 }
    }
}

impl Default for Shop {
    /// A shop of which nothing is said, not even its name: it promises nothing.
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            language: "en".to_owned(),
            tone: "warm and clear".to_owned(),
            banned_words: Vec::new(),
            promises: Vec::new(),
        }
    }
}

impl Shop {
    /// The shop that needs no configuration.
    pub fn demo() -> Self {
        let promises =
            ["Free returns within 30 days", "Every wand tested by hand", "Ships within one working day"];
        Self {
            name: "Magic Wands".to_owned(),
            tone: "warm, witty, a little mysterious".to_owned(),
            promises: promises.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }
}
