//! Stored answers of Shopify, and pauses during which Shopify is not asked. Both are in key-value storage, so that
//! all instances share them.

use model::catalog::Freshness;
use model::{Key, Market, ShopId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::capabilities::{StorageFailed, World};
use crate::failure::Failure;
use crate::question::Question;

/// The name of the entry with the end of a shop's pause.
const REST: &str = "rest";
/// The name of the entry with the end of a pause that holds only while a shopper is waiting.
const REST_STALE_OK: &str = "rest_at-once";

/// The name of the entry that claims a question to Shopify.
const CLAIM: &str = "asking";
/// How long a claim lasts unless it is released, in seconds: longer than any question takes.
const CLAIM_SECONDS: u32 = 12;

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<T> {
    /// When the answer was stored, in milliseconds since the epoch.
    pub asked_ms: u64,
    /// The catalog version before Shopify was asked; `None` if it was unknown.
    pub version: Option<u64>,
    /// Whether the answer is complete.
    pub whole: bool,
    /// The answer.
    pub answer: T,
}

impl<T> Kept<T> {
    /// Returns whether the answer belongs to this catalog version.
    pub fn is_of(&self, version: Option<u64>) -> bool {
        version.is_some() && self.version == version
    }

    /// Returns whether the answer is complete, of this catalog version and young enough, so that Shopify need not
    /// be asked.
    pub fn is_fresh(&self, question: Question<'_>, version: Option<u64>, now_ms: u64) -> bool {
        // A time in the future was written by a host whose clock was wrong.
        let age_ms = now_ms.checked_sub(self.asked_ms);
        self.whole && self.is_of(version) && age_ms.is_some_and(|age_ms| age_ms < question.fresh_ms())
    }
}

/// Returns the stored answer, if there is one.
pub fn recall<T: DeserializeOwned>(
    world: &impl World,
    shop: &ShopId,
    market: &Market,
    question: Question<'_>,
) -> Option<Kept<T>> {
    let bytes = read(world, Key::Catalog(shop, &question.name(market)))?;
    serde_json::from_slice(&bytes).ok()
}

/// Stores an answer.
pub fn keep<T: Serialize>(
    world: &impl World,
    shop: &ShopId,
    market: &Market,
    question: Question<'_>,
    kept: &Kept<T>,
) {
    if let Ok(bytes) = serde_json::to_vec(kept) {
        write(world, Key::Catalog(shop, &question.name(market)), &bytes, question.kept_seconds());
    }
}

/// Returns how much longer Shopify must not be asked this question, in milliseconds; `None` if there is no pause.
pub fn resting_ms(
    world: &impl World,
    shop: &ShopId,
    question: Question<'_>,
    freshness: Freshness,
) -> Option<u64> {
    let until_ms = |name: &str| {
        let text = String::from_utf8(read(world, Key::Catalog(shop, name))?).ok()?;
        text.parse::<u64>().ok()
    };
    let stale_ok_ms = if freshness == Freshness::StaleOk { until_ms(REST_STALE_OK) } else { None };
    let until_ms = until_ms(REST).max(until_ms(&rest_of(question))).max(stale_ok_ms)?;
    until_ms.checked_sub(world.now_ms()).filter(|ms| *ms > 0)
}

/// Starts a pause after a failure: for all questions, for this kind of question, or only for waiting shoppers. A
/// failure that one shopper may have caused does not stop pages from being made.
pub fn rest(
    world: &impl World,
    shop: &ShopId,
    question: Question<'_>,
    freshness: Freshness,
    failure: &Failure,
) {
    let name = match failure {
        Failure::NoTimeLeft => return,
        failure if failure.is_of_question() => rest_of(question),
        failure if failure.may_be_of_shopper() && freshness == Freshness::StaleOk => REST_STALE_OK.to_owned(),
        _ => REST.to_owned(),
    };
    let until_ms = world.now_ms().saturating_add(failure.rest_ms());
    let seconds = u32::try_from(failure.rest_ms().div_ceil(1000)).unwrap_or(u32::MAX);
    write(world, Key::Catalog(shop, &name), until_ms.to_string().as_bytes(), seconds);
}

/// Claims a question to Shopify. Returns false if another caller has claimed it. If storage fails, the question
/// may be asked anyway.
pub fn claim(world: &impl World, shop: &ShopId, market: &Market, question: Question<'_>) -> bool {
    world.claim(Key::Catalog(shop, &claim_of(market, question)), CLAIM_SECONDS).unwrap_or_else(|failed| {
        log_failure(world, &failed);
        true
    })
}

/// Releases a claim.
pub fn release(world: &impl World, shop: &ShopId, market: &Market, question: Question<'_>) {
    if let Err(failed) = world.release(Key::Catalog(shop, &claim_of(market, question)), CLAIM_SECONDS) {
        log_failure(world, &failed);
    }
}

fn claim_of(market: &Market, question: Question<'_>) -> String {
    format!("{CLAIM}_{}", question.name(market))
}

fn rest_of(question: Question<'_>) -> String {
    format!("{REST}_{}", question.kind())
}

fn read(world: &impl World, key: Key<'_>) -> Option<Vec<u8>> {
    world.recall(key).unwrap_or_else(|failed| {
        log_failure(world, &failed);
        None
    })
}

fn write(world: &impl World, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) {
    if let Err(failed) = world.keep(key, bytes, ttl_seconds) {
        log_failure(world, &failed);
    }
}

fn log_failure(world: &impl World, StorageFailed(cause): &StorageFailed) {
    world.warn("the catalog's key-value storage failed", &[("cause", cause)]);
}
