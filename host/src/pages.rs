//! Pages and shops for the command line and the merchants' admin: showing and deleting stored pages, requesting pages,
//! opening and closing shops. All of it goes through the interfaces of the components, which decide what is on a page
//! and whether it is fresh. Nothing here touches storage.

use admin::Stored;
use bytes::Bytes;
use model::catalog::{Assortment, Curation};
use model::origin::{Origin, Told, Turn};
use model::shop::ShopSettings;
use model::{Audience, InvalidId, Persona, ShopId, ShopperId};
use serde::Serialize;
use serde_json::Value;

use crate::http::fallback_cache;
use runtime::bindings::wandstore::storefront::catalog_types::{CatalogError, Freshness, Market};
use runtime::bindings::wandstore::storefront::job_types::{GenerationRequest, PageKind, QueueError, Work};
use runtime::bindings::wandstore::storefront::page_types::{
    CacheError, Cached, Page, Source, StalePage, Staleness, StoredPlan,
};
use runtime::bindings::wandstore::storefront::shopper_types::Signals;
use runtime::call;
use runtime::component::Failure;
use runtime::context::Cause;
use runtime::deployment::Deployment;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A component refused the call as invalid: it can never succeed.
    #[error("{0}")]
    Invalid(String),
    /// Storage did not answer: a later call may succeed.
    #[error("{0}")]
    Unavailable(String),
    /// Routing does not serve the shop.
    #[error("routing has no fallback page for the shop")]
    NoFallback,
    /// A component did not complete the call.
    #[error(transparent)]
    Component(#[from] Failure),
}

impl From<CacheError> for Error {
    fn from(error: CacheError) -> Self {
        match error {
            CacheError::Invalid(reason) => Self::Invalid(reason),
            CacheError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

impl From<CatalogError> for Error {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NoSuchShop => Self::Invalid("the catalog knows no such shop".to_owned()),
            CatalogError::Unavailable(_) | CatalogError::Busy(_) => {
                Self::Unavailable("the shop does not supply its products".to_owned())
            }
        }
    }
}

impl From<InvalidId> for Error {
    fn from(invalid: InvalidId) -> Self {
        Self::Invalid(invalid.to_string())
    }
}

impl From<QueueError> for Error {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Invalid(reason) => Self::Invalid(reason),
            QueueError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

/// What shoppers saw, and some see, instead of a generated page.
const INSTEAD: &str = "the shop's fallback page: before this one was stored, to shoppers who are held out, and while \
                           its persona is paused";

/// The stored page of a shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// `fresh`, or why it is not.
    pub state: &'static str,
    /// The persona it was made for.
    pub persona: &'static str,
    /// The confidence in the persona, in percent.
    pub confidence: u32,
    /// The planner that made its plan.
    pub source: &'static str,
    /// The job that made it.
    pub job: String,
    /// When it was planned.
    pub planned_ms: u64,
    /// Until when it is fresh.
    pub fresh_until_ms: u64,
    /// The catalog version of its prices.
    pub catalog_version: u64,
    /// Its size.
    pub bytes: u64,
    /// The variant that the shopper gets while it is tested, if they are in the half that gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// What its plan says of how both were made.
    pub told: Told,
    /// The plan itself, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Value>,
}

impl From<Found> for Stored {
    fn from(found: Found) -> Self {
        Self {
            state: found.state,
            persona: found.persona,
            confidence: found.confidence,
            source: found.source,
            planned_ms: found.planned_ms,
            fresh_until_ms: found.fresh_until_ms,
            variant: found.variant,
            instead: INSTEAD,
            told: found.told,
            plan: found.plan,
        }
    }
}

/// Returns the stored page of a shopper.
pub async fn show(deployment: &Deployment, shop: &str, shopper: &str) -> Result<Option<Found>, Error> {
    let (cached, content) = get(deployment, shop, shopper).await?;
    let bytes = content.len() as u64;
    let (state, page) = match cached {
        Cached::Fresh(page) => ("fresh", page),
        Cached::Stale(StalePage { page, reason: Staleness::CatalogChanged }) => {
            ("stale: the catalog changed", page)
        }
        Cached::Stale(StalePage { page, reason: Staleness::Expired }) => ("stale: the plan is too old", page),
        Cached::Miss | Cached::Closed => return Ok(None),
    };
    // A plan of another component may be any JSON, and then tells nothing.
    let told = plan(deployment, shop, shopper).await?.and_then(|plan| serde_json::from_str(&plan.json).ok());
    let variant = variant(deployment, &ShopId::parse(shop)?, &ShopperId::parse(shopper)?);
    Ok(Some(Found { variant, ..found(state, page, bytes, told.unwrap_or_default()) }))
}

/// Returns the variant that a shopper gets.
fn variant(deployment: &Deployment, shop: &ShopId, shopper: &ShopperId) -> Option<String> {
    let settings = deployment.capabilities.settings.now();
    let merchant = settings.shops.get(shop.as_str())?;
    let arm = merchant.variant_arm(shop, shopper).filter(|arm| arm.has_variant);
    arm.and(merchant.variant.as_ref()).map(ToString::to_string)
}

/// Returns the plan of a shopper's page.
async fn plan(deployment: &Deployment, shop: &str, shopper: &str) -> Result<Option<StoredPlan>, Error> {
    Ok(call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .cache
        .call_plan(instance, shop, shopper))??)
}

/// Returns the blocks and texts of a shopper's page, as they were planned; `None` if no plan is stored. A plan of another
/// component may be any JSON, and is returned as it is.
pub async fn planned(deployment: &Deployment, shop: &str, shopper: &str) -> Result<Option<Value>, Error> {
    let stored = plan(deployment, shop, shopper).await?;
    let members = stored.and_then(|plan| serde_json::from_str::<Value>(&plan.json).ok());
    Ok(members.map(|mut members| match members.get_mut("plan") {
        Some(plan) => plan.take(),
        None => members,
    }))
}

/// Returns what the model was asked for a plan: the plan's own copy, or that of the segment that shares it, while that is kept.
pub async fn question(deployment: &Deployment, shop: &str, told: &Told) -> Result<Option<Vec<Turn>>, Error> {
    let Some(origin) = &told.origin else { return Ok(None) };
    let Some(segment) = origin.segment.as_deref().filter(|_| told.question.is_none()) else {
        return Ok(told.question.clone());
    };
    let shared = call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .cache
        .call_get_shared_plan(instance, shop, segment))??;
    let told: Option<Told> = shared.and_then(|plan| serde_json::from_str(&plan.json).ok());
    let is_of_plan = |told: &Told| told.origin.as_ref().map(sent) == Some(sent(origin));
    Ok(told.filter(is_of_plan).and_then(|told| told.question))
}

/// Returns what tells a question from others.
fn sent(origin: &Origin) -> (Option<&str>, u64) {
    (origin.model.as_ref().map(|asked| &*asked.sent), origin.planned_ms)
}

/// The stored page of a shopper, and the page that its record renders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The stored page.
    pub stored: Bytes,
    /// The page that was rendered again, or why that is impossible.
    pub again: Result<String, NotReplayable>,
    /// What the plan says of how both were made.
    pub told: Told,
}

/// Why a stored page cannot be rendered again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReplayable {
    /// The page is stored without a plan.
    #[error("the page has no plan")]
    NoPlan,
    /// Generation refused the plan or its record, for this reason.
    #[error("{0}")]
    Refused(String),
}

/// Renders the stored page of a shopper again, from the record that is stored with its plan. Returns `None` if there is
/// no page.
pub async fn replay(deployment: &Deployment, shop: &str, shopper: &str) -> Result<Option<Replayed>, Error> {
    let (cached, stored) = get(deployment, shop, shopper).await?;
    if matches!(cached, Cached::Miss | Cached::Closed) {
        return Ok(None);
    }
    let Some(plan) = plan(deployment, shop, shopper).await? else {
        let again = Err(NotReplayable::NoPlan);
        return Ok(Some(Replayed { stored, again, told: Told::default() }));
    };
    let again = call!(deployment.generation, Cause::Operator, |guest, instance| guest
        .generator
        .call_replay(instance, shop, &plan.json))?;
    let told = serde_json::from_str(&plan.json).unwrap_or_default();
    Ok(Some(Replayed { stored, again: again.map_err(NotReplayable::Refused), told }))
}

/// Returns the stored page of a shopper, and the work that it needs to become fresh, if any.
pub async fn content(
    deployment: &Deployment,
    shop: &str,
    shopper: &str,
) -> Result<Option<(Bytes, Option<Work>)>, Error> {
    let (cached, content) = get(deployment, shop, shopper).await?;
    let due = match cached {
        Cached::Fresh(_) => None,
        Cached::Stale(StalePage { reason: Staleness::CatalogChanged, .. }) => Some(Work::Rerender),
        Cached::Stale(StalePage { reason: Staleness::Expired, .. }) => Some(Work::Generate),
        Cached::Miss | Cached::Closed => return Ok(None),
    };
    Ok(Some((content, due)))
}

/// Returns the cache's answer for a shopper and the bytes of the page, which are empty if there is none.
async fn get(deployment: &Deployment, shop: &str, shopper: &str) -> Result<(Cached, Bytes), Error> {
    let mut content = Bytes::new();
    let answer = call!(
        deployment.caching,
        Cause::Operator,
        |guest, instance| guest.cache.call_get(instance, shop, shopper),
        |held, answer| match &answer {
            Ok(Cached::Fresh(page) | Cached::Stale(StalePage { page, .. })) => {
                let handle = wasmtime::component::Resource::new_own(page.content.rep());
                held.handles.take(handle).map(|value| content = value.into_bytes())
            }
            _ => Ok(()),
        }
    );
    Ok((answer??, content))
}

/// Requests the page of an audience, made for shoppers about whom only the persona is known.
pub async fn request_page_of(deployment: &Deployment, shop: &str, audience: &Audience) -> Result<(), Error> {
    let Audience { page, persona, market } = audience;
    let request = GenerationRequest {
        shop: shop.to_owned(),
        shopper: ShopperId::context(*persona).at(*page)?.in_market(market)?.to_string(),
        work: Work::Generate,
        signals: nothing_known(),
        persona: Some((*persona).into()),
        market: Market { country: market.country().to_owned(), language: market.language().to_owned() },
        page: (*page).into(),
    };
    enqueue(deployment, &request).await
}

/// Requests the page of every shopper of a persona.
pub async fn request_page(
    deployment: &Deployment,
    shop: &str,
    shopper: &str,
    persona: Persona,
    work: Work,
) -> Result<(), Error> {
    let request = GenerationRequest {
        shop: shop.to_owned(),
        shopper: shopper.to_owned(),
        work,
        signals: nothing_known(),
        persona: Some(persona.into()),
        market: own_market(),
        page: PageKind::Home,
    };
    enqueue(deployment, &request).await
}

async fn enqueue(deployment: &Deployment, request: &GenerationRequest) -> Result<(), Error> {
    let _enqueued = call!(deployment.queueing, Cause::Operator, |guest, instance| guest
        .queue
        .call_enqueue(instance, request))??;
    Ok(())
}

/// Returns how many products the catalog supplies for a shop's pages.
pub async fn products(deployment: &Deployment, shop: &str) -> Result<usize, Error> {
    Ok(assortment(deployment, shop).await?.products.len())
}

/// Returns what the catalog supplies for a shop's pages in its own market.
async fn assortment(deployment: &Deployment, shop: &str) -> Result<Assortment, Error> {
    let assortment = call!(deployment.catalog, Cause::Operator, |guest, instance| guest.call_products(
        instance,
        shop,
        &own_market(),
        Freshness::StaleOk
    ))??;
    Ok(assortment.into())
}

/// Returns the market of a shop's own country and language.
fn own_market() -> Market {
    Market { country: String::new(), language: String::new() }
}

/// Returns the fallback page of a shop.
pub async fn fallback(deployment: &Deployment, shop: &str) -> Result<Bytes, Error> {
    let page = fallback_cache::page(&deployment.routing, shop).await?;
    page.map(|answer| answer.body).ok_or(Error::NoFallback)
}

fn nothing_known() -> Signals {
    Signals {
        visits: 0,
        views: Vec::new(),
        searches: Vec::new(),
        filters: Vec::new(),
        sorts: Vec::new(),
        carted: Vec::new(),
        purchased: Vec::new(),
    }
}

/// Deletes a shopper's page and plan.
pub async fn purge(deployment: &Deployment, shop: &str, shopper: &str) -> Result<(), Error> {
    Ok(call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .control
        .call_purge(instance, shop, shopper))??)
}

/// Closes a shop: from now on the cache returns and stores nothing for it.
pub async fn close(deployment: &Deployment, shop: &str) -> Result<(), Error> {
    Ok(call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .control
        .call_close(instance, shop, None))??)
}

/// Returns whether a shop is closed. The cache gives the same answer for every shopper.
pub async fn is_closed(deployment: &Deployment, shop: &str) -> Result<bool, Error> {
    let anybody = ShopperId::context(Persona::Explorer).to_string();
    Ok(matches!(get(deployment, shop, &anybody).await?.0, Cached::Closed))
}

/// Opens a shop that was closed.
pub async fn reopen(deployment: &Deployment, shop: &str) -> Result<(), Error> {
    Ok(call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .control
        .call_reopen(instance, shop))??)
}

/// Records that a shop's products changed. Returns the new catalog version.
pub async fn bump_catalog_version(deployment: &Deployment, shop: &str) -> Result<u64, Error> {
    Ok(call!(deployment.caching, Cause::Operator, |guest, instance| guest
        .control
        .call_bump_catalog_version(instance, shop))??)
}

/// Returns the excluded and pinned lines of these settings that name none of the products that the shop's catalog
/// supplies.
pub async fn unknown(
    deployment: &Deployment,
    shop: &str,
    settings: &ShopSettings,
) -> Result<Vec<String>, Error> {
    let mut assortment = assortment(deployment, shop).await?;
    let handles = Curation::collections(settings);
    let members = if handles.is_empty() {
        Vec::new()
    } else {
        call!(deployment.catalog, Cause::Operator, |guest, instance| guest.call_members(
            instance,
            shop,
            Freshness::StaleOk,
            &handles
        ))??
    };
    let curation = Curation::with(settings, members);
    let missing = curation.missing(&assortment.products);
    if !missing.is_empty() {
        let found = call!(deployment.catalog, Cause::Operator, |guest, instance| guest.call_by_name(
            instance,
            shop,
            &own_market(),
            Freshness::StaleOk,
            &missing
        ))??;
        assortment.complete(found.into_iter().map(Into::into).collect());
    }
    Ok(curation.unknown(&assortment.products).map(ToString::to_string).collect())
}

fn found(state: &'static str, page: Page, bytes: u64, told: Told) -> Found {
    let metadata = page.metadata;
    Found {
        state,
        persona: Persona::from(metadata.persona).name(),
        confidence: metadata.confidence,
        source: match metadata.source {
            Source::Llm => "the language model",
            Source::Shared => "the language model, for all shoppers of the segment",
            Source::Approved => "the language model, as the merchant approved",
            Source::Local => "the local planner",
        },
        job: metadata.job,
        planned_ms: metadata.planned_ms,
        fresh_until_ms: metadata.fresh_until_ms,
        catalog_version: metadata.catalog_version,
        bytes,
        variant: None,
        told,
        plan: None,
    }
}
