//! Connects the logic to WIT.
#![expect(unsafe_code, reason = "needed by the generated bindings and `export!`")]

use bindings::exports::wandstore::storefront::generator::Guest;
use bindings::wandstore::capabilities::{clock, llm, log, settings, values::Value};
use bindings::wandstore::storefront::catalog_types::Freshness;
use bindings::wandstore::storefront::{
    cache, catalog, catalog_types, catalog_version, job_types, page_types, shopper_types,
};
use model::{Cause, InvalidId, Market, Persona, ShopId, ShopperId, Source};

use crate::assortment::Assortment;
use crate::capabilities::{
    Cache, CacheError, Catalog, CatalogError, Completion, Ending, Failed, Level, Llm, NewPage, NoAnswer,
    Operator, PageMetadata, StoredPlan,
};
use crate::generate::{Job, Work, generate};
use crate::prompt::{Message, Request, Role};
use crate::storefront::{Merchant, Signals};

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

impl Guest for Component {
    fn generate(job: job_types::Job) -> job_types::Outcome {
        match parsed(job) {
            Ok(job) => generate(&Host, &job).into(),
            Err(refusal) => job_types::Outcome::Failed(refusal.to_string()),
        }
    }
}

/// Why generation does not accept a job.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Id(#[from] InvalidId),
    #[error("the generation request has no valid market")]
    Market,
    #[error("a maintenance task is not a page")]
    Maintenance,
}

fn parsed(job: job_types::Job) -> Result<Job, Refusal> {
    let job_types::Task::Page(request) = job.task else { return Err(Refusal::Maintenance) };
    let catalog_types::Market { country, language } = &request.market;
    Ok(Job {
        id: job.lease.id,
        last: job.last,
        crashed: job.crashed,
        shop: ShopId::parse(&request.shop)?,
        shopper: ShopperId::parse(&request.shopper)?,
        work: request.work.into(),
        signals: request.signals.into(),
        persona: request.persona.map(Into::into),
        market: Market::of(country, language).ok_or(Refusal::Market)?,
    })
}

fn named(market: &Market) -> catalog_types::Market {
    catalog_types::Market { country: market.country().to_owned(), language: market.language().to_owned() }
}

/// The capabilities that the host supplies.
struct Host;

impl Cache for Host {
    fn catalog_version(&self, shop: &ShopId) -> Result<u64, CacheError> {
        Ok(catalog_version::current(shop.as_str())?)
    }

    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<StoredPlan>, CacheError> {
        Ok(cache::plan(shop.as_str(), shopper.as_str())?.map(Into::into))
    }

    fn page_metadata(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<PageMetadata>, CacheError> {
        Ok(match cache::get(shop.as_str(), shopper.as_str())? {
            page_types::Cached::Fresh(page) => Some(page.metadata.into()),
            page_types::Cached::Stale(stale) => Some(stale.page.metadata.into()),
            page_types::Cached::Miss | page_types::Cached::Closed => None,
        })
    }

    fn put(&self, shop: &ShopId, shopper: &ShopperId, page: NewPage) -> Result<(), CacheError> {
        Ok(cache::put(shop.as_str(), shopper.as_str(), page.into())?)
    }
}

impl Catalog for Host {
    fn products(&self, shop: &ShopId, market: &Market) -> Result<Assortment, CatalogError> {
        Ok(catalog::products(shop.as_str(), &named(market), Freshness::Current)?.into())
    }

    fn search(&self, shop: &ShopId, market: &Market, term: &str) -> Result<Vec<page::Product>, CatalogError> {
        let found = catalog::search(shop.as_str(), &named(market), Freshness::Current, term)?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}

impl Llm for Host {
    fn complete(&self, request: &Request) -> Result<Completion, NoAnswer> {
        Ok(llm::complete(&request.clone().into())?.into())
    }
}

impl Operator for Host {
    fn merchant(&self, shop: &ShopId) -> Option<Merchant> {
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
model::conversions!(enum Persona as shopper_types::Persona { Minimalist, Explorer, Dealhunter, Loyalist });
model::conversions!(enum Source as page_types::Source { Llm, Local });
model::conversions!(enum Work as job_types::Work { Generate, Rerender });
model::conversions!(struct Signals as shopper_types::Signals {
    visits, views, searches, filters, sorts, carted, purchased
});
model::conversions!(struct PageMetadata as page_types::PageMetadata {
    persona, confidence, source, job, planned_ms, fresh_until_ms, catalog_version, fragment_offset, fragment_size
});
model::conversions!(struct StoredPlan as page_types::StoredPlan { json, metadata });
model::conversions!(enum CacheError as page_types::CacheError { Invalid(text), Unavailable(text) });
model::conversions!(enum CatalogError as catalog_types::CatalogError {
    NoSuchShop, Unavailable(after_ms), Busy(after_ms)
});
model::conversions!(struct page::Image as catalog_types::Image { url, alt, width, height });
model::conversions!(struct page::Product as catalog_types::Product {
    id, title, description, vendor, category, tags, url, image: option, price, price_before, available
});
model::conversions!(struct Merchant as settings::Shop {
    name, url, language, tone, banned_words, promises, personas_off, accent, surface
});
model::llm_conversions!(bindings::wandstore::capabilities::llm);

impl From<NewPage> for page_types::NewPage {
    fn from(page: NewPage) -> Self {
        Self { content: Value::new(page.html.as_bytes()), plan: page.plan, metadata: page.metadata.into() }
    }
}

impl From<catalog_types::Assortment> for Assortment {
    fn from(assortment: catalog_types::Assortment) -> Self {
        let catalog_types::Assortment { shop_name, currency, money_format, best_sellers_first, products } =
            assortment;
        let products = products.into_iter().map(Into::into).collect();
        Self::new(currency, products).of_shop(shop_name, money_format).sorted_by_sales(best_sellers_first)
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
