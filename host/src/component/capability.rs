//! What the host supplies to components: each interface of `wandstore:capabilities`, over its backend.
//!
//! Conversions only; what a backend does is in the `capabilities` crate.

use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use capabilities::{blob as blob_backend, jobs as jobs_backend, kv as kv_backend, llm as llm_backend};
use metrics::Counter;
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::wandstore::capabilities::{
    blob, clock, ids, jobs, kv, llm, log, settings, signatures, values,
};
use crate::changes::Topic;
use crate::context::{Context, Value};

impl values::Host for Context {}

impl values::HostValue for Context {
    fn new(&mut self, bytes: Vec<u8>) -> Result<Resource<Value>> {
        self.lend(bytes.into())
    }

    fn size(&mut self, value: Resource<Value>) -> Result<u64> {
        Ok(self.value(&value)?.len() as u64)
    }

    fn read(&mut self, value: Resource<Value>, offset: u64, limit: u32) -> Result<Vec<u8>> {
        let bytes = self.value(&value)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let end = start.saturating_add(limit as usize).min(bytes.len());
        Ok(bytes[start..end].to_vec())
    }

    fn prefixed(&mut self, value: Resource<Value>, head: Vec<u8>) -> Result<Resource<Value>> {
        let whole = Bytes::from([head.as_slice(), self.value(&value)?].concat());
        self.lend(whole)
    }

    fn drop(&mut self, value: Resource<Value>) -> Result<()> {
        self.take(value).map(drop)
    }
}

/// The first bytes of a value.
fn head(value: &Bytes, peek: u32) -> Vec<u8> {
    value[..value.len().min(peek as usize)].to_vec()
}

fn seconds(ttl: Option<u32>) -> Option<Duration> {
    ttl.map(|seconds| Duration::from_secs(seconds.into()))
}

/// Reads by tier and outcome.
struct Reads {
    memory: Outcomes,
    kv: Outcomes,
    blob: Outcomes,
}

/// What came of reading a tier.
struct Outcomes {
    hit: Counter,
    miss: Counter,
    error: Counter,
}

fn reads() -> &'static Reads {
    static READS: LazyLock<Reads> = LazyLock::new(|| {
        let counter = |tier: &'static str, outcome: &'static str| metrics::counter!("wandstore_cache_reads_total", "tier" => tier, "outcome" => outcome);
        let outcomes = |tier| Outcomes {
            hit: counter(tier, "hit"),
            miss: counter(tier, "miss"),
            error: counter(tier, "error"),
        };
        Reads { memory: outcomes("memory"), kv: outcomes("kv"), blob: outcomes("blob") }
    });
    &READS
}

impl Outcomes {
    fn count<T, E>(&self, found: &Result<Option<T>, E>) {
        let counter = match found {
            Ok(Some(_)) => &self.hit,
            Ok(None) => &self.miss,
            Err(_) => &self.error,
        };
        counter.increment(1);
    }
}

// --- kv -------------------------------------------------------------------------------------

/// The stores that a deployment has. Every component that may use `kv` may use them all.
const STORES: [&str; 3] = ["UI_CACHE", "GENERATION_QUEUE", "SHOPPER_SESSIONS"];

impl From<kv_backend::Error> for kv::Error {
    fn from(error: kv_backend::Error) -> Self {
        match error {
            kv_backend::Error::TooLarge(limit) => Self::TooLarge(limit),
            kv_backend::Error::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

fn known_store(store: &str) -> Result<(), kv::Error> {
    if STORES.contains(&store) { Ok(()) } else { Err(kv::Error::NoSuchStore) }
}

impl Context {
    fn entry(&mut self, entry: kv_backend::Entry, peek: u32) -> Result<kv::Entry> {
        let head = head(&entry.value, peek);
        Ok(kv::Entry { value: self.lend(entry.value)?, head, version: entry.version })
    }
}

impl kv::Host for Context {
    async fn get(
        &mut self,
        store: String,
        key: String,
        peek: u32,
    ) -> Result<Result<Option<kv::Entry>, kv::Error>> {
        if let Err(error) = known_store(&store) {
            return Ok(Err(error));
        }
        let backend = self.capabilities.kv.clone();
        match backend.peek(&store, &key) {
            kv_backend::Peeked::Held(entry) => {
                reads().memory.hit.increment(1);
                return Ok(Ok(Some(self.entry(entry, peek)?)));
            }
            kv_backend::Peeked::Absent => {
                reads().memory.miss.increment(1);
                return Ok(Ok(None));
            }
            kv_backend::Peeked::Unknown => {}
        }
        let found = backend.get(&store, &key).await;
        reads().kv.count(&found);
        match found {
            Ok(Some(entry)) => Ok(Ok(Some(self.entry(entry, peek)?))),
            Ok(None) => Ok(Ok(None)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn set(
        &mut self,
        store: String,
        key: String,
        value: Resource<Value>,
        ttl_seconds: Option<u32>,
    ) -> Result<Result<(), kv::Error>> {
        let value = self.value(&value)?.clone();
        if let Err(error) = known_store(&store) {
            return Ok(Err(error));
        }
        let written = self.capabilities.kv.set(&store, &key, value, seconds(ttl_seconds)).await;
        Ok(written.map(|_version| ()).map_err(Into::into))
    }

    async fn compare_and_swap(
        &mut self,
        store: String,
        key: String,
        expected: Option<u64>,
        value: Resource<Value>,
        ttl_seconds: Option<u32>,
    ) -> Result<Result<kv::Swap, kv::Error>> {
        let value = self.value(&value)?.clone();
        if let Err(error) = known_store(&store) {
            return Ok(Err(error));
        }
        let backend = &self.capabilities.kv;
        let swapped = backend.compare_and_swap(&store, &key, expected, value, seconds(ttl_seconds)).await;
        Ok(match swapped {
            Ok(kv_backend::Swap::Done(version)) => Ok(kv::Swap::Done(version)),
            Ok(kv_backend::Swap::Lost) => Ok(kv::Swap::Lost),
            Err(error) => Err(error.into()),
        })
    }

    async fn delete(&mut self, store: String, key: String) -> Result<Result<bool, kv::Error>> {
        if let Err(error) = known_store(&store) {
            return Ok(Err(error));
        }
        Ok(self.capabilities.kv.delete(&store, &key).await.map_err(Into::into))
    }

    async fn list_keys(
        &mut self,
        store: String,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Result<Vec<String>, kv::Error>> {
        if let Err(error) = known_store(&store) {
            return Ok(Err(error));
        }
        let keys = self.capabilities.kv.list_keys(&store, &prefix, after.as_deref(), limit).await;
        Ok(keys.map_err(Into::into))
    }
}

// --- blob -----------------------------------------------------------------------------------

/// The buckets that a deployment has.
const BUCKETS: [&str; 1] = ["UI_STORAGE"];

impl From<blob_backend::Error> for blob::Error {
    fn from(error: blob_backend::Error) -> Self {
        match error {
            blob_backend::Error::TooLarge(limit) => Self::TooLarge(limit),
            blob_backend::Error::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

fn known_bucket(bucket: &str) -> Result<(), blob::Error> {
    if BUCKETS.contains(&bucket) { Ok(()) } else { Err(blob::Error::NoSuchBucket) }
}

impl blob::Host for Context {
    async fn get(
        &mut self,
        bucket: String,
        key: String,
        peek: u32,
    ) -> Result<Result<Option<blob::Object>, blob::Error>> {
        if let Err(error) = known_bucket(&bucket) {
            return Ok(Err(error));
        }
        let found = self.capabilities.blob.get(&bucket, &key).await;
        reads().blob.count(&found);
        match found {
            Ok(Some(value)) => {
                let head = head(&value, peek);
                Ok(Ok(Some(blob::Object { value: self.lend(value)?, head })))
            }
            Ok(None) => Ok(Ok(None)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn put(
        &mut self,
        bucket: String,
        key: String,
        value: Resource<Value>,
    ) -> Result<Result<(), blob::Error>> {
        let value = self.value(&value)?.clone();
        if let Err(error) = known_bucket(&bucket) {
            return Ok(Err(error));
        }
        Ok(self.capabilities.blob.put(&bucket, &key, value).await.map_err(Into::into))
    }

    async fn delete(&mut self, bucket: String, key: String) -> Result<Result<(), blob::Error>> {
        if let Err(error) = known_bucket(&bucket) {
            return Ok(Err(error));
        }
        Ok(self.capabilities.blob.delete(&bucket, &key).await.map_err(Into::into))
    }

    async fn list_keys(
        &mut self,
        bucket: String,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Result<Vec<String>, blob::Error>> {
        if let Err(error) = known_bucket(&bucket) {
            return Ok(Err(error));
        }
        let keys = self.capabilities.blob.list_keys(&bucket, &prefix, after.as_deref(), limit).await;
        Ok(keys.map_err(Into::into))
    }
}

// --- llm ------------------------------------------------------------------------------------

impl From<llm_backend::Error> for llm::Error {
    fn from(error: llm_backend::Error) -> Self {
        match error {
            llm_backend::Error::NotConfigured => Self::NotConfigured,
            llm_backend::Error::RateLimited(after_ms) => Self::RateLimited(after_ms),
            llm_backend::Error::Unavailable(after_ms) => Self::Unavailable(after_ms),
            llm_backend::Error::Timeout => Self::Timeout,
            llm_backend::Error::OverBudget => Self::OverBudget,
            llm_backend::Error::Rejected(reason) => Self::Rejected(reason),
        }
    }
}

impl From<llm::Request> for llm_backend::Request {
    fn from(request: llm::Request) -> Self {
        let message = |message: llm::Message| llm_backend::Message {
            role: match message.role {
                llm::Role::System => llm_backend::Role::System,
                llm::Role::User => llm_backend::Role::User,
                llm::Role::Assistant => llm_backend::Role::Assistant,
            },
            text: message.text,
        };
        Self {
            messages: request.messages.into_iter().map(message).collect(),
            schema: request.schema,
            schema_name: request.schema_name,
            tokens_max: request.tokens_max,
        }
    }
}

impl llm::Host for Context {
    async fn complete(&mut self, request: llm::Request) -> Result<Result<llm::Completion, llm::Error>> {
        let completion = self.capabilities.llm.complete(request.into()).await;
        Ok(match completion {
            Ok(completion) => Ok(llm::Completion {
                text: completion.text,
                model: completion.model,
                tokens_in: completion.tokens_in,
                tokens_out: completion.tokens_out,
                complete: completion.complete,
            }),
            Err(error) => Err(error.into()),
        })
    }
}

// --- jobs -----------------------------------------------------------------------------------

impl From<jobs_backend::Error> for jobs::Error {
    fn from(error: jobs_backend::Error) -> Self {
        match error {
            jobs_backend::Error::TooLarge(limit) => Self::TooLarge(limit),
            jobs_backend::Error::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

impl From<jobs::Settlement> for jobs_backend::Settlement {
    fn from(settlement: jobs::Settlement) -> Self {
        match settlement {
            jobs::Settlement::Done(note) => Self::Done(note),
            jobs::Settlement::Retry(jobs::Retry { at_ms, reason }) => Self::Retry { at_ms, reason },
            jobs::Settlement::Dead(reason) => Self::Dead(reason),
        }
    }
}

fn state(state: jobs_backend::State) -> jobs::State {
    match state {
        jobs_backend::State::Queued => jobs::State::Queued,
        jobs_backend::State::Running => jobs::State::Running,
        jobs_backend::State::Done => jobs::State::Done,
        jobs_backend::State::Dead => jobs::State::Dead,
    }
}

impl jobs::Host for Context {
    async fn offer(&mut self, job: jobs::NewJob) -> Result<Result<jobs::Offered, jobs::Error>> {
        let jobs::NewJob { lanes, lane_depth_max, key, payload, now_ms } = job;
        let job = jobs_backend::NewJob { lanes, lane_depth_max, key, payload: payload.into(), now_ms };
        Ok(match self.capabilities.jobs.offer(job).await {
            Ok(jobs_backend::Offered::Accepted { id, lane }) => {
                self.links.changes.announce(Topic::Lane(&lane));
                Ok(jobs::Offered::Accepted(id))
            }
            Ok(jobs_backend::Offered::Live(id)) => Ok(jobs::Offered::Live(id)),
            Ok(jobs_backend::Offered::Full) => Ok(jobs::Offered::Full),
            Err(error) => Err(error.into()),
        })
    }

    async fn claim(
        &mut self,
        lane: String,
        now_ms: u64,
        lease_ms: u32,
    ) -> Result<Result<jobs::ClaimResult, jobs::Error>> {
        Ok(match self.capabilities.jobs.claim(&lane, now_ms, lease_ms).await {
            Ok(jobs_backend::ClaimResult::Job(claimed)) => {
                self.links.changes.announce(Topic::Key(&claimed.key));
                Ok(jobs::ClaimResult::Job(jobs::Claimed {
                    id: claimed.id,
                    key: claimed.key,
                    token: claimed.token,
                    attempt: claimed.attempt,
                    payload: claimed.payload.into(),
                }))
            }
            Ok(jobs_backend::ClaimResult::Idle(due_ms)) => Ok(jobs::ClaimResult::Idle(due_ms)),
            Err(error) => Err(error.into()),
        })
    }

    async fn extend(
        &mut self,
        id: String,
        token: u64,
        now_ms: u64,
        lease_ms: u32,
    ) -> Result<Result<bool, jobs::Error>> {
        Ok(self.capabilities.jobs.extend(&id, token, now_ms, lease_ms).await.map_err(Into::into))
    }

    async fn settle(
        &mut self,
        id: String,
        token: u64,
        now_ms: u64,
        settlement: jobs::Settlement,
    ) -> Result<Result<bool, jobs::Error>> {
        Ok(match self.capabilities.jobs.settle(&id, token, now_ms, settlement.into()).await {
            Ok(Some(key)) => {
                self.links.changes.announce(Topic::Key(&key));
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(error) => Err(error.into()),
        })
    }

    async fn newest(&mut self, key: String) -> Result<Result<Option<jobs::Status>, jobs::Error>> {
        let status = |status: jobs_backend::Status| jobs::Status {
            id: status.id,
            state: state(status.state),
            attempt: status.attempt,
            since_ms: status.since_ms,
        };
        let newest = self.capabilities.jobs.newest(&key).await;
        Ok(newest.map(|newest| newest.map(status)).map_err(Into::into))
    }

    async fn measure(&mut self, lane: String) -> Result<Result<jobs::Depth, jobs::Error>> {
        let depth = |depth: jobs_backend::Depth| jobs::Depth {
            queued: depth.queued,
            running: depth.running,
            dead: depth.dead,
            oldest_ms: depth.oldest_ms,
        };
        Ok(self.capabilities.jobs.measure(&lane).await.map(depth).map_err(Into::into))
    }
}

// --- the small ones -------------------------------------------------------------------------

impl signatures::Host for Context {
    fn verify(
        &mut self,
        secret: String,
        algorithm: signatures::Algorithm,
        message: Vec<u8>,
        mac: Vec<u8>,
    ) -> Result<Result<bool, signatures::Error>> {
        let algorithm = match algorithm {
            signatures::Algorithm::HmacSha256 => capabilities::signatures::Algorithm::HmacSha256,
        };
        let verified = self.capabilities.signatures.verify(&secret, algorithm, &message, &mac);
        Ok(verified.map_err(|_| signatures::Error::NoSuchSecret))
    }

    fn matches(&mut self, secret: String, candidate: String) -> Result<Result<bool, signatures::Error>> {
        let matches = self.capabilities.signatures.matches(&secret, &candidate);
        Ok(matches.map_err(|_| signatures::Error::NoSuchSecret))
    }
}

impl clock::Host for Context {
    fn now_ms(&mut self) -> Result<u64> {
        Ok(self.capabilities.clock.now_ms())
    }
}

impl ids::Host for Context {
    fn random(&mut self) -> Result<u64> {
        Ok(self.capabilities.ids.random())
    }
}

impl settings::Host for Context {
    fn development(&mut self) -> Result<bool> {
        Ok(self.capabilities.settings.development)
    }

    fn pool(&mut self) -> Result<settings::PoolLimits> {
        let pool = &self.capabilities.settings.pool;
        Ok(settings::PoolLimits {
            size: pool.size,
            depth_max: pool.depth_max,
            attempts_max: pool.attempts_max,
            lease_ms: pool.lease_ms,
            backoff_ms: pool.backoff_ms,
            backoff_ms_max: pool.backoff_ms_max,
        })
    }

    fn lifetimes(&mut self) -> Result<settings::PageLifetimes> {
        let lifetimes = &self.capabilities.settings.lifetimes;
        Ok(settings::PageLifetimes {
            kv_ttl_seconds: lifetimes.kv_ttl_seconds,
            fresh_seconds: lifetimes.fresh_seconds,
        })
    }

    fn store(&mut self, id: String) -> Result<Option<settings::Shop>> {
        let shop = self.capabilities.settings.shops.get(&id);
        Ok(shop.map(|shop| settings::Shop {
            name: shop.name.clone(),
            url: shop.url.clone(),
            language: shop.language.clone(),
            tone: shop.tone.clone(),
            banned_words: shop.banned_words.clone(),
            promises: shop.promises.clone(),
        }))
    }

    fn has_store(&mut self, id: String) -> Result<bool> {
        Ok(self.capabilities.settings.shops.contains_key(&id))
    }

    fn stores(&mut self) -> Result<Vec<String>> {
        Ok(self.capabilities.settings.shops.keys().cloned().collect())
    }
}

impl log::Host for Context {
    fn event(
        &mut self,
        level: log::Level,
        message: String,
        particulars: Vec<(String, String)>,
    ) -> Result<()> {
        let level = match level {
            log::Level::Debug => capabilities::log::Level::Debug,
            log::Level::Info => capabilities::log::Level::Info,
            log::Level::Warn => capabilities::log::Level::Warn,
            log::Level::Error => capabilities::log::Level::Error,
        };
        self.capabilities.log.event(capabilities::log::Event {
            level,
            message: &message,
            particulars,
            component: self.role.name(),
            call: &self.cause.to_string(),
        });
        Ok(())
    }
}
