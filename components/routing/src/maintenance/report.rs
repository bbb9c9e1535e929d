//! The report of a customer's stored data, for the merchant.

use experiments::Unit;
use model::jobs::State;
use model::origin::{Made, Told};
use model::pages::{Cached, Deleted};
use model::{EventId, Key, ShopId, ShopperId, Signals};
use serde::Serialize;

use super::sweep;
use crate::capabilities::{Cache, Deployment, Failure, Queue, Storage};
use crate::http::json;
use crate::orders;
use crate::signals::{self, Session};

/// How long the merchant can fetch the report: as long as the law gives them to answer.
const TTL_SECONDS: u32 = 30 * 24 * 60 * 60;

/// The stored data of a customer.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(rename = "store")]
    shop: &'a str,
    customer: &'a str,
    written_ms: u64,
    /// The customer's signals in the shop, newest first.
    session: Option<Signals>,
    /// The pages that were made for the customer.
    pages: Vec<PageOf>,
    /// The customer's counts in the comparison of personal pages with the fallback page.
    counted: Option<Unit>,
    /// The counts of visitors whose orders the customer placed before logging in, or without logging in.
    counted_as_visitor: Vec<Unit>,
}

/// A page that was made for a customer.
#[derive(Serialize)]
struct PageOf {
    shopper: String,
    /// The persona that the page was made for.
    persona: Option<&'static str>,
    planned_ms: Option<u64>,
    plan_is_kept: bool,
    /// When the page was rendered, and why the customer counts as that persona.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<Made>,
    job: &'static str,
}

/// Writes the report of a customer. Returns the number of reports, which is 1.
///
/// The customer may be redacted meanwhile. A redaction deletes the session first and reports afterwards, so a report is
/// kept only if its session is still there once it is written.
pub(super) fn write<D: Deployment>(
    deployment: &D,
    shop: &ShopId,
    customer: &ShopperId,
    cause: &EventId,
) -> Result<Deleted, Failure> {
    let session = deployment.read(Key::Session(shop, customer), signals::BYTES_MAX)?;
    let counted = deployment.read(Key::Unit(shop, customer), Unit::BYTES_MAX)?;
    let had_session = session.is_some();
    let [_, number] = sweep::names_of(customer);
    let report = Report {
        shop: shop.as_str(),
        customer: &number,
        written_ms: deployment.now_ms(),
        session: session.map(|found| Session::whole(&found.bytes).signals),
        pages: pages(deployment, shop, customer)?,
        counted: counted.and_then(|found| Unit::decode(&found.bytes)),
        counted_as_visitor: as_visitor(deployment, shop, customer)?,
    };
    deployment.put(Key::ReportOf(shop, customer, cause), b"1", Some(TTL_SECONDS))?;
    let key = Key::Report(shop, cause);
    deployment.put(key, &json(&report), Some(TTL_SECONDS))?;
    if had_session && deployment.read(Key::Session(shop, customer), 0)?.is_none() {
        deployment.remove(key.store(), &key.to_string())?;
        return Err(Failure::Unavailable("the customer's data was deleted while it was reported".into()));
    }
    Ok(Deleted { count: 1, more: false })
}

/// Returns the records of visitors whose orders the customer placed.
fn as_visitor(storage: &impl Storage, shop: &ShopId, customer: &ShopperId) -> Result<Vec<Unit>, Failure> {
    let mut visitors = Vec::new();
    for order in sweep::numbers_of_orders(storage, shop, customer)? {
        let visitor = orders::shopper_of(storage, shop, order)?.filter(|shopper| !shopper.is_customer());
        visitors.extend(visitor.filter(|visitor| !visitors.contains(visitor)));
    }
    let read = |visitor: &ShopperId| storage.read(Key::Unit(shop, visitor), Unit::BYTES_MAX);
    let found: Result<Vec<_>, _> = visitors.iter().map(read).collect();
    Ok(found?.into_iter().flatten().filter_map(|found| Unit::decode(&found.bytes)).collect())
}

/// Returns the customer's pages in every market.
fn pages<D: Cache + Queue>(
    deployment: &D,
    shop: &ShopId,
    customer: &ShopperId,
) -> Result<Vec<PageOf>, Failure> {
    let ids = deployment.pages(shop, customer)?;
    let pages: Result<Vec<_>, _> = ids.iter().map(|id| page(deployment, shop, id)).collect();
    Ok(pages?.into_iter().flatten().collect())
}

/// Returns the page under an id; `None` if there is no page, plan or job.
fn page<D: Cache + Queue>(deployment: &D, shop: &ShopId, id: &ShopperId) -> Result<Option<PageOf>, Failure> {
    let metadata = match deployment.lookup(shop, id)? {
        Cached::Fresh(page) | Cached::Stale(page, _) => Some(page.metadata),
        Cached::Miss | Cached::Closed => None,
    };
    let (plan, job) = (deployment.plan(shop, id)?, deployment.status(shop, id)?);
    let is_known = metadata.is_some() || plan.is_some() || job.is_some();
    Ok(is_known.then(|| PageOf {
        shopper: id.to_string(),
        persona: metadata.as_ref().map(|metadata| metadata.persona.name()),
        planned_ms: metadata.as_ref().map(|metadata| metadata.planned_ms),
        plan_is_kept: plan.is_some(),
        made: plan.as_deref().and_then(made),
        job: job.map_or("none", State::name),
    }))
}

/// Returns what a stored plan says of its page.
fn made(plan: &str) -> Option<Made> {
    serde_json::from_str::<Told>(plan).ok()?.page
}
