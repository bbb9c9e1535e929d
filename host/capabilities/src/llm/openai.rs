//! A model behind any endpoint that understands `OpenAI`'s chat completions.
//!
//! One question is bounded in time as a whole, whatever happens on the way: waiting for its turn,
//! retries, and pauses included.

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
    /// How the endpoint is told what form the answer is to have. One that refuses it is asked for less for a
    /// while: a schema, plain JSON, nothing but words.
    pub schema_mode: SchemaMode,
    /// How many tokens may be spent per day (UTC), questions and answers together.
    pub tokens_per_day_max: Option<u64>,
    /// What a million tokens of questions cost, in millionths of a dollar.
    pub price_in_microdollars: Option<u64>,
    /// What a million tokens of answers cost, in millionths of a dollar.
    pub price_out_microdollars: Option<u64>,
    /// More members for the request's body, as the endpoint wants them. They replace ours; null removes ours.
    pub extra: Map<String, Value>,
    /// Members of the body that are not sent.
    pub omit: Vec<String>,
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
    random: Arc<dyn Random>,
    permits: Semaphore,
    breaker: Mutex<Breaker>,
    account: Account,
    /// What is known of this model at this endpoint.
    memory: Mutex<Memory>,
}

impl OpenAi {
    /// Prepares to ask; nothing is sent yet. What is spent is counted for as long as the process lasts, unless
    /// there is another budget.
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

    /// Counts what is spent in `budget`.
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

    /// Asks once, when there is a place, the endpoint is not known to be down, and the budget has room.
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

/// A call that was not made after all.
const NOT_MADE: Call =
    Call { cause: None, tokens_in: 0, tokens_out: 0, was_sent: false, is_healthy: true, left_out: None };

/// The endpoint is known to be down.
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

/// An attempt, as the breaker sees it: one that is not known to have gone well, or that nobody
/// waited for to the end, is a failure.
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
fn not_reached(error: reqwest::Error) {
    debug!(error = %error.without_url(), "the model's endpoint was not reached, or broke off");
}

/// What came of sending a question.
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

/// Of a body that breaks off or has no end, what arrived may be all that matters.
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
