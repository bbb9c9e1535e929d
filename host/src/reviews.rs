//! What merchants decide about the language model's plans, for their admin and the command line.
//!
//! Generation shows plans and checks edits. Decisions are written to the entries that caching writes waiting plans to, by
//! compare-and-swap, so that neither side overwrites the other.

use std::time::Duration;

use bytes::Bytes;
use capabilities::kv::{Kv, Swap};
use model::review::{Decision, Edit, Edited, Outdated, REVIEWS_MAX, Review, Shown};
use model::{Audience, Key, ShopId, Store};
use runtime::bindings::wandstore::storefront::page_types::{self, ReviewError};
use runtime::call;
use runtime::context::Cause;
use runtime::deployment::Deployment;

use crate::pages::Error;

/// How many times a compare-and-swap is tried. In each lost race another writer won.
const SWAPS_MAX: u32 = 8;

impl From<ReviewError> for Error {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Invalid(reason) => Self::Invalid(reason),
            ReviewError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

impl From<capabilities::kv::Error> for Error {
    fn from(error: capabilities::kv::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Returns the reviews of a shop, in the order of their names.
pub async fn list(kv: &dyn Kv, shop: &ShopId) -> Result<Vec<(Audience, Review)>, Error> {
    let prefix = format!("{}{shop}:", Key::REVIEWS);
    let keys = kv.list_keys(Store::UiCache.name(), &prefix, None, REVIEWS_MAX).await?;
    let mut reviews = Vec::new();
    for key in keys {
        let Some(Ok(audience)) = key.strip_prefix(&prefix).map(Audience::parse) else { continue };
        if let Some((review, _)) = read(kv, shop, &audience).await? {
            reviews.push((audience, review));
        }
    }
    Ok(reviews)
}

/// Returns the review of an audience, and the version of its entry.
async fn read(kv: &dyn Kv, shop: &ShopId, audience: &Audience) -> Result<Option<(Review, u64)>, Error> {
    let key = Key::Review(shop, audience);
    let found = kv.get(key.store().name(), &key.to_string()).await?;
    Ok(found.and_then(|entry| Some((Review::decode(&entry.value)?, entry.version))))
}

/// Carries out a decision about the waiting plan of this version.
pub async fn decide(
    kv: &dyn Kv,
    shop: &ShopId,
    audience: &Audience,
    version: &str,
    decide: &Decided<'_>,
) -> Result<Result<(), Outdated>, Error> {
    let key = Key::Review(shop, audience);
    for _ in 0..SWAPS_MAX {
        let Some((mut review, entry_version)) = read(kv, shop, audience).await? else {
            return Ok(Err(Outdated));
        };
        if let Err(outdated) = review.decide(version, decide.decision.clone(), decide.by, decide.at_ms) {
            return Ok(Err(outdated));
        }
        let (store, name, value) = (key.store().name(), key.to_string(), Bytes::from(review.encode()));
        let ttl = review.ttl_seconds().map(|seconds| Duration::from_secs(seconds.into()));
        let swap = kv.compare_and_swap(store, &name, Some(entry_version), value, ttl).await;
        if matches!(swap?, Swap::Done(_)) {
            return Ok(Ok(()));
        }
    }
    Err(Error::Unavailable(format!("review: gave up after {SWAPS_MAX} write conflicts")))
}

/// A decision, who made it and when.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// The decision.
    pub decision: &'a Decision,
    /// Who made it.
    pub by: &'a str,
    /// When, in milliseconds since the epoch.
    pub at_ms: u64,
}

/// Returns a plan as a merchant looks at it.
pub async fn show(
    deployment: &Deployment,
    shop: &ShopId,
    audience: &Audience,
    plan: &str,
) -> Result<Shown, Error> {
    let audience = audience.to_string();
    let shown = call!(deployment.generation, Cause::Operator, |guest, instance| guest.reviewer.call_show(
        instance,
        shop.as_str(),
        &audience,
        plan
    ))??;
    Ok(shown.into())
}

/// Returns a plan with other texts, if generation accepts them.
pub async fn edit(
    deployment: &Deployment,
    shop: &ShopId,
    audience: &Audience,
    plan: &str,
    digest: &str,
    edits: &[Edit],
) -> Result<Edited, Error> {
    let audience = audience.to_string();
    let texts: Vec<page_types::PlanEdit> = edits.iter().cloned().map(Into::into).collect();
    let edited = call!(deployment.generation, Cause::Operator, |guest, instance| guest.reviewer.call_edit(
        instance,
        shop.as_str(),
        &audience,
        plan,
        digest,
        &texts
    ))??;
    Ok(edited.into())
}
