//! The WIT bindings of the component: only conversions, no decisions.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

mod convert;

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/routing",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::{handler, maintenance};
use bindings::wandstore::capabilities::values::Value;
use bindings::wandstore::capabilities::{clock, kv, limits, log, settings, signatures};
use bindings::wandstore::storefront::{
    cache, cache_control, catalog, catalog_types, http_types as wit, job_types, queue,
};
use model::catalog::{Assortment, Collection, Product};
use model::jobs::{Enqueued, GenerationRequest, MaintenanceTask, State};
use model::limits::Allowance;
use model::pages::{Cached, Deleted};
use model::shop::{ShopSettings, ShopStatus};
use model::{Key, Market, ShopId, ShopperId, Store};

use crate::{
    Asker, BodyError, Cache, Catalog, Clock, Content, Failure, Found, JobError, Limits, Log, Member, Queue,
    Request, Settings, Signatures, Storage, Swap,
};

struct Component;

/// The deployment, implemented by the imports of the world.
struct Host;

impl handler::Guest for Component {
    fn handle(method: wit::Method, target: String, request: &wit::Request) -> wit::Reply {
        crate::handle(&Host, method.into(), &target, request).into()
    }

    fn fallback(shop: String) -> Option<wit::Response> {
        Some(crate::fallback(&Host, &shop)?.into())
    }
}

impl maintenance::Guest for Component {
    fn run(job: job_types::Job) -> job_types::Progress {
        match job.task {
            job_types::Task::Maintenance(task) => match task.try_into() {
                Ok(task) => crate::run_maintenance(&Host, &task).into(),
                Err(invalid) => failed(&invalid),
            },
            job_types::Task::Page(_) => failed(&"a page is not a maintenance task"),
        }
    }
}

bindings::export!(Component with_types_in bindings);

fn failed(reason: &impl ToString) -> job_types::Progress {
    job_types::Progress::Over(job_types::Outcome::Failed(reason.to_string()))
}

impl Request for wit::Request {
    fn header(&self, name: &str) -> Option<String> {
        wit::Request::header(self, name)
    }

    fn body(&self, bytes_max: u32) -> Result<Vec<u8>, BodyError> {
        Ok(wit::Request::body(self, bytes_max)?)
    }
}

impl Cache for Host {
    type Value = Value;

    fn lookup(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Cached<Value>, Failure> {
        Ok(cache::get(shop.as_str(), shopper.as_str())?.try_into()?)
    }

    fn bump_catalog_version(&self, shop: &ShopId) -> Result<u64, Failure> {
        Ok(cache_control::bump_catalog_version(shop.as_str())?)
    }

    fn products_changed(&self, shop: &ShopId) -> Result<(), Failure> {
        Ok(cache_control::products_changed(shop.as_str())?)
    }

    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<String>, Failure> {
        Ok(cache::plan(shop.as_str(), shopper.as_str())?.map(|plan| plan.json))
    }

    fn close(&self, shop: &ShopId, left_ms: Option<u64>) -> Result<(), Failure> {
        Ok(cache_control::close(shop.as_str(), left_ms)?)
    }

    fn reopen(&self, shop: &ShopId) -> Result<(), Failure> {
        Ok(cache_control::reopen(shop.as_str())?)
    }

    fn pages(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Failure> {
        let ids = cache_control::pages(shop.as_str(), shopper.as_str())?;
        Ok(ids.iter().filter_map(|id| ShopperId::parse(id).ok()).collect())
    }

    fn delete_pages(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        Ok(cache_control::delete(shop.as_str(), shopper.map(ShopperId::as_str))?.into())
    }
}

impl Content for Value {
    fn part(&self, offset: u64, size: u64) -> Self {
        self.slice(offset, size)
    }

    fn framed(&self, head: &[u8], tail: &[u8]) -> Self {
        Value::framed(self, head, tail)
    }
}

impl Queue for Host {
    fn enqueue(&self, request: GenerationRequest) -> Result<Enqueued, Failure> {
        Ok(queue::enqueue(&request.into())?.into())
    }

    fn enqueue_maintenance(&self, task: MaintenanceTask) -> Result<(), Failure> {
        match queue::enqueue_maintenance(&task.into())? {
            job_types::Enqueued::Accepted(_) | job_types::Enqueued::Live(_) => Ok(()),
            job_types::Enqueued::Full => {
                Err(Failure::Unavailable("the queue is full and cannot take a maintenance task".into()))
            }
        }
    }

    fn delete_jobs(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        Ok(queue::delete(shop.as_str(), shopper.map(ShopperId::as_str))?.into())
    }

    fn status(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<State>, Failure> {
        Ok(queue::status(shop.as_str(), shopper.as_str())?.map(Into::into))
    }

    fn pool(&self) -> Result<Vec<Member>, Failure> {
        Ok(queue::pool()?.into_iter().map(Into::into).collect())
    }

    fn errors(&self, limit: u32) -> Result<Vec<JobError>, Failure> {
        Ok(queue::errors(limit)?.into_iter().map(Into::into).collect())
    }
}

impl Catalog for Host {
    fn products(&self, shop: &ShopId, market: &Market) -> Result<Assortment, Failure> {
        Ok(catalog::products(shop.as_str(), &market.into(), catalog_types::Freshness::StaleOk)?.into())
    }

    fn collections(&self, shop: &ShopId, market: &Market) -> Result<Vec<Collection>, Failure> {
        let freshness = catalog_types::Freshness::StaleOk;
        let collections = catalog::collections(shop.as_str(), &market.into(), freshness)?;
        Ok(collections.into_iter().map(Into::into).collect())
    }

    fn members(&self, shop: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, Failure> {
        Ok(catalog::members(shop.as_str(), catalog_types::Freshness::StaleOk, handles)?)
    }

    fn by_name(&self, shop: &ShopId, market: &Market, names: &[String]) -> Result<Vec<Product>, Failure> {
        let freshness = catalog_types::Freshness::StaleOk;
        let found = catalog::by_name(shop.as_str(), &market.into(), freshness, names)?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}

impl Storage for Host {
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure> {
        let entry = kv::get(key.store().name(), &String::from(key), bytes_max)?;
        Ok(entry.map(|kv::Entry { head, version, .. }| Found { bytes: head, version }))
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure> {
        let (store, key, value) = (key.store().name(), key.to_string(), Value::new(bytes));
        match kv::compare_and_swap(store, &key, expected, &value, Some(ttl_seconds))? {
            kv::Swap::Done(_) => Ok(Swap::Done),
            kv::Swap::Lost => Ok(Swap::Lost),
        }
    }

    fn put(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: Option<u32>) -> Result<(), Failure> {
        Ok(kv::set(key.store().name(), &key.to_string(), &Value::new(bytes), ttl_seconds)?)
    }

    fn peek(&self, store: Store, key: &str, bytes_max: u32) -> Result<Option<Vec<u8>>, Failure> {
        Ok(kv::get(store.name(), key, bytes_max)?.map(|entry| entry.head))
    }

    fn remove(&self, store: Store, key: &str) -> Result<bool, Failure> {
        Ok(kv::delete(store.name(), key)?)
    }

    fn remove_many(&self, store: Store, keys: &[String]) -> Result<u32, Failure> {
        Ok(kv::delete_many(store.name(), keys)?)
    }

    fn keys(
        &self,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure> {
        Ok(kv::list_keys(store.name(), prefix, after, limit)?)
    }
}

impl Settings for Host {
    fn development(&self) -> bool {
        settings::development()
    }

    fn shop_status(&self, shop: &ShopId, asks: Asker) -> ShopStatus {
        settings::status(shop.as_str(), asks == Asker::VouchedFor).into()
    }

    fn merchant(&self, shop: &ShopId) -> Option<ShopSettings> {
        settings::get_shop(shop.as_str()).map(Into::into)
    }

    fn first_shop(&self) -> Option<ShopId> {
        settings::list_shops().iter().find_map(|shop| ShopId::parse(shop).ok())
    }
}

impl Limits for Host {
    fn take(&self, allowances: &[Allowance], shop: &ShopId, shopper: &ShopperId) -> bool {
        let allowances: Vec<_> = allowances.iter().copied().map(Into::into).collect();
        limits::take(&allowances, shop.as_str(), shopper.as_str())
    }
}

impl Signatures for Host {
    fn matches(&self, secret: &str, candidate: &str) -> bool {
        signatures::matches(secret, candidate).unwrap_or(false)
    }

    fn verifies(&self, secret: &str, message: &[u8], mac: &[u8]) -> bool {
        signatures::verify(secret, signatures::Algorithm::HmacSha256, message, mac).unwrap_or(false)
    }
}

impl Clock for Host {
    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }
}

impl Log for Host {
    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        let owned: Vec<_> =
            particulars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        log::event(log::Level::Warn, message, &owned);
    }
}
