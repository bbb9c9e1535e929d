//! A model at any endpoint that supports `OpenAI`'s chat completions.
//!
//! A question has one time limit for everything: waiting for its turn,
//! retries and pauses.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use metrics::{counter, histogram};
use portable::llm::exchange::{self, RESPONSE_BYTES_MAX};
use portable::llm::{
    Asking, Call, Cause, Completion, Endpoint, Error, Failed, Memory, Next, Patience, Question, Reply,
    Request, SchemaMode,
};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tracing::{debug, info};

use super::account::Account;
use super::{Budget, Llm, Spent, budget};
use crate::Secret;
use crate::breaker::Breaker;
use crate::clock::{Clock, millis};
use crate::random::Random;

/// The time limit of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The model, its endpoint and the limits of a question.
#[derive(Debug, Clone)]
pub struct Config {
    /// The URL of the endpoint, with or without `/chat/completions`.
    pub base_url: String,
    /// The model's name at the endpoint.
    pub model: String,
    /// The bearer token, if the endpoint wants one.
    pub key: Option<Secret>,
    /// The time limit of a question, including retries.
    pub timeout: Duration,
    /// The maximum number of retries.
    pub retries: u32,
    /// The approximate pause before the first retry; it doubles with each retry.
    pub backoff: Duration,
    /// The maximum number of concurrent questions.
    pub concurrency: u32,
    /// The number of failures in a row after which the breaker opens.
    pub breaker_failures: u32,
    /// How long the breaker stays open.
    pub breaker_cooldown: Duration,
    /// How the request states the form of the answer. An endpoint that refuses a mode gets a weaker one for a
    /// while: first a schema, then plain JSON, then only words in the prompt.
    pub schema_mode: SchemaMode,
    /// The maximum number of tokens per day (UTC), input and output together.
    pub tokens_per_day_max: Option<u64>,
    /// The price of a million input tokens, in millionths of a dollar.
    pub price_in_microdollars: Option<u64>,
    /// The price of a million output tokens, in millionths of a dollar.
    pub price_out_microdollars: Option<u64>,
    /// Additional members of the request's body. They replace the default ones; null removes a default one.
    pub extra: Map<String, Value>,
    /// Members of the body that are not sent.
    pub omit: Vec<String>,
}

impl Config {
    /// Returns a configuration with defaults that suit a job leased for a minute.
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
            omit: Vec::new(),
        }
    }
}

/// What is wrong with a [`Config`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    /// The base URL is invalid.
    #[error("the model's base URL must be an http or https address without user name and password")]
    BaseUrl,
    /// The key cannot be a header.
    #[error("the model's key holds characters that no key has")]
    Key,
    /// TLS could not be initialized.
    #[error("TLS cannot be set up")]
    Tls,
}

/// A client of an endpoint.
pub struct OpenAi {
    config: Config,
    url: Url,
    client: Client,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    permits: Semaphore,
    breaker: Mutex<Breaker>,
    account: Account,
    /// What was learned about this model at this endpoint.
    memory: Mutex<Memory>,
}

impl OpenAi {
    /// Creates a client, and sends nothing yet. Its budget is in memory and lasts as long as the process, unless
    /// [`with_budget`](Self::with_budget) sets another one.
    pub fn new(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, BadConfig> {
        Ok(Self {
            url: exchange::address(&config.base_url).ok_or(BadConfig::BaseUrl)?,
            client: client(config.key.as_ref())?,
            clock,
            random,
            permits: Semaphore::new(config.concurrency.max(1) as usize),
            breaker: Mutex::new(Breaker::new(config.breaker_failures, config.breaker_cooldown)),
            account: Account {
                budget: Arc::new(budget::InMemory::default()),
                tokens_per_day_max: config.tokens_per_day_max,
                price_in_microdollars: config.price_in_microdollars,
                price_out_microdollars: config.price_out_microdollars,
            },
            memory: Mutex::default(),
            config,
        })
    }

    /// Counts tokens in `budget`.
    #[must_use]
    pub fn with_budget(mut self, budget: Arc<dyn Budget>) -> Self {
        self.account.budget = budget;
        self
    }

    async fn ask_within_limits(&self, request: &Request, spent: &Spent) -> Result<Completion, Failed> {
        let persistent = self.ask_persistently(request, spent);
        let late = || {
            let said = format!("no whole answer within {} ms", millis(self.config.timeout));
            Failed { cause: Cause::Timeout, said, retry_after_ms: Some(0) }
        };
        tokio::time::timeout(self.config.timeout, persistent).await.unwrap_or_else(|_| Err(late()))
    }

    async fn ask_persistently(&self, request: &Request, spent: &Spent) -> Result<Completion, Failed> {
        let start = Instant::now();
        let Config { model, key, schema_mode, extra, omit, retries, backoff, timeout, .. } = &self.config;
        let endpoint = Endpoint { model, key: key.as_ref(), mode: *schema_mode, extra, omit };
        let patience = Patience::new(*retries, *backoff, *timeout);
        let mut asking =
            Asking::new(endpoint, request, patience, &mut lock(&self.memory), self.clock.now_ms());
        loop {
            match self.ask_in_turn(&mut asking, start, spent).await? {
                Next::Done(completion) => return Ok(completion),
                Next::Again(pause) => tokio::time::sleep(pause).await,
                Next::Failed(failed) => return Err(failed),
            }
        }
    }

    /// Asks once, if the breaker is closed and the budget has room, after waiting for a free permit.
    async fn ask_in_turn(
        &self,
        asking: &mut Asking<'_>,
        start: Instant,
        spent: &Spent,
    ) -> Result<Next, Failed> {
        let question = asking.question()?;
        if let Some(left) = lock(&self.breaker).remaining(Instant::now()) {
            return Err(left_alone(left));
        }
        let closed = |_| left_alone(Duration::ZERO);
        let _permit = self.permits.acquire().await.map_err(closed)?;
        let reserved = self.account.reserve(&question, spent, self.clock.now_ms()).await?;
        let mut trial = match Trial::begin(&self.breaker) {
            Ok(trial) => trial,
            Err(left) => {
                reserved.settle(&NOT_MADE).await;
                return Err(left_alone(left));
            }
        };
        let received = self.send(&question).await;
        let now = (start.elapsed(), self.clock.now_ms());
        let random = self.random.next_u64();
        let (call, next) = asking.hear(received.reply(), &question, &mut lock(&self.memory), now, random);
        trial.healthy = call.is_healthy;
        if let Some(member) = &call.left_out {
            info!(member, "the model's endpoint refused a part of the request; it is asked without it");
        }
        debug!(?call, "the model's endpoint was asked");
        reserved.settle(&call).await;
        Ok(next)
    }

    async fn send(&self, question: &Question) -> Received {
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        match request.body(question.body()).send().await {
            Ok(response) => read(response).await,
            Err(error) => {
                let was_sent = !(error.is_connect() || error.is_builder());
                not_reached(error);
                if was_sent { Received::Broken } else { Received::Unsent }
            }
        }
    }
}

fn count(outcome: &Result<Completion, Failed>, took: Duration) {
    histogram!("wandstore_llm_seconds").record(took.as_secs_f64());
    let name = outcome.as_ref().map_or_else(|failed| failed.cause.name(), |_| "answered");
    counter!("wandstore_llm_questions_total", "outcome" => name).increment(1);
}

/// The outcome of a call that was not made.
const NOT_MADE: Call =
    Call { cause: None, tokens_in: 0, tokens_out: 0, was_sent: false, is_healthy: true, left_out: None };

/// Returns the failure for a question that is not sent, because the breaker is open.
fn left_alone(left: Duration) -> Failed {
    let said = "it failed several times in a row and is left alone for a while".to_owned();
    Failed { cause: Cause::Unreachable, said, retry_after_ms: Some(millis(left)) }
}

#[async_trait]
impl Llm for OpenAi {
    async fn complete(&self, request: Request, spent: &Spent) -> Result<Completion, Error> {
        let start = Instant::now();
        let outcome = self.ask_within_limits(&request, spent).await;
        count(&outcome, start.elapsed());
        Ok(outcome?)
    }

    fn budget(&self) -> Option<&dyn Budget> {
        Some(&*self.account.budget)
    }
}

/// A call, as the breaker counts it. It is a failure unless it is marked healthy, so a cancelled call
/// is a failure too.
struct Trial<'a> {
    breaker: &'a Mutex<Breaker>,
    healthy: bool,
}

impl<'a> Trial<'a> {
    fn begin(breaker: &'a Mutex<Breaker>) -> Result<Self, Duration> {
        lock(breaker).admit(Instant::now())?;
        Ok(Self { breaker, healthy: false })
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        let mut breaker = lock(self.breaker);
        if self.healthy { breaker.succeeded() } else { breaker.failed(Instant::now()) }
    }
}

/// Creates a client that follows no redirects, because a redirect could leak the key, and takes no proxy
/// from the environment.
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

/// Logs an error without the URL, because the URL may hold a secret.
fn not_reached(error: reqwest::Error) {
    debug!(error = %error.without_url(), "the model's endpoint was not reached, or broke off");
}

/// The response to a question.
enum Received {
    Unsent,
    Broken,
    TooLarge,
    Answer { status: u16, retry_after: Option<HeaderValue>, body: Vec<u8>, is_whole: bool },
}

impl Received {
    fn reply(&self) -> Reply<'_> {
        match self {
            Self::Unsent => Reply::Unsent,
            Self::Broken => Reply::Broken,
            Self::TooLarge => Reply::TooLarge,
            Self::Answer { status, retry_after, body, is_whole } => Reply::Answer {
                status: *status,
                retry_after: retry_after.as_ref().and_then(|header| header.to_str().ok()),
                body,
                is_whole: *is_whole,
            },
        }
    }
}

/// Reads a response. Keeps the received part of a body that breaks off, because it may be all that matters.
async fn read(mut response: Response) -> Received {
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).cloned();
    let mut body = Vec::new();
    let is_whole = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= RESPONSE_BYTES_MAX => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) if status.is_success() => return Received::TooLarge,
            Ok(Some(_)) => break false,
            Ok(None) => break true,
            Err(error) => {
                not_reached(error);
                break false;
            }
        }
    };
    Received::Answer { status: status.as_u16(), retry_after, body, is_whole }
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
        let made = OpenAi::new(config, Arc::new(crate::clock::System), Arc::new(crate::random::System));
        assert_eq!(made.err(), Some(BadConfig::Key));
    }
}
