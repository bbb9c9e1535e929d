//! Connects the logic to WIT.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

use bindings::exports::wandstore::storefront::{generator, reviewer as exported};
use bindings::wandstore::capabilities::{clock, llm, log, settings, values::Value};
use bindings::wandstore::storefront::catalog_types::Freshness;
use bindings::wandstore::storefront::{
    cache, catalog, catalog_types, catalog_version, job_types, page_types, shopper_types,
};
use model::catalog::{CatalogError, Collection, Product};
use model::jobs::InvalidRequest;
use model::llm::Request;
use model::pages::{InvalidJobId, JobId, NewPage, PageMetadata, SharedPlan, StoredPlan};
use model::review::{Edit, Kept, Review, WaitingPlan};
use model::shop::ShopSettings;
use model::{Audience, InvalidId, Market, SegmentId, ShopId, ShopperId};

use crate::assortment::Assortment;
use crate::capabilities::{Cache, CacheError, Catalog, Completion, Level, Llm, NoAnswer, Operator};
use crate::generate::generate;
use crate::job::Job;
use crate::record;
use crate::reviewer::{self, NotShown};

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/generation",
        generate_all,
    });
}

struct Component;

bindings::export!(Component with_types_in bindings);

impl generator::Guest for Component {
    fn generate(job: job_types::Job) -> job_types::Outcome {
        match parsed(job) {
            Ok(job) => generate(&Host, &job).into(),
            Err(refusal) => job_types::Outcome::Failed(refusal.to_string()),
        }
    }

    fn replay(shop: String, plan: String) -> Result<String, String> {
        let shop = ShopId::parse(&shop).map_err(|invalid| invalid.to_string())?;
        record::replay(&shop, &plan).map_err(|not| not.to_string())
    }
}

impl exported::Guest for Component {
    fn show(
        shop: String,
        audience: String,
        plan: String,
    ) -> Result<page_types::ShownPlan, page_types::ReviewError> {
        let (shop, audience) = (ShopId::parse(&shop)?, Audience::parse(&audience)?);
        Ok(reviewer::show(&Host, &shop, &audience, &plan)?.into())
    }

    fn edit(
        shop: String,
        audience: String,
        plan: String,
        digest: String,
        texts: Vec<page_types::PlanEdit>,
    ) -> Result<page_types::EditedPlan, page_types::ReviewError> {
        let (shop, audience) = (ShopId::parse(&shop)?, Audience::parse(&audience)?);
        let edits: Vec<Edit> = texts.into_iter().map(Into::into).collect();
        Ok(reviewer::edit(&Host, &shop, &audience, &plan, &digest, &edits)?.into())
    }
}

/// Why generation does not accept a job.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Job(#[from] InvalidJobId),
    #[error(transparent)]
    Request(#[from] InvalidRequest),
    #[error("a maintenance task is not a page")]
    Maintenance,
}

fn parsed(job: job_types::Job) -> Result<Job, Refusal> {
    let job_types::Task::Page(request) = job.task else { return Err(Refusal::Maintenance) };
    let (id, request) = (job.lease.id.try_into()?, request.try_into()?);
    Ok(Job { id, last: job.last, crashed: job.crashed, request })
}

/// The capabilities that the host supplies.
struct Host;

impl Cache for Host {
    fn catalog_version(&self, shop: &ShopId) -> Result<u64, CacheError> {
        Ok(catalog_version::current(shop.as_str())?)
    }

    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<StoredPlan>, CacheError> {
        Ok(cache::plan(shop.as_str(), shopper.as_str())?.map(TryInto::try_into).transpose()?)
    }

    fn page_metadata(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<PageMetadata>, CacheError> {
        Ok(match cache::get(shop.as_str(), shopper.as_str())? {
            page_types::Cached::Fresh(page) => Some(page.metadata.try_into()?),
            page_types::Cached::Stale(stale) => Some(stale.page.metadata.try_into()?),
            page_types::Cached::Miss | page_types::Cached::Closed => None,
        })
    }

    fn put(&self, shop: &ShopId, shopper: &ShopperId, page: NewPage<String>) -> Result<(), CacheError> {
        let page = NewPage {
            content: Value::new(page.content.as_bytes()),
            plan: page.plan,
            metadata: page.metadata,
        };
        Ok(cache::put(shop.as_str(), shopper.as_str(), page.into())?)
    }

    fn shared_plan(&self, shop: &ShopId, segment: &SegmentId) -> Result<Option<SharedPlan>, CacheError> {
        Ok(cache::get_shared_plan(shop.as_str(), segment.as_str())?.map(Into::into))
    }

    fn lease_planning(&self, shop: &ShopId, segment: &SegmentId, job: &JobId) -> Result<bool, CacheError> {
        Ok(cache::lease_planning(shop.as_str(), segment.as_str(), job.as_str())?)
    }

    fn release_planning(&self, shop: &ShopId, segment: &SegmentId, job: &JobId) -> Result<(), CacheError> {
        Ok(cache::release_planning(shop.as_str(), segment.as_str(), job.as_str())?)
    }

    fn share_plan(&self, shop: &ShopId, segment: &SegmentId, plan: SharedPlan) -> Result<(), CacheError> {
        Ok(cache::put_shared_plan(shop.as_str(), segment.as_str(), &plan.into())?)
    }

    fn review(&self, shop: &ShopId, audience: &Audience) -> Result<Kept, CacheError> {
        let page_types::Review { json, is_full } = cache::get_review(shop.as_str(), &audience.to_string())?;
        let review = json.and_then(|json| Review::decode(json.as_bytes())).unwrap_or_default();
        Ok(Kept { review, is_full })
    }

    fn submit_plan(&self, shop: &ShopId, audience: &Audience, plan: WaitingPlan) -> Result<bool, CacheError> {
        let WaitingPlan { json, job, planned_ms } = plan;
        let plan = page_types::WaitingPlan { json, job: job.into(), planned_ms };
        Ok(cache::submit_plan(shop.as_str(), &audience.to_string(), &plan)?)
    }
}

impl Catalog for Host {
    fn products(&self, shop: &ShopId, market: &Market) -> Result<Assortment, CatalogError> {
        let assortment = catalog::products(shop.as_str(), &market.into(), Freshness::Current)?;
        Ok(model::catalog::Assortment::from(assortment).into())
    }

    fn collections(&self, shop: &ShopId, market: &Market) -> Result<Vec<Collection>, CatalogError> {
        let collections = catalog::collections(shop.as_str(), &market.into(), Freshness::StaleOk)?;
        Ok(collections.into_iter().map(Into::into).collect())
    }

    fn members(&self, shop: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, CatalogError> {
        Ok(catalog::members(shop.as_str(), Freshness::Current, handles)?)
    }

    fn by_name(
        &self,
        shop: &ShopId,
        market: &Market,
        names: &[String],
    ) -> Result<Vec<Product>, CatalogError> {
        let found = catalog::by_name(shop.as_str(), &market.into(), Freshness::Current, names)?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    fn search(&self, shop: &ShopId, market: &Market, term: &str) -> Result<Vec<Product>, CatalogError> {
        let found = catalog::search(shop.as_str(), &market.into(), Freshness::Current, term)?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}

impl Llm for Host {
    fn is_configured(&self) -> bool {
        llm::is_configured()
    }

    fn complete(&self, request: &Request) -> Result<Completion, NoAnswer> {
        Ok(llm::complete(&request.clone().into())?.into())
    }
}

impl Operator for Host {
    fn merchant(&self, shop: &ShopId) -> Option<ShopSettings> {
        settings::get_shop(shop.as_str()).map(Into::into)
    }

    fn fresh_seconds(&self) -> u32 {
        settings::lifetimes().fresh_seconds
    }

    fn now_ms(&self) -> u64 {
        clock::now_ms()
    }

    fn event(&self, level: Level, message: &str, particulars: &[(&str, &str)]) {
        let owned = particulars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        log::event(level.into(), message, &owned.collect::<Vec<_>>());
    }
}

model::job_types_conversions!(job_types);
model::shopper_types_conversions!(shopper_types);
model::catalog_types_conversions!(catalog_types);
model::page_types_conversions!(page_types, Value);
model::conversions!(enum CacheError as page_types::CacheError { Invalid(text), Unavailable(text) });
model::review_conversions!(page_types);
model::shop_conversions!(settings);
model::llm_conversions!(bindings::wandstore::capabilities::llm);

impl From<InvalidJobId> for CacheError {
    fn from(invalid: InvalidJobId) -> Self {
        Self::Invalid(invalid.to_string())
    }
}

impl From<InvalidId> for page_types::ReviewError {
    fn from(invalid: InvalidId) -> Self {
        Self::Invalid(invalid.to_string())
    }
}

impl From<NotShown> for page_types::ReviewError {
    fn from(error: NotShown) -> Self {
        match error {
            NotShown::NoSuchShop | NotShown::NoPlan => Self::Invalid(error.to_string()),
            NotShown::Catalog => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<Level> for log::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
        }
    }
}
