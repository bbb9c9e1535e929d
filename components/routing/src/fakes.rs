//! A deployment in memory, that fails on demand and writes down what it was asked.

mod http;
mod shop;
mod sign;
mod storage;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use names::{Persona, ShopperId, Source, StoreId};

use crate::{
    Cache, Cached, Chore, Content, Errand, Facts, Failure, Forgotten, Found, Fragment, JobError, JobState,
    Member, Method, Offered, Order, Page, Queue, Signals, Work, handle,
};
pub(crate) use http::{Answer, FakeRequest};
pub(crate) use sign::{SHOP, base64, mac, sign, signed, webhook};

pub(crate) const STORE: &str = "magic-wands";
pub(crate) const TOKEN: &str = "open-sesame";

/// The time at which stories happen.
pub(crate) const NOW_MS: u64 = 1_700_000_000_000;
/// How much is forgotten at a time.
const FORGET_MAX: usize = 2;

/// A page as the host holds it: routing has no way to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held(pub(crate) Cow<'static, str>);

pub(crate) const PAGE: Page<Held> = Page {
    content: Held(Cow::Borrowed("a page for abc123")),
    facts: Facts {
        persona: Persona::Dealhunter,
        source: Source::Llm,
        planned_ms: NOW_MS,
        fragment: Some(Fragment { offset: 2, size: 4 }),
    },
};

impl Content for Held {
    fn part(&self, offset: u64, size: u64) -> Self {
        let (start, size) = (usize::try_from(offset).unwrap(), usize::try_from(size).unwrap());
        Self(self.0[start..start + size].to_owned().into())
    }

    fn framed(&self, head: &[u8], tail: &[u8]) -> Self {
        let text = |bytes| str::from_utf8(bytes).expect("text");
        Self([text(head), &self.0, text(tail)].concat().into())
    }
}

/// An order that was taken or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ordered {
    pub(crate) visitor: String,
    pub(crate) work: Work,
    pub(crate) signals: Signals,
    pub(crate) persona: Option<Persona>,
    /// Such as `DE-DE`; empty for the shop's own.
    pub(crate) market: String,
}

impl Ordered {
    /// An order in the shop's own market.
    pub(crate) fn of(work: Work, signals: Signals) -> Self {
        Self { visitor: "magic-wands:abc123".into(), work, signals, persona: None, market: String::new() }
    }
}

/// What is down, by the name of the part.
pub(crate) const PARTS: [&str; 4] = ["cache", "queue", "catalog", "storage"];

#[derive(Debug)]
pub(crate) struct Fake {
    pub(crate) cached: Cached<Held>,
    pub(crate) offered: Offered,
    pub(crate) state: JobState,
    pub(crate) development: bool,
    pub(crate) paused: bool,
    pub(crate) now_ms: u64,
    /// The deployment's `DEBUG_TOKEN`.
    pub(crate) token: Option<&'static str>,
    pub(crate) stores: Vec<&'static str>,
    /// What the product that sells best is called.
    pub(crate) best: &'static str,
    pub(crate) down: Vec<&'static str>,
    /// How many compare-and-swaps somebody else wins.
    pub(crate) rivals: Cell<u32>,
    /// Short-term storage: every key says which store it is in.
    pub(crate) stored: RefCell<BTreeMap<String, Found>>,
    /// Pages and orders that there are to forget, as `{store}:{shopper}`.
    pub(crate) pages: RefCell<BTreeSet<String>>,
    pub(crate) live: RefCell<BTreeSet<String>>,
    pub(crate) closed: RefCell<Vec<String>>,
    /// Errands: shop, cause, when that happened, and what is to be done.
    pub(crate) errands: RefCell<Vec<(String, String, u64, Chore)>>,
    pub(crate) ttl_seconds: Cell<u32>,
    /// For how many seconds a key is kept, where it ends.
    pub(crate) ttls: RefCell<BTreeMap<String, u32>>,
    pub(crate) orders: RefCell<Vec<Ordered>>,
    pub(crate) warnings: RefCell<Vec<String>>,
    /// What was asked of it, the log excepted.
    pub(crate) calls: RefCell<Vec<&'static str>>,
}

impl Default for Fake {
    /// A shop in production that works, and has no page for anybody yet.
    fn default() -> Self {
        Self {
            cached: Cached::Miss,
            offered: Offered::Accepted("job-1".into()),
            state: JobState::None,
            development: false,
            paused: false,
            now_ms: NOW_MS,
            token: Some(TOKEN),
            stores: vec![STORE, SHOP],
            best: "Elder Wand",
            down: Vec::new(),
            rivals: Cell::new(0),
            stored: RefCell::default(),
            pages: RefCell::default(),
            live: RefCell::default(),
            closed: RefCell::default(),
            errands: RefCell::default(),
            ttl_seconds: Cell::new(0),
            ttls: RefCell::default(),
            orders: RefCell::default(),
            warnings: RefCell::default(),
            calls: RefCell::default(),
        }
    }
}

impl Fake {
    pub(crate) fn get(&self, target: &str) -> Answer {
        Answer::of(handle(self, Method::Get, target, &FakeRequest::default()))
    }

    pub(crate) fn post(&self, target: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = FakeRequest { body: Ok(body.into()), ..FakeRequest::default() };
        Answer::of(handle(self, Method::Post, target, &request))
    }

    pub(crate) fn session(&self) -> Signals {
        self.session_of("session:magic-wands:abc123").unwrap_or_default()
    }

    pub(crate) fn session_of(&self, key: &str) -> Option<Signals> {
        self.stored.borrow().get(key).map(|found| Signals::decode(&found.bytes))
    }

    /// Keys that are stored.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.stored.borrow().keys().cloned().collect()
    }

    /// Whether nothing was stored, ordered, entrusted or closed.
    pub(crate) fn is_untouched(&self) -> bool {
        self.stored.borrow().is_empty()
            && self.orders.borrow().is_empty()
            && self.errands.borrow().is_empty()
            && self.closed.borrow().is_empty()
            && !self.calls.borrow().contains(&"cache.catalog-moved")
    }

    fn asked(&self, part: &'static str, call: &'static str) -> Result<(), Failure> {
        self.calls.borrow_mut().push(call);
        if self.down.contains(&part) { Err(Failure(format!("{part} is down"))) } else { Ok(()) }
    }
}

/// Forgets some of a set, as caching and queueing do.
fn forget(ids: &RefCell<BTreeSet<String>>, store: &StoreId, shopper: Option<&ShopperId>) -> Forgotten {
    let is_meant = |id: &&String| {
        let (shop, whose) = id.split_once(':').unwrap();
        shop == store.as_str()
            && shopper.is_none_or(|shopper| shopper.has_page(&ShopperId::parse(whose).unwrap()))
    };
    let found: Vec<_> = ids.borrow().iter().filter(is_meant).take(FORGET_MAX).cloned().collect();
    ids.borrow_mut().retain(|id| !found.contains(id));
    Forgotten { count: u32::try_from(found.len()).unwrap(), more: found.len() == FORGET_MAX }
}

impl Cache for Fake {
    type Value = Held;

    fn lookup(&self, _: &StoreId, _: &ShopperId) -> Result<Cached<Held>, Failure> {
        self.asked("cache", "cache.get").map(|()| self.cached.clone())
    }

    fn catalog_moved(&self, _: &StoreId) -> Result<u64, Failure> {
        self.asked("cache", "cache.catalog-moved")?;
        let moves = self.calls.borrow().iter().filter(|call| **call == "cache.catalog-moved").count();
        Ok(moves as u64)
    }

    fn has_plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<bool, Failure> {
        self.asked("cache", "cache.plan")?;
        Ok(self.pages.borrow().contains(&format!("{store}:{shopper}")))
    }

    fn close(&self, store: &StoreId) -> Result<(), Failure> {
        self.asked("cache", "cache.close")?;
        self.closed.borrow_mut().push(store.to_string());
        Ok(())
    }

    fn reopen(&self, store: &StoreId) -> Result<(), Failure> {
        self.asked("cache", "cache.reopen")?;
        self.closed.borrow_mut().retain(|closed| closed != store.as_str());
        Ok(())
    }

    fn pages(&self, store: &StoreId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Failure> {
        self.asked("cache", "cache.pages")?;
        let pages = self.pages.borrow();
        let of_store = pages.iter().filter_map(|page| page.strip_prefix(&format!("{store}:")));
        let ids = of_store.map(|id| ShopperId::parse(id).unwrap()).filter(|id| shopper.has_page(id));
        Ok(ids.collect())
    }

    fn forget_pages(&self, store: &StoreId, shopper: Option<&ShopperId>) -> Result<Forgotten, Failure> {
        self.asked("cache", "cache.forget").map(|()| forget(&self.pages, store, shopper))
    }
}

impl Queue for Fake {
    fn offer(&self, order: Order<'_>) -> Result<Offered, Failure> {
        self.asked("queue", "queue.offer")?;
        let Order { store, shopper, work, signals, persona, market } = order;
        let market = if market.is_own() { String::new() } else { market.to_string() };
        let visitor = format!("{store}:{shopper}");
        self.orders.borrow_mut().push(Ordered { visitor, work, signals, persona, market });
        Ok(self.offered.clone())
    }

    fn entrust(&self, errand: Errand<'_>) -> Result<(), Failure> {
        let Errand { store, cause, happened_ms, chore } = errand;
        self.asked("queue", "queue.entrust")?;
        self.errands.borrow_mut().push((store.to_string(), cause.to_string(), happened_ms, chore));
        Ok(())
    }

    fn forget_orders(&self, store: &StoreId, shopper: Option<&ShopperId>) -> Result<Forgotten, Failure> {
        self.asked("queue", "queue.forget").map(|()| forget(&self.live, store, shopper))
    }

    fn status(&self, _: &StoreId, _: &ShopperId) -> Result<JobState, Failure> {
        self.asked("queue", "queue.status").map(|()| self.state)
    }

    fn pool(&self) -> Result<Vec<Member>, Failure> {
        let name = "pool-0".to_owned();
        let member = Member { name, queued: 1, running: 2, dead: 3, depth_max: 4, oldest_ms: None };
        self.asked("queue", "queue.pool").map(|()| vec![member])
    }

    fn errors(&self, limit: u32) -> Result<Vec<JobError>, Failure> {
        self.asked("queue", "queue.errors")?;
        let error = |at_ms| JobError {
            at_ms,
            job: "job-1".into(),
            store: STORE.into(),
            reason: "the model said \"no\"".into(),
            settled: "retry".into(),
        };
        Ok((0..u64::from(limit)).rev().map(error).collect())
    }
}
