//! A model behind any endpoint that understands `OpenAI`'s chat completions.
//!
//! One question is bounded in time as a whole, whatever happens on the way: waiting for its turn,
//! retries, and pauses included.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use metrics::{counter, histogram};
use portable::llm::exchange::{self, Answer, RESPONSE_BYTES_MAX};
use portable::llm::{Completion, Error, Failure, Patience, Request, SchemaMode};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use super::Llm;
use super::breaker::Breaker;
use super::budget::Budget;
use crate::Secret;
use crate::clock::{Clock, millis};
use crate::ids::Ids;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Which model, and with how much patience.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the endpoint is, with or without `/chat/completions`.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// The bearer token, if the endpoint wants one.
    pub key: Option<Secret>,
    /// How long a question may take in all.
    pub timeout: Duration,
    /// How many more times it is asked if it fails.
    pub retries: u32,
    /// How long it is left alone before that, about; each time twice as long.
    pub backoff: Duration,
    /// How many questions may be open at once.
    pub concurrency: u32,
    /// After so many failures in a row nobody asks for a while.
    pub breaker_failures: u32,
    /// That while.
    pub breaker_cooldown: Duration,
    /// How the endpoint is told what form the answer is to have. One that refuses a schema is
    /// asked for plain JSON from then on.
    pub schema_mode: SchemaMode,
    /// How many tokens may be spent per day (UTC), questions and answers together.
    pub tokens_per_day_max: Option<u64>,
    /// What a million tokens of questions cost, in millionths of a dollar.
    pub price_in_microdollars: Option<u64>,
    /// What a million tokens of answers cost, in millionths of a dollar.
    pub price_out_microdollars: Option<u64>,
    /// More members for the request's body, as the endpoint wants them. `messages`, `model`, `stream`,
    /// `max_tokens` and `response_format` are not taken from here.
    pub extra: Map<String, Value>,
}

impl Config {
    /// A configuration with defaults that suit a job leased for a minute.
    pub fn new(base_url: impl Into<String>, model: impl Into<String>, key: Option<Secret>) -> Self {
        Self {
            base_url: base_url.into(),
            model: model.into(),
            key,
            timeout: Duration::from_secs(45),
            retries: 2,
            backoff: Duration::from_millis(250),
            concurrency: 64,
            breaker_failures: 5,
            breaker_cooldown: Duration::from_secs(15),
            schema_mode: SchemaMode::default(),
            tokens_per_day_max: None,
            price_in_microdollars: None,
            price_out_microdollars: None,
            extra: Map::new(),
        }
    }
}

/// What is wrong with a [`Config`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    /// The address is none.
    #[error("the model's base URL must be an http or https address without user name and password")]
    BaseUrl,
    /// The key cannot be a header.
    #[error("the model's key holds characters that no key has")]
    Key,
    /// The system has no TLS to offer.
    #[error("TLS cannot be set up")]
    Tls,
}

/// An endpoint.
pub struct OpenAi {
    config: Config,
    url: Url,
    client: Client,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    permits: Semaphore,
    breaker: Mutex<Breaker>,
    budget: Mutex<Budget>,
    refuses_schemas: AtomicBool,
}

impl OpenAi {
    /// Prepares to ask; nothing is sent yet.
    pub fn new(config: Config, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, BadConfig> {
        Ok(Self {
            url: exchange::address(&config.base_url).ok_or(BadConfig::BaseUrl)?,
            client: client(config.key.as_ref())?,
            clock,
            ids,
            permits: Semaphore::new(config.concurrency.max(1) as usize),
            breaker: Mutex::new(Breaker::new(config.breaker_failures, config.breaker_cooldown)),
            budget: Mutex::new(Budget::new(config.tokens_per_day_max)),
            refuses_schemas: AtomicBool::new(false),
            config,
        })
    }

    async fn ask_within_limits(&self, request: &Request) -> Result<Completion, Error> {
        if !lock(&self.budget).allows(self.clock.now_ms()) {
            return Err(Error::OverBudget);
        }
        let persistent = self.ask_persistently(request);
        tokio::time::timeout(self.config.timeout, persistent).await.unwrap_or(Err(Error::Timeout))
    }

    async fn ask_persistently(&self, request: &Request) -> Result<Completion, Error> {
        let start = Instant::now();
        let mut patience = Patience::new(self.config.retries, self.config.backoff, self.config.timeout);
        loop {
            let failure = match self.ask_in_turn(request).await {
                Ok(completion) => return Ok(completion),
                Err(failure) => failure,
            };
            debug!(?failure, "the model gave no answer");
            let pause = patience.pause(failure, start.elapsed(), self.ids.random())?;
            tokio::time::sleep(pause).await;
        }
    }

    /// Asks once, when there is a place and the endpoint is not known to be down.
    async fn ask_in_turn(&self, request: &Request) -> Result<Completion, Failure> {
        if let Some(left) = lock(&self.breaker).remaining(Instant::now()) {
            return Err(Failure::Final(Error::Unavailable(millis(left))));
        }
        let _permit = self.permits.acquire().await.map_err(|_| Failure::Transient(None))?;
        let mut trial = Trial::begin(&self.breaker)?;
        let outcome = self.ask(request).await;
        trial.healthy = outcome.as_ref().err().is_none_or(Failure::is_healthy);
        outcome
    }

    async fn ask(&self, request: &Request) -> Result<Completion, Failure> {
        let mode = self.schema_mode();
        let Config { model, extra, key, .. } = &self.config;
        let question = exchange::body(request, model, mode, extra)?;
        let sending =
            self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json").body(question);
        let response = sending.send().await.map_err(not_reached)?;
        let status = response.status();
        let after = response.headers().get(RETRY_AFTER).cloned();
        // Of a refusal, what does not arrive is not missed; of an answer, it is.
        let body = match read(response).await {
            Err(failure) if status.is_success() => return Err(failure),
            body => body.unwrap_or_default(),
        };
        let retry_after = after.as_ref().and_then(|header| header.to_str().ok());
        let answer = Answer { status: status.as_u16(), retry_after, body: &body };
        let outcome = answer.read(mode, key.as_ref(), self.clock.now_ms());
        if outcome == Err(Failure::Renegotiated) {
            warn!("the model's endpoint takes no schemas; it is asked for plain JSON from now on");
            self.refuses_schemas.store(true, Ordering::Relaxed);
        }
        outcome
    }

    fn schema_mode(&self) -> SchemaMode {
        match self.config.schema_mode {
            SchemaMode::JsonSchema if self.refuses_schemas.load(Ordering::Relaxed) => SchemaMode::JsonObject,
            mode => mode,
        }
    }

    fn count(&self, outcome: &Result<Completion, Error>, took: Duration) {
        counter!("wandstore_llm_requests_total", "outcome" => outcome_name(outcome)).increment(1);
        histogram!("wandstore_llm_seconds").record(took.as_secs_f64());
        let Ok(completion) = outcome else { return };
        let (tokens_in, tokens_out) = (u64::from(completion.tokens_in), u64::from(completion.tokens_out));
        lock(&self.budget).spend(tokens_in + tokens_out, self.clock.now_ms());
        counter!("wandstore_llm_tokens_total", "direction" => "in").increment(tokens_in);
        counter!("wandstore_llm_tokens_total", "direction" => "out").increment(tokens_out);
        let cost = cost_microdollars(tokens_in, self.config.price_in_microdollars)
            + cost_microdollars(tokens_out, self.config.price_out_microdollars);
        counter!("wandstore_llm_cost_microdollars_total").increment(cost);
    }
}

#[async_trait]
impl Llm for OpenAi {
    async fn complete(&self, request: Request) -> Result<Completion, Error> {
        let start = Instant::now();
        let outcome = self.ask_within_limits(&request).await;
        self.count(&outcome, start.elapsed());
        outcome
    }
}

/// An attempt, as the breaker sees it: one that is not known to have gone well, or that nobody
/// waited for to the end, is a failure.
struct Trial<'a> {
    breaker: &'a Mutex<Breaker>,
    healthy: bool,
}

impl<'a> Trial<'a> {
    fn begin(breaker: &'a Mutex<Breaker>) -> Result<Self, Failure> {
        let refused = |left| Failure::Final(Error::Unavailable(millis(left)));
        lock(breaker).admit(Instant::now()).map_err(refused)?;
        Ok(Self { breaker, healthy: false })
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        let mut breaker = lock(self.breaker);
        if self.healthy { breaker.succeeded() } else { breaker.failed(Instant::now()) }
    }
}

/// A client that follows no redirect, since one could lead the key astray, and takes no proxy from
/// the environment.
fn client(key: Option<&Secret>) -> Result<Client, BadConfig> {
    let mut headers = HeaderMap::new();
    if let Some(key) = key {
        let bearer = format!("Bearer {}", key.expose());
        let mut header = HeaderValue::from_str(&bearer).map_err(|_| BadConfig::Key)?;
        header.set_sensitive(true);
        headers.insert(AUTHORIZATION, header);
    }
    let client = Client::builder()
        .user_agent(concat!("wandstore/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .no_proxy();
    client.build().map_err(|_| BadConfig::Tls)
}

/// The address may hold a secret of its own, so that it is not logged.
fn not_reached(error: reqwest::Error) -> Failure {
    debug!(error = %error.without_url(), "the model's endpoint was not reached");
    Failure::Transient(None)
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(not_reached)? {
        if body.len() + chunk.len() > RESPONSE_BYTES_MAX {
            return Err(Failure::Lie);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn cost_microdollars(tokens: u64, price_per_million: Option<u64>) -> u64 {
    tokens.saturating_mul(price_per_million.unwrap_or(0)).div_ceil(1_000_000)
}

fn outcome_name(outcome: &Result<Completion, Error>) -> &'static str {
    match outcome {
        Ok(_) => "answered",
        Err(Error::NotConfigured) => "not_configured",
        Err(Error::RateLimited(_)) => "rate_limited",
        Err(Error::Unavailable(_)) => "unavailable",
        Err(Error::Timeout) => "timeout",
        Err(Error::OverBudget) => "over_budget",
        Err(Error::Rejected(_)) => "rejected",
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_cannot_be_sent_is_found_at_once() {
        let config = Config::new("http://h", "m", Some(Secret::new("two\nlines")));
        let made = OpenAi::new(config, Arc::new(crate::clock::System), Arc::new(crate::ids::System));
        assert_eq!(made.err(), Some(BadConfig::Key));
    }

    #[test]
    fn cost_is_rounded_up_to_a_millionth_of_a_dollar() {
        assert_eq!(cost_microdollars(1_000, Some(600_000)), 600);
        assert_eq!(cost_microdollars(1, Some(600_000)), 1);
        assert_eq!(cost_microdollars(0, Some(600_000)), 0);
        assert_eq!(cost_microdollars(1_000, None), 0);
    }
}
