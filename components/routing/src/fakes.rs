//! An in-memory deployment that fails on demand and records its calls.

mod http;
mod jobs;
mod pages;
mod shop;
mod sign;
mod storage;

use model::limits::Allowance;
use model::pages::{Cached, Deleted};
use model::shop::{Approval, Campaign, Selector, Share, Variant};
use model::{EventId, Persona, ShopId, ShopperId, Signals};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use model::jobs::{CustomerId, Enqueued, MaintenanceKind, MaintenanceTask, State};

use crate::signals::{Session, day_of};
use crate::{Failure, Found, Method, handle};
pub(crate) use http::{Answer, FakeRequest};
pub(crate) use jobs::Requested;
pub(crate) use pages::{Held, PAGE};
pub(crate) use sign::{SHOP, sign, signed, webhook};

pub(crate) const SHOP_ID: &str = "magic-wands";
pub(crate) const TOKEN: &str = "open-sesame";

/// The time at which the tests' stories happen.
pub(crate) const NOW_MS: u64 = 1_700_000_000_000;
/// How many items one call deletes.
const DELETED_MAX: usize = 2;

/// The names of the parts that can be down.
pub(crate) const PARTS: [&str; 4] = ["cache", "queue", "catalog", "storage"];

#[derive(Debug)]
pub(crate) struct Fake {
    pub(crate) cached: Cached<Held>,
    pub(crate) enqueued: Enqueued,
    pub(crate) state: Option<State>,
    pub(crate) development: bool,
    pub(crate) paused: bool,
    /// The share of shoppers who are held out.
    pub(crate) holdout: Share,
    /// The personas that are paused.
    pub(crate) personas_paused: Vec<Persona>,
    /// The variant that is tested.
    pub(crate) variant: Option<Variant>,
    /// What the merchant approves; shoppers get nothing else of it.
    pub(crate) approval: Approval,
    /// How many approvals the merchant took back.
    pub(crate) withdrawals: u32,
    /// What the merchant excludes and pins.
    pub(crate) excluded: Vec<Selector>,
    pub(crate) pinned: Vec<Selector>,
    pub(crate) campaigns: Vec<Campaign>,
    /// Whether only Shopify and the operator know the shops.
    pub(crate) closed_to_anybody: bool,
    pub(crate) now_ms: Cell<u64>,
    /// The deployment's `DEBUG_TOKEN`.
    pub(crate) token: Option<&'static str>,
    pub(crate) shops: Vec<&'static str>,
    /// The name of the best-selling product.
    pub(crate) best: &'static str,
    /// The parts that do not answer.
    pub(crate) down: Vec<&'static str>,
    /// The parts that refuse every call as invalid.
    pub(crate) refusing: Vec<&'static str>,
    /// The allowances that are used up.
    pub(crate) used_up: Vec<Allowance>,
    /// The allowances that were taken.
    pub(crate) taken: RefCell<Vec<Allowance>>,
    /// How many compare-and-swaps another writer wins.
    pub(crate) rivals: Cell<u32>,
    /// Short-term storage. Each key's prefix determines its key-value store.
    pub(crate) stored: RefCell<BTreeMap<String, Found>>,
    /// The key that another caller deletes right after it is read.
    pub(crate) gone_after_read: RefCell<Option<String>>,
    /// The pages and generation requests that can be deleted, as `{store}:{shopper}`.
    pub(crate) pages: RefCell<BTreeSet<String>>,
    pub(crate) live: RefCell<BTreeSet<String>>,
    pub(crate) closed: RefCell<Vec<String>>,
    /// When the shop that was closed last had left.
    pub(crate) left_ms: Cell<Option<u64>>,
    pub(crate) maintenance_tasks: RefCell<Vec<MaintenanceTask>>,
    pub(crate) ttl_seconds: Cell<u32>,
    /// The lifetimes of keys that expire, in seconds.
    pub(crate) ttls: RefCell<BTreeMap<String, u32>>,
    pub(crate) page_requests: RefCell<Vec<Requested>>,
    pub(crate) warnings: RefCell<Vec<String>>,
    /// The calls to it, except to the log.
    pub(crate) calls: RefCell<Vec<&'static str>>,
}

impl Default for Fake {
    /// Returns a working shop in production, which has no pages yet.
    fn default() -> Self {
        Self {
            cached: Cached::Miss,
            enqueued: Enqueued::Accepted("job-1".into()),
            state: None,
            development: false,
            paused: false,
            holdout: Share::NOBODY,
            personas_paused: Vec::new(),
            variant: None,
            approval: Approval::Automatic,
            withdrawals: 0,
            excluded: Vec::new(),
            pinned: Vec::new(),
            campaigns: Vec::new(),
            closed_to_anybody: false,
            now_ms: Cell::new(NOW_MS),
            token: Some(TOKEN),
            shops: vec![SHOP_ID, SHOP],
            best: "Elder Wand",
            down: Vec::new(),
            refusing: Vec::new(),
            used_up: Vec::new(),
            taken: RefCell::default(),
            rivals: Cell::new(0),
            stored: RefCell::default(),
            gone_after_read: RefCell::default(),
            pages: RefCell::default(),
            live: RefCell::default(),
            closed: RefCell::default(),
            left_ms: Cell::default(),
            maintenance_tasks: RefCell::default(),
            ttl_seconds: Cell::new(0),
            ttls: RefCell::default(),
            page_requests: RefCell::default(),
            warnings: RefCell::default(),
            calls: RefCell::default(),
        }
    }
}

/// Returns the stored form of signals that were given today.
pub(crate) fn stored(signals: &Signals) -> Vec<u8> {
    Session::of(signals.clone(), day_of(NOW_MS)).written()
}

impl Fake {
    pub(crate) fn get(&self, target: &str) -> Answer {
        Answer::of(handle(self, Method::Get, target, &FakeRequest::default()))
    }

    pub(crate) fn post(&self, target: &str, body: impl Into<Vec<u8>>) -> Answer {
        let headers = vec![("content-type", "application/json".to_owned())];
        Answer::of(handle(self, Method::Post, target, &FakeRequest { headers, body: Ok(body.into()) }))
    }

    pub(crate) fn session(&self) -> Signals {
        self.session_of("session:magic-wands:abc123").unwrap_or_default()
    }

    pub(crate) fn session_of(&self, key: &str) -> Option<Signals> {
        self.stored.borrow().get(key).map(|found| Session::whole(&found.bytes).signals)
    }

    /// Returns the stored keys.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.stored.borrow().keys().cloned().collect()
    }

    /// Returns whether nothing was stored, requested, queued, closed or made stale.
    pub(crate) fn is_untouched(&self) -> bool {
        self.stored.borrow().is_empty()
            && self.page_requests.borrow().is_empty()
            && self.maintenance_tasks.borrow().is_empty()
            && self.closed.borrow().is_empty()
            && !self
                .calls
                .borrow()
                .iter()
                .any(|call| ["cache.bump-catalog-version", "cache.products-changed"].contains(call))
    }

    fn asked(&self, part: &'static str, call: &'static str) -> Result<(), Failure> {
        self.calls.borrow_mut().push(call);
        if self.down.contains(&part) {
            return Err(Failure::Unavailable(format!("{part} is down")));
        }
        if self.refusing.contains(&part) {
            return Err(Failure::Invalid(format!("{part} refuses the call")));
        }
        Ok(())
    }
}

/// Returns a maintenance task.
pub(crate) fn maintenance_task(shop: &str, cause: &str, kind: &MaintenanceKind) -> MaintenanceTask {
    let (shop, cause) = (ShopId::parse(shop).unwrap(), EventId::parse(cause).unwrap());
    MaintenanceTask { shop, cause, happened_ms: NOW_MS, kind: kind.clone() }
}

/// Returns the id of a customer.
pub(crate) fn customer(id: &str) -> CustomerId {
    id.to_owned().try_into().unwrap()
}

/// Deletes some items of a set, as caching and queueing do.
fn delete(ids: &RefCell<BTreeSet<String>>, shop: &ShopId, shopper: Option<&ShopperId>) -> Deleted {
    let is_meant = |id: &&String| {
        let (owner, whose) = id.split_once(':').unwrap();
        owner == shop.as_str()
            && shopper.is_none_or(|shopper| shopper.has_page(&ShopperId::parse(whose).unwrap()))
    };
    let found: Vec<_> = ids.borrow().iter().filter(is_meant).take(DELETED_MAX).cloned().collect();
    ids.borrow_mut().retain(|id| !found.contains(id));
    Deleted { count: u32::try_from(found.len()).unwrap(), more: found.len() == DELETED_MAX }
}
