//! Binds the logic to WIT.
#![expect(unsafe_code, reason = "what the generated bindings and `export!` are made of")]

use bindings::exports::wandstore::storefront::generator::Guest;
use bindings::wandstore::capabilities::{clock, llm, log, settings, values::Value};
use bindings::wandstore::storefront::catalog_types::Urgency;
use bindings::wandstore::storefront::{cache, catalog, catalog_types, job_types, page_types, shopper_types};
use names::{Market, Persona, ShopperId, Source, StoreId, WrongId};

use crate::assortment::Assortment;
use crate::capabilities::{
    Cache, CacheError, Catalog, CatalogError, Completion, Facts, Level, Llm, NewPage, NoAnswer, Operator,
    StoredPlan,
};
use crate::generate::{Job, Outcome, Work, generate};
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

/// Why a job is none for generation.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Id(#[from] WrongId),
    #[error("the order is for no market")]
    Market,
    #[error("an errand is not a page")]
    Errand,
}

fn parsed(job: job_types::Job) -> Result<Job, Refusal> {
    let job_types::Task::Page(order) = job.task else { return Err(Refusal::Errand) };
    let catalog_types::Market { country, language } = &order.market;
    Ok(Job {
        id: job.id,
        last: job.last,
        store: StoreId::parse(&order.store)?,
        shopper: ShopperId::parse(&order.shopper)?,
        work: order.work.into(),
        signals: order.signals.into(),
        persona: order.persona.map(Into::into),
        market: Market::of(country, language).ok_or(Refusal::Market)?,
    })
}

fn named(market: &Market) -> catalog_types::Market {
    catalog_types::Market { country: market.country().to_owned(), language: market.language().to_owned() }
}

/// The capabilities that the host gives.
struct Host;

impl Cache for Host {
    fn catalog_version(&self, store: &StoreId) -> Result<u64, CacheError> {
        Ok(cache::catalog_version(store.as_str())?)
    }

    fn plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<Option<StoredPlan>, CacheError> {
        Ok(cache::plan(store.as_str(), shopper.as_str())?.map(Into::into))
    }

    fn page_facts(&self, store: &StoreId, shopper: &ShopperId) -> Result<Option<Facts>, CacheError> {
        Ok(match cache::get(store.as_str(), shopper.as_str())? {
            page_types::Cached::Fresh(page) => Some(page.facts.into()),
            page_types::Cached::Stale(stale) => Some(stale.page.facts.into()),
            page_types::Cached::Miss | page_types::Cached::Closed => None,
        })
    }

    fn put(&self, store: &StoreId, shopper: &ShopperId, page: NewPage) -> Result<(), CacheError> {
        Ok(cache::put(store.as_str(), shopper.as_str(), page.into())?)
    }
}

impl Catalog for Host {
    fn products(&self, store: &StoreId, market: &Market) -> Result<Assortment, CatalogError> {
        Ok(catalog::products(store.as_str(), &named(market), Urgency::Current)?.into())
    }

    fn search(
        &self,
        store: &StoreId,
        market: &Market,
        term: &str,
    ) -> Result<Vec<page::Product>, CatalogError> {
        let found = catalog::search(store.as_str(), &named(market), Urgency::Current, term)?;
        Ok(found.into_iter().map(product).collect())
    }
}

impl Llm for Host {
    fn complete(&self, request: &Request) -> Result<Completion, NoAnswer> {
        Ok(llm::complete(&request.into())?.into())
    }
}

impl Operator for Host {
    fn merchant(&self, store: &StoreId) -> Option<Merchant> {
        settings::store(store.as_str()).map(Into::into)
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

impl From<job_types::Work> for Work {
    fn from(work: job_types::Work) -> Self {
        match work {
            job_types::Work::Generate => Self::Generate,
            job_types::Work::Rerender => Self::Rerender,
        }
    }
}

impl From<shopper_types::Signals> for Signals {
    fn from(signals: shopper_types::Signals) -> Self {
        Self {
            visits: signals.visits,
            views: signals.views,
            searches: signals.searches,
            filters: signals.filters,
            sorts: signals.sorts,
            carted: signals.carted,
            purchased: signals.purchased,
        }
    }
}

impl From<Outcome> for job_types::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done(note) => Self::Done(note),
            Outcome::Retry { after_ms, reason } => Self::Retry(job_types::Retry { after_ms, reason }),
            Outcome::Failed(reason) => Self::Failed(reason),
        }
    }
}

names::crosses!(enum Persona as shopper_types::Persona { Minimalist, Explorer, Dealhunter, Loyalist });
names::crosses!(enum Source as page_types::Source { Llm, Local });

impl From<page_types::PageFacts> for Facts {
    fn from(facts: page_types::PageFacts) -> Self {
        Self {
            persona: facts.persona.into(),
            confidence: facts.confidence,
            source: facts.source.into(),
            job: facts.job,
            planned_ms: facts.planned_ms,
            fresh_until_ms: facts.fresh_until_ms,
            catalog_version: facts.catalog_version,
            fragment_offset: facts.fragment_offset,
            fragment_size: facts.fragment_size,
        }
    }
}

impl From<Facts> for page_types::PageFacts {
    fn from(facts: Facts) -> Self {
        Self {
            persona: facts.persona.into(),
            confidence: facts.confidence,
            source: facts.source.into(),
            job: facts.job,
            planned_ms: facts.planned_ms,
            fresh_until_ms: facts.fresh_until_ms,
            catalog_version: facts.catalog_version,
            fragment_offset: facts.fragment_offset,
            fragment_size: facts.fragment_size,
        }
    }
}

impl From<page_types::StoredPlan> for StoredPlan {
    fn from(plan: page_types::StoredPlan) -> Self {
        Self { json: plan.json, facts: plan.facts.into() }
    }
}

impl From<NewPage> for page_types::NewPage {
    fn from(page: NewPage) -> Self {
        Self { content: Value::new(page.html.as_bytes()), plan: page.plan, facts: page.facts.into() }
    }
}

impl From<page_types::CacheError> for CacheError {
    fn from(error: page_types::CacheError) -> Self {
        match error {
            page_types::CacheError::Invalid(text) => Self::Invalid(text),
            page_types::CacheError::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl From<catalog_types::CatalogError> for CatalogError {
    fn from(error: catalog_types::CatalogError) -> Self {
        match error {
            catalog_types::CatalogError::NoSuchStore => Self::NoSuchStore,
            catalog_types::CatalogError::Unavailable(after_ms) => Self::Unavailable(after_ms),
        }
    }
}

impl From<catalog_types::Assortment> for Assortment {
    fn from(assortment: catalog_types::Assortment) -> Self {
        let catalog_types::Assortment { shop_name, currency, money_format, products } = assortment;
        Self::new(currency, products.into_iter().map(product).collect()).of_shop(shop_name, money_format)
    }
}

fn product(product: catalog_types::Product) -> page::Product {
    page::Product {
        id: product.id,
        title: product.title,
        description: product.description,
        vendor: product.vendor,
        category: product.category,
        tags: product.tags,
        url: product.url,
        image: product.image.map(image),
        price: product.price,
        price_before: product.price_before,
        available: product.available,
    }
}

fn image(image: catalog_types::Image) -> page::Image {
    page::Image { url: image.url, alt: image.alt, width: image.width, height: image.height }
}

impl From<&Request> for llm::Request {
    fn from(request: &Request) -> Self {
        Self {
            messages: request.messages.iter().map(Into::into).collect(),
            schema: request.schema.clone(),
            schema_name: request.schema_name.to_owned(),
            tokens_max: request.tokens_max,
        }
    }
}

impl From<&Message> for llm::Message {
    fn from(message: &Message) -> Self {
        let role = match message.role {
            Role::System => llm::Role::System,
            Role::User => llm::Role::User,
            Role::Assistant => llm::Role::Assistant,
        };
        Self { role, text: message.text.clone() }
    }
}

impl From<llm::Completion> for Completion {
    fn from(completion: llm::Completion) -> Self {
        Self {
            text: completion.text,
            model: completion.model,
            tokens_in: completion.tokens_in,
            tokens_out: completion.tokens_out,
            complete: completion.complete,
        }
    }
}

impl From<llm::Error> for NoAnswer {
    fn from(error: llm::Error) -> Self {
        match error {
            llm::Error::NotConfigured => Self::NotConfigured,
            llm::Error::RateLimited(after_ms) => Self::RateLimited(after_ms),
            llm::Error::Unavailable(after_ms) => Self::Unavailable(after_ms),
            llm::Error::Timeout => Self::Timeout,
            llm::Error::OverBudget => Self::OverBudget,
            llm::Error::Rejected(text) => Self::Rejected(text),
        }
    }
}

impl From<settings::Shop> for Merchant {
    fn from(shop: settings::Shop) -> Self {
        Self {
            name: shop.name,
            url: shop.url,
            language: shop.language,
            tone: shop.tone,
            banned_words: shop.banned_words,
            promises: shop.promises,
            personas_off: shop.personas_off,
            accent: shop.accent,
            surface: shop.surface,
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
