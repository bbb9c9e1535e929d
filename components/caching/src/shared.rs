//! The plans that the shoppers of a segment share, and the leases of the jobs that make them.
//!
//! Both are entries in short-term storage, which may lose them: then a segment is planned again. A lease keeps other
//! jobs from planning at the same time. It expires, so a job that died blocks others no longer than that. A job that
//! succeeded keeps it to its end, so that a host whose memory is outdated does not plan once more.

use model::pages::{JobId, SharedPlan};
use model::{Key, SegmentId, ShopId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::cache::{Cache, Error};
use crate::capabilities::{Blob, Entry, Failure, Kv, Level, Operator, Swap, Value};
use crate::plan::{InvalidPlan, PLAN_BYTES_MAX};

/// How long a lease lasts: longer than a host lets a job take for one step, with both calls of the model.
pub const PLANNING_MS: u64 = 120_000;
/// How long a plan is kept after it stopped being fresh: others use it while a job plans the next one.
const KEPT_SECONDS: u64 = 3_600;
/// An upper bound on the size of a lease: a job's id and a time.
const LEASE_BYTES_MAX: u32 = 96;

/// The stored form of a plan: a JSON object that contains the plan as JSON, not as a string.
#[derive(Serialize, Deserialize)]
struct Form<'a> {
    until: u64,
    #[serde(borrow)]
    plan: &'a RawValue,
}

fn encode(plan: &SharedPlan) -> Result<Vec<u8>, InvalidPlan> {
    let json: &RawValue = serde_json::from_str(&plan.json).map_err(|_| InvalidPlan::NotJson)?;
    let form = Form { until: plan.fresh_until_ms, plan: json };
    let bytes = serde_json::to_vec(&form).expect("plain fields have a JSON form");
    if bytes.len() > PLAN_BYTES_MAX as usize { Err(InvalidPlan::TooLarge) } else { Ok(bytes) }
}

fn decode(bytes: &[u8]) -> Option<SharedPlan> {
    let form: Form<'_> = serde_json::from_slice(bytes).ok()?;
    Some(SharedPlan { json: form.plan.get().to_owned(), fresh_until_ms: form.until })
}

/// A lease: the job that has it, and the time at which it ends.
#[derive(Debug, PartialEq, Eq)]
struct Lease<'a> {
    job: &'a str,
    until_ms: u64,
}

impl<'a> Lease<'a> {
    fn encode(&self) -> String {
        format!("{} {}", self.job, self.until_ms)
    }

    fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (job, until_ms) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
        Some(Self { job, until_ms: until_ms.parse().ok()? })
    }

    /// Returns whether another job has the lease. A lease that ends later than any that begins now counts as over,
    /// because a host with a wrong clock wrote it.
    fn excludes(&self, job: &JobId, now_ms: u64) -> bool {
        self.job != job.as_str() && now_ms < self.until_ms && self.until_ms - now_ms <= 2 * PLANNING_MS
    }
}

impl<K, B, O> Cache<K, B, O>
where
    K: Kv,
    B: Blob<Value = K::Value>,
    O: Operator,
{
    /// Returns the plan of a segment, fresh or not; `None` while the shop is closed.
    pub fn shared_plan(&self, shop: &ShopId, segment: &SegmentId) -> Result<Option<SharedPlan>, Error> {
        if self.shop(shop)?.closed {
            return Ok(None);
        }
        let key = Key::SharedPlan(shop, segment);
        let Some(entry) = self.kv.get(key, PLAN_BYTES_MAX)? else { return Ok(None) };
        let plan = decode(&entry.head);
        if plan.is_none() {
            let key = ("key", &*key.to_string());
            self.operator.event(Level::Warn, "ignored an entry that is not a valid plan", &[key]);
        }
        Ok(plan)
    }

    /// Leases the planning for a segment to a job. Returns whether the job has the lease now; nobody plans for a closed
    /// shop.
    pub fn lease_planning(
        &self,
        shop: &ShopId,
        segment: &SegmentId,
        job: &JobId,
        now_ms: u64,
    ) -> Result<bool, Error> {
        if self.shop(shop)?.closed {
            return Ok(false);
        }
        let held = self.lease(shop, segment)?;
        let is_taken =
            |entry: &Entry<_>| Lease::decode(&entry.head).is_some_and(|it| it.excludes(job, now_ms));
        if held.as_ref().is_some_and(is_taken) {
            return Ok(false);
        }
        let lease = Lease { job: job.as_str(), until_ms: now_ms.saturating_add(PLANNING_MS) };
        self.swap_lease(shop, segment, held.map(|entry| entry.version), &lease)
    }

    /// Gives a lease back, if the job still has it.
    pub fn release_planning(&self, shop: &ShopId, segment: &SegmentId, job: &JobId) -> Result<(), Error> {
        let Some(entry) = self.lease(shop, segment)? else { return Ok(()) };
        let is_ours = Lease::decode(&entry.head).is_some_and(|lease| lease.job == job.as_str());
        if is_ours {
            let over = Lease { job: job.as_str(), until_ms: 0 };
            self.swap_lease(shop, segment, Some(entry.version), &over)?;
        }
        Ok(())
    }

    fn lease(&self, shop: &ShopId, segment: &SegmentId) -> Result<Option<Entry<K::Value>>, Failure> {
        self.kv.get(Key::Planning(shop, segment), LEASE_BYTES_MAX)
    }

    fn swap_lease(
        &self,
        shop: &ShopId,
        segment: &SegmentId,
        expected: Option<u64>,
        lease: &Lease<'_>,
    ) -> Result<bool, Error> {
        let ttl_seconds = u32::try_from(PLANNING_MS / 1_000).ok();
        let value = K::Value::new(lease.encode().as_bytes());
        let key = Key::Planning(shop, segment);
        Ok(self.kv.compare_and_swap(key, expected, &value, ttl_seconds)? == Swap::Done)
    }

    /// Stores the plan of a segment. The shop may be closed meanwhile, and no later deletion would find the plan; so it
    /// is removed again.
    pub fn share_plan(
        &self,
        shop: &ShopId,
        segment: &SegmentId,
        plan: &SharedPlan,
        now_ms: u64,
    ) -> Result<(), Error> {
        let value = K::Value::new(&encode(plan)?);
        if self.shop(shop)?.closed {
            return Ok(());
        }
        let key = Key::SharedPlan(shop, segment);
        let seconds = plan.fresh_until_ms.saturating_sub(now_ms) / 1_000 + KEPT_SECONDS;
        self.kv.set(key, &value, u32::try_from(seconds).unwrap_or(u32::MAX))?;
        if self.shop(shop)?.closed {
            self.kv.delete(&key.to_string())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
