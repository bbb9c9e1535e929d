//! A stand-in for generation: it makes pages that say whose they are. It reads and stores in the order of the real one
//! (`components/generation/src/generate.rs`), through the real cache.

use caching::Stored;
use model::jobs::{GenerationRequest, Outcome, Trouble, Work};
use model::pages::{Cached, Fragment, JobId, NewPage, PageMetadata, SharedPlan, StoredPlan};
use model::shop::PlansPer;
use model::{Cause, PageKind, Persona, SegmentId, Source};

use crate::Bug;
use crate::actor::{Actor, Asked};
use crate::bytes::Bytes;
use crate::page::Facts;

/// How long a page is fresh.
const FRESH_MS: u64 = 3_600_000;
/// How long a page is fresh that the model should have planned.
const STAND_IN_FRESH_MS: u64 = 600_000;

/// The longest pause of a page that is asked for. The real one waits longer for a page that cannot be stored.
pub(crate) const WAIT_MS_MAX: u64 = 5_000;

/// Runs a job.
pub(crate) fn generate(actor: &Actor<'_>, job: &queueing::Job, request: &GenerationRequest) -> Outcome {
    run(actor, job, request).map_or_else(|outcome| outcome, Outcome::Done)
}

fn run(
    actor: &Actor<'_>,
    job: &queueing::Job,
    request: &GenerationRequest,
) -> Result<Option<Trouble>, Outcome> {
    let GenerationRequest { shop, shopper, work, .. } = request;
    let id: JobId = job.lease.id.clone().try_into().map_err(|_| Outcome::Failed("no id".into()))?;
    let cache = actor.cache();
    let version = cache.catalog_version(shop, actor.wall_ms()).map_err(|error| cannot_read(&error))?;
    let kept = cache.plan(shop, shopper).map_err(|error| cannot_read(&error))?;
    let is_ours = |kept: &StoredPlan| kept.metadata.job == id;
    if kept.as_ref().is_some_and(is_ours) && is_stored(actor, request, &id)? {
        return Ok(None);
    }
    let products = actor
        .call(
            || format!("catalog.products {shop}"),
            || actor.world.products.borrow().get(shop.as_str()).copied(),
        )
        .map_err(|_| again(None, "the catalog did not answer"))?
        .unwrap_or_default();
    let reused = kept.filter(|kept| is_ours(kept) || *work == Work::Rerender);
    let reused = reused.and_then(|kept| Some((Facts::in_json(&kept.json)?, kept.metadata)));
    let (facts, metadata, trouble) = match reused {
        Some((plan, metadata)) => {
            (plan, PageMetadata { job: id, catalog_version: version, ..metadata }, None)
        }
        None => plan(actor, job, request, &id, version)?,
    };
    let plan = facts.json();
    let facts = Facts { products, job: job.lease.id.clone(), ..facts };
    let document = facts.document();
    let size = u32::try_from(document.len()).unwrap_or(0);
    let page = NewPage {
        content: <Bytes as caching::Value>::new(document.as_bytes()),
        plan,
        metadata: PageMetadata { fragment: Fragment { offset: 0, size }, ..metadata },
    };
    let stored = cache.store(shop, shopper, &page).map_err(|error| cannot_store(&error, job))?;
    if stored == Stored::Written {
        actor.world.judge(actor.world.ledger.borrow().data.check_page(&document));
    }
    Ok(trouble)
}

/// Returns whether an earlier attempt stored the page.
fn is_stored(actor: &Actor<'_>, request: &GenerationRequest, id: &JobId) -> Result<bool, Outcome> {
    let found = actor
        .cache()
        .lookup(&request.shop, &request.shopper, actor.wall_ms())
        .map_err(|error| cannot_read(&error))?;
    Ok(match found {
        Cached::Fresh(page) | Cached::Stale(page, _) => page.metadata.job == *id,
        Cached::Miss | Cached::Closed => false,
    })
}

/// Plans a page as its segment has it, or for the shopper alone, as the real one does
/// (`components/generation/src/shared.rs`).
fn plan(
    actor: &Actor<'_>,
    job: &queueing::Job,
    request: &GenerationRequest,
    id: &JobId,
    version: u64,
) -> Result<(Facts, PageMetadata, Option<Trouble>), Outcome> {
    if actor.world.plans_per == PlansPer::Shopper {
        return plan_alone(actor, job, request, id, version);
    }
    let GenerationRequest { shop, market, .. } = request;
    let segment = SegmentId::of(PageKind::Home, Persona::Explorer, market, 0);
    let known = actor.cache().shared_plan(shop, &segment).ok().flatten();
    let known = known.and_then(|plan| Some((Facts::in_json(&plan.json)?, plan.fresh_until_ms)));
    if let Some((plan, until_ms)) = known.filter(|(_, until_ms)| *until_ms > actor.wall_ms()) {
        return Ok(of_segment(actor, request, id, version, plan, until_ms));
    }
    let is_ours = request.work != Work::PlanLocally
        && actor.cache().lease_planning(shop, &segment, id, actor.wall_ms()).unwrap_or(false);
    if !is_ours {
        let request = GenerationRequest { work: Work::PlanLocally, ..request.clone() };
        return plan_alone(actor, job, &request, id, version);
    }
    let planned = plan_alone(actor, job, request, id, version);
    match &planned {
        Ok((facts, metadata, _)) if metadata.source == Source::Llm => {
            let views =
                if actor.world.has(Bug::SharedPlanHasViews) { facts.views.clone() } else { Vec::new() };
            let shared = Facts { shopper: String::new(), job: String::new(), views, ..facts.clone() };
            let plan = SharedPlan { json: shared.json(), fresh_until_ms: metadata.fresh_until_ms };
            // Without it, the segment is planned again.
            let _unavailable = actor.cache().share_plan(shop, &segment, &plan, actor.wall_ms());
        }
        // Otherwise the lease ends by itself.
        _ => drop(actor.cache().release_planning(shop, &segment, id)),
    }
    planned
}

/// Returns a page of the segment's plan, with what is the shopper's.
fn of_segment(
    actor: &Actor<'_>,
    request: &GenerationRequest,
    id: &JobId,
    version: u64,
    plan: Facts,
    fresh_until_ms: u64,
) -> (Facts, PageMetadata, Option<Trouble>) {
    let views = request.signals.views.clone();
    let facts = Facts { shopper: request.shopper.to_string(), job: id.as_str().to_owned(), views, ..plan };
    let metadata = PageMetadata {
        persona: Persona::Explorer,
        confidence: 50,
        source: Source::Shared,
        job: id.clone(),
        planned_ms: actor.wall_ms(),
        fresh_until_ms,
        catalog_version: version,
        changes_ms: None,
        exclusions: 0,
        fragment: Fragment::NONE,
    };
    (facts, metadata, None)
}

/// Plans a page by the model, or without it.
fn plan_alone(
    actor: &Actor<'_>,
    job: &queueing::Job,
    request: &GenerationRequest,
    id: &JobId,
    version: u64,
) -> Result<(Facts, PageMetadata, Option<Trouble>), Outcome> {
    let asked = (request.work != Work::PlanLocally).then(|| actor.ask(request.shop.as_str()));
    let trouble = match asked {
        None | Some(Asked::Answered) => None,
        Some(Asked::Failed(Cause::Unreachable)) if !job.last => {
            return Err(again(Some(actor.world.below(WAIT_MS_MAX)), "the model did not answer"));
        }
        Some(Asked::Failed(cause)) => Some(Trouble { cause: Some(cause), reason: "no answer".into() }),
    };
    let number = actor.world.plans.replace(actor.world.plans.get() + 1);
    let planned_ms = actor.wall_ms();
    let is_by_model = asked == Some(Asked::Answered);
    let facts = Facts {
        shop: request.shop.to_string(),
        shopper: request.shopper.to_string(),
        job: job.lease.id.clone(),
        plan: number,
        products: 0,
        views: request.signals.views.clone(),
    };
    let metadata = PageMetadata {
        persona: Persona::Explorer,
        confidence: 50,
        source: if is_by_model { Source::Llm } else { Source::Local },
        job: id.clone(),
        planned_ms,
        fresh_until_ms: planned_ms + if is_by_model { FRESH_MS } else { STAND_IN_FRESH_MS },
        catalog_version: version,
        changes_ms: None,
        exclusions: 0,
        fragment: Fragment::NONE,
    };
    Ok((facts, metadata, trouble))
}

fn cannot_read(error: &caching::Error) -> Outcome {
    cache_failed(error, Outcome::Postponed(2_000))
}

fn cannot_store(error: &caching::Error, job: &queueing::Job) -> Outcome {
    let last = Outcome::Postponed(WAIT_MS_MAX);
    cache_failed(error, if job.last { last } else { again(None, "the cache did not answer") })
}

fn cache_failed(error: &caching::Error, unavailable: Outcome) -> Outcome {
    match error {
        caching::Error::Unavailable(_) => unavailable,
        other => Outcome::Failed(other.to_string()),
    }
}

fn again(after_ms: Option<u64>, reason: &str) -> Outcome {
    Outcome::Retry { after_ms, trouble: Trouble { cause: None, reason: reason.to_owned() } }
}
