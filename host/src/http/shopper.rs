//! All requests that are not the operator's or the merchants', passed to routing unchanged.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use capabilities::settings::ShopStatus;
use http::{HeaderMap, Method, Request as HttpRequest, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::time::Instant as Deadline;
use wasmtime::component::Resource;

use super::answer::{Answer, Outgoing};
use super::connections::{Connection, Connections};
use super::events::{self, StreamTimes};
use super::fallback_cache::FallbackCache;
use super::target::shop_of;
use crate::event::{Event, Events, Served};
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

/// Routing's response to a request.
pub(super) enum Asked {
    Answer(Answer),
    /// An interim answer, which a better one may replace.
    Wait {
        interim: Answer,
        topic: String,
        wait: Duration,
    },
}

impl Asked {
    /// Returns whether the answer, now or later, can be sent as an event: it is JSON.
    fn is_event(&self) -> bool {
        let (Self::Answer(answer) | Self::Wait { interim: answer, .. }) = self;
        let json = answer.headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json");
        answer.status == StatusCode::OK && json
    }
}

/// A request that routing may be asked about more than once.
pub(super) struct Question {
    id: u64,
    client: Option<IpAddr>,
    method: Method,
    target: String,
    rest: Request,
}

impl Question {
    /// Returns the target without its query.
    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
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
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        if target.len() > TARGET_BYTES_MAX {
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
            target: target.to_owned(),
            rest: Request { headers: parts.headers, body: unread(body) },
        };
        let response = match self.ask(&mut question).await {
            Ok(asked) if streams && asked.is_event() => {
                let wait = self.connections.wait(connection, client);
                return events::stream(self, question, asked, wait);
            }
            Ok(Asked::Answer(answer)) => answer,
            Ok(Asked::Wait { topic, wait, interim }) => match self.connections.wait(connection, client) {
                Some(_waits) => self.wait(&mut question, &topic, wait.min(WAIT_MAX)).await,
                None => interim,
            },
            Err(_logged) => self.rescue(&question),
        };
        connection.leaves_unread(question.rest.body.is_unread());
        let path = question.path();
        self.requests.count(path, &response.headers, response.status, started.elapsed());
        self.events.report(|| served(&question.target, &response.headers));
        tracing::debug!(
            request = format_args!("{:016x}", question.id),
            path,
            status = response.status.as_u16(),
            us = started.elapsed().as_micros(),
            "answered"
        );
        response.into_response()
    }

    /// Asks routing, once.
    pub(super) async fn ask(&self, question: &mut Question) -> Result<Asked, Failure> {
        let pool = &self.deployment.routing;
        let patience = Arc::new(patience(question.path()));
        let mut held = pool.acquire(Cause::Request(question.id, question.client, patience)).await?;
        if let Err(too_large) = held.give_request(std::mem::take(&mut question.rest)) {
            return held.finish(Ok(Err(too_large)));
        }
        let (guest, instance) = held.parts();
        let call = guest.handler.call_handle(
            instance,
            method(&question.method),
            &question.target,
            Resource::new_borrow(0),
        );
        let outcome = match within(pool.wall(), call).await {
            Ok(Ok(Reply::Ready(response))) => Ok(Answer::take(response, &mut held).map(Asked::Answer)),
            Ok(Ok(Reply::Pending(Pending { interim, topic, wait_ms }))) => {
                let interim = Answer::take(interim, &mut held);
                let wait = Duration::from_millis(wait_ms.into());
                Ok(interim.map(|interim| Asked::Wait { interim, topic, wait }))
            }
            Ok(Err(error)) => Ok(Err(error)),
            Err(elapsed) => Err(elapsed),
        };
        question.rest = held.give_back_request();
        held.finish(outcome)
    }

    /// Waits for the better answer, at most for `wait`. No instance is held meanwhile.
    async fn wait(&self, question: &mut Question, topic: &str, wait: Duration) -> Answer {
        let deadline = Deadline::now() + wait;
        loop {
            // Listen before asking, so that a change in between is not missed.
            let changed = self.deployment.changes.next(Topic::Key(topic));
            match self.ask(question).await {
                Ok(Asked::Answer(answer)) => return answer,
                Ok(Asked::Wait { interim, .. }) => {
                    if !self.deployment.changes.wait(changed, deadline).await {
                        return interim;
                    }
                }
                Err(_logged) => return self.rescue(question),
            }
        }
    }

    pub(super) fn rescue(&self, question: &Question) -> Answer {
        let settings = &self.deployment.capabilities.settings;
        let is_open =
            |shop: &str| settings.look(|settings| settings.shop_status(shop, false)) != ShopStatus::Unknown;
        self.fallbacks.answer(&question.method, &question.target, is_open)
    }
}

/// Returns how long a request for this path may wait for storage.
fn patience(path: &str) -> Patience {
    let is_others = path.starts_with("/webhook") || path.starts_with("/debug/");
    if is_others { Patience::new(OTHERS_PATIENCE) } else { Patience::in_shares(SHOPPERS_PATIENCE) }
}

/// Returns what a shopper of a shop got, if the answer is a page.
fn served(target: &str, headers: &HeaderMap) -> Option<Event> {
    let served = match headers.get("x-cache")?.as_bytes() {
        b"HIT" => Served::Hit,
        b"STALE" => Served::Stale,
        b"MISS" => Served::Miss,
        _ => return None,
    };
    Some(Event::PageServed(shop_of(target)?, served))
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
