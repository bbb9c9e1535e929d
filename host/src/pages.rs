//! The operator's view of the cache: through the caching component's own interface.

use crate::bindings::wandstore::storefront::page_types::{
    CacheError, Cached, Page, Source, StalePage, Staleness,
};
use crate::bindings::wandstore::storefront::shopper_types::Persona;
use crate::component::{Failure, call};
use crate::context::Cause;
use crate::deployment::Deployment;

/// What is kept for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `fresh`, or why it is not.
    pub state: &'static str,
    /// For whom it was made.
    pub persona: &'static str,
    /// How sure that is, in percent.
    pub confidence: u32,
    /// Who planned it.
    pub source: &'static str,
    /// The job that made it.
    pub job: String,
    /// When it was planned.
    pub planned_ms: u64,
    /// Until when it is fresh.
    pub fresh_until_ms: u64,
    /// Which catalog its prices are from.
    pub catalog_version: u64,
    /// Its size.
    pub bytes: u64,
}

/// What is kept for a shopper.
pub async fn show(deployment: &Deployment, store: &str, shopper: &str) -> Result<Option<Found>, String> {
    let mut bytes = 0;
    let answer = call!(
        deployment.caching,
        Cause::Operator,
        |guest, instance| guest.call_get(instance, store, shopper),
        |held, answer| match &answer {
            Ok(Cached::Fresh(page) | Cached::Stale(StalePage { page, .. })) => {
                let handle = wasmtime::component::Resource::new_own(page.content.rep());
                held.take(handle).map(|value| bytes = value.len() as u64)
            }
            _ => Ok(()),
        }
    );
    Ok(match flat(answer)? {
        Cached::Fresh(page) => Some(found("fresh", page, bytes)),
        Cached::Stale(StalePage { page, reason: Staleness::CatalogMoved }) => {
            Some(found("stale: the catalog moved", page, bytes))
        }
        Cached::Stale(StalePage { page, reason: Staleness::Expired }) => {
            Some(found("stale: the plan is too old", page, bytes))
        }
        Cached::Miss | Cached::Closed => None,
    })
}

/// Forgets a shopper's page and plan.
pub async fn purge(deployment: &Deployment, store: &str, shopper: &str) -> Result<(), String> {
    flat(call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .call_purge(instance, store, shopper)))
}

/// Closes a shop: its cache holds nothing from now on, and keeps nothing.
pub async fn close(deployment: &Deployment, store: &str) -> Result<(), String> {
    flat(call!(deployment.caching, Cause::Operator, |guest, instance| guest.call_close(instance, store)))
}

/// Opens a shop that was closed.
pub async fn reopen(deployment: &Deployment, store: &str) -> Result<(), String> {
    flat(call!(deployment.caching, Cause::Operator, |guest, instance| guest.call_reopen(instance, store)))
}

/// Notes that a store's products changed; the new catalog version.
pub async fn catalog_moved(deployment: &Deployment, store: &str) -> Result<u64, String> {
    flat(call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .call_catalog_moved(instance, store)))
}

fn flat<T>(answer: Result<Result<T, CacheError>, Failure>) -> Result<T, String> {
    match answer {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(CacheError::Invalid(reason) | CacheError::Unavailable(reason))) => Err(reason),
        Err(failure) => Err(failure.to_string()),
    }
}

fn found(state: &'static str, page: Page, bytes: u64) -> Found {
    let facts = page.facts;
    Found {
        state,
        persona: match facts.persona {
            Persona::Minimalist => "minimalist",
            Persona::Explorer => "explorer",
            Persona::Dealhunter => "dealhunter",
            Persona::Loyalist => "loyalist",
        },
        confidence: facts.confidence,
        source: match facts.source {
            Source::Llm => "the language model",
            Source::Local => "the local planner",
        },
        job: facts.job,
        planned_ms: facts.planned_ms,
        fresh_until_ms: facts.fresh_until_ms,
        catalog_version: facts.catalog_version,
        bytes,
    }
}
