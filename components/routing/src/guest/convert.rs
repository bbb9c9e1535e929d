//! What crosses: records of WIT and values of ours, the same under other names.

use names::{Market, Persona, Source};

use super::bindings::wandstore::capabilities::kv;
use super::bindings::wandstore::capabilities::values::Value;
use super::bindings::wandstore::storefront::{
    catalog_types, http_types as wit, job_types, page_types, shopper_types,
};
use crate::{
    Assortment, Body, BodyError, Cached, Chore, Errand, Facts, Failure, Forgotten, Fragment, JobError,
    JobState, Member, Method, Offered, Order, Page, Progress, Reply, Response, Signals, Staleness, Work,
};

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

names::crosses!(enum Source as page_types::Source { Llm, Local });

names::crosses!(enum Persona as shopper_types::Persona { Minimalist, Explorer, Dealhunter, Loyalist });

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

impl From<Errand<'_>> for job_types::Errand {
    fn from(errand: Errand<'_>) -> Self {
        let Errand { store, cause, happened_ms, chore } = errand;
        Self { store: store.to_string(), cause: cause.to_string(), happened_ms, chore: chore.into() }
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

impl From<Progress> for job_types::Progress {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::More => Self::More,
            Progress::Done => Self::Over(job_types::Outcome::Done(None)),
            Progress::Retry(Failure(reason)) => {
                Self::Over(job_types::Outcome::Retry(job_types::Retry { after_ms: None, reason }))
            }
            Progress::Impossible(reason) => Self::Over(job_types::Outcome::Failed(reason)),
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
        let catalog_types::Assortment { shop_name, currency, money_format, products } = assortment;
        Self { shop_name, currency, money_format, products: products.into_iter().map(product).collect() }
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
