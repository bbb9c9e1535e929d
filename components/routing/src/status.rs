//! `GET /api/generation/status?store={id}&shopper={id}[&wait={seconds}]`: returns the status of a shopper's page.
//!
//! The open page sends this request and waits for the state to change. If the queue or the cache does not
//! answer, it gets `unknown`, and asks again a little later.

use model::jobs;
use model::pages::{Cached, PageMetadata};
use serde::Serialize;

use crate::approved::{Visibility, visibility};
use crate::capabilities::{Cache, Failure, Log, Queue, Settings};
use crate::headers;
use crate::http::{Pending, Reply, Response};
use crate::refusal::Refusal;
use crate::target::Target;
use crate::visitor::Visitor;

/// The longest wait of a request, shorter than the usual timeout of proxies.
const WAIT_SECONDS_MAX: u32 = 25;

/// The state of a page.
#[derive(Debug, Clone)]
enum State {
    /// There is no page, and no job for one.
    None,
    /// A job for the page waits.
    Queued,
    /// A worker makes the page.
    Running,
    /// The page is stored.
    Ready(PageMetadata),
    /// The job was given up, and there is no page.
    Failed,
    /// The queue or the cache did not answer.
    Unknown,
    /// The shop is closed.
    Closed,
}

/// The JSON form of a status. A signed request does not name shop and shopper, so its response does not contain
/// them.
#[derive(Serialize)]
struct Status<'a> {
    #[serde(rename = "store", skip_serializing_if = "Option::is_none")]
    shop: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shopper: Option<&'a str>,
    state: &'static str,
    source: Option<&'static str>,
    persona: Option<&'static str>,
    generated_ms: Option<u64>,
}

/// Answers with the status of a shopper's page. With `wait`, the reply waits while a job is live.
pub(crate) fn status<D: Cache + Queue + Settings + Log>(
    deployment: &D,
    target: Target<'_>,
) -> Result<Reply<D::Value>, Refusal> {
    let wait_seconds = wait_seconds(target)?;
    let visitor = Visitor::of_query(deployment, target)?;
    let named = Some((visitor.shop.as_str(), visitor.shopper.as_str()));
    reply(&visitor, &look(deployment, &visitor), named, wait_seconds)
}

/// Answers the same for a visitor whom the request does not name.
pub(crate) fn unnamed<D: Cache + Queue + Settings + Log>(
    deployment: &D,
    visitor: &Visitor,
    target: Target<'_>,
) -> Result<Reply<D::Value>, Refusal> {
    let wait_seconds = wait_seconds(target)?;
    reply(visitor, &look(deployment, visitor), None, wait_seconds)
}

fn wait_seconds(target: Target<'_>) -> Result<u32, Refusal> {
    Ok(target.number("wait", WAIT_SECONDS_MAX)?.unwrap_or(0))
}

fn look(deployment: &(impl Cache + Queue + Settings + Log), visitor: &Visitor) -> State {
    if visitor.paused || visitor.gets_fallback() {
        return State::None;
    }
    state(deployment, visitor).unwrap_or_else(|failure| {
        let particulars = [("shop", visitor.shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot read the status of a page", &particulars);
        State::Unknown
    })
}

fn reply<V>(
    visitor: &Visitor,
    state: &State,
    named: Option<(&str, &str)>,
    wait_seconds: u32,
) -> Result<Reply<V>, Refusal> {
    let pending = match state {
        State::Closed => return Err(Refusal::NoSuchShop),
        State::Queued | State::Running if wait_seconds > 0 => {
            let topic = format!("{}:{}", visitor.shop, visitor.shopper);
            Some(Pending { topic, wait_ms: wait_seconds * 1000 })
        }
        _ => None,
    };
    Ok(Reply { pending, shop: Some(visitor.shop.clone()), ..respond(named, state).into() })
}

/// Checks for a live job first, because its page is the one worth waiting for.
fn state(deployment: &(impl Cache + Queue + Settings), visitor: &Visitor) -> Result<State, Failure> {
    let without_page = match deployment.status(&visitor.shop, &visitor.shopper)? {
        Some(jobs::State::Queued) => return Ok(State::Queued),
        Some(jobs::State::Running) => return Ok(State::Running),
        None | Some(jobs::State::Done) => State::None,
        Some(jobs::State::Dead) => State::Failed,
    };
    Ok(match deployment.lookup(&visitor.shop, &visitor.shopper)? {
        Cached::Stale(page, _) if visibility(deployment, visitor, &page.metadata) != Visibility::Allowed => {
            without_page
        }
        Cached::Fresh(page) | Cached::Stale(page, _) => State::Ready(page.metadata),
        Cached::Miss => without_page,
        Cached::Closed => State::Closed,
    })
}

fn respond<V>(named: Option<(&str, &str)>, state: &State) -> Response<V> {
    let metadata = if let State::Ready(metadata) = state { Some(metadata) } else { None };
    let status = Status {
        shop: named.map(|(shop, _)| shop),
        shopper: named.map(|(_, shopper)| shopper),
        state: state.name(),
        source: metadata.map(|metadata| metadata.source.name()),
        persona: metadata.map(|metadata| metadata.persona.name()),
        generated_ms: metadata.map(|metadata| metadata.planned_ms),
    };
    Response { headers: headers::status(), ..Response::json(200, &status) }
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Ready(_) => "ready",
            Self::Failed => "failed",
            Self::Unknown | Self::Closed => "unknown",
        }
    }
}
