//! What routing needs of its deployment: the real cache and the real queue on simulated storage, and small stand-ins.

use model::catalog::{Assortment, Collection, Product};
use model::jobs::{Enqueued, GenerationRequest, MaintenanceTask, State};
use model::limits::Allowance;
use model::pages::{Cached, Deleted};
use model::shop::{Approval, ShopSettings, ShopStatus};
use model::{Access, Key, Market, NO_CURRENCY, Scope, ShopId, ShopperId, Store};
use routing::{
    Asker, Cache, Catalog, Clock, Failure, Found, JobError, Limits, Log, Member, Queue, Settings, Signatures,
    Storage, Swap,
};

use super::Actor;
use crate::Bug;
use crate::bytes::Bytes;

/// How rarely a limit refuses something.
const REFUSED_ONE_IN: u64 = 20;

fn down(reason: String) -> Failure {
    Failure::Unavailable(reason)
}

fn of_cache(error: caching::Error) -> Failure {
    match error {
        caching::Error::Unavailable(reason) => Failure::Unavailable(reason),
        other => Failure::Invalid(other.to_string()),
    }
}

fn of_queue(error: queueing::Error) -> Failure {
    match error {
        queueing::Error::Storage(queueing::Failure::Unavailable(reason)) => Failure::Unavailable(reason),
        other => Failure::Invalid(other.to_string()),
    }
}

impl Cache for Actor<'_> {
    type Value = Bytes;

    fn lookup(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Cached<Bytes>, Failure> {
        self.cache().lookup(shop, shopper, self.wall_ms()).map_err(of_cache)
    }

    fn bump_catalog_version(&self, shop: &ShopId) -> Result<u64, Failure> {
        self.cache().bump_catalog_version(shop, self.wall_ms()).map_err(of_cache)
    }

    fn products_changed(&self, shop: &ShopId) -> Result<(), Failure> {
        if self.world.has(Bug::CatalogChangeIsLost) && self.world.one_in(2) {
            return Ok(());
        }
        self.cache().products_changed(shop, self.wall_ms()).map_err(of_cache)
    }

    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<String>, Failure> {
        self.cache().plan(shop, shopper).map(|plan| plan.map(|plan| plan.json)).map_err(of_cache)
    }

    fn close(&self, shop: &ShopId, left_ms: Option<u64>) -> Result<(), Failure> {
        let left_ms = left_ms.filter(|_| !self.world.has(Bug::ClosingIgnoresTime));
        self.cache().close(shop, left_ms).map_err(of_cache)
    }

    fn reopen(&self, shop: &ShopId) -> Result<(), Failure> {
        self.cache().reopen(shop, self.wall_ms()).map_err(of_cache)
    }

    fn pages(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Failure> {
        self.cache().pages(shop, shopper).map_err(of_cache)
    }

    fn delete_pages(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        self.cache().delete(Scope::of(shop, shopper)).map_err(of_cache)
    }
}

impl Queue for Actor<'_> {
    fn enqueue(&self, request: GenerationRequest) -> Result<Enqueued, Failure> {
        self.queue().enqueue(request, self.world.pool, self.wall_ms()).map_err(of_queue)
    }

    fn enqueue_maintenance(&self, task: MaintenanceTask) -> Result<(), Failure> {
        let enqueued =
            self.queue().enqueue_maintenance(&task, self.world.pool, self.wall_ms()).map_err(of_queue)?;
        let is_refused = enqueued == Enqueued::Full;
        self.world.judge(if is_refused { Err(format!("{task:?} was refused")) } else { Ok(()) });
        Ok(())
    }

    fn delete_jobs(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        let is_ours = self.shop.as_ref().is_none_or(|own| own == shop);
        self.world.judge(if is_ours {
            Ok(())
        } else {
            Err(format!("{:?} deletes jobs of {shop}", self.shop))
        });
        self.deletes.replace(Some((shop.clone(), shopper.cloned())));
        self.queue().delete(Scope::of(shop, shopper), self.world.pool).map_err(of_queue)
    }

    fn status(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<State>, Failure> {
        self.queue().status(shop, shopper, self.world.pool).map_err(of_queue)
    }

    fn pool(&self) -> Result<Vec<Member>, Failure> {
        Ok(Vec::new())
    }

    fn errors(&self, _limit: u32) -> Result<Vec<JobError>, Failure> {
        Ok(Vec::new())
    }
}

impl Storage for Actor<'_> {
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure> {
        let found = self.get_entry(Access::ROUTING, key.store(), &key.to_string()).map_err(down)?;
        Ok(found.map(|entry| Found { bytes: entry.bytes.head(bytes_max), version: entry.version }))
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure> {
        let (name, value) = (key.to_string(), Bytes(bytes.into()));
        let is_done =
            self.swap_entry(Access::ROUTING, key.store(), &name, expected, &value, Some(ttl_seconds));
        Ok(if is_done.map_err(down)? { Swap::Done } else { Swap::Lost })
    }

    fn put(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: Option<u32>) -> Result<(), Failure> {
        let value = Bytes(bytes.into());
        self.put_entry(Access::ROUTING, key.store(), &key.to_string(), &value, ttl_seconds).map_err(down)
    }

    fn peek(&self, store: Store, key: &str, bytes_max: u32) -> Result<Option<Vec<u8>>, Failure> {
        let found = self.get_entry(Access::ROUTING, store, key).map_err(down)?;
        Ok(found.map(|entry| entry.bytes.head(bytes_max)))
    }

    fn remove(&self, store: Store, key: &str) -> Result<bool, Failure> {
        self.delete_entry(Access::ROUTING, store, key).map_err(down)
    }

    fn remove_many(&self, store: Store, keys: &[String]) -> Result<u32, Failure> {
        self.delete_entries(Access::ROUTING, store, keys).map_err(down)
    }

    fn keys(
        &self,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure> {
        self.list_entries(Access::ROUTING, store, prefix, after, limit).map_err(down)
    }
}

impl Catalog for Actor<'_> {
    fn products(&self, _shop: &ShopId, _market: &Market) -> Result<Assortment, Failure> {
        if let Some(day) = &self.world.day {
            return Ok(day.assortment());
        }
        Ok(Assortment {
            shop_name: "Shop".into(),
            currency: NO_CURRENCY.into(),
            money_format: String::new(),
            best_sellers_first: false,
            products: Vec::new(),
        })
    }

    fn collections(&self, _shop: &ShopId, _market: &Market) -> Result<Vec<Collection>, Failure> {
        Ok(Vec::new())
    }

    fn members(&self, _shop: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, Failure> {
        Ok(vec![Vec::new(); handles.len()])
    }

    fn by_name(&self, _: &ShopId, _: &Market, _: &[String]) -> Result<Vec<Product>, Failure> {
        Ok(Vec::new())
    }
}

impl Settings for Actor<'_> {
    fn development(&self) -> bool {
        true
    }

    fn shop_status(&self, _shop: &ShopId, _asks: Asker) -> ShopStatus {
        ShopStatus::Open
    }

    fn merchant(&self, _shop: &ShopId) -> Option<ShopSettings> {
        let approves = self.world.approves;
        let approval = if approves { Approval::Everything } else { Approval::Automatic };
        let plans_per = Some(self.world.plans_per);
        Some(ShopSettings { plans_per, approval, only_approved: approves, ..ShopSettings::default() })
    }

    fn first_shop(&self) -> Option<ShopId> {
        None
    }
}

impl Limits for Actor<'_> {
    fn take(&self, allowances: &[Allowance], shop: &ShopId, shopper: &ShopperId) -> bool {
        if let Some(day) = &self.world.day {
            return day.take(allowances, shop, shopper, self.wall_ms());
        }
        !(self.world.is_faulty.get() && self.world.one_in(REFUSED_ONE_IN))
    }
}

impl Signatures for Actor<'_> {
    fn matches(&self, _secret: &str, _candidate: &str) -> bool {
        true
    }

    fn verifies(&self, _secret: &str, _message: &[u8], _mac: &[u8]) -> bool {
        true
    }
}

impl Clock for Actor<'_> {
    fn now_ms(&self) -> u64 {
        self.wall_ms()
    }
}

impl Log for Actor<'_> {
    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        self.world.note(|| format!("    {message} {particulars:?}"));
    }
}
