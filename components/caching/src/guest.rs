//! The WIT bindings of the component: only conversions, no decisions.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/caching",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::{cache, cache_control, catalog_version};
use bindings::wandstore::capabilities::values::Value;
use bindings::wandstore::capabilities::{blob, clock, kv, log, settings};
use bindings::wandstore::storefront::page_types as wit;
use bindings::wandstore::storefront::shopper_types;
use model::pages::InvalidJobId;
use model::review::{Kept, Review, WaitingPlan};
use model::{Audience, Bucket, InvalidId, Key, Scope, SegmentId, ShopId, ShopperId, Store};

use crate::{Blob, Cache, Entry, Error, Failure, Kv, Level, Object, Operator, Swap};

struct Component;

struct HostKv;

struct HostBlob;

struct HostOperator;

const CACHE: Cache<HostKv, HostBlob, HostOperator> =
    Cache { kv: HostKv, blob: HostBlob, operator: HostOperator };

impl cache::Guest for Component {
    fn get(shop: String, shopper: String) -> Result<wit::Cached, wit::CacheError> {
        let (shop, shopper) = parse(&shop, &shopper)?;
        Ok(CACHE.lookup(&shop, &shopper, clock::now_ms())?.into())
    }

    fn plan(shop: String, shopper: String) -> Result<Option<wit::StoredPlan>, wit::CacheError> {
        let (shop, shopper) = parse(&shop, &shopper)?;
        Ok(CACHE.plan(&shop, &shopper)?.map(Into::into))
    }

    fn put(shop: String, shopper: String, page: wit::NewPage) -> Result<(), wit::CacheError> {
        let (shop, shopper) = parse(&shop, &shopper)?;
        CACHE.store(&shop, &shopper, &page.try_into()?)?;
        Ok(())
    }

    fn get_shared_plan(shop: String, segment: String) -> Result<Option<wit::SharedPlan>, wit::CacheError> {
        let (shop, segment) = parse_segment(&shop, &segment)?;
        Ok(CACHE.shared_plan(&shop, &segment)?.map(Into::into))
    }

    fn lease_planning(shop: String, segment: String, job: String) -> Result<bool, wit::CacheError> {
        let (shop, segment) = parse_segment(&shop, &segment)?;
        Ok(CACHE.lease_planning(&shop, &segment, &job.try_into()?, clock::now_ms())?)
    }

    fn release_planning(shop: String, segment: String, job: String) -> Result<(), wit::CacheError> {
        let (shop, segment) = parse_segment(&shop, &segment)?;
        Ok(CACHE.release_planning(&shop, &segment, &job.try_into()?)?)
    }

    fn put_shared_plan(shop: String, segment: String, plan: wit::SharedPlan) -> Result<(), wit::CacheError> {
        let (shop, segment) = parse_segment(&shop, &segment)?;
        Ok(CACHE.share_plan(&shop, &segment, &plan.into(), clock::now_ms())?)
    }

    fn get_review(shop: String, audience: String) -> Result<wit::Review, wit::CacheError> {
        let Kept { review, is_full } = CACHE.review(&ShopId::parse(&shop)?, &Audience::parse(&audience)?)?;
        let json = Some(review).filter(|review| *review != Review::default());
        Ok(wit::Review { json: json.and_then(|review| String::from_utf8(review.encode()).ok()), is_full })
    }

    fn submit_plan(shop: String, audience: String, plan: wit::WaitingPlan) -> Result<bool, wit::CacheError> {
        let wit::WaitingPlan { json, job, planned_ms } = plan;
        let plan = WaitingPlan { json, job: job.try_into()?, planned_ms };
        Ok(CACHE.submit_plan(&ShopId::parse(&shop)?, &Audience::parse(&audience)?, &plan)?)
    }
}

impl catalog_version::Guest for Component {
    fn current(shop: String) -> Result<u64, wit::CacheError> {
        Ok(CACHE.catalog_version(&ShopId::parse(&shop)?, clock::now_ms())?)
    }
}

impl cache_control::Guest for Component {
    fn bump_catalog_version(shop: String) -> Result<u64, wit::CacheError> {
        Ok(CACHE.bump_catalog_version(&ShopId::parse(&shop)?, clock::now_ms())?)
    }

    fn products_changed(shop: String) -> Result<(), wit::CacheError> {
        Ok(CACHE.products_changed(&ShopId::parse(&shop)?, clock::now_ms())?)
    }

    fn purge(shop: String, shopper: String) -> Result<(), wit::CacheError> {
        let (shop, shopper) = parse(&shop, &shopper)?;
        Ok(CACHE.purge(&shop, &shopper)?)
    }

    fn close(shop: String, left_ms: Option<u64>) -> Result<(), wit::CacheError> {
        Ok(CACHE.close(&ShopId::parse(&shop)?, left_ms)?)
    }

    fn reopen(shop: String) -> Result<(), wit::CacheError> {
        Ok(CACHE.reopen(&ShopId::parse(&shop)?, clock::now_ms())?)
    }

    fn pages(shop: String, shopper: String) -> Result<Vec<String>, wit::CacheError> {
        let (shop, shopper) = parse(&shop, &shopper)?;
        Ok(CACHE.pages(&shop, &shopper)?.iter().map(ToString::to_string).collect())
    }

    fn delete(shop: String, shopper: Option<String>) -> Result<wit::Deleted, wit::CacheError> {
        let shop = ShopId::parse(&shop)?;
        let shopper = shopper.map(|shopper| ShopperId::parse(&shopper)).transpose()?;
        Ok(CACHE.delete(Scope::of(&shop, shopper.as_ref()))?.into())
    }
}

bindings::export!(Component with_types_in bindings);

fn parse(shop: &str, shopper: &str) -> Result<(ShopId, ShopperId), InvalidId> {
    Ok((ShopId::parse(shop)?, ShopperId::parse(shopper)?))
}

fn parse_segment(shop: &str, segment: &str) -> Result<(ShopId, SegmentId), InvalidId> {
    Ok((ShopId::parse(shop)?, SegmentId::parse(segment)?))
}

impl crate::Value for Value {
    fn new(bytes: &[u8]) -> Self {
        Value::new(bytes)
    }

    fn behind(&self, head: &[u8]) -> Self {
        self.framed(head, &[])
    }

    fn without_first(&self, count: usize) -> Self {
        self.slice(count as u64, u64::MAX)
    }
}

impl Kv for HostKv {
    type Value = Value;

    fn get(&self, key: Key<'_>, peek: u32) -> Result<Option<Entry<Value>>, Failure> {
        let entry = kv::get(key.store().name(), &String::from(key), peek)?;
        Ok(entry.map(|kv::Entry { value, head, version }| Entry { value, head, version }))
    }

    fn set(&self, key: Key<'_>, value: &Value, ttl_seconds: u32) -> Result<(), Failure> {
        Ok(kv::set(key.store().name(), &key.to_string(), value, Some(ttl_seconds))?)
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        value: &Value,
        ttl_seconds: Option<u32>,
    ) -> Result<Swap, Failure> {
        match kv::compare_and_swap(key.store().name(), &key.to_string(), expected, value, ttl_seconds)? {
            kv::Swap::Done(_) => Ok(Swap::Done),
            kv::Swap::Lost => Ok(Swap::Lost),
        }
    }

    fn delete(&self, key: &str) -> Result<bool, Failure> {
        Ok(kv::delete(Store::UiCache.name(), key)?)
    }

    fn delete_many(&self, keys: &[String]) -> Result<u32, Failure> {
        Ok(kv::delete_many(Store::UiCache.name(), keys)?)
    }

    fn list_keys(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        Ok(kv::list_keys(Store::UiCache.name(), prefix, Some(after), limit)?)
    }
}

impl Blob for HostBlob {
    type Value = Value;

    fn get(&self, name: model::Object<'_>, peek: u32) -> Result<Option<Object<Value>>, Failure> {
        let object = blob::get(name.bucket().name(), &name.to_string(), peek)?;
        Ok(object.map(|blob::Object { value, head }| Object { value, head }))
    }

    fn put(&self, name: model::Object<'_>, value: &Value) -> Result<(), Failure> {
        Ok(blob::put(name.bucket().name(), &name.to_string(), value)?)
    }

    fn delete(&self, name: &str) -> Result<(), Failure> {
        Ok(blob::delete(Bucket::UiStorage.name(), name)?)
    }

    fn delete_many(&self, names: &[String]) -> Result<(), Failure> {
        Ok(blob::delete_many(Bucket::UiStorage.name(), names)?)
    }

    fn list_names(&self, prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Failure> {
        Ok(blob::list_keys(Bucket::UiStorage.name(), prefix, Some(after), limit)?)
    }
}

impl Operator for HostOperator {
    fn kv_ttl_seconds(&self) -> u32 {
        settings::lifetimes().kv_ttl_seconds
    }

    fn event(&self, level: Level, message: &str, particulars: &[(&str, &str)]) {
        let level = match level {
            Level::Info => log::Level::Info,
            Level::Warn => log::Level::Warn,
        };
        let owned: Vec<_> =
            particulars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        log::event(level, message, &owned);
    }
}

impl From<kv::Error> for Failure {
    fn from(error: kv::Error) -> Self {
        match error {
            kv::Error::NoSuchStore => Self::Invalid("caching has no access to this store".into()),
            kv::Error::TooLarge(bytes_max) => Self::TooLarge(bytes_max),
            kv::Error::NotPermitted(text) => Self::Invalid(text),
            kv::Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<blob::Error> for Failure {
    fn from(error: blob::Error) -> Self {
        match error {
            blob::Error::NoSuchBucket => Self::Invalid("caching has no access to this bucket".into()),
            blob::Error::TooLarge(bytes_max) => Self::TooLarge(bytes_max),
            blob::Error::NotPermitted(text) => Self::Invalid(text),
            blob::Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<InvalidId> for wit::CacheError {
    fn from(wrong: InvalidId) -> Self {
        Self::Invalid(wrong.to_string())
    }
}

impl From<InvalidJobId> for wit::CacheError {
    fn from(wrong: InvalidJobId) -> Self {
        Self::Invalid(wrong.to_string())
    }
}

impl From<Error> for wit::CacheError {
    fn from(error: Error) -> Self {
        match error {
            Error::Plan(_) | Error::TooLarge(_) | Error::Invalid(_) => Self::Invalid(error.to_string()),
            Error::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

model::shopper_types_conversions!(shopper_types);
model::page_types_conversions!(wit, Value);
