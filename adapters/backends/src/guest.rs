//! Binds `crates/storage` to WIT: conversions without decisions.
//!
//! Two components contain this file: the adapter `backends`, over the interfaces of `wit/platform`, and `spin-platform`,
//! over Spin's. Each brings its own `bindings`, `platform` and `Component`.

use std::cell::OnceCell;

use model::limits::Counter;
use storage::Failure;
use storage::blob::Blob;
use storage::bytes::Bytes;
use storage::database::{Database, Row, Sql, StatementFailed, Value};
use storage::jobs::Jobs;
use storage::kv::{Kv, Moment};
use storage::limits::Counters;
use storage::s3::{self, InvalidBucket, S3};

use crate::Component;
use crate::bindings::exports::wandstore::capabilities::{blob, jobs, kv, values};
use crate::platform::{clock, leases_max, outbound, random, sql, variables};

/// The stores and buckets of a deployment.
const STORES: [&str; 3] = ["UI_CACHE", "GENERATION_QUEUE", "SHOPPER_SESSIONS"];
const BUCKETS: [&str; 1] = ["UI_STORAGE"];
/// How long an exchange with a bucket may take.
const BUCKET_TIMEOUT_MS: u32 = 5_000;

struct Platform;

thread_local! {
    static DATABASE: Database<Platform> = const { Database::new(Platform) };
    static BUCKET: OnceCell<Option<Result<S3, InvalidBucket>>> = const { OnceCell::new() };
}

/// Takes one from each of these counters, or from none if one of them is used up. Returns whether it did.
pub(crate) fn take(counters: &[Counter]) -> Result<bool, Failure> {
    DATABASE.with(|database| Counters(database).take(counters, clock::now_ms()))
}

fn moment() -> Moment {
    Moment { now_ms: clock::now_ms(), random: random::get_u64() }
}

impl values::Guest for Component {
    type Value = Bytes;
}

impl values::GuestValue for Bytes {
    fn new(bytes: Vec<u8>) -> Self {
        Self::of(bytes)
    }

    fn size(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read(&self, offset: u64, limit: u32) -> Vec<u8> {
        Self::slice(self, offset, limit.into()).as_slice().to_vec()
    }

    fn framed(&self, head: Vec<u8>, tail: Vec<u8>) -> values::Value {
        values::Value::new(Self::framed(self, head, &tail))
    }

    fn slice(&self, offset: u64, size: u64) -> values::Value {
        values::Value::new(Self::slice(self, offset, size))
    }
}

fn value(bytes: Vec<u8>) -> values::Value {
    values::Value::new(Bytes::of(bytes))
}

fn head(bytes: &[u8], peek: u32) -> Vec<u8> {
    bytes[..bytes.len().min(peek as usize)].to_vec()
}

fn bytes_of<'a>(value: &'a values::ValueBorrow<'_>) -> &'a [u8] {
    value.get::<Bytes>().as_slice()
}

fn known_store(store: &str) -> Result<(), kv::Error> {
    if STORES.contains(&store) { Ok(()) } else { Err(kv::Error::NoSuchStore) }
}

fn known_bucket(bucket: &str) -> Result<(), blob::Error> {
    if BUCKETS.contains(&bucket) { Ok(()) } else { Err(blob::Error::NoSuchBucket) }
}

/// Sets a key that is not a page's, for so long, unless it is set. Returns false if it is set already.
#[allow(dead_code, reason = "only instances of Spin are too short-lived to remember by themselves")]
pub(crate) fn set_if_absent(key: &str, ttl_seconds: u32) -> bool {
    let swapped = DATABASE.with(|database| {
        Kv(database).compare_and_swap(STORES[0], key, None, &[], Some(ttl_seconds), moment())
    });
    !matches!(swapped, Ok(None))
}

impl kv::Guest for Component {
    fn get(store: String, key: String, peek: u32) -> Result<Option<kv::Entry>, kv::Error> {
        known_store(&store)?;
        let entry = DATABASE.with(|database| Kv(database).get(&store, &key, clock::now_ms()))?;
        Ok(entry.map(|entry| kv::Entry {
            head: head(&entry.bytes, peek),
            version: entry.version,
            value: value(entry.bytes),
        }))
    }

    fn set(
        store: String,
        key: String,
        value: values::ValueBorrow<'_>,
        ttl_seconds: Option<u32>,
    ) -> Result<(), kv::Error> {
        known_store(&store)?;
        let bytes = bytes_of(&value);
        DATABASE.with(|database| Kv(database).set(&store, &key, bytes, ttl_seconds, moment()))?;
        Ok(())
    }

    fn compare_and_swap(
        store: String,
        key: String,
        expected: Option<u64>,
        value: values::ValueBorrow<'_>,
        ttl_seconds: Option<u32>,
    ) -> Result<kv::Swap, kv::Error> {
        known_store(&store)?;
        let bytes = bytes_of(&value);
        let swapped = DATABASE.with(|database| {
            Kv(database).compare_and_swap(&store, &key, expected, bytes, ttl_seconds, moment())
        })?;
        Ok(swapped.map_or(kv::Swap::Lost, kv::Swap::Done))
    }

    fn delete(store: String, key: String) -> Result<bool, kv::Error> {
        known_store(&store)?;
        Ok(DATABASE.with(|database| Kv(database).delete(&store, &key, clock::now_ms()))?)
    }

    fn delete_many(store: String, keys: Vec<String>) -> Result<u32, kv::Error> {
        known_store(&store)?;
        Ok(DATABASE.with(|database| Kv(database).delete_many(&store, &keys))?)
    }

    fn list_keys(
        store: String,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<String>, kv::Error> {
        known_store(&store)?;
        Ok(DATABASE.with(|database| {
            Kv(database).list_keys(&store, &prefix, after.as_deref(), limit, clock::now_ms())
        })?)
    }
}

/// Evaluates `$with_bucket` with the bucket if there is one, else `$with_database` with the database.
macro_rules! stored {
    (|$s3:ident| $with_bucket:expr, |$database:ident| $with_database:expr) => {
        BUCKET.with(|bucket| match bucket.get_or_init(|| S3::configured(variables::get)) {
            Some(Ok($s3)) => $with_bucket,
            Some(Err(invalid)) => Err(Failure::Unavailable(invalid.to_string())),
            None => DATABASE.with(|$database| $with_database),
        })
    };
}

impl blob::Guest for Component {
    fn get(bucket: String, key: String, peek: u32) -> Result<Option<blob::Object>, blob::Error> {
        known_bucket(&bucket)?;
        let bytes =
            stored!(|s3| s3.get(&Platform, &bucket, &key, clock::now_ms()), |database| Blob(database)
                .get(&bucket, &key))?;
        Ok(bytes.map(|bytes| blob::Object { head: head(&bytes, peek), value: value(bytes) }))
    }

    fn put(bucket: String, key: String, value: values::ValueBorrow<'_>) -> Result<(), blob::Error> {
        known_bucket(&bucket)?;
        let bytes = bytes_of(&value);
        Ok(stored!(|s3| s3.put(&Platform, &bucket, &key, bytes, clock::now_ms()), |database| Blob(database)
            .put(&bucket, &key, bytes))?)
    }

    fn delete(bucket: String, key: String) -> Result<(), blob::Error> {
        known_bucket(&bucket)?;
        Ok(stored!(|s3| s3.delete(&Platform, &bucket, &key, clock::now_ms()), |database| Blob(database)
            .delete(&bucket, &key))?)
    }

    fn delete_many(bucket: String, keys: Vec<String>) -> Result<(), blob::Error> {
        known_bucket(&bucket)?;
        Ok(stored!(|s3| s3.delete_many(&Platform, &bucket, &keys, clock::now_ms()), |database| Blob(
            database
        )
        .delete_many(&bucket, &keys))?)
    }

    fn list_keys(
        bucket: String,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<String>, blob::Error> {
        known_bucket(&bucket)?;
        let after = after.as_deref();
        Ok(stored!(
            |s3| s3.list_keys(&Platform, &bucket, &prefix, after, limit, clock::now_ms()),
            |database| Blob(database).list_keys(&bucket, &prefix, after, limit)
        )?)
    }
}

impl jobs::Guest for Component {
    fn enqueue(job: jobs::NewJob) -> Result<jobs::Enqueued, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).enqueue(&job.into(), random::get_u64()))?.into())
    }

    fn claim(now_ms: u64, lease_ms: u32) -> Result<jobs::ClaimResult, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).claim(now_ms, lease_ms, leases_max()))?.into())
    }

    fn leased(id: String, token: u64) -> Result<Option<jobs::Claimed>, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).leased(&id, token))?.map(Into::into))
    }

    fn extend_lease(id: String, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).extend_lease(&id, token, now_ms, lease_ms))?)
    }

    fn complete(
        id: String,
        token: u64,
        now_ms: u64,
        completion: jobs::Completion,
    ) -> Result<bool, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).complete(&id, token, now_ms, completion.into()))?)
    }

    /// Ignores the queues, because one database holds all of them and finds the key by itself.
    fn latest(key: String, _queues: Vec<String>) -> Result<Option<jobs::Status>, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).latest(&key))?.map(Into::into))
    }

    /// Ignores the queues, because the database also holds those that were removed.
    fn delete(keys: jobs::Keys, _queues: Vec<String>, limit: u32) -> Result<u32, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).delete(&keys.into(), limit))?)
    }

    fn stats(queue: String) -> Result<jobs::QueueStats, jobs::Error> {
        Ok(DATABASE.with(|database| Jobs(database).stats(&queue))?.into())
    }
}

impl Sql for Platform {
    fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, StatementFailed> {
        let parameters: Vec<_> = parameters.iter().cloned().map(Into::into).collect();
        let rows = sql::execute(statement, &parameters).map_err(StatementFailed)?;
        Ok(rows.into_iter().map(|row| Row::new(row.into_iter().map(Into::into).collect())).collect())
    }
}

impl s3::Send for Platform {
    fn send(&self, request: s3::Request) -> Result<(u16, Vec<u8>), Failure> {
        let s3::Request { method, url, headers, body, answer_bytes_max } = request;
        let answer = outbound::send(&outbound::Request {
            method: method.to_owned(),
            url,
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            body,
            timeout_ms: BUCKET_TIMEOUT_MS,
            answer_bytes_max: u32::try_from(answer_bytes_max).unwrap_or(u32::MAX),
        });
        match answer {
            Ok(response) => Ok((response.status, response.body)),
            Err(error) => Err(Failure::Unavailable(match error {
                outbound::Error::Timeout => "the bucket did not answer in time".to_owned(),
                outbound::Error::TooLarge => "the bucket's answer is too large".to_owned(),
                outbound::Error::NotAllowed => {
                    "this deployment may not reach the bucket: set the variable s3_host".to_owned()
                }
                outbound::Error::Failed(reason) => reason,
            })),
        }
    }
}

impl From<Value> for sql::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Text(text) => Self::Text(text),
            Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

impl From<sql::Value> for Value {
    fn from(value: sql::Value) -> Self {
        match value {
            sql::Value::Null => Self::Null,
            sql::Value::Integer(number) => Self::Integer(number),
            sql::Value::Text(text) => Self::Text(text),
            sql::Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

impl From<Failure> for kv::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLarge(bytes_max) => Self::TooLarge(bytes_max),
            Failure::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

impl From<Failure> for blob::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLarge(bytes_max) => Self::TooLarge(bytes_max),
            Failure::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

impl From<Failure> for jobs::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLarge(bytes_max) => Self::TooLarge(bytes_max),
            Failure::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

model::jobs_conversions!(jobs, Vec<u8>);
