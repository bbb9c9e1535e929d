//! Upstreams over HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use metrics::{Counter, counter, histogram};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, redirect};
use upstream::{Request, UpstreamCall};

use super::{ANSWER_BYTES_MAX, Answer, Error, Fetch, Question, Tokens};
use crate::clock::Clock;
use crate::innermost;

/// The time limit of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The maximum time of an exchange, whatever the caller allows.
const TIMEOUT_MAX: Duration = Duration::from_secs(30);

/// TLS could not be initialized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot set up TLS")]
pub struct NoTls;

/// Upstreams over HTTP. Connections are kept and shared.
pub struct Http {
    client: Client,
    origin: Option<String>,
    tokens: Arc<dyn Tokens>,
    clock: Arc<dyn Clock>,
}

impl Http {
    /// Creates a client that follows no redirects, because a redirect could leak a token, and takes no proxy
    /// from the environment. `origin` replaces every shop's own address.
    pub fn new(
        origin: Option<String>,
        tokens: Arc<dyn Tokens>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NoTls> {
        let client = Client::builder()
            .user_agent(concat!("wandstore/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .no_proxy();
        Ok(Self { client: client.build().map_err(|_| NoTls)?, origin, tokens, clock })
    }

    async fn ask(&self, question: Question) -> Result<Answer, Error> {
        let token = self.tokens.token(&question.shop).await;
        let call = UpstreamCall {
            upstream: &question.upstream,
            shop: &question.shop,
            origin: self.origin.as_deref(),
            token: token.as_ref(),
            buyer: question.buyer,
        };
        let response = self.send(&call.request()?, question.body).await?;
        let status = response.status().as_u16();
        if let (Some(token), true) = (&token, is_of_token(status)) {
            self.tokens.refuse(&question.shop, token);
        }
        let header = response.headers().get(RETRY_AFTER).cloned();
        let body = read(response).await?;
        let retry_after = header.as_ref().and_then(|header| header.to_str().ok());
        Ok(Answer::read(status, retry_after, body, self.clock.now_ms()))
    }

    async fn send(&self, request: &Request, body: bytes::Bytes) -> Result<Response, Error> {
        let mut sending = self.client.post(&request.url).body(body);
        for (name, value) in request.headers() {
            sending = sending.header(name, value);
        }
        sending.send().await.map_err(unavailable)
    }
}

#[async_trait]
impl Fetch for Http {
    async fn post(&self, question: Question) -> Result<Answer, Error> {
        let start = Instant::now();
        let limit = question.timeout.min(TIMEOUT_MAX);
        let answer = tokio::time::timeout(limit, self.ask(question)).await;
        let answer = answer.unwrap_or(Err(Error::Timeout));
        requests(outcome_name(&answer)).increment(1);
        histogram!("wandstore_upstream_seconds").record(start.elapsed().as_secs_f64());
        answer
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Error::TooLarge(ANSWER_BYTES_MAX as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Returns whether the status means that the token was rejected.
fn is_of_token(status: u16) -> bool {
    matches!(status, 401 | 403)
}

fn unavailable(error: reqwest::Error) -> Error {
    Error::Unavailable(innermost(&error.without_url()))
}

/// The outcomes of a request to a shop, as metrics name them.
const OUTCOMES: [&str; 7] =
    ["answered", "throttled", "refused", "no_such_upstream", "timeout", "too_large", "unavailable"];

fn requests(outcome: &'static str) -> Counter {
    counter!("wandstore_upstream_requests_total", "outcome" => outcome)
}

/// Lets the metrics start at 0.
pub(super) fn register_metrics() {
    for outcome in OUTCOMES {
        requests(outcome).increment(0);
    }
}

fn outcome_name(answer: &Result<Answer, Error>) -> &'static str {
    match answer {
        Ok(answer) if (200..300).contains(&answer.status) => "answered",
        Ok(answer) if matches!(answer.status, 429 | 430) => "throttled",
        Ok(_) => "refused",
        Err(Error::NoSuchUpstream) => "no_such_upstream",
        Err(Error::Timeout) => "timeout",
        Err(Error::TooLarge(_)) => "too_large",
        Err(Error::Unavailable(_)) => "unavailable",
    }
}
