//! Makes pages with the shop's products, those that the shopper looked at first.
//!
//! The world `generation` in `wit/storefront/worlds.wit` lists what it may import. It takes prices,
//! titles and links only from the catalog, and never asks the language model.

#[allow(dead_code, reason = "a copy of Wandstore's own file, and some of it is not used here")]
mod currency;
mod page;

#[allow(clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["wit/capabilities", "wit/storefront"],
        world: "wandstore:storefront/generation",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::{generator, reviewer};
use bindings::wandstore::capabilities::values::Value;
use bindings::wandstore::capabilities::{clock, settings};
use bindings::wandstore::storefront::catalog_types::{CatalogError, Freshness};
use bindings::wandstore::storefront::job_types::{GenerationRequest, Job, Outcome, Retry, Task, Trouble};
use bindings::wandstore::storefront::page_types::{
    CacheError, Cached, EditedPlan, NewPage, PageMetadata, PlanEdit, ReviewError, ShownPlan, Source,
};
use bindings::wandstore::storefront::shopper_types::{Persona, Signals};
use bindings::wandstore::storefront::{cache, catalog, catalog_version};

/// The plan, which is stored with the page. A richer generator would store what it needs to make the page
/// again with new prices.
const PLAN: &str = "{}";

/// The component that the host calls.
pub struct Component;

// Tests run natively, where there is no host and nothing to export to.
#[cfg(target_arch = "wasm32")]
bindings::export!(Component with_types_in bindings);

impl generator::Guest for Component {
    fn generate(job: Job) -> Outcome {
        let made = match &job.task {
            Task::Page(request) => make(&job.lease.id, request),
            Task::Maintenance(_) => Err(Outcome::Failed("a maintenance task is not a page".into())),
        };
        made.map_or_else(|outcome| outcome, |()| Outcome::Done(None))
    }

    fn replay(_: String, _: String) -> Result<String, String> {
        Err("this component does not record what its pages are made of".into())
    }
}

/// Merchants approve plans of the language model, and this component asks no model.
impl reviewer::Guest for Component {
    fn show(_shop: String, _audience: String, _plan: String) -> Result<ShownPlan, ReviewError> {
        Err(ReviewError::Invalid("no plan waits for approval".into()))
    }

    fn edit(
        _shop: String,
        _audience: String,
        _plan: String,
        _digest: String,
        _texts: Vec<PlanEdit>,
    ) -> Result<EditedPlan, ReviewError> {
        Err(ReviewError::Invalid("no plan waits for approval".into()))
    }
}

/// Makes the page and stores it. A failure becomes an outcome, so that the queue retries or gives up,
/// and says why.
fn make(job: &str, request: &GenerationRequest) -> Result<(), Outcome> {
    let GenerationRequest { shop: id, shopper, .. } = request;
    // A worker that was interrupted after it stored the page has already done the job.
    if is_stored(job, request)? {
        return Ok(());
    }
    let shop = settings::get_shop(id).ok_or_else(|| Outcome::Failed(format!("no shop is called {id}")))?;
    // Read before the products: if they change meanwhile, the page counts as stale.
    let catalog_version = catalog_version::current(id)?;
    let mut assortment = catalog::products(id, &request.market, Freshness::Current)?;
    page::put_first(&mut assortment.products, &request.signals);
    let html = page::render(id, &shop, &assortment);
    let fragment = page::content(&html);
    let page = NewPage {
        content: Value::new(html.as_bytes()),
        plan: PLAN.into(),
        metadata: PageMetadata {
            fragment_offset: u32::try_from(fragment.start).unwrap_or(0),
            fragment_size: u32::try_from(fragment.len()).unwrap_or(0),
            ..metadata(job, request, catalog_version)
        },
    };
    Ok(cache::put(id, shopper, page)?)
}

fn is_stored(job: &str, request: &GenerationRequest) -> Result<bool, CacheError> {
    Ok(match cache::get(&request.shop, &request.shopper)? {
        Cached::Fresh(page) => page.metadata.job == job,
        Cached::Stale(stale) => stale.page.metadata.job == job,
        Cached::Miss | Cached::Closed => false,
    })
}

fn metadata(job: &str, request: &GenerationRequest, catalog_version: u64) -> PageMetadata {
    let now_ms = clock::now_ms();
    let (persona, confidence) = match request.persona {
        Some(known) => (known, 100),
        None => persona(&request.signals),
    };
    PageMetadata {
        persona,
        confidence,
        source: Source::Local,
        job: job.to_owned(),
        planned_ms: now_ms,
        fresh_until_ms: now_ms + u64::from(settings::lifetimes().fresh_seconds) * 1000,
        catalog_version,
        changes_ms: None,
        // This page shows no products. One that does needs the digest of what the merchant excludes.
        exclusions: 0,
        fragment_offset: 0,
        fragment_size: 0,
    }
}

/// Returns the shopper's persona, and the confidence in percent.
fn persona(signals: &Signals) -> (Persona, u32) {
    if signals.purchased.is_empty() { (Persona::Explorer, 20) } else { (Persona::Loyalist, 80) }
}

impl From<CacheError> for Outcome {
    fn from(error: CacheError) -> Self {
        match error {
            CacheError::Invalid(reason) => Self::Failed(reason),
            CacheError::Unavailable(reason) => retry(None, reason),
        }
    }
}

impl From<CatalogError> for Outcome {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NoSuchShop => Self::Failed("the catalog knows no such shop".into()),
            CatalogError::Unavailable(after_ms) => retry(Some(after_ms), "the catalog did not answer".into()),
            CatalogError::Busy(after_ms) => Self::Postponed(after_ms),
        }
    }
}

/// Returns an outcome that asks for another attempt. The cause is only for language model failures.
fn retry(after_ms: Option<u64>, reason: String) -> Outcome {
    Outcome::Retry(Retry { after_ms, trouble: Trouble { cause: None, reason } })
}
