//! A client of the model's endpoint.
//!
//! A question has one time limit for everything: waiting for its turn, retries and pauses. What arrived of an answer when
//! the time runs out may still be one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ::llm::{
    Arriving, Call, Cause, Completion, Endpoint, Error, Exchange, Failed, InvalidEndpoint, Memory, Next,
    Question, Request, Settings,
};
use async_trait::async_trait;
use metrics::{Histogram, counter, histogram};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect;
use tokio::sync::Semaphore;
use tokio::time::timeout_at;
use tracing::{debug, info};

use super::account::Account;
use super::received::{Limits, Received, read, unanswered};
use super::{Budget, Llm, Spent, Usefulness, budget};
use crate::Secret;
use crate::breaker::Breaker;
use crate::clock::{Clock, millis};
use crate::random::Random;

/// How long an endpoint that failed several times in a row is not asked at first. Most outages are short.
const COOLDOWN_FIRST: Duration = Duration::from_secs(4);

/// The time limit of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoClient {
    /// The configured endpoint is invalid.
    #[error(transparent)]
    Endpoint(#[from] InvalidEndpoint),
    /// TLS could not be initialized.
    #[error("cannot set up TLS")]
    Tls,
}

/// A client of an endpoint.
pub struct Client {
    endpoint: Endpoint,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    permits: Semaphore,
    breaker: Mutex<Breaker>,
    account: Account,
    /// The knowledge about this model at this endpoint.
    memory: Mutex<Memory>,
    usefulness: Usefulness,
}

impl Client {
    /// Creates a client, and sends nothing yet. Returns `None` if the settings name no model. Its budget is in memory
    /// and lasts as long as the process, unless [`with_budget`](Self::with_budget) sets another one.
    pub fn new(
        settings: &Settings,
        key: Option<&Secret>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Option<Self>, NoClient> {
        let Some(endpoint) = Endpoint::new(settings, key)?.map(Endpoint::streaming) else { return Ok(None) };
        let cooldown_max = Duration::from_millis(settings.breaker_cooldown_ms);
        let breaker = Breaker::new(settings.breaker_failures, cooldown_max.min(COOLDOWN_FIRST));
        Ok(Some(Self {
            http: http(&endpoint)?,
            endpoint,
            clock,
            random,
            permits: Semaphore::new(settings.concurrency.max(1) as usize),
            breaker: Mutex::new(breaker.doubling_to(cooldown_max)),
            account: Account {
                budget: Arc::new(budget::Memory::default()),
                limits: settings.limits(),
                tokens_of_shop: settings.tokens_of_shop(),
                prices: settings.prices(),
            },
            memory: Mutex::default(),
            usefulness: Usefulness::default(),
        }))
    }

    /// Counts what calls cost in `budget`.
    #[must_use]
    pub fn with_budget(mut self, budget: Arc<dyn Budget>) -> Self {
        self.account.budget = budget;
        self
    }

    async fn ask_persistently(&self, request: &Request, spent: &Spent) -> Result<Completion, Failed> {
        let start = Instant::now();
        let mut exchange =
            Exchange::new(&self.endpoint, request, &mut lock(&self.memory), self.clock.now_ms());
        loop {
            match self.ask_in_turn(&mut exchange, start, spent).await? {
                Next::Done(completion) => return Ok(completion),
                Next::Again(pause) => tokio::time::sleep(pause).await,
                Next::Failed(failed) => return Err(failed),
            }
        }
    }

    /// Asks once, if the breaker is closed and the budget has room, after waiting for a free permit.
    async fn ask_in_turn(
        &self,
        exchange: &mut Exchange<'_>,
        start: Instant,
        spent: &Spent,
    ) -> Result<Next, Failed> {
        let deadline = start + self.endpoint.timeout();
        let question = exchange.question()?;
        if Instant::now() >= deadline {
            return Err(self.endpoint.late());
        }
        if let Some(left) = lock(&self.breaker).remaining(Instant::now()) {
            return Err(breaker_is_open(left));
        }
        let closed = |_| breaker_is_open(Duration::ZERO);
        let late = |_| self.endpoint.late();
        let _permit =
            timeout_at(deadline.into(), self.permits.acquire()).await.map_err(late)?.map_err(closed)?;
        let reserving = self.account.reserve(&question, spent, self.clock.now_ms());
        let reserved = timeout_at(deadline.into(), reserving).await.map_err(late)??;
        let mut trial = match Trial::begin(&self.breaker) {
            Ok(trial) => trial,
            Err(left) => {
                reserved.settle(&Call::NOT_MADE).await;
                return Err(breaker_is_open(left));
            }
        };
        let received = self.send(&question, deadline).await;
        let now = (start.elapsed(), self.clock.now_ms());
        let random = self.random.next_u64();
        let (call, next) =
            exchange.receive(received.reply(), &question, &mut lock(&self.memory), now, random);
        trial.healthy = call.is_healthy;
        if let Some(member) = &call.left_out {
            info!(
                member,
                "the model's endpoint rejected a member of the request; asking without it or in another way"
            );
        }
        debug!(?call, "called the model's endpoint");
        reserved.settle(&call).await;
        Ok(next)
    }

    async fn send(&self, question: &Question, deadline: Instant) -> Received {
        let sent_at = Instant::now();
        let sending = self.http.post(self.endpoint.url()).body(question.body()).send();
        let limits = Limits { deadline: deadline.into(), idle: self.endpoint.idle_timeout() };
        match timeout_at(limits.deadline, sending).await {
            Ok(Ok(response)) => {
                read(response, Arriving::new(&self.endpoint, question), limits, || {
                    first_block_seconds().record(sent_at.elapsed().as_secs_f64());
                })
                .await
            }
            Ok(Err(error)) => unanswered(error),
            Err(_) => Received::Late,
        }
    }
}

fn count(outcome: &Result<Completion, Failed>, took: Duration) {
    seconds().record(took.as_secs_f64());
    let name = outcome.as_ref().map_or_else(|failed| failed.cause.name(), |_| "answered");
    counter!("wandstore_llm_questions_total", "outcome" => name).increment(1);
}

fn seconds() -> Histogram {
    histogram!("wandstore_llm_seconds")
}

fn first_block_seconds() -> Histogram {
    histogram!("wandstore_llm_first_block_seconds")
}

/// Lets the metrics start at 0.
pub(super) fn register_metrics() {
    drop((seconds(), first_block_seconds()));
}

/// Returns the failure for a question that is not sent, because the breaker is open.
fn breaker_is_open(left: Duration) -> Failed {
    let said = "it failed several times in a row; the circuit breaker is open".to_owned();
    Failed { cause: Cause::Unreachable, said, retry_after_ms: Some(millis(left)) }
}

#[async_trait]
impl Llm for Client {
    async fn complete(&self, request: Request, spent: &Spent) -> Result<Completion, Error> {
        let start = Instant::now();
        let outcome = self.ask_persistently(&request, spent).await;
        count(&outcome, start.elapsed());
        Ok(outcome?)
    }

    fn budget(&self) -> Option<&dyn Budget> {
        Some(&*self.account.budget)
    }

    fn usefulness(&self) -> Option<&Usefulness> {
        Some(&self.usefulness)
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

/// Creates an HTTP client that follows no redirects, because a redirect could leak the key, and takes no proxy from the
/// environment.
fn http(endpoint: &Endpoint) -> Result<reqwest::Client, NoClient> {
    let mut headers = HeaderMap::new();
    for (name, value) in endpoint.headers() {
        let mut value = HeaderValue::from_str(&value).map_err(|_| InvalidEndpoint::Key)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    let client = reqwest::Client::builder()
        .user_agent(concat!("wandstore/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .no_proxy();
    client.build().map_err(|_| NoClient::Tls)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
