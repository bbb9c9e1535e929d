//! The HTTP server: the number of connections, the size of their heads, how slow they may be, and how they end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use capabilities::clock::millis;
use futures_util::future::join_all;
use http::header::CONNECTION;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt as _;

use super::answer::{Answer, Outgoing};
use super::bodies::Bodies;
use super::connections::{Connection, Connections, Full, Limits, Place};
use super::events::StreamTimes;
use super::operator::{self, Operator};
use super::shopper::Shoppers;
use super::stream::Watched;
use super::{FallbackCache, authority};
use crate::client::{self, TrustedProxies};
use crate::event::Events;
use crate::traces::RequestSpans;

/// More header fields are answered 431 (RFC 6585, section 5).
const HEADERS_MAX: usize = 64;
/// A larger head is answered 431.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// How often connections are checked.
const LOOK: Duration = Duration::from_millis(250);
/// How soon to look again for a free place.
const LOOK_FOR_PLACE: Duration = Duration::from_millis(50);
/// The limits of the operator's own side, whose connections and those of shoppers take no places from each other.
const ADMIN_LIMITS: Limits = Limits { connections: 64, per_address: 64 };
/// The largest body that the operator's side takes. Routes have limits of their own.
const OPERATOR_BODY_BYTES_MAX: usize = 1 << 20;
/// How long running requests may take once the server stops. Requests that wait for a page are answered at once.
const DRAIN: Duration = Duration::from_secs(1);

/// A server that is bound but does not answer yet.
pub struct Server {
    listener: TcpListener,
    /// Where the operator's side listens, if it is not on the public one.
    admin: Option<TcpListener>,
    limits: Limits,
    stream_times: StreamTimes,
    trusted: Arc<TrustedProxies>,
}

impl Server {
    /// Binds `listen`, which may ask for any port with port 0.
    pub async fn bind(listen: &str, connections_max: usize) -> anyhow::Result<Self> {
        Ok(Self::new(bound(listen).await?, connections_max))
    }

    /// Takes a socket that listens already.
    pub fn on(listener: std::net::TcpListener, connections_max: usize) -> anyhow::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self::new(TcpListener::from_std(listener)?, connections_max))
    }

    fn new(listener: TcpListener, connections_max: usize) -> Self {
        let limits = Limits { connections: connections_max, per_address: connections_max };
        let (stream_times, trusted) = (StreamTimes::default(), Arc::default());
        Self { listener, admin: None, limits, stream_times, trusted }
    }

    /// Serves the operator's side on an address of its own: `/metrics` and the details of `/health` are only there.
    pub async fn with_admin(self, listen: &str) -> anyhow::Result<Self> {
        let admin = bound(listen).await.context("server.admin_listen")?;
        Ok(Self { admin: Some(admin), ..self })
    }

    /// Sets how many connections one address may have.
    #[must_use]
    pub fn with_connections_per_address(self, per_address: usize) -> Self {
        Self { limits: Limits { per_address, ..self.limits }, ..self }
    }

    /// Sets the times of event streams.
    #[must_use]
    pub fn with_stream_times(self, stream_times: StreamTimes) -> Self {
        Self { stream_times, ..self }
    }

    /// Sets the proxies that are trusted to name their clients.
    #[must_use]
    pub fn with_trusted_proxies(self, trusted: TrustedProxies) -> Self {
        Self { trusted: Arc::new(trusted), ..self }
    }

    /// Returns the address that the server listens on.
    pub fn address(&self) -> anyhow::Result<std::net::SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Returns the address that the operator's side listens on, if it has one of its own.
    pub fn admin_address(&self) -> anyhow::Result<Option<std::net::SocketAddr>> {
        Ok(self.admin.as_ref().map(TcpListener::local_addr).transpose()?)
    }
}

async fn bound(listen: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))
}

/// Serves until `stop` completes, then lets running requests finish.
pub async fn serve(
    server: Server,
    operator: Operator,
    fallbacks: Arc<FallbackCache>,
    events: Events,
    spans: Option<RequestSpans>,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let connections = Connections::new(server.limits);
    let changes = operator.deployment.changes.clone();
    let bodies = Arc::new(Bodies::new());
    let shoppers = Arc::new(Shoppers::new(
        operator.deployment.clone(),
        fallbacks,
        connections.clone(),
        operator.overload.clone(),
        server.stream_times,
        bodies.clone(),
        events,
    ));
    let routers = operator::routers(operator, server.admin.is_some());
    let front = Front {
        shoppers: Some(shoppers),
        operator: routers.public,
        bodies,
        trusted: server.trusted.clone(),
        ignored_forwarded: Arc::new(Once::new()),
        spans,
    };
    let admin = server.admin.zip(routers.admin).map(|(listener, operator)| Side {
        listener,
        connections: Connections::new(ADMIN_LIMITS),
        front: Front { shoppers: None, operator, ..front.clone() },
    });
    let public = Side { listener: server.listener, connections: connections.clone(), front };
    let sides: Vec<_> = [public].into_iter().chain(admin).collect();
    let _ticking: Vec<_> = sides.iter().map(Side::tick).collect();
    let graceful = GracefulShutdown::new();
    tokio::select! {
        _ = join_all(sides.iter().map(|side| side.accept_all(&graceful))) => {}
        () = stop => {}
    }
    drop(sides);
    changes.close();
    let deadline = tokio::time::Instant::now() + DRAIN;
    // hyper ends a connection that it has read nothing from, although its client may have sent a request.
    let _ = tokio::time::timeout(DRAIN / 2, connections.heads_arrived()).await;
    if tokio::time::timeout_at(deadline, graceful.shutdown()).await.is_err() {
        tracing::warn!("ended connections that did not finish in time");
    }
    Ok(())
}

/// A side of the server: where it listens, its connections, and what answers their requests.
struct Side {
    listener: TcpListener,
    connections: Arc<Connections>,
    front: Front,
}

impl Side {
    /// Accepts connections until this is dropped.
    async fn accept_all(&self, graceful: &GracefulShutdown) {
        loop {
            let accepted = accept(&self.listener, &self.front.trusted, &self.connections).await;
            serve_connection(accepted, self.front.clone(), graceful);
        }
    }

    fn tick(&self) -> AbortOnDropHandle<()> {
        AbortOnDropHandle::new(tokio::spawn(tick_connections(self.connections.clone())))
    }
}

/// Ends connections whose clients take too long.
async fn tick_connections(connections: Arc<Connections>) {
    let started = Instant::now();
    loop {
        tokio::time::sleep(LOOK).await;
        connections.tick(millis(started.elapsed()));
    }
}

/// An accepted connection, its peer and its place.
struct Accepted {
    stream: TcpStream,
    peer: IpAddr,
    place: Place,
}

async fn accept(
    listener: &TcpListener,
    trusted: &TrustedProxies,
    connections: &Arc<Connections>,
) -> Accepted {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Some(place) = place(connections, trusted.outside(peer.ip())).await {
                    return Accepted { stream, peer: peer.ip(), place };
                }
                tracing::debug!(peer = %peer.ip(), "refused a connection: its address has too many");
            }
            Err(error) => {
                // There may be no free file descriptor, for example, and others may be closed soon.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Waits for a place for a new connection. Returns `None` if its address has too many already.
async fn place(connections: &Arc<Connections>, client: Option<IpAddr>) -> Option<Place> {
    loop {
        match connections.enter(client) {
            Ok(place) => return Some(place),
            Err(Full::Address) => return None,
            Err(Full::All) => {
                let _ = tokio::time::timeout(LOOK_FOR_PLACE, connections.room()).await;
            }
        }
    }
}

/// The operator's and the shoppers' side. Requests of shoppers bypass the router, because it would cost more than the
/// little that it would decide.
#[derive(Clone)]
struct Front {
    /// `None` on the operator's own side.
    shoppers: Option<Arc<Shoppers>>,
    operator: Router,
    bodies: Arc<Bodies>,
    trusted: Arc<TrustedProxies>,
    /// Whether it was logged that a field of an untrusted peer was ignored.
    ignored_forwarded: Arc<Once>,
    /// Begins the spans of requests, if traces are recorded.
    spans: Option<RequestSpans>,
}

impl Front {
    async fn answer(
        self,
        mut request: Request<Incoming>,
        peer: IpAddr,
        connection: Arc<Connection>,
    ) -> Result<Response<Outgoing>, Infallible> {
        let _busy = connection.answers();
        if let Err(wrong) = authority::resolve(&mut request) {
            return Ok(refusal(&connection, StatusCode::BAD_REQUEST, &wrong));
        }
        let client = self.trusted.client(peer, request.headers());
        if client == Some(peer.to_canonical()) {
            self.note_ignored(peer, request.headers());
        }
        match &self.shoppers {
            Some(shoppers) if !operator::owns(request.uri().path()) => {
                let span = self
                    .spans
                    .as_ref()
                    .and_then(|spans| spans.begin(&request, self.trusted.outside(peer).is_none()));
                Ok(shoppers.answer(request, client, span, &connection).await)
            }
            _ => self.operate(request, &connection).await,
        }
    }

    /// Logs once that a peer named clients and is not trusted to: it may be the operator's proxy.
    fn note_ignored(&self, peer: IpAddr, headers: &HeaderMap) {
        if !self.ignored_forwarded.is_completed() && headers.contains_key(client::FORWARDED_FOR) {
            self.ignored_forwarded.call_once(|| {
                tracing::info!(
                    %peer,
                    "ignored x-forwarded-for; if this is your own proxy, add it to server.trusted_proxies"
                );
            });
        }
    }

    /// Reads the whole request, then passes it to the operator's side.
    async fn operate(
        self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> Result<Response<Outgoing>, Infallible> {
        let (parts, body) = request.into_parts();
        let (body, _room) = match self.bodies.read(body, OPERATOR_BODY_BYTES_MAX).await {
            Ok(read) => read,
            Err(not_read) => return Ok(refusal(connection, not_read.status(), &not_read)),
        };
        let response = self.operator.oneshot(Request::from_parts(parts, Body::from(body))).await?;
        Ok(response.map(|body| Outgoing::Stream(body.boxed_unsync())))
    }
}

/// Refuses a request without reading the rest of it.
fn refusal(
    connection: &Connection,
    status: StatusCode,
    reason: &dyn std::fmt::Display,
) -> Response<Outgoing> {
    connection.leaves_unread(true);
    let mut answer = Answer::refusal(status, format!("{reason}\n").into());
    answer.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    answer.into_response()
}

fn serve_connection(accepted: Accepted, front: Front, graceful: &GracefulShutdown) {
    let Accepted { stream, peer, place } = accepted;
    // A page is written at once: waiting to fill a segment would only delay it.
    let _ = stream.set_nodelay(true);
    let watched = Watched::new(stream, place.connection.clone());
    let connection = place.connection.clone();
    let answered = http1::Builder::new()
        // A client may close its side after its last request and still read.
        .half_close(true)
        .max_headers(HEADERS_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(
            TokioIo::new(watched),
            service_fn(move |request| front.clone().answer(request, peer, connection.clone())),
        );
    let answered = graceful.watch(answered);
    tokio::spawn(async move {
        tokio::select! {
            biased;
            answered = answered => {
                if let Err(error) = answered {
                    tracing::debug!(%error, "a connection ended early");
                }
            }
            () = place.connection.ended() => tracing::debug!("ended a connection"),
        }
    });
}
