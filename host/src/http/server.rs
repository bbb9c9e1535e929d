//! Connections: how many, how large their heads may be, how slow, and how they end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use super::Lifeboat;
use super::answer::Outgoing;
use super::client;
use super::operator::{self, Operator};
use super::shopper::Shoppers;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// More header fields are answered 431 (RFC 6585, section 5).
const HEADERS_MAX: usize = 64;
/// A larger head is answered 431.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// How long requests under way may take once the server is to stop. Whoever waits for a page is answered at once.
const DRAIN: Duration = Duration::from_secs(1);

/// A server that is bound but does not answer yet.
pub struct Server {
    listener: TcpListener,
    connections: Arc<Semaphore>,
    trust_forwarded: bool,
}

impl Server {
    /// Binds `listen`, which may ask for any port with port 0.
    pub async fn bind(listen: &str, connections_max: usize) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        Ok(Self { listener, connections: Arc::new(Semaphore::new(connections_max)), trust_forwarded: false })
    }

    /// Whether every peer is believed who it says it asks for (see `server.trust_forwarded`).
    #[must_use]
    pub fn trusting_forwarded(self, trust_forwarded: bool) -> Self {
        Self { trust_forwarded, ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> anyhow::Result<std::net::SocketAddr> {
        Ok(self.listener.local_addr()?)
    }
}

/// Answers until `stop` completes, then lets requests under way end.
pub async fn serve(
    server: Server,
    operator: Operator,
    lifeboat: Arc<Lifeboat>,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let shoppers = Arc::new(Shoppers::new(operator.deployment.clone(), lifeboat));
    let (trust_forwarded, changes) = (server.trust_forwarded, operator.deployment.changes.clone());
    let front = Front { shoppers, operator: operator::router(operator), trust_forwarded };
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            accepted = accept(&server) => serve_connection(accepted, front.clone(), &graceful),
            () = &mut stop => break,
        }
    }
    drop(server);
    changes.close();
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    Ok(())
}

/// A connection, who is at the other end, and its place among those that there may be.
struct Accepted {
    stream: TcpStream,
    peer: IpAddr,
    permit: OwnedSemaphorePermit,
}

async fn accept(server: &Server) -> Accepted {
    loop {
        let Ok(permit) = server.connections.clone().acquire_owned().await else {
            std::future::pending().await
        };
        match server.listener.accept().await {
            Ok((stream, peer)) => return Accepted { stream, peer: peer.ip(), permit },
            Err(error) => {
                // Out of file descriptors, for one: others may be given back soon.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Both sides. What is not the operator's goes to shoppers past the router, which costs more than
/// all that it would decide.
#[derive(Clone)]
struct Front {
    shoppers: Arc<Shoppers>,
    operator: Router,
    trust_forwarded: bool,
}

impl Front {
    async fn answer(
        self,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> Result<Response<Outgoing>, Infallible> {
        if !operator::owns(request.uri().path()) {
            let client = client::address(peer, request.headers(), self.trust_forwarded);
            return Ok(self.shoppers.answer(request, Some(client)).await);
        }
        let response = self.operator.oneshot(request).await?;
        Ok(response.map(|body| Outgoing::Stream(body.boxed_unsync())))
    }
}

fn serve_connection(accepted: Accepted, front: Front, graceful: &GracefulShutdown) {
    let Accepted { stream, peer, permit } = accepted;
    // A page is written at once: waiting to fill a segment would only delay it.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| front.clone().answer(request, peer)),
        );
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(permit);
    });
}
