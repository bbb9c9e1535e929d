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

use bindings::exports::wandstore::storefront::{errands, handler};
use bindings::wandstore::capabilities::values::Value;
use bindings::wandstore::capabilities::{clock, kv, log, settings, signatures};
use bindings::wandstore::storefront::{
    cache, catalog, catalog_types, http_types as wit, job_types, page_types, queue, shopper_types,
};
use names::{EventId, Key, Market, ShopperId, Store, StoreId};

use crate::{
    Assortment, Body, BodyError, Cache, Cached, Catalog, Chore, Clock, Content, Facts, Failure, Forgotten,
    Found, Fragment, JobError, JobState, Log, Member, Merchant, Method, Offered, Order, Page, Persona, Queue,
    Reply, Request, Response, Settings, Signals, Signatures, Source, Staleness, Standing, Storage, Swap,
    Work,
};

struct Component;

/// The deployment, as the imports of the world give it.
struct Host;

impl handler::Guest for Component {
    fn handle(method: wit::Method, target: String, request: &wit::Request) -> wit::Reply {
        crate::handle(&Host, method.into(), &target, request).into()
    }

    fn fallback(store: String) -> Option<wit::Response> {
        Some(crate::fallback(&Host, &store)?.into())
    }
}

impl errands::Guest for Component {
    fn run(job: job_types::Job) -> job_types::Progress {
        match job.task {
            job_types::Task::Errand(errand) => {
                let job_types::Errand { store, cause, chore } = errand;
                crate::run_errand(&Host, &store, &cause, &chore.into()).into()
            }
            job_types::Task::Page(_) => {
                let reason = "a page is not an errand".to_owned();
                job_types::Progress::Over(job_types::Outcome::Failed(reason))
            }
        }
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

    fn has_plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<bool, Failure> {
        Ok(cache::plan(store.as_str(), shopper.as_str())?.is_some())
    }

    fn close(&self, store: &StoreId) -> Result<(), Failure> {
        Ok(cache::close(store.as_str())?)
    }

    fn forget_pages(&self, store: &StoreId, shopper: Option<&ShopperId>) -> Result<Forgotten, Failure> {
        Ok(cache::forget(store.as_str(), shopper.map(ShopperId::as_str))?.into())
    }
}

impl Content for Value {
    fn part(&self, offset: u64, size: u64) -> Self {
        self.slice(offset, size)
    }

    fn framed(&self, head: &[u8], tail: &[u8]) -> Self {
        Value::framed(self, head, tail)
    }
}

impl Queue for Host {
    fn offer(&self, order: Order<'_>) -> Result<Offered, Failure> {
        Ok(queue::offer(&order.into())?.into())
    }

    fn entrust(&self, store: &StoreId, cause: &EventId, chore: Chore) -> Result<(), Failure> {
        let errand =
            job_types::Errand { store: store.to_string(), cause: cause.to_string(), chore: chore.into() };
        match queue::entrust(&errand)? {
            job_types::Offered::Accepted(_) | job_types::Offered::Live(_) => Ok(()),
            job_types::Offered::Full => Err(Failure("the queue had no room for an errand".into())),
        }
    }

    fn forget_orders(&self, store: &StoreId, shopper: Option<&ShopperId>) -> Result<Forgotten, Failure> {
        Ok(queue::forget(store.as_str(), shopper.map(ShopperId::as_str))?.into())
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
    fn products(&self, store: &StoreId, market: &Market) -> Result<Assortment, Failure> {
        Ok(catalog::products(store.as_str(), &market.into(), catalog_types::Urgency::AtOnce)?.into())
    }

    fn collections(&self, store: &StoreId, market: &Market) -> Result<Vec<page::Collection>, Failure> {
        let urgency = catalog_types::Urgency::AtOnce;
        let collections = catalog::collections(store.as_str(), &market.into(), urgency)?;
        let collection = |catalog_types::Collection { title, url, .. }: catalog_types::Collection| {
            page::Collection { title, url }
        };
        Ok(collections.into_iter().map(collection).collect())
    }
}

impl Storage for Host {
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

    fn put(&self, key: Key<'_>, bytes: &[u8], ttl_seconds: Option<u32>) -> Result<(), Failure> {
        Ok(kv::set(key.store().name(), &key.to_string(), &Value::new(bytes), ttl_seconds)?)
    }

    fn peek(&self, store: Store, key: &str, bytes_max: u32) -> Result<Option<Vec<u8>>, Failure> {
        Ok(kv::get(store.name(), key, bytes_max)?.map(|entry| entry.head))
    }

    fn remove(&self, store: Store, key: &str) -> Result<bool, Failure> {
        Ok(kv::delete(store.name(), key)?)
    }

    fn keys(
        &self,
        store: Store,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Failure> {
        Ok(kv::list_keys(store.name(), prefix, after, limit)?)
    }
}

impl Settings for Host {
    fn development(&self) -> bool {
        settings::development()
    }

    fn standing(&self, store: &StoreId) -> Standing {
        match settings::standing(store.as_str()) {
            settings::ShopStanding::Unknown => Standing::Unknown,
            settings::ShopStanding::Open => Standing::Open,
            settings::ShopStanding::Paused => Standing::Paused,
        }
    }

    fn merchant(&self, store: &StoreId) -> Option<Merchant> {
        let shop = settings::store(store.as_str())?;
        let settings::Shop { name, url, language, promises, accent, surface, .. } = shop;
        Some(Merchant { name, url, language, promises, accent, surface })
    }

    fn first_store(&self) -> Option<StoreId> {
        settings::stores().iter().find_map(|store| StoreId::parse(store).ok())
    }
}

impl Signatures for Host {
    fn matches(&self, secret: &str, candidate: &str) -> bool {
        signatures::matches(secret, candidate).unwrap_or(false)
    }

    fn verifies(&self, secret: &str, message: &[u8], mac: &[u8]) -> bool {
        signatures::verify(secret, signatures::Algorithm::HmacSha256, message, mac).unwrap_or(false)
    }
}

impl Clock for Host {
    fn now_ms(&self) -> u64 {
        clock::now_ms()
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
            kv::Error::TooLarge(bytes_max) => Self(format!("a value may be at most {bytes_max} bytes")),
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
            page_types::Cached::Closed => Self::Closed,
        }
    }
}

impl From<page_types::Page> for Page<Value> {
    fn from(page_types::Page { content, facts }: page_types::Page) -> Self {
        let page_types::PageFacts { persona, source, planned_ms, fragment_offset, fragment_size, .. } = facts;
        let fragment = Fragment { offset: fragment_offset, size: fragment_size };
        let fragment = (fragment_size > 0).then_some(fragment);
        Self {
            content,
            facts: Facts { persona: persona.into(), source: source.into(), planned_ms, fragment },
        }
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

impl From<Persona> for shopper_types::Persona {
    fn from(persona: Persona) -> Self {
        match persona {
            Persona::Minimalist => Self::Minimalist,
            Persona::Explorer => Self::Explorer,
            Persona::Dealhunter => Self::Dealhunter,
            Persona::Loyalist => Self::Loyalist,
        }
    }
}

impl From<&Market> for catalog_types::Market {
    fn from(market: &Market) -> Self {
        Self { country: market.country().to_owned(), language: market.language().to_owned() }
    }
}

impl From<page_types::Forgotten> for Forgotten {
    fn from(page_types::Forgotten { count, more }: page_types::Forgotten) -> Self {
        Self { count, more }
    }
}

impl From<job_types::Chore> for Chore {
    fn from(chore: job_types::Chore) -> Self {
        match chore {
            job_types::Chore::Uninstalled => Self::Uninstalled,
            job_types::Chore::RedactShop => Self::RedactShop,
            job_types::Chore::RedactCustomer(customer) => Self::RedactCustomer(customer.id),
            job_types::Chore::ReportCustomer(customer) => Self::ReportCustomer(customer.id),
        }
    }
}

impl From<Chore> for job_types::Chore {
    fn from(chore: Chore) -> Self {
        let customer = |id| job_types::Customer { id };
        match chore {
            Chore::Uninstalled => Self::Uninstalled,
            Chore::RedactShop => Self::RedactShop,
            Chore::RedactCustomer(id) => Self::RedactCustomer(customer(id)),
            Chore::ReportCustomer(id) => Self::ReportCustomer(customer(id)),
        }
    }
}

impl From<crate::Progress> for job_types::Progress {
    fn from(progress: crate::Progress) -> Self {
        match progress {
            crate::Progress::More => Self::More,
            crate::Progress::Done => Self::Over(job_types::Outcome::Done(None)),
            crate::Progress::Retry(Failure(reason)) => {
                Self::Over(job_types::Outcome::Retry(job_types::Retry { after_ms: None, reason }))
            }
            crate::Progress::Impossible(reason) => Self::Over(job_types::Outcome::Failed(reason)),
        }
    }
}

impl From<Order<'_>> for job_types::Order {
    fn from(Order { store, shopper, work, signals, persona, market }: Order<'_>) -> Self {
        Self {
            store: store.to_string(),
            shopper: shopper.to_string(),
            work: work.into(),
            signals: signals.into(),
            persona: persona.map(Into::into),
            market: (&market).into(),
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
    fn from(assortment: catalog_types::Assortment) -> Self {
        let catalog_types::Assortment { currency, money_format, products, .. } = assortment;
        Self { currency, money_format, products: products.into_iter().map(product).collect() }
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
