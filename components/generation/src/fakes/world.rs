//! A host in memory: a cache, a catalog, a scripted model, and a job that can be interrupted.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use model::catalog::{CatalogError, Collection, Product};
use model::jobs::Outcome;
use model::llm::Request;
use model::pages::{JobId, NewPage, PageMetadata, SharedPlan, StoredPlan};
use model::review::{Kept, Review, WaitingPlan};
use model::shop::ShopSettings;
use model::{Audience, Market, SegmentId, ShopId, ShopperId};

use crate::assortment::Assortment;
use crate::capabilities::{Cache, CacheError, Catalog, Completion, Ending, Level, Llm, NoAnswer, Operator};
use crate::fakes::{assortment, merchant};
use crate::generate::generate;
use crate::job::Job;

pub struct World {
    pub merchant: Option<ShopSettings>,
    pub products: Result<Assortment, CatalogError>,
    pub collections: Result<Vec<Collection>, CatalogError>,
    /// Products that the catalog does not list, and knows by their ids.
    pub unlisted: Result<Vec<Product>, CatalogError>,
    /// The result of every search.
    pub found: Result<Vec<Product>, CatalogError>,
    /// The calls to the catalog: markets, and search terms.
    pub catalog_asked: RefCell<Vec<String>>,
    pub cache_error: Option<CacheError>,
    /// Why no page can be stored.
    pub put_error: Option<CacheError>,
    /// Whether there is a model.
    pub has_model: bool,
    /// The model's answers in order. After the last one it answers as if it were not configured.
    pub script: RefCell<VecDeque<Result<Completion, NoAnswer>>>,
    pub asked: RefCell<Vec<Request>>,
    pub plan: RefCell<Option<StoredPlan>>,
    pub page: RefCell<Option<NewPage<String>>>,
    pub pages_stored: Cell<usize>,
    pub catalog_version: Cell<u64>,
    /// Changes the catalog while it is being read.
    pub catalog_changes_while_read: bool,
    /// Saves settings, which bumps the catalog version, after they were read.
    pub saves_while_read: bool,
    pub events: RefCell<Vec<String>>,
    pub fresh_seconds: u32,
    /// The plans of segments.
    pub shared: RefCell<BTreeMap<String, SharedPlan>>,
    /// What the merchant decided, by audience.
    pub reviews: RefCell<BTreeMap<String, Review>>,
    /// The most reviews that there may be.
    pub reviews_max: usize,
    /// The job that has the lease of each segment.
    pub leases: RefCell<BTreeMap<String, JobId>>,
    /// Why plans of segments and their leases cannot be reached.
    pub shared_error: Option<CacheError>,
    pub now_ms: Cell<u64>,
    pub steps: Cell<usize>,
    pub cut_at: Cell<Option<usize>>,
}

/// A complete answer of the model.
#[expect(clippy::unnecessary_wraps, reason = "a line of its script")]
pub fn answer(text: impl Into<String>) -> Result<Completion, NoAnswer> {
    Ok(Completion {
        text: text.into(),
        model: "scripted-2026-11".to_owned(),
        configured_model: "scripted".to_owned(),
        tokens_in: 2000,
        tokens_out: 500,
        ending: Ending::Complete,
        calls: 1,
        cost_microdollars: 3_900,
    })
}

impl World {
    pub const NOW_MS: u64 = 1_700_000_000_000;
    pub const FRESH_SECONDS: u32 = 86_400;

    pub fn new(script: impl IntoIterator<Item = Result<Completion, NoAnswer>>) -> Self {
        Self {
            merchant: Some(merchant()),
            products: Ok(assortment()),
            collections: Ok(Vec::new()),
            unlisted: Ok(Vec::new()),
            found: Ok(Vec::new()),
            catalog_asked: RefCell::default(),
            cache_error: None,
            put_error: None,
            has_model: true,
            script: RefCell::new(script.into_iter().collect()),
            asked: RefCell::default(),
            plan: RefCell::default(),
            page: RefCell::default(),
            pages_stored: Cell::default(),
            catalog_version: Cell::new(7),
            catalog_changes_while_read: false,
            saves_while_read: false,
            events: RefCell::default(),
            fresh_seconds: Self::FRESH_SECONDS,
            shared: RefCell::default(),
            reviews: RefCell::default(),
            reviews_max: usize::MAX,
            leases: RefCell::default(),
            shared_error: None,
            now_ms: Cell::new(Self::NOW_MS),
            steps: Cell::default(),
            cut_at: Cell::default(),
        }
    }

    /// Runs the job up to its step of that number. `None` if it was interrupted.
    pub fn generate_until(&self, step: usize, job: &Job) -> Option<Outcome> {
        self.steps.set(0);
        self.cut_at.set(Some(step));
        let outcome = catch_unwind(AssertUnwindSafe(|| generate(self, job))).ok();
        self.cut_at.set(None);
        outcome
    }

    pub fn metadata(&self) -> PageMetadata {
        self.page.borrow().as_ref().expect("a page").metadata.clone()
    }

    pub fn html(&self) -> String {
        self.page.borrow().as_ref().expect("a page").content.clone()
    }

    pub fn asked_times(&self) -> usize {
        self.asked.borrow().len()
    }

    fn step(&self) {
        if self.cut_at.get() == Some(self.steps.get()) {
            resume_unwind(Box::new("cut off"));
        }
        self.steps.set(self.steps.get() + 1);
    }

    fn sharing<T>(&self, value: T) -> Result<T, CacheError> {
        self.step();
        self.shared_error.clone().map_or(Ok(value), Err)
    }

    fn cached<T>(&self, value: T) -> Result<T, CacheError> {
        self.step();
        self.cache_error.clone().map_or(Ok(value), Err)
    }
}

impl Cache for World {
    fn catalog_version(&self, _: &ShopId) -> Result<u64, CacheError> {
        self.cached(self.catalog_version.get())
    }

    fn plan(&self, _: &ShopId, _: &ShopperId) -> Result<Option<StoredPlan>, CacheError> {
        self.cached(self.plan.borrow().clone())
    }

    fn page_metadata(&self, _: &ShopId, _: &ShopperId) -> Result<Option<PageMetadata>, CacheError> {
        self.cached(self.page.borrow().as_ref().map(|page| page.metadata.clone()))
    }

    fn put(&self, _: &ShopId, _: &ShopperId, page: NewPage<String>) -> Result<(), CacheError> {
        self.cached(())?;
        if let Some(error) = &self.put_error {
            return Err(error.clone());
        }
        *self.plan.borrow_mut() =
            Some(StoredPlan { json: page.plan.clone(), metadata: page.metadata.clone() });
        self.step();
        *self.page.borrow_mut() = Some(page);
        self.pages_stored.set(self.pages_stored.get() + 1);
        self.step();
        Ok(())
    }

    fn shared_plan(&self, _: &ShopId, segment: &SegmentId) -> Result<Option<SharedPlan>, CacheError> {
        self.sharing(self.shared.borrow().get(segment.as_str()).cloned())
    }

    fn lease_planning(&self, _: &ShopId, segment: &SegmentId, job: &JobId) -> Result<bool, CacheError> {
        self.sharing(())?;
        let mut leases = self.leases.borrow_mut();
        Ok(leases.entry(segment.to_string()).or_insert_with(|| job.clone()) == job)
    }

    fn release_planning(&self, _: &ShopId, segment: &SegmentId, job: &JobId) -> Result<(), CacheError> {
        self.sharing(())?;
        self.leases.borrow_mut().retain(|of, holder| of != segment.as_str() || holder != job);
        Ok(())
    }

    fn share_plan(&self, _: &ShopId, segment: &SegmentId, plan: SharedPlan) -> Result<(), CacheError> {
        self.sharing(())?;
        self.shared.borrow_mut().insert(segment.to_string(), plan);
        Ok(())
    }

    fn review(&self, _: &ShopId, audience: &Audience) -> Result<Kept, CacheError> {
        let review = self.reviews.borrow().get(&audience.to_string()).cloned();
        let is_full = self.reviews.borrow().len() >= self.reviews_max && review.is_none();
        self.sharing(Kept { review: review.unwrap_or_default(), is_full })
    }

    fn submit_plan(&self, _: &ShopId, audience: &Audience, plan: WaitingPlan) -> Result<bool, CacheError> {
        self.sharing(())?;
        self.reviews.borrow_mut().entry(audience.to_string()).or_default().waiting = Some(plan);
        self.step();
        Ok(true)
    }
}

impl Catalog for World {
    fn products(&self, _: &ShopId, market: &Market) -> Result<Assortment, CatalogError> {
        self.step();
        self.catalog_asked.borrow_mut().push(market.to_string());
        if self.catalog_changes_while_read {
            self.catalog_version.set(self.catalog_version.get() + 1);
        }
        self.products.clone()
    }

    fn collections(&self, _: &ShopId, _: &Market) -> Result<Vec<Collection>, CatalogError> {
        self.step();
        self.collections.clone()
    }

    fn members(&self, _: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, CatalogError> {
        self.step();
        let collections = self.collections.clone()?;
        let of = |handle: &String| {
            let found = collections.iter().find(|collection| collection.handle == *handle);
            found.map(|collection| collection.products.clone()).unwrap_or_default()
        };
        Ok(handles.iter().map(of).collect())
    }

    fn by_name(&self, _: &ShopId, _: &Market, names: &[String]) -> Result<Vec<Product>, CatalogError> {
        self.step();
        let listed = self.unlisted.clone()?;
        Ok(listed.into_iter().filter(|product| names.contains(&product.id)).collect())
    }

    fn search(&self, _: &ShopId, market: &Market, term: &str) -> Result<Vec<Product>, CatalogError> {
        self.step();
        self.catalog_asked.borrow_mut().push(format!("{market} {term}"));
        self.found.clone()
    }
}

impl Llm for World {
    fn is_configured(&self) -> bool {
        self.has_model
    }

    fn complete(&self, request: &Request) -> Result<Completion, NoAnswer> {
        self.step();
        self.asked.borrow_mut().push(request.clone());
        let answer = self.script.borrow_mut().pop_front().unwrap_or(Err(NoAnswer::NotConfigured));
        self.step();
        answer
    }
}

impl Operator for World {
    fn merchant(&self, _: &ShopId) -> Option<ShopSettings> {
        self.step();
        if self.saves_while_read {
            self.catalog_version.set(self.catalog_version.get() + 1);
        }
        self.merchant.clone()
    }

    fn fresh_seconds(&self) -> u32 {
        self.fresh_seconds
    }

    fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    fn event(&self, _: Level, message: &str, particulars: &[(&str, &str)]) {
        self.events.borrow_mut().push(format!("{message} {particulars:?}"));
    }
}
