//! `POST /api/shopper/track`: adds a shopper's events to their session.
//!
//! Any media type except those of forms is treated as JSON, because a browser's `sendBeacon` sends a text as
//! `text/plain`. But any site's page can send a form here, also as `text/plain`. So where the browser itself adds
//! what identifies a shopper, only JSON is accepted. Failing storage is the operator's concern: the page only
//! learns that nothing was stored.

use experiments::Earlier;
use model::jobs::Work;
use model::pages::Cached;
use model::{Key, ShopId, Signals};
use routes::{Route, Rule};
use serde_json::json;

use crate::admission;
use crate::capabilities::{Cache, Clock, Deployment, Failure, Limits, Log, Queue, Storage, Swap};
use crate::events::{Event, Report};
use crate::http::{Reply, Request, Response};
use crate::page_request;
use crate::refusal::Refusal;
use crate::signals::{self, Session};
use crate::visitor::Visitor;

/// How long a session is stored after its last signal: 30 days.
const SESSION_TTL_SECONDS: u32 = 30 * 24 * 60 * 60;
/// How many times a compare-and-swap is tried.
const TRIES: u32 = 5;

/// The reason why cannot store signals.
#[derive(Debug, thiserror::Error)]
enum NotStored {
    #[error(transparent)]
    Failure(#[from] Failure),
    #[error("gave up after {TRIES} write conflicts")]
    RacesLost,
    #[error("too many new sessions")]
    Limited,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// How many events were stored.
    pub(crate) stored: usize,
    /// What was known of the visitor before.
    pub(crate) earlier: Earlier,
}

/// A session before and after adding signals.
struct Change {
    before: Signals,
    /// What was known before, also of the visitor who logged in.
    earlier: Earlier,
    after: Signals,
}

/// Stores the events that a page reports, and requests another page when that is due.
pub(crate) fn track<D: Deployment>(
    deployment: &D,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let report = Report::parse(&body(request)?)?;
    let visitor = Visitor::parse(deployment, &report.shop, &report.shopper)?;
    refuse_closed(deployment, &visitor)?;
    let kept = keep(deployment, &visitor, &report.events, None)?;
    Ok(tracked(visitor.shop, kept.stored))
}

/// Reads a page's report. Refuses forms.
pub(crate) fn body(request: &impl Request) -> Result<Vec<u8>, Refusal> {
    if is_form(&essence(request)) {
        return Err(Refusal::Form);
    }
    read(request, Route::Track.rule())
}

/// Reads a script's JSON, which no form can send.
pub(crate) fn json_body(request: &impl Request) -> Result<Vec<u8>, Refusal> {
    if essence(request) != "application/json" {
        return Err(Refusal::Form);
    }
    read(request, Route::ProxyTrack.rule())
}

/// Reads the body of a request, as long as its route allows.
pub(crate) fn read(request: &impl Request, rule: &Rule) -> Result<Vec<u8>, Refusal> {
    let bytes_max = rule.body_bytes_max;
    request.body(bytes_max).map_err(|error| Refusal::of_body(error, bytes_max))
}

/// Refuses a closed shop as unknown. If the cache does not answer, the shop counts as open.
pub(crate) fn refuse_closed(cache: &impl Cache, visitor: &Visitor) -> Result<(), Refusal> {
    match cache.lookup(&visitor.shop, &visitor.shopper) {
        Ok(Cached::Closed) => Err(Refusal::NoSuchShop),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Returns the reply to a report with this number of stored events.
pub(crate) fn tracked<V>(shop: ShopId, stored: usize) -> Reply<V> {
    Reply { shop: Some(shop), ..Response::json(200, &json!({ "stored": stored })).into() }
}

/// Adds the signals of `visitors`, if any, and then the events to the visitor's session, and requests another page
/// when that is due. Refuses what exceeds a limit.
pub(crate) fn keep<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    events: &[Event],
    visitors: Option<&Session>,
) -> Result<Kept, Refusal> {
    const NOTHING: Kept = Kept { stored: 0, earlier: Earlier::Unknown };
    let Some(session) = visitor.session().filter(|_| !visitor.paused) else { return Ok(NOTHING) };
    if !admission::admits_report(deployment, visitor) {
        return Err(Refusal::Limited);
    }
    match store(deployment, visitor, session, events, visitors) {
        Ok(change) => {
            let kept = Kept { stored: events.len(), earlier: change.earlier };
            follow(deployment, visitor, change);
            Ok(kept)
        }
        Err(NotStored::Limited) => Err(Refusal::Limited),
        Err(reason) => {
            let particulars = [("shop", visitor.shop.as_str()), ("reason", &reason.to_string())];
            deployment.warn("cannot store signals", &particulars);
            Ok(NOTHING)
        }
    }
}

/// Returns the media type of the body in lower case, without parameters.
fn essence(request: &impl Request) -> String {
    let media_type = request.header("content-type").unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_form(essence: &str) -> bool {
    essence == "application/x-www-form-urlencoded" || essence.starts_with("multipart/")
}

/// Adds to a session by compare-and-swap, because others may add to it at the same time.
fn store(
    deployment: &(impl Storage + Limits + Clock),
    visitor: &Visitor,
    session: Key<'_>,
    events: &[Event],
    visitors: Option<&Session>,
) -> Result<Change, NotStored> {
    let today = signals::day_of(deployment.now_ms());
    for _ in 0..TRIES {
        let found = deployment.read(session, signals::BYTES_MAX)?;
        let version = found.as_ref().map(|found| found.version);
        if version.is_none() && !admission::admits_session(deployment, visitor) {
            return Err(NotStored::Limited);
        }
        let before = found.map(|found| Session::read(&found.bytes, today)).unwrap_or_default();
        let joined = visitors.map_or_else(|| before.clone(), |newer| before.clone().join(newer));
        let earlier = Earlier::of(&joined.signals);
        let after = joined.add(events, today);
        match deployment.compare_and_swap(session, version, &after.written(), SESSION_TTL_SECONDS)? {
            Swap::Done => return Ok(Change { before: before.signals, earlier, after: after.signals }),
            Swap::Lost => {}
        }
    }
    Err(NotStored::RacesLost)
}

/// Requests another home page, and another page of the kind that they see, if the shopper reached a milestone. If the
/// pool is full, their next visit or milestone offers the job again.
fn follow(deployment: &(impl Queue + Limits + Log), visitor: &Visitor, Change { before, after, .. }: Change) {
    if visitor.gets_fallback() || !signals::reach_milestone(&before, &after) {
        return;
    }
    let home = visitor.at_home();
    let elsewhere = visitor.page().has_subject().then_some(visitor);
    for visitor in [&home].into_iter().chain(elsewhere) {
        if admission::admits_generation(deployment, visitor) {
            let signals = after.clone();
            let _logged = page_request::request_page_after(deployment, visitor, Work::Generate, signals);
        }
    }
}
