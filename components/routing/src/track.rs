//! `POST /api/shopper/track`: what the shopper did goes into their session.
//!
//! Any media type but those of forms is taken for JSON: a browser's `sendBeacon` sends a text as `text/plain`. A
//! form, which can be sent here from anybody's page, may be `text/plain` too; where a shopper is known by what their
//! browser adds by itself, only JSON will do. Storage that fails is the operator's matter: the page is told that
//! nothing was stored, and nothing else.

use names::Key;
use serde_json::json;

use crate::capabilities::{Cache, Cached, Deployment, Failure, Log, Queue, Storage, Swap, Work};
use crate::events::{Event, Report};
use crate::http::{Request, Response};
use crate::page_request;
use crate::refusal::Refusal;
use crate::signals::{self, Signals};
use crate::visitor::Visitor;

/// The largest body.
const BODY_BYTES_MAX: u32 = 16 * 1024;
/// How long a session is kept after its last signal: 30 days.
const SESSION_TTL_SECONDS: u32 = 30 * 24 * 60 * 60;
/// How often a lost race is run again.
const TRIES: u32 = 5;

/// Why signals were not stored.
#[derive(Debug, thiserror::Error)]
enum NotStored {
    #[error(transparent)]
    Failure(#[from] Failure),
    #[error("others wrote first, {TRIES} times")]
    RacesLost,
}

/// A session before and after signals were added.
struct Change {
    before: Signals,
    after: Signals,
}

/// Stores what a page reports, and requests another page when that is due.
pub(crate) fn track<D: Deployment>(
    deployment: &D,
    request: &impl Request,
) -> Result<Response<D::Value>, Refusal> {
    let report = Report::parse(&body(request)?)?;
    let visitor = Visitor::parse(deployment, &report.store, &report.shopper)?;
    refuse_closed(deployment, &visitor)?;
    Ok(tracked(keep(deployment, &visitor, &report.events, None)))
}

/// What a page sent. Forms are refused.
pub(crate) fn body(request: &impl Request) -> Result<Vec<u8>, Refusal> {
    if is_form(&essence(request)) {
        return Err(Refusal::Form);
    }
    read(request)
}

/// What a script sent, as no form can.
pub(crate) fn json_body(request: &impl Request) -> Result<Vec<u8>, Refusal> {
    if essence(request) != "application/json" {
        return Err(Refusal::Form);
    }
    read(request)
}

fn read(request: &impl Request) -> Result<Vec<u8>, Refusal> {
    request.body(BODY_BYTES_MAX).map_err(|error| Refusal::of_body(error, BODY_BYTES_MAX))
}

/// A shop that was closed is not there. A cache that does not answer does not say so.
pub(crate) fn refuse_closed(cache: &impl Cache, visitor: &Visitor) -> Result<(), Refusal> {
    match cache.lookup(&visitor.store, &visitor.shopper) {
        Ok(Cached::Closed) => Err(Refusal::NoSuchStore),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// What a page is told of its report.
pub(crate) fn tracked<V>(stored: usize) -> Response<V> {
    Response::json(200, &json!({ "stored": stored }))
}

/// Adds events to the visitor's session, after those of `earlier`, if any, and requests another page when that is
/// due; how many were stored.
pub(crate) fn keep<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    events: &[Event],
    earlier: Option<&Signals>,
) -> usize {
    let Some(session) = visitor.session().filter(|_| !visitor.paused) else { return 0 };
    match store(deployment, session, events, earlier) {
        Ok(change) => {
            follow(deployment, visitor, change);
            events.len()
        }
        Err(reason) => {
            let particulars = [("store", visitor.store.as_str()), ("reason", &reason.to_string())];
            deployment.warn("signals were not stored", &particulars);
            0
        }
    }
}

/// The media type of the body, in lower case, without parameters.
fn essence(request: &impl Request) -> String {
    let media_type = request.header("content-type").unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_form(essence: &str) -> bool {
    essence == "application/x-www-form-urlencoded" || essence.starts_with("multipart/")
}

/// Adds to a session, whoever else is adding to it.
fn store(
    storage: &impl Storage,
    session: Key<'_>,
    events: &[Event],
    earlier: Option<&Signals>,
) -> Result<Change, NotStored> {
    for _ in 0..TRIES {
        let found = storage.read(session, signals::BYTES_MAX)?;
        let version = found.as_ref().map(|found| found.version);
        let before = found.map(|found| Signals::decode(&found.bytes)).unwrap_or_default();
        let joined = earlier.map_or_else(|| before.clone(), |earlier| before.clone().joined_by(earlier));
        let after = joined.with(events);
        match storage.compare_and_swap(session, version, &after.encode(), SESSION_TTL_SECONDS)? {
            Swap::Done => return Ok(Change { before, after }),
            Swap::Lost => {}
        }
    }
    Err(NotStored::RacesLost)
}

/// Requests a page that follows the shopper, if they did enough that is new. A pool that is full
/// now is offered a job again at their next visit or milestone.
fn follow(deployment: &(impl Queue + Log), visitor: &Visitor, Change { before, after }: Change) {
    if after.reach_milestone_since(&before) {
        let _logged = page_request::request_page_after(deployment, visitor, Work::Generate, after);
    }
}
