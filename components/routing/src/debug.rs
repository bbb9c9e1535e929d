//! `/debug/*`: for operators, to request a page by hand, list errors, show how full the pool is, make pages stale, and
//! reopen a shop.
//!
//! Operators get failures with the proper status code. For all other callers these routes do not
//! exist.

use model::jobs::{Enqueued, Work};
use serde::Serialize;
use serde_json::json;

use crate::capabilities::{Cache, Deployment, Failure, Log, Queue, Settings};
use crate::http::Response;
use crate::page_request;
use crate::refusal::Refusal;
use crate::target::Target;
use crate::visitor::{Visitor, known_shop};

/// How many errors are listed by default, and at most.
const ERRORS: u32 = 50;
const ERRORS_MAX: u32 = 200;

/// `/debug/generate?store={id}&shopper={id}`: requests a page now.
pub(crate) fn generate<D: Deployment>(
    deployment: &D,
    target: Target<'_>,
) -> Result<Response<D::Value>, Refusal> {
    let visitor = Visitor::of_operator(deployment, target)?;
    if visitor.paused {
        return Err(Refusal::Paused);
    }
    match page_request::request_page(deployment, &visitor, Work::Generate) {
        Ok(Enqueued::Accepted(job)) => Ok(Response::json(202, &json!({ "job": job, "state": "accepted" }))),
        Ok(Enqueued::Live(job)) => Ok(Response::json(202, &json!({ "job": job, "state": "live" }))),
        Ok(Enqueued::Full) => Err(Refusal::QueueFull),
        Err(_logged) => Err(Refusal::QueueUnavailable),
    }
}

/// `/debug/errors[?limit={number}]`: lists the latest errors of jobs, newest first.
pub(crate) fn errors<V>(deployment: &(impl Queue + Log), target: Target<'_>) -> Result<Response<V>, Refusal> {
    let limit = target.number("limit", ERRORS_MAX)?.unwrap_or(ERRORS);
    list(deployment, deployment.errors(limit))
}

/// `/debug/pool`: lists the members of the pool and how full they are.
pub(crate) fn pool<V>(deployment: &(impl Queue + Log)) -> Result<Response<V>, Refusal> {
    list(deployment, deployment.pool())
}

/// `/debug/bump-catalog-version?store={id}`: bumps the catalog version, which makes all pages of the shop stale.
pub(crate) fn bump_catalog_version<D: Cache + Settings + Log>(
    deployment: &D,
    target: Target<'_>,
) -> Result<Response<D::Value>, Refusal> {
    let shop = known_shop(deployment, &target.required("store")?)?;
    match deployment.bump_catalog_version(&shop) {
        Ok(version) => Ok(Response::json(200, &json!({ "store": shop.as_str(), "version": version }))),
        Err(failure) => {
            let particulars = [("shop", shop.as_str()), ("reason", failure.reason())];
            deployment.warn("cannot bump the catalog version", &particulars);
            Err(Refusal::CacheUnavailable)
        }
    }
}

/// `/debug/reopen?store={id}`: reopens a shop that was closed, for example because the app was uninstalled.
pub(crate) fn reopen<D: Cache + Settings + Log>(
    deployment: &D,
    target: Target<'_>,
) -> Result<Response<D::Value>, Refusal> {
    let shop = known_shop(deployment, &target.required("store")?)?;
    match deployment.reopen(&shop) {
        Ok(()) => Ok(Response::json(200, &json!({ "store": shop.as_str(), "state": "open" }))),
        Err(failure) => {
            let particulars = [("shop", shop.as_str()), ("reason", failure.reason())];
            deployment.warn("cannot reopen a shop", &particulars);
            Err(Refusal::CacheUnavailable)
        }
    }
}

fn list<V>(log: &impl Log, answer: Result<Vec<impl Serialize>, Failure>) -> Result<Response<V>, Refusal> {
    match answer {
        Ok(rows) => Ok(Response::json(200, &rows)),
        Err(failure) => {
            log.warn("cannot inspect the queue", &[("reason", failure.reason())]);
            Err(Refusal::QueueUnavailable)
        }
    }
}
