//! One request over a connection of its own, sent as it is written: nothing is normalised, followed
//! or retried on the way.

use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Longer than any long poll.
const PATIENCE: Duration = Duration::from_mins(1);

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method; GET by default.
    pub method: Method,
    /// Path and query, as they are sent.
    pub target: String,
    /// Header fields besides `host`.
    pub headers: Vec<(&'static str, String)>,
    /// The content.
    pub body: Bytes,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    headers: http::HeaderMap,
    /// The content.
    pub body: String,
}

impl Request {
    /// GET of a path and query.
    pub fn get(target: impl Into<String>) -> Self {
        Self { method: Method::GET, target: target.into(), headers: Vec::new(), body: Bytes::new() }
    }

    /// Sends it to `host:port`, and waits for the whole answer.
    pub async fn send(&self, address: &str) -> anyhow::Result<Answer> {
        let Ok(answer) = tokio::time::timeout(PATIENCE, self.converse(address)).await else {
            bail!("no answer within {} seconds", PATIENCE.as_secs());
        };
        answer
    }

    async fn converse(&self, address: &str) -> anyhow::Result<Answer> {
        let stream = TcpStream::connect(address).await.context("it does not listen")?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(&self.target)
            .header("host", address)
            .header("connection", "close");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = sender.send_request(request.body(Full::new(self.body.clone()))?).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.context("the answer broke off")?.to_bytes();
        connection.abort();
        let body = String::from_utf8(body.into()).context("the answer is not UTF-8")?;
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}

impl Answer {
    /// A header field; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The content as JSON; null if it is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}
