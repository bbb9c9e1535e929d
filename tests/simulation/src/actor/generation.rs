//! What generation needs of its deployment, for a day without faults: the real cache, the day's products, and a language
//! model that takes its time and counts what it is asked.

use generation::capabilities::{
    Cache, CacheError, Catalog, Completion, Ending, Level, Llm, NoAnswer, Operator,
};
use generation::{Assortment, Job, generate};
use model::catalog::{CatalogError, Collection, Product};
use model::jobs::{GenerationRequest, Outcome};
use model::llm::Request;
use model::pages::{Cached, JobId, NewPage, PageMetadata, SharedPlan, StoredPlan};
use model::review::{Kept, WaitingPlan};
use model::shop::ShopSettings;
use model::{Audience, Market, SegmentId, ShopId, ShopperId};

use super::Actor;
use crate::bytes::Bytes;
use crate::day::DayShop;
use crate::task::Pause;

/// How long the model takes to answer, in milliseconds.
const ANSWER_MS_MIN: u64 = 4_000;
const ANSWER_MS_SPREAD: u64 = 8_000;
/// How long a page is fresh, as by default.
const FRESH_SECONDS: u32 = 86_400;

/// Makes a page by the real generation.
pub(crate) fn make_page(actor: &Actor<'_>, job: &queueing::Job, request: &GenerationRequest) -> Outcome {
    let Ok(id) = job.lease.id.clone().try_into() else { return Outcome::Failed("no id".into()) };
    generate(actor, &Job { id, last: job.last, crashed: job.crashed, request: request.clone() })
}

fn of_cache(error: caching::Error) -> CacheError {
    match error {
        caching::Error::Unavailable(reason) => CacheError::Unavailable(reason),
        other => CacheError::Invalid(other.to_string()),
    }
}

impl Actor<'_> {
    fn day(&self) -> &DayShop {
        self.world.day.as_ref().expect("only a day has the real generation")
    }
}

impl Cache for Actor<'_> {
    fn catalog_version(&self, shop: &ShopId) -> Result<u64, CacheError> {
        self.cache().catalog_version(shop, self.wall_ms()).map_err(of_cache)
    }

    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<StoredPlan>, CacheError> {
        self.cache().plan(shop, shopper).map_err(of_cache)
    }

    fn page_metadata(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<PageMetadata>, CacheError> {
        Ok(match self.cache().lookup(shop, shopper, self.wall_ms()).map_err(of_cache)? {
            Cached::Fresh(page) | Cached::Stale(page, _) => Some(page.metadata),
            Cached::Miss | Cached::Closed => None,
        })
    }

    fn put(&self, shop: &ShopId, shopper: &ShopperId, page: NewPage<String>) -> Result<(), CacheError> {
        let content = <Bytes as caching::Value>::new(page.content.as_bytes());
        let page = NewPage { content, plan: page.plan, metadata: page.metadata };
        self.cache().store(shop, shopper, &page).map(drop).map_err(of_cache)
    }

    fn shared_plan(&self, shop: &ShopId, segment: &SegmentId) -> Result<Option<SharedPlan>, CacheError> {
        self.cache().shared_plan(shop, segment).map_err(of_cache)
    }

    fn lease_planning(&self, shop: &ShopId, segment: &SegmentId, job: &JobId) -> Result<bool, CacheError> {
        self.cache().lease_planning(shop, segment, job, self.wall_ms()).map_err(of_cache)
    }

    fn release_planning(&self, shop: &ShopId, segment: &SegmentId, job: &JobId) -> Result<(), CacheError> {
        self.cache().release_planning(shop, segment, job).map_err(of_cache)
    }

    fn share_plan(&self, shop: &ShopId, segment: &SegmentId, plan: SharedPlan) -> Result<(), CacheError> {
        self.cache().share_plan(shop, segment, &plan, self.wall_ms()).map_err(of_cache)
    }

    fn review(&self, shop: &ShopId, audience: &Audience) -> Result<Kept, CacheError> {
        self.cache().review(shop, audience).map_err(of_cache)
    }

    fn submit_plan(&self, shop: &ShopId, audience: &Audience, plan: WaitingPlan) -> Result<bool, CacheError> {
        self.cache().submit_plan(shop, audience, &plan).map_err(of_cache)
    }
}

impl Catalog for Actor<'_> {
    fn products(&self, _: &ShopId, _: &Market) -> Result<Assortment, CatalogError> {
        Ok(self.day().assortment().into())
    }

    fn search(&self, _: &ShopId, _: &Market, _: &str) -> Result<Vec<Product>, CatalogError> {
        Ok(Vec::new())
    }

    fn collections(&self, _: &ShopId, _: &Market) -> Result<Vec<Collection>, CatalogError> {
        Ok(Vec::new())
    }

    fn members(&self, _: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, CatalogError> {
        Ok(vec![Vec::new(); handles.len()])
    }

    fn by_name(&self, _: &ShopId, _: &Market, _: &[String]) -> Result<Vec<Product>, CatalogError> {
        Ok(Vec::new())
    }
}

impl Llm for Actor<'_> {
    fn is_configured(&self) -> bool {
        true
    }

    fn complete(&self, request: &Request) -> Result<Completion, NoAnswer> {
        let answer_ms = ANSWER_MS_MIN + self.world.below(ANSWER_MS_SPREAD);
        self.pause(Pause::Until(self.world.now_ms.get() + answer_ms));
        let (text, tokens_in, tokens_out) = self.day().answer(request);
        Ok(Completion {
            text,
            model: "simulated".to_owned(),
            configured_model: "simulated".to_owned(),
            tokens_in,
            tokens_out,
            ending: Ending::Complete,
            calls: 1,
            cost_microdollars: 0,
        })
    }
}

impl Operator for Actor<'_> {
    fn merchant(&self, shop: &ShopId) -> Option<ShopSettings> {
        routing::Settings::merchant(self, shop)
    }

    fn fresh_seconds(&self) -> u32 {
        FRESH_SECONDS
    }

    fn now_ms(&self) -> u64 {
        self.wall_ms()
    }

    fn event(&self, _: Level, message: &str, particulars: &[(&str, &str)]) {
        self.world.note(|| format!("    {message} {particulars:?}"));
        if message == "a page was stored" {
            let source = particulars.iter().find(|(name, _)| *name == "source");
            self.day().made(source.map_or("unknown", |(_, source)| source));
        }
    }
}
