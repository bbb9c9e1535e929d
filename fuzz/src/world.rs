//! An in-memory deployment that accepts every signature, so that the code behind the check is reached.

use model::catalog::{Assortment, Collection, Product};
use model::jobs::{Enqueued, GenerationRequest, MaintenanceTask, State};
use model::limits::Allowance;
use model::pages::{Cached, Deleted, Fragment, Page, PageMetadata};
use model::shop::{ShopSettings, ShopStatus};
use std::cell::RefCell;
use std::collections::BTreeMap;

use model::{Key, Market, Persona, ShopId, ShopperId, Source, Store};
use routing::{
    Asker, Cache, Catalog, Clock, Content, Failure, Found, JobError, Limits, Log, Member, Queue, Settings,
    Signatures, Storage, Swap,
};

/// The current time, in seconds.
pub const NOW_S: u64 = 1_700_000_000;
/// The page of the shopper `known`.
const PAGE: &[u8] = b"<html><main>For you</main></html>";

/// The deployment.
#[derive(Default)]
pub struct World {
    broken: bool,
    entries: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl World {
    /// A deployment whose storage, queue and catalog fail or work.
    pub fn new(broken: bool) -> Self {
        Self { broken, ..Self::default() }
    }

    /// The keys under which something was stored.
    pub fn keys(&self) -> Vec<String> {
        self.entries.borrow().keys().cloned().collect()
    }

    fn ask<T>(&self, answer: T) -> Result<T, Failure> {
        if self.broken { Err(Failure::Unavailable("out of order".to_owned())) } else { Ok(answer) }
    }
}

impl Clock for World {
    fn now_ms(&self) -> u64 {
        NOW_S * 1000
    }
}

impl Log for World {
    fn warn(&self, _message: &str, _particulars: &[(&str, &str)]) {}
}

impl Limits for World {
    fn take(&self, _: &[Allowance], _: &ShopId, _: &ShopperId) -> bool {
        true
    }
}

impl Signatures for World {
    fn matches(&self, _secret: &str, _candidate: &str) -> bool {
        true
    }

    fn verifies(&self, _secret: &str, _message: &[u8], _mac: &[u8]) -> bool {
        true
    }
}

impl Settings for World {
    fn development(&self) -> bool {
        false
    }

    fn shop_status(&self, shop: &ShopId, _asks: Asker) -> ShopStatus {
        match shop.as_str() {
            "unknown.myshopify.com" => ShopStatus::Unknown,
            "paused.myshopify.com" => ShopStatus::Paused,
            _ => ShopStatus::Open,
        }
    }

    fn merchant(&self, shop: &ShopId) -> Option<ShopSettings> {
        (self.shop_status(shop, Asker::VouchedFor) != ShopStatus::Unknown).then(|| ShopSettings {
            name: shop.to_string(),
            url: Some(format!("https://{shop}")),
            promises: vec!["Free returns".to_owned()],
            ..ShopSettings::default()
        })
    }

    fn first_shop(&self) -> Option<ShopId> {
        ShopId::parse("magic-wands").ok()
    }
}

impl Catalog for World {
    fn products(&self, _shop: &ShopId, _market: &Market) -> Result<Assortment, Failure> {
        let money_format = "{{amount}}".to_owned();
        self.ask(Assortment {
            shop_name: String::new(),
            currency: "EUR".to_owned(),
            money_format,
            best_sellers_first: true,
            products: Vec::new(),
        })
    }

    fn collections(&self, _shop: &ShopId, _market: &Market) -> Result<Vec<Collection>, Failure> {
        self.ask(Vec::new())
    }

    fn members(&self, _shop: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, Failure> {
        self.ask(vec![Vec::new(); handles.len()])
    }

    fn by_name(&self, _shop: &ShopId, _market: &Market, _names: &[String]) -> Result<Vec<Product>, Failure> {
        self.ask(Vec::new())
    }
}

impl Storage for World {
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure> {
        let bytes = self.peek(key.store(), &key.to_string(), bytes_max)?;
        Ok(bytes.map(|bytes| Found { version: bytes.len() as u64, bytes }))
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure> {
        let found = self.read(key, u32::MAX)?;
        if found.map(|found| found.version) != expected {
            return Ok(Swap::Lost);
        }
        self.put(key, bytes, Some(ttl_seconds)).map(|()| Swap::Done)
    }

    fn put(&self, key: Key<'_>, bytes: &[u8], _ttl_seconds: Option<u32>) -> Result<(), Failure> {
        self.ask(())?;
        self.entries.borrow_mut().insert(key.to_string(), bytes.to_vec());
        Ok(())
    }

    fn peek(&self, _store: Store, key: &str, bytes_max: u32) -> Result<Option<Vec<u8>>, Failure> {
        let mut bytes = self.entries.borrow().get(key).cloned();
        if let Some(bytes) = &mut bytes {
            bytes.truncate(bytes_max as usize);
        }
        self.ask(bytes)
    }

    fn remove(&self, _store: Store, key: &str) -> Result<bool, Failure> {
        self.ask(())?;
        Ok(self.entries.borrow_mut().remove(key).is_some())
    }

    fn remove_many(&self, store: Store, keys: &[String]) -> Result<u32, Failure> {
        keys.iter().map(|key| self.remove(store, key).map(u32::from)).sum()
    }

    fn keys(
        &self,
        _store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure> {
        let fits = |key: &String| key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after);
        self.ask(self.entries.borrow().keys().filter(|key| fits(key)).take(limit as usize).cloned().collect())
    }
}

/// Bytes that the test can read.
#[derive(Clone)]
pub struct Bytes(pub Vec<u8>);

impl Content for Bytes {
    fn part(&self, offset: u64, size: u64) -> Self {
        let (offset, size) = (usize::try_from(offset).unwrap(), usize::try_from(size).unwrap());
        Self(self.0[offset..offset + size].to_vec())
    }

    fn framed(&self, head: &[u8], tail: &[u8]) -> Self {
        Self([head, &self.0, tail].concat())
    }
}

impl Cache for World {
    type Value = Bytes;

    fn lookup(&self, _shop: &ShopId, shopper: &ShopperId) -> Result<Cached<Bytes>, Failure> {
        let known = shopper.as_str().contains("known");
        let fragment = Fragment { offset: 6, size: 20 };
        let metadata = PageMetadata {
            persona: Persona::Explorer,
            source: Source::Local,
            planned_ms: NOW_S * 1000,
            fragment,
            ..PageMetadata::unknown()
        };
        let page = Page { content: Bytes(PAGE.to_vec()), metadata };
        self.ask(if known { Cached::Fresh(page) } else { Cached::Miss })
    }

    fn bump_catalog_version(&self, _shop: &ShopId) -> Result<u64, Failure> {
        self.ask(1)
    }

    fn products_changed(&self, _shop: &ShopId) -> Result<(), Failure> {
        self.ask(())
    }

    fn plan(&self, _shop: &ShopId, _shopper: &ShopperId) -> Result<Option<String>, Failure> {
        self.ask(None)
    }

    fn close(&self, _shop: &ShopId, _left_ms: Option<u64>) -> Result<(), Failure> {
        self.ask(())
    }

    fn reopen(&self, _shop: &ShopId) -> Result<(), Failure> {
        self.ask(())
    }

    fn pages(&self, _shop: &ShopId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Failure> {
        self.ask(vec![shopper.clone()])
    }

    fn delete_pages(&self, _shop: &ShopId, _shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        self.ask(Deleted { count: 0, more: false })
    }
}

impl Queue for World {
    fn enqueue(&self, _request: GenerationRequest) -> Result<Enqueued, Failure> {
        self.ask(Enqueued::Accepted("job".to_owned()))
    }

    fn enqueue_maintenance(&self, _task: MaintenanceTask) -> Result<(), Failure> {
        self.ask(())
    }

    fn delete_jobs(&self, _shop: &ShopId, _shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        self.ask(Deleted { count: 0, more: false })
    }

    fn status(&self, _shop: &ShopId, _shopper: &ShopperId) -> Result<Option<State>, Failure> {
        self.ask(Some(State::Queued))
    }

    fn pool(&self) -> Result<Vec<Member>, Failure> {
        self.ask(Vec::new())
    }

    fn errors(&self, _limit: u32) -> Result<Vec<JobError>, Failure> {
        self.ask(Vec::new())
    }
}
