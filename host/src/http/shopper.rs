//! All requests that are not the operator's or the merchants', passed to routing unchanged.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http::uri::PathAndQuery;
use http::{Request as HttpRequest, Response, StatusCode, header};
use hyper::body::{Body as _, Incoming};
use routes::Route;

use super::answer::{Answer, Outgoing};
use super::bodies::Bodies;
use super::compression::Compression;
use super::connections::{Connection, Connections, Wait};
use super::events::{self, StreamTimes};
use super::fallback_cache::FallbackCache;
use super::routing::{Asked, Question, Routing};
use crate::event::Events;
use crate::overload::{Overload, Work};
use crate::telemetry::Requests;
use runtime::context::Request;
use runtime::deployment::Deployment;
use runtime::trace::Span;

/// The longest target that is accepted; RFC 9110, section 4.1, asks for at least 8000.
const TARGET_BYTES_MAX: usize = 8_192;

/// Answers shoppers.
pub struct Shoppers {
    routing: Arc<Routing>,
    connections: Arc<Connections>,
    overload: Arc<Overload>,
    stream_times: StreamTimes,
    bodies: Arc<Bodies>,
    requests: Requests,
    events: Events,
    compression: Compression,
}

impl Shoppers {
    /// Creates the shoppers' side of a deployment, whose requests arrive on `connections`. Reports served pages to
    /// `events`.
    pub fn new(
        deployment: Arc<Deployment>,
        fallbacks: Arc<FallbackCache>,
        connections: Arc<Connections>,
        overload: Arc<Overload>,
        stream_times: StreamTimes,
        bodies: Arc<Bodies>,
        events: Events,
    ) -> Self {
        let routing = Arc::new(Routing { deployment, fallbacks });
        Self {
            routing,
            connections,
            overload,
            stream_times,
            bodies,
            requests: Requests::new(),
            events,
            compression: Compression::new(),
        }
    }

    /// Lets a request wait for something to happen, unless too many do or memory is short.
    fn wait(&self, connection: &Arc<Connection>, client: Option<IpAddr>) -> Option<Wait> {
        let is_shed = self.overload.sheds(Work::Waits);
        (!is_shed).then(|| self.connections.wait(connection, client)).flatten()
    }

    /// Answers a request. A shopper always gets an answer, and it is never a server error.
    pub async fn answer(
        &self,
        request: HttpRequest<Incoming>,
        client: Option<IpAddr>,
        span: Option<Span>,
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
        let route = Route::at(target.path());
        let (body, _room) = self.bodies.read_for(route, body).await;
        let mut question = Question {
            id: self.routing.deployment.capabilities.random.next_u64(),
            client,
            span,
            method: parts.method,
            route,
            target,
            rest: Request { headers: parts.headers, body },
        };
        let (response, outcome) = match self.routing.ask(&mut question).await {
            Ok(asked) if streams && asked.is_event() => {
                let wait = self.wait(connection, client);
                question.describe(&asked.outcome, StatusCode::OK);
                return events::stream(self.routing.clone(), self.stream_times, question, asked, wait);
            }
            Ok(Asked { answer, outcome, pending: None }) => (answer, outcome),
            Ok(Asked { answer, outcome, pending: Some(pending) }) => match self.wait(connection, client) {
                Some(_waits) => self.routing.wait(&mut question, &pending).await,
                None => (answer, outcome),
            },
            Err(_logged) => self.routing.rescue(&question),
        };
        connection.leaves_unread(question.rest.body.is_unread());
        question.describe(&outcome, response.status);
        self.requests.count(&outcome, response.status, started.elapsed());
        self.events.report(|| outcome.page_served(question.target.query()));
        tracing::debug!(
            request = format_args!("{:016x}", question.id),
            trace_id = question.trace().map(|trace| tracing::field::display(trace.id())),
            span_id = question.trace().map(|trace| tracing::field::display(trace.span_id())),
            path = question.target.path(),
            status = response.status.as_u16(),
            us = started.elapsed().as_micros(),
            "answered"
        );
        self.compression.apply(&question.rest.headers, response).into_response()
    }
}
