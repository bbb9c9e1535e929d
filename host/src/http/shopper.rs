//! All requests that are not the operator's or the merchants', passed to routing unchanged.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::uri::PathAndQuery;
use http::{Method, Request as HttpRequest, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use model::shop::ShopStatus;
use routes::{Caller, Route};
use tokio::time::Instant as Deadline;
use wasmtime::component::Resource;

use super::answer::{Answer, Outgoing};
use super::connections::{Connection, Connections};
use super::events::{self, StreamTimes};
use super::fallback_cache::FallbackCache;
use super::outcome::Outcome;
use crate::event::Events;
use crate::telemetry::Requests;
use runtime::bindings::wandstore::storefront::http_types::{Method as WitMethod, Pending, Reply};
use runtime::changes::Topic;
use runtime::component::{Failure, within};
use runtime::context::{BrokenOff, Cause, Request, RequestBody};
use runtime::deployment::Deployment;
use runtime::patience::Patience;

/// The longest target that is accepted; RFC 9110, section 4.1, asks for at least 8000.
const TARGET_BYTES_MAX: usize = 8_192;
/// The longest time that a request waits, whatever the component asks for.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// How long a shopper's request waits for storage. There is a page without it.
const SHOPPERS_PATIENCE: Duration = Duration::from_millis(250);
/// How long requests of Shopify and the operator wait for storage. There is no answer without it. Shopify waits five
/// seconds for an answer (<https://shopify.dev/docs/apps/build/webhooks/subscribe/https>).
const OTHERS_PATIENCE: Duration = Duration::from_secs(3);

/// Answers shoppers.
pub struct Shoppers {
    pub(super) deployment: Arc<Deployment>,
    fallbacks: Arc<FallbackCache>,
    connections: Arc<Connections>,
    pub(super) stream_times: StreamTimes,
    requests: Requests,
    events: Events,
}

/// Routing's reply to a request.
pub(super) struct Asked {
    /// The answer: the final one, or an interim one that a better one may replace.
    pub(super) answer: Answer,
    pub(super) outcome: Outcome,
    /// What a better answer waits for.
    pub(super) pending: Option<Pending>,
}

impl Asked {
    /// Returns whether the answer, now or later, can be sent as an event.
    fn is_event(&self) -> bool {
        self.answer.status == StatusCode::OK
            && self.outcome.route.is_some_and(|route| route.rule().has_events)
    }
}

/// A request that routing may be asked about more than once.
pub(super) struct Question {
    id: u64,
    client: Option<IpAddr>,
    method: Method,
    target: PathAndQuery,
    route: Option<Route>,
    rest: Request,
}

impl Shoppers {
    /// Creates the shoppers' side of a deployment, whose requests arrive on `connections`. Reports served pages to
    /// `events`.
    pub fn new(
        deployment: Arc<Deployment>,
        fallbacks: Arc<FallbackCache>,
        connections: Arc<Connections>,
        stream_times: StreamTimes,
        events: Events,
    ) -> Self {
        Self { deployment, fallbacks, connections, stream_times, requests: Requests::new(), events }
    }

    /// Answers a request. A shopper always gets an answer, and it is never a server error.
    pub async fn answer(
        self: Arc<Self>,
        request: HttpRequest<Incoming>,
        client: Option<IpAddr>,
        connection: &Arc<Connection>,
    ) -> Response<Outgoing> {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        let target = parts.uri.into_parts().path_and_query;
        let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
        if target.as_str().len() > TARGET_BYTES_MAX {
            connection.leaves_unread(!body.is_end_stream());
            let line = "the request target is longer than 8192 bytes\n";
            return Answer::refusal(StatusCode::URI_TOO_LONG, line.into()).into_response();
        }
        let streams =
            parts.headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == b"text/event-stream");
        let mut question = Question {
            id: self.deployment.capabilities.random.next_u64(),
            client,
            method: parts.method,
            route: Route::at(target.path()),
            target,
            rest: Request { headers: parts.headers, body: unread(body) },
        };
        let (response, outcome) = match self.ask(&mut question).await {
            Ok(asked) if streams && asked.is_event() => {
                let wait = self.connections.wait(connection, client);
                return events::stream(self, question, asked, wait);
            }
            Ok(Asked { answer, outcome, pending: None }) => (answer, outcome),
            Ok(Asked { answer, outcome, pending: Some(pending) }) => {
                match self.connections.wait(connection, client) {
                    Some(_waits) => self.wait(&mut question, &pending).await,
                    None => (answer, outcome),
                }
            }
            Err(_logged) => self.rescue(&question),
        };
        connection.leaves_unread(question.rest.body.is_unread());
        self.requests.count(&outcome, response.status, started.elapsed());
        self.events.report(|| outcome.page_served());
        tracing::debug!(
            request = format_args!("{:016x}", question.id),
            path = question.target.path(),
            status = response.status.as_u16(),
            us = started.elapsed().as_micros(),
            "answered"
        );
        response.into_response()
    }

    /// Asks routing, once.
    pub(super) async fn ask(&self, question: &mut Question) -> Result<Asked, Failure> {
        let pool = &self.deployment.routing;
        let patience = Arc::new(patience(question.route));
        let mut held = pool.acquire(Cause::Request(question.id, question.client, patience)).await?;
        if let Err(too_large) = held.give_request(std::mem::take(&mut question.rest)) {
            return held.finish(Ok(Err(too_large)));
        }
        let (guest, instance) = held.parts();
        let call = guest.handler.call_handle(
            instance,
            method(&question.method),
            question.target.as_str(),
            Resource::new_borrow(0),
        );
        let outcome = match within(pool.wall(), call).await {
            Ok(Ok(Reply { response, pending, route, shop, cache, .. })) => {
                let outcome = Outcome { route: route.map(Into::into), shop, cache };
                Ok(Answer::take(response, &mut held).map(|answer| Asked { answer, outcome, pending }))
            }
            Ok(Err(error)) => Ok(Err(error)),
            Err(elapsed) => Err(elapsed),
        };
        question.rest = held.give_back_request();
        held.finish(outcome)
    }

    /// Waits for the better answer. No instance is held meanwhile.
    async fn wait(&self, question: &mut Question, pending: &Pending) -> (Answer, Outcome) {
        let deadline = Deadline::now() + Duration::from_millis(pending.wait_ms.into()).min(WAIT_MAX);
        loop {
            // Listen before asking, so that a change in between is not missed.
            let changed = self.deployment.changes.next(Topic::Key(&pending.topic));
            match self.ask(question).await {
                Ok(Asked { answer, outcome, pending: None }) => return (answer, outcome),
                Ok(Asked { answer, outcome, pending: Some(_) }) => {
                    if !self.deployment.changes.wait(changed, deadline).await {
                        return (answer, outcome);
                    }
                }
                Err(_logged) => return self.rescue(question),
            }
        }
    }

    pub(super) fn rescue(&self, question: &Question) -> (Answer, Outcome) {
        let settings = &self.deployment.capabilities.settings;
        let is_open =
            |shop: &str| settings.look(|settings| settings.shop_status(shop, false)) != ShopStatus::Unknown;
        self.fallbacks.answer(question.route, question.target.path(), is_open)
    }
}

/// Returns how long a request of this route may wait for storage.
fn patience(route: Option<Route>) -> Patience {
    match route.map(|route| route.rule().caller) {
        Some(Caller::Shopify | Caller::Operator) => Patience::new(OTHERS_PATIENCE),
        Some(Caller::Shopper | Caller::Developer) | None => Patience::in_shares(SHOPPERS_PATIENCE),
    }
}

fn unread(body: Incoming) -> RequestBody {
    if body.is_end_stream() {
        RequestBody::Empty
    } else {
        RequestBody::Unread(body.map_err(|error| BrokenOff(error.into())).boxed_unsync())
    }
}

fn method(method: &Method) -> WitMethod {
    match *method {
        Method::GET => WitMethod::Get,
        Method::HEAD => WitMethod::Head,
        Method::POST => WitMethod::Post,
        _ => WitMethod::Other,
    }
}
