//! The collector, by OTLP over HTTP (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>). It may be slow, gone or lie:
//! a request has a time limit, and an answer a size.

use std::time::Duration;

use bytes::Bytes;
use capabilities::innermost;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::{Client, Response, redirect};

/// The time limit of a request, the specification's default.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The time limit of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest answer that is read. A collector has a number and a message to give.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// The longest pause that a collector may ask for.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// A client of the collector, for one signal.
pub(super) struct Collector {
    client: Client,
    url: String,
}

/// What the collector did with a request.
pub(super) enum Delivery {
    /// It took the request, and its answer says what it rejected.
    Taken(Vec<u8>),
    /// It may take this request later, after a pause if it names one.
    Later(Bytes, Option<Duration>),
    /// It does not take the request.
    Failed(String),
}

impl Collector {
    /// Creates a client that follows no redirects, because a redirect could leak a key, and takes no proxy from the
    /// environment.
    pub(super) fn client(mut fields: HeaderMap) -> reqwest::Result<Client> {
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        let client = Client::builder()
            .user_agent(concat!("wandstore/", env!("CARGO_PKG_VERSION")))
            .default_headers(fields)
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .no_proxy();
        client.build()
    }

    /// Sends to `url` with `client`.
    pub(super) fn at(url: String, client: Client) -> Self {
        Self { client, url }
    }

    /// Sends a request.
    pub(super) async fn send(&self, request: Bytes) -> Delivery {
        match self.client.post(&self.url).body(request.clone()).send().await {
            Ok(response) if response.status().is_success() => taken(response).await,
            Ok(response) if is_temporary(response.status()) => {
                Delivery::Later(request, pause(response.headers()))
            }
            Ok(response) => Delivery::Failed(format!("it answered {}", response.status())),
            Err(error) if error.is_connect() => Delivery::Later(request, None),
            Err(error) => Delivery::Failed(innermost(&error.without_url())),
        }
    }
}

/// Reads the answer of a collector that took a request.
async fn taken(mut response: Response) -> Delivery {
    let mut answer = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Delivery::Failed(format!("its answer is longer than {ANSWER_BYTES_MAX} bytes"));
        }
        answer.extend_from_slice(&chunk);
    }
    Delivery::Taken(answer)
}

/// Returns whether the specification says that a request with this answer may be sent again.
fn is_temporary(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

fn pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(PAUSE_MAX))
}
