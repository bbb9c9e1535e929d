//! What Shopify answered before, and that it is to be left alone: kept in key-value storage, so that any number of
//! instances know it.

use names::{Key, Market, StoreId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::capabilities::{StorageFailed, World};
use crate::catalog::Freshness;
use crate::failure::Failure;
use crate::question::Question;

/// What says until when a shop's Shopify is left alone.
const REST: &str = "rest";
/// The same for those who wait only.
const REST_STALE_OK: &str = "rest_at-once";

/// What says that somebody is asking Shopify.
const CLAIM: &str = "asking";
/// For how long, in seconds, unless they say that they are done: longer than anybody asks.
const CLAIM_SECONDS: u32 = 12;

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<T> {
    /// When it was asked for, in milliseconds since the epoch.
    pub asked_ms: u64,
    /// The catalog's version at that time; `None` where that could not be said.
    pub version: Option<u64>,
    /// Whether it is all that there is to know.
    pub whole: bool,
    /// What was answered.
    pub answer: T,
}

impl<T> Kept<T> {
    /// Whether it is of the catalog as it is now.
    pub fn is_of(&self, version: Option<u64>) -> bool {
        version.is_some() && self.version == version
    }

    /// Whether nobody needs to ask again.
    pub fn is_fresh(&self, question: Question<'_>, version: Option<u64>, now_ms: u64) -> bool {
        // An answer from the future is from a clock that was wrong.
        let age_ms = now_ms.checked_sub(self.asked_ms);
        self.whole && self.is_of(version) && age_ms.is_some_and(|age_ms| age_ms < question.fresh_ms())
    }
}

/// What was answered before, if it is kept.
pub fn recall<T: DeserializeOwned>(
    world: &impl World,
    store: &StoreId,
    market: &Market,
    question: Question<'_>,
) -> Option<Kept<T>> {
    let bytes = read(world, Key::Catalog(store, &question.name(market)))?;
    serde_json::from_slice(&bytes).ok()
}

/// Keeps an answer.
pub fn keep<T: Serialize>(
    world: &impl World,
    store: &StoreId,
    market: &Market,
    question: Question<'_>,
    kept: &Kept<T>,
) {
    if let Ok(bytes) = serde_json::to_vec(kept) {
        write(world, Key::Catalog(store, &question.name(market)), &bytes, question.kept_seconds());
    }
}

/// For how many more milliseconds Shopify is not to be asked this, if it is not.
pub fn resting_ms(
    world: &impl World,
    store: &StoreId,
    question: Question<'_>,
    freshness: Freshness,
) -> Option<u64> {
    let until_ms = |name: &str| {
        let text = String::from_utf8(read(world, Key::Catalog(store, name))?).ok()?;
        text.parse::<u64>().ok()
    };
    let stale_ok_ms = if freshness == Freshness::StaleOk { until_ms(REST_STALE_OK) } else { None };
    let until_ms = until_ms(REST).max(until_ms(&rest_of(question))).max(stale_ok_ms)?;
    until_ms.checked_sub(world.now_ms()).filter(|ms| *ms > 0)
}

/// Leaves Shopify alone after a failure: altogether, with this kind of question, or where somebody waits. What one
/// shopper brought about keeps no page from being made.
pub fn rest(
    world: &impl World,
    store: &StoreId,
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
    write(world, Key::Catalog(store, &name), until_ms.to_string().as_bytes(), seconds);
}

/// Takes it upon us to ask Shopify; false if somebody else is asking the same. Storage that fails keeps nobody from
/// asking.
pub fn claim(world: &impl World, store: &StoreId, market: &Market, question: Question<'_>) -> bool {
    world.claim(Key::Catalog(store, &claim_of(market, question)), CLAIM_SECONDS).unwrap_or_else(|failed| {
        tell(world, &failed);
        true
    })
}

/// Lets others ask again.
pub fn release(world: &impl World, store: &StoreId, market: &Market, question: Question<'_>) {
    if let Err(failed) = world.release(Key::Catalog(store, &claim_of(market, question)), CLAIM_SECONDS) {
        tell(world, &failed);
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
        tell(world, &failed);
        None
    })
}

fn write(world: &impl World, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) {
    if let Err(failed) = world.keep(key, bytes, ttl_seconds) {
        tell(world, &failed);
    }
}

fn tell(world: &impl World, StorageFailed(cause): &StorageFailed) {
    world.warn("the catalog's storage failed", &[("cause", cause)]);
}
