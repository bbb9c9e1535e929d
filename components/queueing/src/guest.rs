//! The WIT bindings of the component: only conversions, no decisions.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/queueing",
        generate_all,
    });
}

mod task;

use bindings::exports::wandstore::storefront::{leases, queue};
use bindings::wandstore::capabilities::values::Value;
use bindings::wandstore::capabilities::{clock, jobs, kv, log, random, settings};
use bindings::wandstore::storefront::{catalog_types, job_types as wit, page_types, shopper_types};
use model::jobs::{ClaimResult, Completion, Enqueued, InvalidRequest, NewJob, QueueStats, Status};
use model::{InvalidId, Key, Range, Scope, ShopId, ShopperId, Store};

use crate::{Backoff, CRASHES_MAX, Claimed, Error, Failure, Jobs, Kv, Member, Operator, Pool, Queue, Record};

struct Component;

struct HostJobs;

struct HostKv;

struct HostOperator;

const QUEUE: Queue<HostJobs, HostKv, HostOperator> =
    Queue { jobs: HostJobs, kv: HostKv, operator: HostOperator };

impl leases::Guest for Component {
    fn claim(member: String) -> Result<wit::Claimed, wit::QueueError> {
        Ok(QUEUE.claim(&member, pool(), clock::now_ms())?.into())
    }

    fn extend(lease: wit::Lease) -> Result<bool, wit::QueueError> {
        Ok(QUEUE.extend_lease(&lease.into(), pool(), clock::now_ms())?)
    }

    fn complete(lease: wit::Lease, outcome: wit::Outcome) -> Result<bool, wit::QueueError> {
        Ok(QUEUE.complete(&lease.into(), &outcome.into(), pool(), clock::now_ms(), random::get_u64())?)
    }
}

impl queue::Guest for Component {
    fn enqueue(request: wit::GenerationRequest) -> Result<wit::Enqueued, wit::QueueError> {
        Ok(QUEUE.enqueue(request.try_into()?, pool(), clock::now_ms())?.into())
    }

    fn enqueue_maintenance(maintenance: wit::MaintenanceTask) -> Result<wit::Enqueued, wit::QueueError> {
        Ok(QUEUE.enqueue_maintenance(&maintenance.try_into()?, pool(), clock::now_ms())?.into())
    }

    fn status(shop: String, shopper: String) -> Result<Option<wit::JobState>, wit::QueueError> {
        let (shop, shopper) = parse(&shop, &shopper)?;
        Ok(QUEUE.status(&shop, &shopper, pool())?.map(Into::into))
    }

    fn delete(shop: String, shopper: Option<String>) -> Result<page_types::Deleted, wit::QueueError> {
        let shop = ShopId::parse(&shop)?;
        let shopper = shopper.map(|shopper| ShopperId::parse(&shopper)).transpose()?;
        Ok(QUEUE.delete(Scope::of(&shop, shopper.as_ref()), pool())?.into())
    }

    fn pool() -> Result<Vec<wit::Member>, wit::QueueError> {
        let pool = pool();
        let members = QUEUE.members(pool)?;
        Ok(members.into_iter().map(|member| to_wit(member, pool.depth_max)).collect())
    }

    fn errors(limit: u32) -> Result<Vec<wit::JobError>, wit::QueueError> {
        let records = QUEUE.errors(limit, clock::now_ms())?;
        Ok(records.into_iter().map(Into::into).collect())
    }
}

bindings::export!(Component with_types_in bindings);

fn parse(shop: &str, shopper: &str) -> Result<(ShopId, ShopperId), InvalidId> {
    Ok((ShopId::parse(shop)?, ShopperId::parse(shopper)?))
}

fn pool() -> Pool {
    let limits = settings::pool();
    Pool {
        size: limits.size,
        depth_max: limits.depth_max,
        attempts_max: limits.attempts_max,
        crashes_max: CRASHES_MAX,
        lease_ms: limits.lease_ms,
        backoff: Backoff { first_ms: limits.backoff_ms, max_ms: limits.backoff_ms_max },
    }
}

impl Jobs for HostJobs {
    fn enqueue(&self, job: NewJob) -> Result<Enqueued, Failure> {
        Ok(jobs::enqueue(&job.into())?.into())
    }

    fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Failure> {
        Ok(jobs::claim(now_ms, lease_ms)?.into())
    }

    fn leased(&self, id: &str, token: u64) -> Result<Option<model::jobs::Claimed>, Failure> {
        Ok(jobs::leased(id, token)?.map(Into::into))
    }

    fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Failure> {
        Ok(jobs::extend_lease(id, token, now_ms, lease_ms)?)
    }

    fn complete(&self, id: &str, token: u64, now_ms: u64, completion: Completion) -> Result<bool, Failure> {
        Ok(jobs::complete(id, token, now_ms, &completion.into())?)
    }

    fn latest(&self, key: &str, queues: &[String]) -> Result<Option<Status>, Failure> {
        Ok(jobs::latest(key, queues)?.map(Into::into))
    }

    fn delete(&self, keys: &Range, queues: &[String], limit: u32) -> Result<u32, Failure> {
        Ok(jobs::delete(&keys.clone().into(), queues, limit)?)
    }

    fn stats(&self, queue: &str) -> Result<QueueStats, Failure> {
        Ok(jobs::stats(queue)?.into())
    }
}

impl Kv for HostKv {
    fn set(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: u32) -> Result<(), Failure> {
        Ok(kv::set(key.store().name(), &key.to_string(), &Value::new(bytes), Some(ttl_seconds))?)
    }

    fn get(&self, key: &str, peek: u32) -> Result<Option<Vec<u8>>, Failure> {
        Ok(kv::get(Store::GenerationQueue.name(), key, peek)?.map(|entry| entry.head))
    }

    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        Ok(kv::list_keys(Store::GenerationQueue.name(), prefix, Some(after), limit)?)
    }
}

impl Operator for HostOperator {
    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        let owned: Vec<_> =
            particulars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        log::event(log::Level::Warn, message, &owned);
    }
}

model::jobs_conversions!(jobs, Vec<u8>);
model::job_types_conversions!(wit);
model::catalog_types_conversions!(catalog_types);
model::shopper_types_conversions!(shopper_types);
model::page_types_conversions!(page_types, Value);
model::conversions!(struct Record as wit::JobError { at_ms, job, shop, cause: option, reason, ending });

impl From<jobs::Error> for Failure {
    fn from(error: jobs::Error) -> Self {
        match error {
            jobs::Error::TooLarge(bytes_max) => {
                Self::Invalid(format!("a job may be at most {bytes_max} bytes"))
            }
            jobs::Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<kv::Error> for Failure {
    fn from(error: kv::Error) -> Self {
        match error {
            kv::Error::NoSuchStore => Self::Invalid("queueing has no access to this store".into()),
            kv::Error::TooLarge(bytes_max) => {
                Self::Invalid(format!("a record may be at most {bytes_max} bytes"))
            }
            kv::Error::NotPermitted(text) => Self::Invalid(text),
            kv::Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<InvalidRequest> for wit::QueueError {
    fn from(invalid: InvalidRequest) -> Self {
        Self::Invalid(invalid.to_string())
    }
}

impl From<InvalidId> for wit::QueueError {
    fn from(wrong: InvalidId) -> Self {
        Self::Invalid(wrong.to_string())
    }
}

impl From<Error> for wit::QueueError {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchMember => Self::Invalid(error.to_string()),
            Error::Storage(Failure::Invalid(text)) => Self::Invalid(text),
            Error::Storage(Failure::Unavailable(text)) => Self::Unavailable(text),
        }
    }
}

impl From<Claimed> for wit::Claimed {
    fn from(claimed: Claimed) -> Self {
        match claimed {
            Claimed::Job(job) => Self::Job((*job).into()),
            Claimed::Idle(until_ms) => Self::Idle(until_ms),
        }
    }
}

fn to_wit(member: Member, depth_max: u32) -> wit::Member {
    let Member { name, depth: QueueStats { queued, running, dead, oldest_ms } } = member;
    wit::Member { name, queued, running, dead, depth_max, oldest_ms }
}
