//! A deployment in memory, that fails on demand and writes down what it was asked.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use names::{Key, ShopperId, StoreId};
use page::Product;

use crate::{
    Assortment, Body, BodyError, Cache, Cached, Catalog, Facts, Failure, Found, JobError, JobState, Log,
    Member, Merchant, Method, Offered, Order, Page, Persona, Queue, Reply, Request, Response, Sessions,
    Settings, Signals, Signatures, Source, Swap, Work, handle,
};

pub(crate) const STORE: &str = "magic-wands";
pub(crate) const TOKEN: &str = "open-sesame";

/// A page as the host holds it: routing has no way to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held(pub(crate) &'static str);

pub(crate) const PAGE: Page<Held> = Page {
    content: Held("a page for abc123"),
    facts: Facts { persona: Persona::Dealhunter, source: Source::Llm, planned_ms: 1_700_000_000_000 },
};

/// An order that was taken or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ordered {
    pub(crate) visitor: String,
    pub(crate) work: Work,
    pub(crate) signals: Signals,
}

/// What is down, by the name of the part.
pub(crate) const PARTS: [&str; 4] = ["cache", "queue", "catalog", "sessions"];

#[derive(Debug)]
pub(crate) struct Fake {
    pub(crate) cached: Cached<Held>,
    pub(crate) offered: Offered,
    pub(crate) state: JobState,
    pub(crate) development: bool,
    /// The deployment's `DEBUG_TOKEN`.
    pub(crate) token: Option<&'static str>,
    pub(crate) stores: Vec<&'static str>,
    pub(crate) down: Vec<&'static str>,
    /// How many compare-and-swaps somebody else wins.
    pub(crate) rivals: Cell<u32>,
    pub(crate) sessions: RefCell<BTreeMap<String, Found>>,
    pub(crate) ttl_seconds: Cell<u32>,
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
            token: Some(TOKEN),
            stores: vec![STORE],
            down: Vec::new(),
            rivals: Cell::new(0),
            sessions: RefCell::default(),
            ttl_seconds: Cell::new(0),
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
        let sessions = self.sessions.borrow();
        sessions
            .get("session:magic-wands:abc123")
            .map(|found| Signals::decode(&found.bytes))
            .unwrap_or_default()
    }

    fn asked(&self, part: &'static str, call: &'static str) -> Result<(), Failure> {
        self.calls.borrow_mut().push(call);
        if self.down.contains(&part) { Err(Failure(format!("{part} is down"))) } else { Ok(()) }
    }

    fn write(&self, key: String, bytes: &[u8]) {
        let mut sessions = self.sessions.borrow_mut();
        let version = sessions.get(&key).map_or(0, |found| found.version) + 1;
        sessions.insert(key, Found { bytes: bytes.to_vec(), version });
    }
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
}

impl Queue for Fake {
    fn offer(&self, order: Order<'_>) -> Result<Offered, Failure> {
        self.asked("queue", "queue.offer")?;
        let Order { store, shopper, work, signals } = order;
        self.orders.borrow_mut().push(Ordered { visitor: format!("{store}:{shopper}"), work, signals });
        Ok(self.offered.clone())
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

impl Catalog for Fake {
    fn products(&self, _: &StoreId) -> Result<Assortment, Failure> {
        self.asked("catalog", "catalog.products")?;
        Ok(Assortment { currency: "EUR".into(), products: vec![product("Elder Wand"), product("Oak Wand")] })
    }
}

fn product(title: &str) -> Product {
    Product {
        id: title.replace(' ', "-"),
        title: title.into(),
        description: "It chooses you.".into(),
        vendor: "Ollivander".into(),
        category: "Wands".into(),
        tags: Vec::new(),
        url: "https://wands.example/products/wand".into(),
        image: None,
        price: 4_900,
        price_before: None,
        available: true,
    }
}

impl Sessions for Fake {
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure> {
        assert_eq!(key.store().name(), "SHOPPER_SESSIONS");
        self.asked("sessions", "sessions.read")?;
        let mut found = self.sessions.borrow().get(&key.to_string()).cloned();
        if let Some(found) = &mut found {
            found.bytes.truncate(bytes_max as usize);
        }
        Ok(found)
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure> {
        self.asked("sessions", "sessions.compare-and-swap")?;
        let key = key.to_string();
        if self.rivals.get() > 0 {
            self.rivals.set(self.rivals.get() - 1);
            let searches = vec![format!("rival {}", self.rivals.get())];
            self.write(key.clone(), &Signals { searches, ..Signals::default() }.encode());
        }
        if self.sessions.borrow().get(&key).map(|found| found.version) != expected {
            return Ok(Swap::Lost);
        }
        self.write(key, bytes);
        self.ttl_seconds.set(ttl_seconds);
        Ok(Swap::Done)
    }
}

impl Settings for Fake {
    fn development(&self) -> bool {
        self.calls.borrow_mut().push("settings.development");
        self.development
    }

    fn has_store(&self, store: &StoreId) -> bool {
        self.calls.borrow_mut().push("settings.has-store");
        self.stores.contains(&store.as_str())
    }

    fn merchant(&self, store: &StoreId) -> Option<Merchant> {
        self.calls.borrow_mut().push("settings.store");
        self.stores.contains(&store.as_str()).then(|| Merchant {
            name: "Magic Wands".into(),
            url: "https://wands.example".into(),
            language: "en".into(),
            promises: vec!["Free returns".into()],
        })
    }

    fn first_store(&self) -> Option<StoreId> {
        self.stores.first().and_then(|store| StoreId::parse(store).ok())
    }
}

impl Signatures for Fake {
    fn matches(&self, secret: &str, candidate: &str) -> bool {
        secret == "DEBUG_TOKEN" && self.token == Some(candidate)
    }
}

impl Log for Fake {
    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        self.warnings.borrow_mut().push(format!("{message} {particulars:?}"));
    }
}

#[derive(Debug)]
pub(crate) struct FakeRequest {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Result<Vec<u8>, BodyError>,
}

impl Default for FakeRequest {
    fn default() -> Self {
        Self { headers: Vec::new(), body: Ok(Vec::new()) }
    }
}

impl Request for FakeRequest {
    fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone())
    }

    fn body(&self, bytes_max: u32) -> Result<Vec<u8>, BodyError> {
        let body = self.body.clone()?;
        if body.len() > bytes_max as usize { Err(BodyError::TooLarge) } else { Ok(body) }
    }
}

/// A reply, for stories to ask about.
#[derive(Debug)]
pub(crate) struct Answer {
    response: Response<Held>,
    /// Topic and milliseconds, if the reply waits.
    pub(crate) pending: Option<(String, u32)>,
}

impl Answer {
    pub(crate) fn of(reply: Reply<Held>) -> Self {
        match reply {
            Reply::Ready(response) => Self { response, pending: None },
            Reply::Pending { interim, topic, wait_ms } => {
                Self { response: interim, pending: Some((topic, wait_ms)) }
            }
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    /// The field lines as pairs; panics at what is no field line (RFC 9110, section 5).
    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        let lines = self.response.headers.strip_suffix('\n').expect("the last line ends");
        lines
            .split('\n')
            .map(|line| field(line).unwrap_or_else(|| panic!("no field line: {line:?}")))
            .collect()
    }

    /// The value of the only field of that name; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let fields = self.fields();
        let values: Vec<_> =
            fields.iter().filter(|(given, _)| *given == name).map(|(_, value)| *value).collect();
        assert!(values.len() <= 1, "{name}: {values:?}");
        values.first().copied().unwrap_or_default()
    }

    /// The body as text; the name of the page where it is a page that the host holds.
    pub(crate) fn text(&self) -> &str {
        match &self.response.body {
            Body::Empty => "",
            Body::Bytes(bytes) => str::from_utf8(bytes).expect("text"),
            Body::Value(Held(name)) => name,
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_str(self.text()).expect("JSON")
    }
}

fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(": ")?;
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_value = |byte: u8| (b' '..=b'~').contains(&byte);
    let fits =
        !name.is_empty() && name.bytes().all(is_name) && !value.is_empty() && value.bytes().all(is_value);
    fits.then_some((name, value))
}
