//! Binds the logic to WIT: conversions, and nothing that decides.
#![expect(unsafe_code, reason = "what the generated bindings and `export!` are made of")]

#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/capabilities", "../../wit/storefront"],
        world: "wandstore:storefront/routing",
        generate_all,
    });
}

use bindings::exports::wandstore::storefront::handler::Guest;
use bindings::wandstore::capabilities::values::Value;
use bindings::wandstore::capabilities::{kv, log, settings, signatures};
use bindings::wandstore::storefront::{
    cache, catalog, catalog_types, http_types as wit, job_types, page_types, queue, shopper_types,
};
use names::{Key, ShopperId, StoreId};

use crate::{
    Assortment, Body, BodyError, Cache, Cached, Catalog, Facts, Failure, Found, JobError, JobState, Log,
    Member, Merchant, Method, Offered, Order, Page, Persona, Queue, Reply, Request, Response, Sessions,
    Settings, Signals, Signatures, Source, Staleness, Swap, Work,
};

struct Component;

/// The deployment, as the imports of the world give it.
struct Host;

impl Guest for Component {
    fn handle(method: wit::Method, target: String, request: &wit::Request) -> wit::Reply {
        crate::handle(&Host, method.into(), &target, request).into()
    }

    fn fallback(store: String) -> Option<wit::Response> {
        Some(crate::fallback(&Host, &store)?.into())
    }
}

bindings::export!(Component with_types_in bindings);

impl Request for wit::Request {
    fn header(&self, name: &str) -> Option<String> {
        wit::Request::header(self, name)
    }

    fn body(&self, bytes_max: u32) -> Result<Vec<u8>, BodyError> {
        Ok(wit::Request::body(self, bytes_max)?)
    }
}

impl Cache for Host {
    type Value = Value;

    fn lookup(&self, store: &StoreId, shopper: &ShopperId) -> Result<Cached<Value>, Failure> {
        Ok(cache::get(store.as_str(), shopper.as_str())?.into())
    }

    fn catalog_moved(&self, store: &StoreId) -> Result<u64, Failure> {
        Ok(cache::catalog_moved(store.as_str())?)
    }
}

impl Queue for Host {
    fn offer(&self, order: Order<'_>) -> Result<Offered, Failure> {
        Ok(queue::offer(&order.into())?.into())
    }

    fn status(&self, store: &StoreId, shopper: &ShopperId) -> Result<JobState, Failure> {
        Ok(queue::status(store.as_str(), shopper.as_str())?.into())
    }

    fn pool(&self) -> Result<Vec<Member>, Failure> {
        Ok(queue::pool()?.into_iter().map(Into::into).collect())
    }

    fn errors(&self, limit: u32) -> Result<Vec<JobError>, Failure> {
        Ok(queue::errors(limit)?.into_iter().map(Into::into).collect())
    }
}

impl Catalog for Host {
    fn products(&self, store: &StoreId) -> Result<Assortment, Failure> {
        Ok(catalog::products(store.as_str())?.into())
    }
}

impl Sessions for Host {
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure> {
        let entry = kv::get(key.store().name(), &key.to_string(), bytes_max)?;
        Ok(entry.map(|kv::Entry { head, version, .. }| Found { bytes: head, version }))
    }

    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure> {
        let (store, key, value) = (key.store().name(), key.to_string(), Value::new(bytes));
        match kv::compare_and_swap(store, &key, expected, &value, Some(ttl_seconds))? {
            kv::Swap::Done(_) => Ok(Swap::Done),
            kv::Swap::Lost => Ok(Swap::Lost),
        }
    }
}

impl Settings for Host {
    fn development(&self) -> bool {
        settings::development()
    }

    fn has_store(&self, store: &StoreId) -> bool {
        settings::has_store(store.as_str())
    }

    fn merchant(&self, store: &StoreId) -> Option<Merchant> {
        let settings::Shop { name, url, language, promises, .. } = settings::store(store.as_str())?;
        Some(Merchant { name, url, language, promises })
    }

    fn first_store(&self) -> Option<StoreId> {
        settings::stores().iter().find_map(|store| StoreId::parse(store).ok())
    }
}

impl Signatures for Host {
    fn matches(&self, secret: &str, candidate: &str) -> bool {
        signatures::matches(secret, candidate).unwrap_or(false)
    }
}

impl Log for Host {
    fn warn(&self, message: &str, particulars: &[(&str, &str)]) {
        let owned: Vec<_> =
            particulars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        log::event(log::Level::Warn, message, &owned);
    }
}

impl From<page_types::CacheError> for Failure {
    fn from(error: page_types::CacheError) -> Self {
        match error {
            page_types::CacheError::Invalid(text) | page_types::CacheError::Unavailable(text) => Self(text),
        }
    }
}

impl From<job_types::QueueError> for Failure {
    fn from(error: job_types::QueueError) -> Self {
        match error {
            job_types::QueueError::Invalid(text) | job_types::QueueError::Unavailable(text) => Self(text),
        }
    }
}

impl From<catalog_types::CatalogError> for Failure {
    fn from(error: catalog_types::CatalogError) -> Self {
        match error {
            catalog_types::CatalogError::NoSuchStore => Self("the catalog knows no such store".into()),
            catalog_types::CatalogError::Unavailable(again_ms) => {
                Self(format!("it did not answer and may be asked again in {again_ms} ms"))
            }
        }
    }
}

impl From<kv::Error> for Failure {
    fn from(error: kv::Error) -> Self {
        match error {
            kv::Error::NoSuchStore => Self("no such store is given to routing".into()),
            kv::Error::TooLarge(bytes_max) => Self(format!("a session may be at most {bytes_max} bytes")),
            kv::Error::Unavailable(text) => Self(text),
        }
    }
}

impl From<wit::BodyError> for BodyError {
    fn from(error: wit::BodyError) -> Self {
        match error {
            wit::BodyError::TooLarge => Self::TooLarge,
            wit::BodyError::Incomplete => Self::Incomplete,
        }
    }
}

impl From<wit::Method> for Method {
    fn from(method: wit::Method) -> Self {
        match method {
            wit::Method::Get => Self::Get,
            wit::Method::Head => Self::Head,
            wit::Method::Post => Self::Post,
            wit::Method::Other => Self::Other,
        }
    }
}

impl From<Reply<Value>> for wit::Reply {
    fn from(reply: Reply<Value>) -> Self {
        match reply {
            Reply::Ready(response) => Self::Ready(response.into()),
            Reply::Pending { interim, topic, wait_ms } => {
                Self::Pending(wit::Pending { interim: interim.into(), topic, wait_ms })
            }
        }
    }
}

impl From<Response<Value>> for wit::Response {
    fn from(Response { status, headers, body }: Response<Value>) -> Self {
        let body = match body {
            Body::Empty => wit::Body::Empty,
            Body::Bytes(bytes) => wit::Body::Bytes(bytes),
            Body::Value(value) => wit::Body::Value(value),
        };
        Self { status, headers, body }
    }
}

impl From<page_types::Cached> for Cached<Value> {
    fn from(cached: page_types::Cached) -> Self {
        match cached {
            page_types::Cached::Fresh(page) => Self::Fresh(page.into()),
            page_types::Cached::Stale(page_types::StalePage { page, reason }) => {
                Self::Stale(page.into(), reason.into())
            }
            page_types::Cached::Miss => Self::Miss,
        }
    }
}

impl From<page_types::Page> for Page<Value> {
    fn from(page_types::Page { content, facts }: page_types::Page) -> Self {
        let page_types::PageFacts { persona, source, planned_ms, .. } = facts;
        Self { content, facts: Facts { persona: persona.into(), source: source.into(), planned_ms } }
    }
}

impl From<page_types::Staleness> for Staleness {
    fn from(staleness: page_types::Staleness) -> Self {
        match staleness {
            page_types::Staleness::CatalogMoved => Self::CatalogMoved,
            page_types::Staleness::Expired => Self::Expired,
        }
    }
}

impl From<page_types::Source> for Source {
    fn from(source: page_types::Source) -> Self {
        match source {
            page_types::Source::Llm => Self::Llm,
            page_types::Source::Local => Self::Local,
        }
    }
}

impl From<shopper_types::Persona> for Persona {
    fn from(persona: shopper_types::Persona) -> Self {
        match persona {
            shopper_types::Persona::Minimalist => Self::Minimalist,
            shopper_types::Persona::Explorer => Self::Explorer,
            shopper_types::Persona::Dealhunter => Self::Dealhunter,
            shopper_types::Persona::Loyalist => Self::Loyalist,
        }
    }
}

impl From<Order<'_>> for job_types::Order {
    fn from(Order { store, shopper, work, signals }: Order<'_>) -> Self {
        Self {
            store: store.to_string(),
            shopper: shopper.to_string(),
            work: work.into(),
            signals: signals.into(),
        }
    }
}

impl From<Work> for job_types::Work {
    fn from(work: Work) -> Self {
        match work {
            Work::Generate => Self::Generate,
            Work::Rerender => Self::Rerender,
        }
    }
}

impl From<Signals> for shopper_types::Signals {
    fn from(signals: Signals) -> Self {
        let Signals { visits, views, searches, filters, sorts, carted, purchased } = signals;
        Self { visits, views, searches, filters, sorts, carted, purchased }
    }
}

impl From<job_types::Offered> for Offered {
    fn from(offered: job_types::Offered) -> Self {
        match offered {
            job_types::Offered::Accepted(job) => Self::Accepted(job),
            job_types::Offered::Live(job) => Self::Live(job),
            job_types::Offered::Full => Self::Full,
        }
    }
}

impl From<job_types::JobState> for JobState {
    fn from(state: job_types::JobState) -> Self {
        match state {
            job_types::JobState::None => Self::None,
            job_types::JobState::Queued => Self::Queued,
            job_types::JobState::Running => Self::Running,
            job_types::JobState::Done => Self::Done,
            job_types::JobState::Dead => Self::Dead,
        }
    }
}

impl From<job_types::Member> for Member {
    fn from(member: job_types::Member) -> Self {
        let job_types::Member { name, queued, running, dead, depth_max, oldest_ms } = member;
        Self { name, queued, running, dead, depth_max, oldest_ms }
    }
}

impl From<job_types::JobError> for JobError {
    fn from(error: job_types::JobError) -> Self {
        let job_types::JobError { at_ms, job, store, reason, settled } = error;
        Self { at_ms, job, store, reason, settled }
    }
}

impl From<catalog_types::Assortment> for Assortment {
    fn from(catalog_types::Assortment { currency, products }: catalog_types::Assortment) -> Self {
        Self { currency, products: products.into_iter().map(product).collect() }
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

fn image(catalog_types::Image { url, alt, width, height }: catalog_types::Image) -> page::Image {
    page::Image { url, alt, width, height }
}
